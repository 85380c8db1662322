"""Division of tumor cells: rate, crowding, pushing, oxygen, IFN-gamma."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from immune_sim.core.codes import CYCLING, QUIESCENT
from immune_sim.model import hour
from immune_sim.model.state import Tissue
from tests.laws import assert_share, assert_uniform_counts
from tests.tissues import Lab, check_places, plant, scenario_of

BARE = {
    "inoculum.tumor_cells": 0,
    "recruitment.nk_density": 0,
    "links.tumor_proliferation": 0,
    "heredity.set_point_spread": 0,
    "space.boundary": "periodic",
    "inoculum.vessel_density": 0,
}
HOURLY = -math.expm1(-math.log(2.0) / 24.0)


def bare(changes: dict[str, Any] | None = None, seed: int = 1) -> Tissue:
    tissue = Lab(scenario_of({**BARE, **(changes or {})}), seed).tissue
    tissue.fields.oxygen[:] = 38.0
    return tissue


def checkered(tissue: Tissue, apart: int) -> None:
    """Cells so far apart that they do not hinder each other."""
    where = tissue.lattice.coordinates(tissue.lattice.interior)
    plant(tissue, tissue.lattice.interior[(where % apart == 0).all(axis=1)])


def divide(tissue: Tissue, hours: int = 1) -> int:
    """Let cells divide; returns the births."""
    tissue.tallies = {}
    for _ in range(hours):
        hour.divide(tissue)
        tissue.hour += 1
    return tissue.tallies.get("births", 0)


def test_unhindered_cells_double_in_a_cycle_time() -> None:
    """Births in the first hour, false alarm 1e-6: catches 5 % in the rate. After a day the number is (1 + p)^24 = 1.96.

    It is not 2, because a cell divides at most once an hour: the discrete doubling time is 2.8 % longer.
    """
    tissue = bare({"space.width": 900, "space.height": 900})
    checkered(tissue, 5)
    start = tissue.tumor.n
    assert_share(divide(tissue), start, HOURLY)
    divide(tissue, 23)
    assert tissue.tumor.n / start == pytest.approx((1.0 + HOURLY) ** 24, rel=0.03)
    assert pytest.approx(1.96, abs=0.005) == (1.0 + HOURLY) ** 24


def test_time_between_divisions_has_no_memory() -> None:
    """A mother's next division is as likely as any other's.

    Catches luck that repeats because her address did not change.
    """
    tissue = bare({"space.width": 600, "space.height": 600})
    checkered(tissue, 5)
    mothers = tissue.tumor.n
    divide(tissue)
    first = tissue.tumor["generation"][:mothers] == 1
    divide(tissue)
    again = tissue.tumor["generation"][:mothers][first] == 2
    assert_share(int(again.sum()), int(first.sum()), HOURLY)


def test_a_cell_without_a_free_neighbor_is_quiescent() -> None:
    """A full block, closed: nobody divides, all are quiescent. Catches a birth onto a taken site."""
    tissue = bare({"space.width": 30, "space.height": 30, "space.boundary": "closed"})
    plant(tissue, tissue.lattice.interior)
    assert divide(tissue, 10) == 0
    assert (tissue.tumor["state"] == QUIESCENT).all()


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_block_grows_from_its_rim_as_deep_as_it_can_push(depth: int) -> None:
    """In a solid square the cells within depth + 1 of the edge are cycling, no others.

    Catches a depth that is one off.
    """
    tissue = bare(
        {
            "space.width": 60,
            "space.height": 60,
            "space.boundary": "closed",
            "tumor.push_depth": depth,
            "tumor.cycle_time": 1e4,
        }
    )
    where = tissue.lattice.coordinates(tissue.lattice.interior)
    plant(tissue, tissue.lattice.interior[((where >= 20) & (where < 40)).all(axis=1)])
    divide(tissue)
    first = tissue.tumor["cell_id"] <= 2 * 400
    inside = tissue.lattice.coordinates(tissue.tumor["site"][first])
    from_edge = np.minimum(inside - 20, 39 - inside).min(axis=1)
    assert np.array_equal(tissue.tumor["state"][first] == CYCLING, from_edge <= depth)


@pytest.mark.parametrize("boundary", ["closed", "periodic"])
@pytest.mark.parametrize(
    "size", [{"space.width": 20, "space.height": 20}, {"space.width": 9, "space.height": 9, "space.depth": 9}]
)
def test_pushing_conserves_cells(boundary: str, size: dict[str, int]) -> None:
    """Nobody is lost, doubled or moved further than one site an hour by a push from one side.

    Catches a chain that breaks.
    """
    tissue = bare({**size, "space.boundary": boundary, "tumor.push_depth": 20, "tumor.cycle_time": 4})
    plant(tissue, tissue.lattice.interior[::3])
    for _ in range(12):
        before = set(tissue.tumor["cell_id"].tolist())
        births = divide(tissue)
        after = set(tissue.tumor["cell_id"].tolist())
        assert before <= after
        assert len(after) == len(before) + births
        check_places(tissue)
    assert tissue.tumor.n > 0.95 * tissue.lattice.sites


def test_daughters_go_to_every_side() -> None:
    """Directions of 10,000 daughters are even, false alarm 1e-6.

    Catches a search that always begins at the same neighbor.
    """
    tissue = bare({"space.width": 1000, "space.height": 1000, "tumor.cycle_time": 4})
    checkered(tissue, 4)
    founders = tissue.tumor.n
    divide(tissue)
    clone = tissue.tumor["clone"]
    mother = np.full(founders, -1)
    mother[clone[:founders]] = np.arange(founders)
    step = tissue.lattice.coordinates(tissue.tumor["site"][founders:]) - tissue.lattice.coordinates(
        tissue.tumor["site"][mother[clone[founders:]]]
    )
    step = (step + 500) % 1000 - 500
    steps = {tuple(each): i for i, each in enumerate(tissue.lattice.steps.tolist())}
    assert_uniform_counts(np.bincount([steps[tuple(each)] for each in step.tolist()], minlength=8))


@pytest.mark.parametrize(("oxygen", "factor"), [(38.0, 1.0), (10.0, 1.0), (7.5, 0.5), (5.0, 0.0), (1.0, 0.0)])
def test_division_needs_oxygen(oxygen: float, factor: float) -> None:
    """A ramp from 5 to 10 mmHg, quiescent at and below 5. Catches a threshold that only slows."""
    tissue = bare({"space.width": 500, "space.height": 500})
    checkered(tissue, 3)
    tissue.fields.oxygen[:] = oxygen
    start = tissue.tumor.n
    assert_share(divide(tissue), start, -math.expm1(-math.log(2.0) / 24.0 * factor))
    assert (tissue.tumor["state"][:start] == (CYCLING if factor else QUIESCENT)).all()


@pytest.mark.parametrize("level", [0.02, 1.0])
def test_ifng_arrests_division(level: float) -> None:
    """1 - arrest x level / (level + half). Catches an arrest that speeds up."""
    tissue = bare({"space.width": 600, "space.height": 600})
    checkered(tissue, 3)
    tissue.fields.ifng[:] = level
    start, p = tissue.tumor.n, tissue.p.proliferation
    slowed = 1.0 - p.ifng_arrest * level / (level + p.ifng_half)
    assert_share(divide(tissue), start, -math.expm1(-p.rate * slowed))


def test_the_link_changes_the_rate() -> None:
    """Under full blockade (signal 0) and gain -0.6 division is exp(0.6) times as fast.

    Catches a link that is not wired.
    """
    tissue = bare({"space.width": 500, "space.height": 500, "links.tumor_proliferation": -0.6})
    checkered(tissue, 3)
    tissue.tumor["signal"][:] = 0.0
    start = tissue.tumor.n
    assert_share(divide(tissue), start, -math.expm1(-math.log(2.0) / 24.0 * math.exp(0.6)))


def test_two_mothers_do_not_share_the_last_free_site() -> None:
    """Mothers around single free sites: at most one daughter in each. Catches daughters decided all at once."""
    tissue = bare({"space.width": 30, "space.height": 30, "tumor.cycle_time": 4})
    where = tissue.lattice.coordinates(tissue.lattice.interior)
    plant(tissue, tissue.lattice.interior[~(where % 3 == 1).all(axis=1)])
    free = tissue.lattice.sites - tissue.tumor.n
    assert divide(tissue, 30) == free
    check_places(tissue)
    for one, other in itertools.pairwise(sorted(tissue.tumor["site"].tolist())):
        assert one != other
