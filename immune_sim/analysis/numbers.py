"""Endpoints that are plain numbers, a burden at an hour for example: what they are in every arm."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from immune_sim.analysis.tables import FEWEST, LEVEL, Floats, Interval, arms_of, as_row, good, of_arm


def number_table(runs: pd.DataFrame, names: Sequence[str], *, level: float = LEVEL) -> pd.DataFrame:
    """One row per endpoint and arm: n, mean with Student's interval, median, least, most."""
    rows = []
    for name in names:
        for arm in arms_of(good(runs)):
            values = np.asarray(of_arm(runs, arm)[name].dropna(), dtype=float)
            row = {"endpoint": name, "arm": arm, "n": len(values)} | as_row(student_mean(values, level), "mean")
            quantiles = np.quantile(values, [0.5, 0.0, 1.0]) if len(values) else [math.nan] * 3
            rows.append(row | dict(zip(("median", "least", "most"), map(float, quantiles), strict=True)))
    return pd.DataFrame(rows)


def student_mean(values: Floats, level: float = LEVEL) -> Interval:
    """The mean with Student's interval; nan ends below FEWEST values or if all are equal."""
    if not len(values):
        return Interval(math.nan, math.nan, math.nan)
    mean = float(np.mean(values))
    if len(values) < FEWEST or np.ptp(values) == 0:
        return Interval(mean, math.nan, math.nan)
    far = float(stats.t.ppf(0.5 + level / 2, len(values) - 1) * stats.sem(values))
    return Interval(mean, mean - far, mean + far)
