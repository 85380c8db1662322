"""Survival against worked examples.

Remission times of 42 children with leukemia (Freireich 1963, as printed by Gehan 1965, Biometrika 52:203-23): 21 on
6-mercaptopurine, 21 on placebo. The curve, its Greenwood errors and the log-rank chi-square of 16.79 are printed in
Kleinbaum and Klein 2012, Survival Analysis, chapter 2; the curve also in Cox and Oakes 1984.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.analysis import survival

DRUG_EVENTS = [6, 6, 6, 7, 10, 13, 16, 22, 23]
DRUG_CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TIMES = np.array(DRUG_EVENTS + [math.nan] * len(DRUG_CENSORED), dtype=float)
UNTIL = np.array(DRUG_EVENTS + DRUG_CENSORED, dtype=float)
PLACEBO_TIMES = np.array(PLACEBO, dtype=float)


def test_curve_is_the_printed_one() -> None:
    """Catches counting runs censored at an event's time as gone before it (6, and 10, have both)."""
    made = survival.curve(TIMES, UNTIL)
    steps = made[made["events"] > 0]
    assert list(steps["time"]) == [6, 7, 10, 13, 16, 22, 23]
    assert list(steps["at_risk"]) == [21, 17, 15, 12, 11, 7, 6]
    assert steps["survival"].round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert int(made["censored"].sum()) == 12


def test_median_is_the_printed_one() -> None:
    """23 weeks against 8; catches interpolation, and taking the last time above one half."""
    assert survival.median_time(survival.curve(TIMES, UNTIL)).value == 23
    assert survival.median_time(survival.curve(PLACEBO_TIMES, PLACEBO_TIMES)).value == 8


def test_logrank_is_the_printed_one() -> None:
    chi2, p = survival.logrank(TIMES, UNTIL, PLACEBO_TIMES, PLACEBO_TIMES)
    assert chi2 == pytest.approx(16.79, abs=0.005)
    assert p < 0.0001


def test_greenwood_error_shows_in_the_interval() -> None:
    """The printed error at 10 weeks is 0.0963; a log(-log) interval built on it. Catches a plain or a log interval."""
    at = survival.curve(TIMES, UNTIL).set_index("time").loc[10.0]
    s, error = 0.7529, 0.0963
    far = 1.959964 * error / (s * abs(math.log(s)))
    assert at["low"] == pytest.approx(s ** math.exp(far), abs=2e-3)
    assert at["high"] == pytest.approx(s ** math.exp(-far), abs=2e-3)


