"""What an arm changes in the same tissue: differences between runs that share their luck.

Arms of one design point and replicate have the same seed, so that most of what differs between replicates is the same
in both and cancels in the difference. Intervals are bootstrap intervals over pairs (Efron 1987, J Am Stat Assoc
82:171-85: bias-corrected and accelerated), which assume nothing about the shape of the differences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from immune_sim.analysis.endpoints import Endpoint, endpoint
from immune_sim.analysis.shares import difference
from immune_sim.analysis.tables import FEWEST, LEVEL, Floats, Interval, arms_of, as_row, of_arm, pairs

RESAMPLES = 4000
SEED = 20260101  # of the resampling only: the same table gives the same interval
MANY = 1000  # pairs from which the mean is normal enough, and resampling only costs memory


def bootstrap_mean(values: Floats, *, level: float = LEVEL, resamples: int = RESAMPLES) -> Interval:
    """The mean of independent values with its bootstrap interval; nan ends below FEWEST values or if all are equal."""
    if len(values) == 0:
        return Interval(math.nan, math.nan, math.nan)
    mean = float(np.mean(values))
    if len(values) < FEWEST:
        return Interval(mean, math.nan, math.nan)
    if np.ptp(values) == 0:
        return Interval(mean, math.nan, math.nan)
    if len(values) >= MANY:
        far = float(stats.norm.ppf(0.5 + level / 2) * stats.sem(values))
        return Interval(mean, mean - far, mean + far)
    rng = np.random.default_rng(SEED)
    found = stats.bootstrap((values,), np.mean, n_resamples=resamples, confidence_level=level, vectorized=True, rng=rng)
    return Interval(mean, float(found.confidence_interval.low), float(found.confidence_interval.high))


def ratio_of_means(values: Floats, base: Floats, *, level: float = LEVEL, resamples: int = RESAMPLES) -> Interval:
    """Mean of one group over mean of an independent one, with the percentile bootstrap interval."""
    if len(values) < FEWEST or len(base) < FEWEST or not np.mean(base):
        value = float(np.mean(values) / np.mean(base)) if len(values) and len(base) and np.mean(base) else math.nan
        return Interval(value, math.nan, math.nan)
    rng = np.random.default_rng(SEED)
    tops, bottoms = (each[rng.integers(0, len(each), (resamples, len(each)))].mean(axis=1) for each in (values, base))
    low, high = np.quantile(tops / bottoms, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(float(np.mean(values) / np.mean(base)), float(low), float(high))


def probability_of_benefit(differences: Floats, better: int) -> float:
    """Share of pairs in which the arm did better than the control, ties counted half; nan where no way is good."""
    if not better or not len(differences):
        return math.nan
    gains = better * differences
    return float(np.mean((gains > 0) + 0.5 * (gains == 0)))


def variance_saved(arm: Floats, control: Floats, points: Floats | None = None) -> float:
    """Share of the variance of a difference that pairing took away: 1 - var(difference) / (var(arm) + var(control)).

    0.75 means that pairs tell as much as four times as many independent runs; below 0 pairing did harm. points: the
    design point of each pair; what points differ by is no luck, so that variances are taken around each point's mean.
    """
    sides = pd.DataFrame({"arm": arm, "control": control, "difference": arm - control})
    at = np.zeros(len(sides)) if points is None else points
    rest = (sides - sides.groupby(at).transform("mean")) ** 2
    unpaired, paired = float(rest["arm"].sum() + rest["control"].sum()), float(rest["difference"].sum())
    return 1.0 - paired / unpaired if unpaired > 0 else math.nan


def paired_table(
    runs: pd.DataFrame,
    names: Sequence[str],
    *,
    control: str | None = None,
    horizon: float | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """One row per endpoint and other arm.

    Columns: endpoint, arm, pairs, shared (share of pairs with the same seed), control_mean, arm_mean, difference with
    its interval, benefit (probability of benefit), saved (variance saved by pairing). Times are restricted: a run
    without event counts with the time for which it was followed; where all pairs tie, benefit is nan.
    """
    arms = arms_of(runs)
    control = control or arms[0]
    rows: list[dict[str, Any]] = []
    for name in names:
        for arm in (each for each in arms if each != control):
            both = pairs(runs, arm, control, name, horizon)
            one, base, change = (np.asarray(both[column], dtype=float) for column in ("arm", "control", "difference"))
            shared = _mean(np.asarray(both["shared"], dtype=float))
            row = {"endpoint": name, "arm": arm, "pairs": len(both), "shared": shared}
            row |= {"control_mean": _mean(base), "arm_mean": _mean(one)}
            row |= as_row(_change(endpoint(name), one, base, level), "difference")
            better = endpoint(name).better if change.any() else 0  # ties alone tell nothing, not a draw of 50 %
            benefit = probability_of_benefit(change, better)
            rows.append(row | {"benefit": benefit, "saved": variance_saved(one, base, both["point"].to_numpy())})
    return pd.DataFrame(rows)


def ratio_table(
    runs: pd.DataFrame,
    names: Sequence[str] = ("time_to_take", "survival_time"),
    *,
    control: str | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """One row per time and arm: the mean time (h), and it over that of the control, among the runs in which it came.

    This is how laboratories report latency and survival. It compares those that took with those that took, so an arm
    that protects most of its hosts is judged by the few it could not protect: read it beside the take.
    """
    arms = arms_of(runs)
    control = control or arms[0]
    rows = []
    for name in names:
        base = _came(of_arm(runs, control), name)
        for arm in arms:
            values = _came(of_arm(runs, arm), name)
            itself = arm == control and len(base) > 0
            found = Interval(1.0, 1.0, 1.0) if itself else ratio_of_means(values, base, level=level)
            row = {"endpoint": name, "arm": arm, "n": len(values), "of": len(of_arm(runs, arm)), "mean": _mean(values)}
            rows.append(row | as_row(found, "ratio"))
    return pd.DataFrame(rows)


def _change(what: Endpoint, one: Floats, base: Floats, level: float) -> Interval:
    """The mean difference; of shares with Newcombe's interval, for which pairs that are all alike are no trouble."""
    if what.kind != "share" or not len(one):
        return bootstrap_mean(one - base, level=level)
    return difference(int(one.sum()), len(one), int(base.sum()), len(base), level)


def _mean(values: Floats) -> float:
    return float(np.mean(values)) if len(values) else math.nan


def _came(of_one: pd.DataFrame, name: str) -> Floats:
    return np.asarray(of_one[name].dropna(), dtype=float)
