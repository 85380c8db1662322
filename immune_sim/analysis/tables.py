"""What every analysis needs of the runs table: good rows, arms in their order, times cut at the horizon, pairs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immune_sim.analysis.endpoints import endpoint as known
from immune_sim.core.errors import ImmuneSimError

Floats = NDArray[np.float64]
LEVEL = 0.95
PAIR = ["point", "replicate"]


class Interval(NamedTuple):
    """An estimate with the ends of its confidence interval."""

    value: float
    low: float
    high: float


def good(runs: pd.DataFrame) -> pd.DataFrame:
    """The runs that came to an end; failed ones hold no endpoints."""
    return runs if "status" not in runs else runs[runs["status"] == "ok"]


def arms_of(runs: pd.DataFrame) -> list[str]:
    """The arms in the order in which the table, or its categories, give them; the first one is the control."""
    column = runs["arm"]
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column.unique())
        return [str(each) for each in column.cat.categories if each in present]
    return [str(each) for each in dict.fromkeys(column)]


def of_arm(runs: pd.DataFrame, arm: str) -> pd.DataFrame:
    """The good runs of one arm; raises ImmuneSimError where the table has no such arm."""
    known_arms = arms_of(runs)
    if arm not in known_arms:
        raise ImmuneSimError(f'There is no arm "{arm}" in this table. Arms: {", ".join(known_arms)}.')
    return good(runs[runs["arm"] == arm])


def horizon_of(runs: pd.DataFrame) -> float:
    """The longest time that a run was followed, h: the horizon where none is given."""
    return float(good(runs)["hours"].max())


def followed(runs: pd.DataFrame, horizon: float) -> Floats:
    """Hours for which it is known of each run that a missing event had not come.

    A run stops early when its tumor is cleared or has reached the endpoint size. What has not come by then never
    comes, so such a run is known until the horizon; to drop it at its last hour would count every cure as a loss to
    follow-up and make a curative arm look worse. Only a run that was cut off for another reason is followed less long.
    """
    hours = np.asarray(runs["hours"], dtype=float)
    settled = np.zeros(len(runs), dtype=bool)
    if "cleared" in runs:
        settled |= np.asarray(runs["cleared"], dtype=float) == 1
    if "survival_time" in runs:
        settled |= ~np.isnan(np.asarray(runs["survival_time"], dtype=float))
    return np.where(settled, horizon, np.minimum(hours, horizon))


def values_of(runs: pd.DataFrame, name: str, horizon: float | None = None) -> Floats:
    """The values of an endpoint, one per run; a time that never came is the time for which the run was followed.

    Such a time is restricted: its mean is the restricted mean up to the horizon, which needs no model of the tail.
    """
    if name not in runs:
        raise ImmuneSimError(f'These runs have no endpoint "{name}". There are: {", ".join(_numbers(runs))}.')
    values = np.asarray(runs[name], dtype=float)
    if known(name).kind != "time":
        return values
    until = horizon_of(runs) if horizon is None else horizon
    known_until = followed(runs, until)
    return np.minimum(np.where(np.isnan(values), known_until, values), until)


def pairs(runs: pd.DataFrame, arm: str, control: str, name: str, horizon: float | None = None) -> pd.DataFrame:
    """One row per design point and replicate that both arms have.

    Columns: point, replicate, arm, control (the two values), difference, shared. The last one
    tells whether the two runs had the same seed, and so the same luck.
    """
    until = horizon_of(runs) if horizon is None else horizon
    sides = []
    for each in (arm, control):
        of_one = of_arm(runs, each)
        seeds = of_one["seed"].astype(str) if "seed" in of_one else ""
        sides.append(of_one[PAIR].assign(value=values_of(of_one, name, until), seed=seeds))
    both = sides[0].merge(sides[1], on=PAIR, suffixes=("_arm", "_control"), validate="one_to_one")
    made = both[PAIR].assign(arm=both["value_arm"], control=both["value_control"])
    made = made.assign(difference=made["arm"] - made["control"], shared=both["seed_arm"] == both["seed_control"])
    return made.dropna(subset=["difference"])


def _numbers(runs: pd.DataFrame) -> list[str]:
    return [str(name) for name in runs.select_dtypes("number").columns if name not in {"point", "replicate", "seed"}]


def as_row(interval: Interval, name: str) -> dict[str, Any]:
    """An interval as three columns."""
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}
