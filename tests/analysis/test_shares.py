"""Shares against the examples of Newcombe 1998 (Stat Med 17:857-72 and 873-90)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from immune_sim.analysis import shares


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_is_the_printed_one(events: int, n: int, low: float, high: float) -> None:
    """Table I, method 3. Catches Wald's interval (0 of 20 has none there) and a continuity correction."""
    found = shares.wilson(events, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_no_runs_no_share() -> None:
    assert all(math.isnan(each) for each in shares.wilson(0, 0))


def test_interval_of_a_difference_is_the_printed_one() -> None:
    """56/70 - 48/80 = 0.2000, 0.0524 to 0.3339 (second paper, table II, method 10, example a)."""
    found = shares.difference(56, 70, 48, 80)
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def two_arms(control: list[int], arm: list[int]) -> pd.DataFrame:
    n = len(control)
    one = {"point": 0, "replicate": range(n), "seed": [str(i) for i in range(n)], "status": "ok", "hours": 100.0}
    return pd.concat(
        [pd.DataFrame(one | {"arm": "control", "take": control}), pd.DataFrame(one | {"arm": "drug", "take": arm})]
    )


def test_the_test_of_pairs_looks_only_at_pairs_that_differ() -> None:
    """8 pairs split 7 to 1: the sign test gives p = 2 (1 + 8) / 256. Catches a test on all pairs, or one-sided."""
    control, arm = [1] * 7 + [0] + [1] * 5, [0] * 7 + [1] + [1] * 5
    found = shares.against_control(two_arms(control, arm)).iloc[0]
    assert (found["only_arm"], found["only_control"]) == (1, 7)
    assert found["p_paired"] == pytest.approx(2 * 9 / 256)


def test_table_has_one_row_per_arm_and_leaves_failures_out() -> None:
    table = two_arms([1, 1, 0, 1], [0, 0, 0, 1])
    table.iloc[0, table.columns.get_loc("status")] = "failed"
    found = shares.share_table(table)
    assert found["arm"].tolist() == ["control", "drug"]
    assert (found["n"].tolist(), found["events"].tolist()) == ([3, 4], [2, 1])
    assert np.all(found["share_low"] < found["share"])


def test_table_by_design_point() -> None:
    table = pd.concat([two_arms([1, 1], [0, 0]), two_arms([1, 0], [0, 0]).assign(point=1)])
    found = shares.share_table(table, by=("point",)).set_index(["arm", "point"])
    assert found.loc[("control", 1), "share"] == 0.5
    assert len(found) == 4
