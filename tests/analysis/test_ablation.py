"""Factorial effects against the pilot plant of Box, Hunter and Hunter 2005 (Statistics for Experimenters, section 5.3).

Yields 60, 72, 54, 68, 52, 83, 45, 80 in standard order; effects: temperature 23, concentration -5, catalyst 1.5,
TC 1.5, TK 10, CK 0, TCK 0.5.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from immune_sim.analysis import ablation
from immune_sim.core.errors import ImmuneSimError

YIELDS = [60, 72, 54, 68, 52, 83, 45, 80]
DESIGN = pd.DataFrame(
    [(t, c, k) for k, c, t in itertools.product(["off", "on"], repeat=3)], columns=["T", "C", "K"]
).assign(point=range(8))
SWITCHES = ablation.coded(DESIGN, ["T", "C", "K"])


def effects(values: pd.DataFrame, order: int) -> pd.DataFrame:
    return ablation.effects_table(values, SWITCHES, order=order).set_index("effect")


def test_pilot_plant() -> None:
    """Catches halved effects (regression slopes), swapped signs and interactions that are not halved differences."""
    values = pd.DataFrame({"point": range(8), "replicate": 0, "value": YIELDS})
    found = effects(values, 3)["estimate"]
    expected = {"T": 23, "C": -5, "K": 1.5, "T x C": 1.5, "T x K": 10, "C x K": 0, "T x C x K": 0.5}
    assert {name: pytest.approx(found[name], abs=1e-9) for name in expected} == expected


def test_error_comes_from_replicates() -> None:
    """Each yield twice, 1 above and 1 below: s2 = 2 on 8 degrees of freedom, error of an effect 2 sqrt(2 / 16)."""
    values = pd.DataFrame(
        [{"point": i, "replicate": r, "value": y + d} for i, y in enumerate(YIELDS) for r, d in ((0, 1), (1, -1))]
    )
    found = effects(values.assign(seed=range(16)), 3).loc["T"]
    assert found["estimate_high"] - found["estimate"] == pytest.approx(2.306 * 2 * math.sqrt(2 / 16), rel=1e-3)


def test_shares_add_up_in_a_balanced_design() -> None:
    rng = np.random.default_rng(5)
    values = pd.DataFrame(
        [{"point": i, "replicate": r, "value": y + rng.normal(0, 4)} for i, y in enumerate(YIELDS) for r in range(4)]
    )
    found = effects(values.assign(seed=range(32)), 3)
    assert found["explained"].sum() == pytest.approx(1.0)
    assert found.index[-1] == "replicates"


def test_interactions_that_were_not_asked_for_are_not_taken_for_luck() -> None:
    """Replicates alike to 1e-3 and main effects only: the interaction of 10 is 'other', luck is next to nothing."""
    rng = np.random.default_rng(9)
    rows = [
        {"point": i, "replicate": r, "value": y + rng.normal(0, 1e-3)} for i, y in enumerate(YIELDS) for r in (0, 1)
    ]
    found = effects(pd.DataFrame(rows).assign(seed=range(16)), 1)
    assert found.loc["replicates", "explained"] < 1e-6
    assert found.loc["other interactions", "explained"] == pytest.approx(
        2 * (10**2 + 1.5**2 + 0.5**2) / 1317.5, rel=0.02
    )
    assert found.loc["T", "estimate_high"] - found.loc["T", "estimate_low"] < 0.01


def test_luck_shared_by_all_points_is_taken_out() -> None:
    """Replicates that differ by 100 at every point alike leave the effects as sharp. Catches missing blocks."""
    rng = np.random.default_rng(6)
    rows = [
        {"point": i, "replicate": r, "seed": r, "value": y + 100 * r + rng.normal(0, 1)}
        for i, y in enumerate(YIELDS)
        for r in range(3)
    ]
    found = effects(pd.DataFrame(rows), 2).loc["T"]
    assert found["estimate"] == pytest.approx(23, abs=2)
    assert found["estimate_high"] - found["estimate_low"] < 3


def test_the_interval_covers() -> None:
    """200 studies without any effect: the 95 % interval of an effect leaves 0 in 1 to 10 % of them."""
    rng, out = np.random.default_rng(8), 0
    for _ in range(200):
        values = pd.DataFrame(
            {
                "point": np.repeat(np.arange(8), 3),
                "replicate": np.tile(np.arange(3), 8),
                "value": rng.normal(size=24),
                "seed": range(24),
            }
        )
        found = effects(values, 2).loc["C"]
        out += not found["estimate_low"] <= 0 <= found["estimate_high"]
    assert 2 <= out <= 20


def test_what_cannot_be_told_apart_is_refused() -> None:
    values = pd.DataFrame({"point": range(4), "replicate": 0, "value": YIELDS[:4]})
    with pytest.raises(ImmuneSimError, match="cannot tell all effects apart"):
        effects(values, 2)
    with pytest.raises(ImmuneSimError, match="dose has 3 values"):
        ablation.coded(pd.DataFrame({"point": range(3), "dose": [1, 2, 3]}), ["dose"])


def test_on_is_what_is_not_zero() -> None:
    """A gain of -0.6 is on and 0 is off, though -0.6 is the smaller. Catches ordering by size."""
    design = pd.DataFrame({"point": [0, 1], "links.tumor_proliferation": [0.0, -0.6]})
    assert ablation.coded(design, ["links.tumor_proliferation"])["links.tumor_proliferation"].tolist() == [-1.0, 1.0]
