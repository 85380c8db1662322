"""The tissue at time zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from immune_sim.model.state import Tissue
from tests.laws import assert_uniform_counts
from tests.tissues import NIGHTLY, Lab, check_places, same_bits, scenario_of


def start(changes: dict[str, Any] | None = None, seed: int = 1) -> Tissue:
    return Lab(scenario_of(changes or {}), seed).tissue


@pytest.mark.parametrize("size", [{}, {"space.depth": 40, "space.width": 40, "space.height": 40}])
@pytest.mark.parametrize("fill", [0.2, 1.0])
def test_founders_fill_a_disc_or_ball_in_the_middle(size: dict[str, int], fill: float) -> None:
    """All within the radius of count / fill sites, and the share of its sites is the fill.

    Catches a corner, and a ring.
    """
    tissue = start({**size, "inoculum.tumor_cells": 500, "inoculum.fill": fill})
    assert tissue.tumor.n == 500
    away = np.linalg.norm(
        tissue.lattice.coordinates(tissue.tumor["site"]) - (np.array(tissue.lattice.shape) - 1) / 2.0, axis=1
    )
    dims = tissue.lattice.dims
    radius = (500 / fill / math.pi) ** 0.5 if dims == 2 else (500 / fill * 0.75 / math.pi) ** (1 / 3)
    assert away.max() <= radius + 1.0
    inner = (away < 0.7 * radius).sum() / 500
    assert inner == pytest.approx(0.7**dims, abs=0.12)
    check_places(tissue)


def test_scattered_founders_are_anywhere() -> None:
    """Even over 5 x 5 fields of the tissue, false alarm 1e-6. Catches sites near the first row."""
    tissue = start({"inoculum.tumor_cells": 5000, "inoculum.placement": "scattered"})
    where = tissue.lattice.coordinates(tissue.tumor["site"]) // 40
    assert_uniform_counts(np.bincount(where[:, 0] * 5 + where[:, 1], minlength=25))


def test_numbers_are_those_of_the_densities() -> None:
    """Vessels, NK cells and T cells per mm2 of 9 mm2. Catches an area in sites."""
    tissue = start({"recruitment.ctl_density": 10})
    assert tissue.lattice.area == pytest.approx(9.0)
    assert (len(tissue.vessels), tissue.nk_cells, tissue.ctl_cells) == (900, 400, 90)
    assert len(np.unique(tissue.vessels)) == 900


@pytest.mark.parametrize("cells", [0, 1, 399, 400])
def test_any_number_of_founders_fits(cells: int) -> None:
    """Up to a full tissue. Catches a pool that is one too small, and an empty tissue that fails."""
    tissue = start({"space.width": 20, "space.height": 20, "inoculum.tumor_cells": cells})
    assert tissue.tumor.n == cells
    assert np.array_equal(np.sort(tissue.tumor["clone"]), np.arange(tissue.tumor.n))
    check_places(tissue)


def test_all_arms_start_from_the_same_tissue() -> None:
    """The regimen and the links do not touch time zero. Catches a draw that depends on the order of calls."""
    assert same_bits(start(), start({"regimen": NIGHTLY, "links.tumor_apoptosis": 1.0, "nk.kill_rate": 1.0}))
    assert not same_bits(start(), start(seed=2))


def test_more_nk_cells_are_the_same_ones_and_some_more() -> None:
    """Places are drawn once per site, so designs share their luck.

    Catches a draw per cell, which would move everybody.
    """
    few, many = (set(start({"recruitment.nk_density": density}).immune["site"].tolist()) for density in (50, 100))
    assert few < many
