"""Shares of runs (take, clearance) with intervals that hold near 0 and 1 too.

Wilson, E. B. 1927, J Am Stat Assoc 22:209-12; for the choice among methods Newcombe 1998, Stat Med 17:857-72, and for
the difference of two shares Newcombe 1998, Stat Med 17:873-90 (method 10).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
from scipy import stats

from immune_sim.analysis.tables import LEVEL, Interval, arms_of, as_row, good, of_arm, pairs


def wilson(events: int, n: int, level: float = LEVEL) -> Interval:
    """A share of n runs with its Wilson interval; nan where n is 0."""
    if n == 0:
        return Interval(math.nan, math.nan, math.nan)
    found = stats.binomtest(int(events), int(n)).proportion_ci(level, method="wilson")
    return Interval(events / n, float(found.low), float(found.high))


def difference(events: int, n: int, events_control: int, n_control: int, level: float = LEVEL) -> Interval:
    """Difference of two independent shares, with Newcombe's interval from the two Wilson intervals."""
    one, other = wilson(events, n, level), wilson(events_control, n_control, level)
    down = math.hypot(one.value - one.low, other.high - other.value)
    up = math.hypot(one.high - one.value, other.value - other.low)
    return Interval(one.value - other.value, one.value - other.value - down, one.value - other.value + up)


def share_table(
    runs: pd.DataFrame, name: str = "take", *, by: Sequence[str] = (), level: float = LEVEL
) -> pd.DataFrame:
    """One row per arm, or arm and group: n, events, share, share_low, share_high.

    by: columns of groups inside an arm, for example ("point",). Failed runs are in no denominator.
    """
    made = []
    done = good(runs)
    for arm in arms_of(runs):
        of_one = done[done["arm"] == arm]
        rest = [each for each in by if each != "arm"]
        for key, group in of_one.groupby(rest, sort=True, observed=True) if rest else [((), of_one)]:
            values = group[name].dropna()
            row = {"arm": arm} | dict(zip(rest, cast("tuple[Any, ...]", key), strict=True))
            found = wilson(int(values.sum()), len(values), level)
            made.append(row | {"n": len(values), "events": int(values.sum())} | as_row(found, "share"))
    return pd.DataFrame(made)


def against_control(
    runs: pd.DataFrame, name: str = "take", *, control: str | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """One row per other arm: the difference of its share to the control's, and the exact McNemar test of the pairs.

    Columns: arm, n, difference, difference_low, difference_high (independent arms), pairs, only_arm and only_control
    (pairs in which only one of the two had the event), p_paired. With shared luck the test of the pairs is the sharper
    one: a pair in which both did the same says nothing about the arm.
    """
    arms = arms_of(runs)
    control = control or arms[0]
    base = of_arm(runs, control)[name].dropna()
    rows = []
    for arm in arms:
        if arm == control:
            continue
        values, both = of_arm(runs, arm)[name].dropna(), pairs(runs, arm, control, name)
        only_arm, only_control = int(np.sum(both["difference"] > 0)), int(np.sum(both["difference"] < 0))
        split = only_arm + only_control
        test = float(stats.binomtest(only_arm, split).pvalue) if split else math.nan
        found = difference(int(values.sum()), len(values), int(base.sum()), len(base), level)
        row = {"arm": arm, "n": len(values)} | as_row(found, "difference")
        row |= {"pairs": len(both), "only_arm": only_arm, "only_control": only_control, "p_paired": test}
        rows.append(row)
    return pd.DataFrame(rows)