def test_restricted_mean_is_the_area_by_hand() -> None:
    """The area under the printed curve up to 35 weeks, and its error by the textbook formula, added up by hand here."""
    times, steps = [0, 6, 7, 10, 13, 16, 22, 23], [1, 0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    ends = [*times[1:], 35]
    area = sum(s * (end - start) for s, start, end in zip(steps, times, ends, strict=True))
    variance = 0.0
    for start, d, n in zip(times[1:], [3, 1, 1, 1, 1, 1, 1], [21, 17, 15, 12, 11, 7, 6], strict=True):
        ahead = sum(s * (end - at) for s, at, end in zip(steps, times, ends, strict=True) if at >= start)
        variance += ahead**2 * d / (n * (n - d))
    mean, error = survival.restricted_mean(survival.curve(TIMES, UNTIL), 35.0)
    assert mean.value == pytest.approx(area, abs=0.01)
    assert error == pytest.approx(math.sqrt(variance), abs=0.005)
    assert (round(mean.value, 1), round(error, 1)) == (23.3, 2.8)


@given(st.lists(st.integers(1, 60), min_size=2, max_size=40), st.integers(5, 80))
def test_without_censoring_the_restricted_mean_is_the_mean_of_the_times_cut_at_the_horizon(
    given_times: list[int], horizon: int
) -> None:
    """And its variance the plain one over n; catches areas shifted by a step and a lost tail behind the last event."""
    times = np.array(given_times, dtype=float)
    cut = np.minimum(times, horizon)
    mean, error = survival.restricted_mean(
        survival.curve(np.where(times > horizon, np.nan, times), cut), float(horizon)
    )
    assert mean.value == pytest.approx(float(np.mean(cut)))
    expected = float(np.std(cut)) / math.sqrt(len(cut)) if (times <= horizon).any() else math.nan
    assert error == pytest.approx(expected, abs=1e-9, nan_ok=True)


def runs(**columns: object) -> pd.DataFrame:
    """A runs table with one arm and one point, and the columns given."""
    n = len(next(iter(columns.values())))  # type: ignore[arg-type]
    return pd.DataFrame({"arm": "a", "point": 0, "replicate": range(n), "status": "ok"} | columns)


def test_a_cleared_run_counts_until_the_horizon() -> None:
    """Two of four hosts die on hour 500, two are cured on hour 100 and the run stops there: half survive.

    Counting a cure as lost on hour 100 would leave two at risk and say that nobody survives.
    """
    table = runs(survival_time=[500.0, 500.0, np.nan, np.nan], cleared=[0, 0, 1, 1], hours=[500.0, 500.0, 100.0, 100.0])
    found = survival.survival_table(table, horizon=1000.0).iloc[0]
    assert found["mean"] == pytest.approx((500 + 500 + 1000 + 1000) / 4)
    assert survival.curves(table, horizon=1000.0)["survival"].iloc[-1] == 0.5


def test_failed_runs_are_in_no_denominator() -> None:
    table = runs(survival_time=[10.0, np.nan, np.nan], cleared=[0, 0, 0], hours=[10.0, 100.0, np.nan])
    table.loc[2, "status"] = "failed"
    found = survival.survival_table(table, horizon=100.0).iloc[0]
    assert (found["n"], found["events"], found["mean"]) == (2, 1, 55.0)


def test_without_events_the_mean_is_the_horizon_and_its_error_is_not_claimed_to_be_zero() -> None:
    mean, error = survival.restricted_mean(survival.curve(np.full(5, np.nan), np.full(5, 60.0)), 60.0)
    assert mean.value == 60.0
    assert math.isnan(error)
    assert math.isnan(mean.low)


def test_interval_exists_where_nothing_or_everything_has_happened() -> None:
    """20 runs without event: at least 0.8389 survive (Newcombe 1998: 0 of 20 is at most 0.1611). Catches nan bands."""
    quiet = survival.curve(np.full(20, np.nan), np.full(20, 50.0))
    assert quiet["low"].tolist() == pytest.approx([0.8389] * len(quiet), abs=1e-4)
    assert survival.logrank(np.full(3, np.nan), np.full(3, 5.0), np.full(3, np.nan), np.full(3, 5.0)) == (0.0, 1.0)
    lost = survival.curve(np.full(20, 7.0), np.full(20, 7.0))
    assert lost["high"].iloc[-1] == pytest.approx(0.1611, abs=1e-4)


def test_events_after_the_horizon_are_not_known_yet() -> None:
    table = runs(survival_time=[10.0, 90.0], cleared=[0, 0], hours=[10.0, 90.0])
    found = survival.survival_table(table, horizon=50.0).iloc[0]
    assert (found["events"], found["mean"]) == (1, 30.0)


def test_tests_between_arms_adjust_for_their_number() -> None:
    """Holm 1979: 0.01, 0.04, 0.03 become 0.03, 0.06, 0.06. Catches Bonferroni and a lost running maximum."""
    assert survival.holm(np.array([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])


def test_arms_are_tested_against_the_control() -> None:
    drug = runs(survival_time=TIMES, cleared=0, hours=UNTIL).assign(arm="drug")
    placebo = runs(survival_time=PLACEBO_TIMES, cleared=0, hours=PLACEBO_TIMES).assign(arm="placebo")
    found = survival.survival_tests(pd.concat([placebo, drug]), horizon=35.0).iloc[0]
    assert (found["arm"], round(found["chi2"], 2)) == ("drug", 16.79)
    assert found["mean_gain"] == pytest.approx(23.287 - np.mean(PLACEBO), abs=0.01)
    drug_error = survival.restricted_mean(survival.curve(TIMES, UNTIL), 35.0)[1]
    far = 1.959964 * math.sqrt(drug_error**2 + np.var(PLACEBO) / len(PLACEBO))
    assert found["mean_gain"] - found["mean_gain_low"] == pytest.approx(far, rel=1e-4), "the errors of both arms count"
    assert found["mean_gain_high"] - found["mean_gain"] == pytest.approx(far, rel=1e-4)


@pytest.mark.parametrize("quiet", ["drug", "placebo"])
def test_a_gain_over_or_of_an_arm_without_events_has_no_interval(quiet: str) -> None:
    """Its error is not known; catches taking it for 0, which leaves the interval of the other arm alone."""
    arms = [
        runs(survival_time=np.full(21, np.nan) if arm == quiet else PLACEBO_TIMES, cleared=0, hours=np.full(21, 35.0))
        for arm in ("placebo", "drug")
    ]
    found = survival.survival_tests(
        pd.concat([arms[0].assign(arm="placebo"), arms[1].assign(arm="drug")]), horizon=35.0
    )
    assert abs(found["mean_gain"].iloc[0]) == pytest.approx(35 - np.mean(PLACEBO))
    assert np.isnan(found[["mean_gain_low", "mean_gain_high"]].to_numpy()).all()
