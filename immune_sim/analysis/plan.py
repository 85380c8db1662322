"""What an analysis must know of a study beside its tables: control, endpoints, horizon, and how points were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from immune_sim.analysis.tables import Floats, arms_of, of_arm, pairs, values_of

Kind = Literal["grid", "list", "latin hypercube", "sobol", "morris", "factorial"]


@dataclass(frozen=True)
class Contrast:
    """What is explained at every design point: an arm's endpoint, or how much an arm differs from the control."""

    arm: str
    control: str | None = None

    @property
    def name(self) -> str:
        """The contrast in words."""
        return self.arm if self.control is None else f"{self.arm} against {self.control}"


@dataclass(frozen=True)
class Plan:
    """The words of a study that its tables do not hold.

    endpoints: to look at, the first one first. factors: columns of the design table that vary. kind: how the points
    were chosen. horizon: h. logarithmic: factors sampled on a log scale. levels: of Morris. paired: whether arms share
    their luck by design. outcomes: of the time courses.
    """

    control: str
    endpoints: tuple[str, ...] = ("survival_time", "take")
    factors: tuple[str, ...] = ()
    kind: Kind = "grid"
    horizon: float | None = None
    logarithmic: frozenset[str] = frozenset()
    levels: int = 4
    second_order: bool = False
    paired: bool = True
    outcomes: tuple[str, ...] = ()


def contrasts(runs: pd.DataFrame, plan: Plan) -> list[Contrast]:
    """What a study with several design points explains: every other arm against the control, or its only arm."""
    others = [arm for arm in arms_of(runs) if arm != plan.control]
    return [Contrast(arm, plan.control) for arm in others] or [Contrast(plan.control)]


def values_at(runs: pd.DataFrame, contrast: Contrast, name: str, horizon: float | None) -> pd.DataFrame:
    """Columns point, replicate, value, seed: the endpoint of an arm, or its paired difference to the control."""
    of_one = of_arm(runs, contrast.arm)
    seeds = of_one[["point", "replicate"]].assign(seed=of_one["seed"].astype(str) if "seed" in of_one else "")
    if contrast.control is None:
        return seeds.assign(value=values_of(of_one, name, horizon))
    both = pairs(runs, contrast.arm, contrast.control, name, horizon)
    return both[["point", "replicate"]].assign(value=both["difference"]).merge(seeds, on=["point", "replicate"])


def as_numbers(design: pd.DataFrame, factors: Sequence[str], logarithmic: frozenset[str] = frozenset()) -> pd.DataFrame:
    """The design with its factors as numbers: logarithms where so sampled, ranks of appearance for named levels."""
    made = design.copy()
    for factor in factors:
        made[factor] = _numeric(design[factor], factor in logarithmic)
    return made


def _numeric(column: pd.Series, logarithm: bool) -> Floats:
    if not pd.api.types.is_numeric_dtype(column):
        return np.asarray(pd.factorize(column)[0], dtype=float)
    values = np.asarray(column, dtype=float)
    return np.asarray(np.log(values) if logarithm and (values > 0).all() else values, dtype=np.float64)
