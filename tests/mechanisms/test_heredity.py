"""Traits: how founders differ, and what a daughter gets from her mother."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from immune_sim.model import hour
from immune_sim.model.state import Tissue
from tests.laws import FALSE_ALARM, assert_mean, assert_share, assert_uncorrelated, assert_uniform_counts
from tests.tissues import Lab, plant, scenario_of


def family(changes: dict[str, Any] | None = None) -> tuple[Tissue, np.ndarray, np.ndarray]:
    """A tissue after one hour of fast division, with the rows of mothers and of their daughters."""
    still = {
        "inoculum.tumor_cells": 0,
        "recruitment.nk_density": 0,
        "inoculum.vessel_density": 0,
        "tumor.cycle_time": 4,
    }
    tissue = Lab(
        scenario_of({"space.width": 600, "space.height": 600, **still, "space.boundary": "periodic", **(changes or {})})
    ).tissue
    tissue.fields.oxygen[:] = 38.0
    where = tissue.lattice.coordinates(tissue.lattice.interior)
    plant(tissue, tissue.lattice.interior[(where % 3 == 0).all(axis=1)])
    founders = tissue.tumor.n
    tissue.tumor["antigenicity"][:] = tissue.tumor["mhc"][:] = tissue.tumor["pdl1"][:] = 0.5
    tissue.tumor["receptor_level"][:] *= 2.0
    tissue.tumor["damage"][:] = 1.0
    hour.divide(tissue)
    daughters = np.arange(founders, tissue.tumor.n)
    return tissue, tissue.tumor["clone"][daughters], daughters  # a founder's clone is her row


def test_founders_differ_log_normally_with_mean_one() -> None:
    """Kolmogorov-Smirnov at n = 40,000, false alarm 1e-6: catches a spread off by 3 %, and a mean above 1."""
    tissue, _, _ = family({"links.tumor_proliferation": 0})
    founders = tissue.tumor["set_point"][: tissue.founders].astype(float)
    assert stats.kstest((np.log(founders) + 0.02) / 0.2, "norm").pvalue > FALSE_ALARM
    assert_mean(founders, 1.0)
    assert_mean((np.log(founders) + 0.02) ** 2, 0.04)
    assert_uncorrelated(founders[:-1], founders[1:])


def test_a_daughter_has_her_mothers_set_point_with_noise() -> None:
    """The logarithm of the ratio is normal with standard deviation 0.02. Catches noise added to the level instead."""
    tissue, mothers, daughters = family()
    assert len(daughters) > 5000
    ratio = np.log(tissue.tumor["set_point"][daughters].astype(float) / tissue.tumor["set_point"][mothers])
    assert stats.kstest(ratio / 0.02, "norm").pvalue > FALSE_ALARM
    assert_mean((ratio / 0.02) ** 2, 1.0)
    for name in ("receptor_level", "signal", "bound_fraction", "ligand_output", "clone", "generation"):
        assert np.array_equal(tissue.tumor[name][daughters], tissue.tumor[name][mothers]), name
    assert (tissue.tumor["damage"][daughters] == 0.0).all(), "damage is not inherited"
    assert (tissue.tumor["generation"][daughters] == 1).all()


def test_mutations_are_as_frequent_and_as_large_as_declared() -> None:
    """A fifth of the daughters mutates, one trait each, by a normal step.

    False alarm 1e-6 each; catches 20 % in the size.
    """
    tissue, _, daughters = family({"heredity.mutation_probability": 0.2, "heredity.mutation_size": 0.05})
    traits = np.stack([tissue.tumor[name][daughters].astype(float) for name in ("antigenicity", "mhc", "pdl1")])
    changed = traits != 0.5
    assert changed.sum(axis=0).max() == 1
    assert_share(int(changed.sum()), len(daughters), 0.2)
    assert_uniform_counts(changed.sum(axis=1))
    assert stats.kstest((traits[changed] - 0.5) / 0.05, "norm").pvalue > FALSE_ALARM
    assert_mean(((traits[changed] - 0.5) / 0.05) ** 2, 1.0)
    for name in ("antigenicity", "mhc", "pdl1"):
        assert (tissue.tumor[name][: tissue.founders] == 0.5).all(), "a mother does not change"


def test_traits_stay_between_zero_and_one() -> None:
    """Steps ten times too large. Catches a trait that becomes negative and turns a kill rate around."""
    tissue, _, daughters = family({"heredity.mutation_probability": 1, "heredity.mutation_size": 1})
    for name in ("antigenicity", "mhc", "pdl1"):
        values = tissue.tumor[name][daughters]
        assert values.min() >= 0.0
        assert values.max() <= 1.0
        assert {0.0, 1.0} <= set(values.tolist())


def test_every_cell_has_luck_of_its_own() -> None:
    """Catches a daughter with her mother's lineage (both would then divide and die together for ever)."""
    tissue, mothers, daughters = family()
    lineage = tissue.tumor["lineage"]
    assert len(np.unique(lineage)) == tissue.tumor.n
    assert (lineage[mothers] < tissue.lattice.size).all(), "a mother keeps hers"
    assert_uncorrelated(lineage[daughters[:-1]].astype(float), lineage[daughters[1:]].astype(float))


@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_without_spread_all_founders_are_alike(spread: float) -> None:
    """Catches a spread that is always drawn."""
    tissue, _, _ = family({"heredity.set_point_spread": spread, "links.tumor_proliferation": 0})
    founders = tissue.tumor["set_point"][: tissue.founders]
    assert (len(np.unique(founders)) == 1) == (spread == 0.0)
