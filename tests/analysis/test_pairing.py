"""Paired comparisons: a worked example, and laws that hold for any luck.

Student's sleep data (Student 1908, Biometrika 6:1-25): extra hours of ten patients under two drugs; the mean difference
is 1.58 h and its t interval 0.70 to 2.46.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from immune_sim.analysis import pairing
from immune_sim.core.errors import ImmuneSimError

FIRST = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SECOND = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def table(arms: dict[str, np.ndarray], name: str = "peak_burden", **more: object) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "arm": arm,
                "point": 0,
                "replicate": np.arange(len(values)),
                "seed": np.arange(len(values)),
                "status": "ok",
                name: values,
                "hours": 100.0,
            }
            | more
        )
        for arm, values in arms.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_sleep_data() -> None:
    """The bootstrap interval leans to the long tail. Catches an unpaired resampling (-0.2 to 3.4)."""
    found = pairing.paired_table(table({"one": FIRST, "two": SECOND}), ["peak_burden"]).iloc[0]
    assert found["difference"] == pytest.approx(1.58)
    assert found["difference_low"] == pytest.approx(1.0, abs=0.15)
    assert found["difference_high"] == pytest.approx(2.5, abs=0.25)
    assert found["saved"] == pytest.approx(1 - 1.5129 / (3.2006 + 4.0090), abs=1e-3)


def test_pairs_are_found_by_replicate_not_by_order() -> None:
    """Rows shuffled and one missing in one arm: the rest is compared with its own partner."""
    whole = table({"one": FIRST, "two": SECOND})
    kept = whole[~((whole["arm"] == "two") & (whole["replicate"] == 3))].sample(frac=1.0, random_state=3)
    kept["arm"] = pd.Categorical(kept["arm"], ["one", "two"])
    found = pairing.paired_table(kept, ["peak_burden"]).iloc[0]
    assert found["pairs"] == 9
    assert found["difference"] == pytest.approx(float(np.mean(np.delete(SECOND - FIRST, 3))))


def test_full_coupling_saves_all_variance_and_none_saves_none() -> None:
    rng = np.random.default_rng(1)
    luck, other = rng.normal(size=(2, 4000))
    assert pairing.variance_saved(luck + 3, luck) == pytest.approx(1.0)
    assert abs(pairing.variance_saved(other, luck)) < 0.1
    assert pairing.variance_saved(-luck, luck) == pytest.approx(-1.0)


def test_what_design_points_differ_by_is_not_counted_as_saved() -> None:
    """Independent luck at two points 100 apart: pairing saves nothing. Catches variances over all points together."""
    rng = np.random.default_rng(2)
    points = np.repeat([0, 1], 2000)
    arm, control = 100 * points + rng.normal(size=(2, 4000))
    assert abs(pairing.variance_saved(arm, control, points)) < 0.05


def test_probability_of_benefit_counts_ties_half_and_knows_which_way_is_good() -> None:
    changes = np.array([1.0, 2.0, 0.0, -1.0])
    assert pairing.probability_of_benefit(changes, +1) == pytest.approx(2.5 / 4)
    assert pairing.probability_of_benefit(changes, -1) == pytest.approx(1.5 / 4)
    assert math.isnan(pairing.probability_of_benefit(changes, 0))


def test_bootstrap_interval_covers_as_often_as_it_says() -> None:
    """400 samples of 40 skewed values: 90 to 97 % of the intervals hold the mean. Catches 90 % and swapped ends."""
    rng, held = np.random.default_rng(7), 0
    for _ in range(400):
        found = pairing.bootstrap_mean(rng.gamma(4.0, size=40), resamples=400)
        held += found.low <= 4.0 <= found.high
    assert 0.90 <= held / 400 <= 0.97


def test_many_pairs_need_no_resampling_and_give_the_same_interval() -> None:
    """Just below and above the limit the ends agree to 5 % of the width. Catches a variance for a standard error."""
    values = np.random.default_rng(5).gamma(4.0, size=pairing.MANY)
    few, many = pairing.bootstrap_mean(values[1:]), pairing.bootstrap_mean(values)
    assert many.low == pytest.approx(few.low, abs=0.05 * (few.high - few.low))
    assert many.high == pytest.approx(few.high, abs=0.05 * (few.high - few.low))


def test_a_time_that_never_came_counts_with_the_horizon() -> None:
    """The arm saves one of two hosts: restricted difference (100 - 40) / 2 = 30 h, not the 0 h of those that died."""
    whole = table({"control": np.array([40.0, 60.0]), "drug": np.array([np.nan, 60.0])}, "survival_time", cleared=0)
    found = pairing.paired_table(whole, ["survival_time"], horizon=100.0).iloc[0]
    assert found["difference"] == pytest.approx(30.0)
    assert found["benefit"] == 0.75


def test_ratio_is_among_runs_in_which_the_time_came() -> None:
    whole = table(
        {"control": np.array([10.0, 20.0, 30.0]), "drug": np.array([30.0, 50.0, np.nan])}, "time_to_take", cleared=0
    )
    found = pairing.ratio_table(whole, ["time_to_take"]).set_index("arm")
    assert found.loc["control", "ratio"] == 1.0
    assert found.loc["drug", ["ratio", "n", "of"]].tolist() == [2.0, 2, 3]


def test_ratio_interval_against_fieller() -> None:
    """Two normal groups of 200: the bootstrap ends agree with Fieller's theorem (1954) to a few thousandths."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(30, 5, 200), rng.normal(20, 4, 200)
    found = pairing.ratio_of_means(a, b)
    va, vb, z = np.var(a, ddof=1) / 200, np.var(b, ddof=1) / 200, 1.959964
    g = z**2 * vb / b.mean() ** 2
    far = z / b.mean() * math.sqrt(va * (1 - g) + (a.mean() / b.mean()) ** 2 * vb)
    assert found.low == pytest.approx((found.value - far) / (1 - g), abs=0.006)
    assert found.high == pytest.approx((found.value + far) / (1 - g), abs=0.006)


def test_unknown_arm_and_endpoint_are_told_by_name() -> None:
    whole = table({"c": FIRST, "d": SECOND})
    with pytest.raises(ImmuneSimError, match=r'no arm "e" .* Arms: c, d\.'):
        pairing.paired_table(whole, ["peak_burden"], control="e")
    with pytest.raises(ImmuneSimError, match=r'no endpoint "peak". There are: .*peak_burden'):
        pairing.paired_table(whole, ["peak"])
