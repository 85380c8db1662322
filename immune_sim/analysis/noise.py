"""How much of what differs between design points is mere luck of their replicates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Noise:
    """Where the variance of an endpoint comes from (one-way analysis of variance, random points).

    within: variance between replicates of one point. between: variance of the points' true means (0 where the estimate
    is negative). replicates: runs per point (harmonic mean). of_one_run, of_point_means: the share of the variance of
    single runs, and of the points' means, that is luck; the second is what limits a sensitivity index. nan where no
    point has two replicates: then luck cannot be told from the factors.
    """

    within: float
    between: float
    replicates: float
    of_one_run: float
    of_point_means: float


def noise_share(values: pd.DataFrame) -> Noise:
    """The noise of a table with the columns point and value."""
    grouped = values.dropna(subset=["value"]).groupby("point")["value"]
    sizes, means = grouped.size().to_numpy(dtype=float), grouped.mean().to_numpy(dtype=float)
    spare = float(np.sum(sizes - 1))
    if spare <= 0 or len(sizes) < 2:
        return Noise(math.nan, math.nan, float(sizes.mean()) if len(sizes) else 0.0, math.nan, math.nan)
    each = grouped.var().fillna(0.0).to_numpy(dtype=float)
    within, usual = float(np.sum(each * (sizes - 1)) / spare), float(len(sizes) / np.sum(1 / sizes))
    spread = float(np.var(means, ddof=1))
    between = max(0.0, spread - within / usual)
    return Noise(within, between, usual, _share(within, within + between), _share(within / usual, spread))


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0 else math.nan
