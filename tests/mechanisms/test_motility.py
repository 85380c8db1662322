"""Movement of immune cells in otherwise still tissues: speed, spread, crowding, infiltration, chemotaxis, arrest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from immune_sim.core.codes import APOPTOTIC, CTL, NK
from immune_sim.model import hour
from immune_sim.model.state import Tissue
from tests.laws import Z, assert_mean, assert_share, assert_uniform_counts
from tests.tissues import Lab, check_places, plant, scenario_of

EMPTY = {
    "inoculum.tumor_cells": 0,
    "inoculum.vessel_density": 0,
    "space.boundary": "periodic",
    "recruitment.nk_density": 0,
    "recruitment.ctl_density": 20,
    "motility.chemotaxis": 0,
}


def walkers(changes: dict[str, Any] | None = None, seed: int = 1) -> Tissue:
    return Lab(scenario_of({**EMPTY, **(changes or {})}), seed).tissue


def walk(tissue: Tissue, substeps: int) -> np.ndarray:
    """Let cells move and return their displacement (n, dims) in sites, not wrapped, in the order of cell_id."""
    lattice = tissue.lattice
    shape = np.array(lattice.shape)
    order = np.argsort(tissue.immune["cell_id"])
    total = np.zeros((tissue.immune.n, lattice.dims))
    before = lattice.coordinates(tissue.immune["site"][order])
    for _ in range(substeps):
        hour.move(tissue)
        after = lattice.coordinates(tissue.immune["site"][order])
        moved = after - before
        if lattice.wraps:
            moved = (moved + shape // 2) % shape - shape // 2
        total += moved
        before = after
        tissue.sub += 1
        if tissue.sub == tissue.p.clock.substeps:
            tissue.sub, tissue.hour = 0, tissue.hour + 1
    return total


@pytest.mark.parametrize(("kind", "speed"), [(NK, 5.0), (CTL, 10.0)])
@pytest.mark.parametrize("substeps", [2, 4, 8])
def test_cells_cover_their_speed(kind: int, speed: float, substeps: int) -> None:
    """Cells that never turn: the length of the way is speed x time, whatever the sub-step, cell by cell within one hop.

    Catches a fractional hop that is cut off, and a cell that has two turns in one sub-step at the edge of a slab.
    """
    density = {"recruitment.nk_density": 3 if kind == NK else 0, "recruitment.ctl_density": 0 if kind == NK else 3}
    tissue = walkers(
        {**density, "motility.persistence": 1, "space.width": 300, "space.height": 300, "time.substeps": substeps}
    )
    wanted = speed * 60.0 / substeps / tissue.lattice.mean_step
    counts = []
    for _ in range(24):
        heading = tissue.immune["heading"].copy()
        hops = np.abs(walk(tissue, 1)).max(axis=1)
        order = np.argsort(tissue.immune["cell_id"])
        assert hops.max() <= np.floor(wanted) + 1.0
        straight = (tissue.immune["heading"] == heading)[order] & (hops >= np.floor(wanted))  # no collision
        assert straight.mean() > 0.9
        counts.append(hops[straight])
    assert_mean(np.concatenate(counts), wanted)


@pytest.mark.parametrize("persistence", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("depth", [1, 30])
def test_mean_squared_displacement_is_that_of_a_persistent_walk(persistence: float, depth: int) -> None:
    """n hops of squared length s that keep their direction with probability p: s (n (1+p)/(1-p) - 2p (1-p^n)/(1-p)^2).

    Within 2 % for collisions, and the error of the mean. Catches headings lost between sub-steps and diagonals left
    out.
    """
    size = (
        {"space.width": 160, "space.height": 160}
        if depth == 1
        else {"space.width": 50, "space.height": 50, "space.depth": 50}
    )
    tissue = walkers({**size, "recruitment.ctl_density": 15, "motility.persistence": persistence})
    hours = 2
    n = 60.0 * 10.0 * hours / tissue.lattice.mean_step
    mean_square = float((tissue.lattice.steps**2).sum(axis=1).mean())
    squared = [(walk(tissue, 4 * hours) ** 2).sum(axis=1) for _ in range(30)]
    p = persistence
    wanted = mean_square * (n * (1 + p) / (1 - p) - 2 * p * (1 - p**n) / (1 - p) ** 2)
    found = np.concatenate(squared)
    assert float(found.mean()) == pytest.approx(wanted, rel=0.02 + Z * found.std() / np.sqrt(len(found)) / wanted)


def test_no_direction_is_favored_even_in_a_crowd() -> None:
    """30 % of all sites taken, several slabs: no mean displacement over two hours, equal spread along both axes.

    Catches an order of turns that always runs the same way (0.25 sites an hour), and a seam between slabs.
    """
    tissue = walkers(
        {"recruitment.ctl_density": 1333, "space.width": 100, "space.height": 100, "motility.persistence": 0.3}
    )
    assert tissue.lattice.slabs(22).max() >= 3
    way = np.concatenate([walk(tissue, 8) for _ in range(8)])
    for axis in (0, 1):
        assert_mean(way[:, axis], 0.0)
    assert_mean(way[:, 0] ** 2 - way[:, 1] ** 2, 0.0)
    assert_mean(way[:, 0] * way[:, 1], 0.0)
    check_places(tissue)


def test_cells_come_from_any_side() -> None:
    """First headings are even over all directions. Catches a default that sends every newcomer to the upper left."""
    tissue = walkers({"recruitment.ctl_density": 1333, "space.width": 100, "space.height": 100})
    assert_uniform_counts(np.bincount(tissue.immune["heading"], minlength=8))


def test_a_crowd_stays_evenly_spread_over_slabs() -> None:
    """A random walk has no favorite place: rows at the edges of slabs hold as many cells as others, to 6 deviations."""
    tissue = walkers({"recruitment.ctl_density": 400, "space.width": 60, "space.height": 96})
    counts = np.zeros(96)
    for _ in range(80):
        walk(tissue, 8)
        counts += np.bincount(tissue.lattice.coordinates(tissue.immune["site"])[:, 0], minlength=96)
    spread = (counts - counts.mean()) / np.sqrt(counts.mean())
    assert np.abs(spread).max() < 6.0


def full_of_dead_cells(changes: dict[str, Any]) -> Tissue:
    """Every site holds a dead tumor cell: nothing to arrest on, but something to squeeze past."""
    tissue = walkers(changes)
    plant(tissue, tissue.lattice.interior)
    tissue.tumor["state"][:] = APOPTOTIC
    tissue.tumor["cause"][:] = 1
    return tissue


@pytest.mark.parametrize("infiltration", [0.0, 0.3, 1.0])
def test_dense_tissue_slows_by_the_infiltration(infiltration: float) -> None:
    """The share of hops that succeed, to the 1/256 with which it is drawn.

    Catches the factor applied to leaving a site.
    """
    tissue = full_of_dead_cells(
        {"motility.infiltration": infiltration, "motility.persistence": 1, "recruitment.ctl_density": 5}
    )
    hops = sum(np.abs(walk(tissue, 1)).max(axis=1).sum() for _ in range(40))
    tried = 40 * tissue.immune.n * 10.0 * 15.0 / tissue.lattice.mean_step
    exact = np.ceil(infiltration * 256) / 256
    assert hops / tried == pytest.approx(exact, abs=0.02)
    assert abs(exact - infiltration) < 1 / 256


def test_chemotaxis_takes_its_share_of_hops() -> None:
    """Where the pull is full, 30 % of the hops go up the gradient: 0.3 sites a hop on the mean and none sideways."""
    tissue = walkers({"motility.chemotaxis": 0.3, "motility.persistence": 0, "recruitment.ctl_density": 30})
    right = int(np.flatnonzero((tissue.lattice.steps == [0, 1]).all(axis=1))[0])
    tissue.fields.toward[:] = right
    tissue.fields.pull[:] = 1.0
    way = walk(tissue, 40)
    n = 40 * 10.0 * 15.0 / tissue.lattice.mean_step
    assert float(way[:, 1].mean()) == pytest.approx(0.3 * n, rel=0.05)
    assert_mean(way[:, 0], 0.0)


@pytest.mark.parametrize("depth", [1, 24])
def test_the_gradient_leads_to_the_tumor(depth: int) -> None:
    """Around a tumor in the middle, the direction of every block with a pull points towards it, within 45 degrees.

    Catches a gradient with the wrong sign or with two axes exchanged.
    """
    size = (
        {"space.width": 120, "space.height": 80}
        if depth == 1
        else {"space.width": 40, "space.height": 32, "space.depth": depth}
    )
    tissue = walkers({**size, "space.boundary": "closed", "inoculum.tumor_cells": 400, "inoculum.fill": 1.0})
    fields, lattice = tissue.fields, tissue.lattice
    away = fields.grid.places.T - (np.array(lattice.shape) - 1) / 2.0
    step = lattice.steps[fields.toward] / np.linalg.norm(lattice.steps[fields.toward], axis=1, keepdims=True)
    distance = np.linalg.norm(away, axis=1)
    asked = (distance > 12.0) & (fields.pull > 0.01)
    assert asked.sum() > 30
    inwards = -(step * away).sum(axis=1)[asked] / distance[asked]
    assert (inwards > np.cos(np.pi / 4) - 1e-6).mean() > 0.95


@pytest.mark.parametrize(("kind", "rate"), [(NK, 0.2), (CTL, 0.6)])
def test_an_arrested_cell_lets_go_at_the_detachment_rate(kind: int, rate: float) -> None:
    """Share still held after an hour is exp(-rate). False alarm 1e-6.

    Catches the other kind's rate, and a rate per sub-step.
    """
    density = {
        "recruitment.nk_density": 4000 if kind == NK else 0,
        "recruitment.ctl_density": 4000 if kind == CTL else 0,
    }
    tissue = walkers(
        {
            **density,
            "space.width": 150,
            "space.height": 150,
            "motility.nk_detachment": 0.2,
            "motility.ctl_detachment": 0.6,
            "motility.arrest": 0,
        }
    )
    plant(tissue, tissue.lattice.interior)
    tissue.immune["engaged"][:] = 1
    tissue.immune["target_site"][:] = tissue.immune["site"]
    before = tissue.immune["site"].copy()
    walk(tissue, 4)
    held = tissue.immune["engaged"].astype(bool)
    assert_share(int(held.sum()), tissue.immune.n, float(np.exp(-rate)))
    assert np.array_equal(tissue.immune["site"][held], before[held]), "an arrested cell moved"
    np.testing.assert_allclose(tissue.immune["hours_engaged"][held], 1.0)


@pytest.mark.parametrize("arrest", [0.0, 0.4, 1.0])
def test_a_cell_that_meets_a_target_arrests(arrest: float) -> None:
    """In full living tissue the first hop decides: 1 - (1 - arrest)^hops are held.

    Catches arrest on the dead, or never.
    """
    tissue = walkers({"motility.arrest": arrest, "recruitment.ctl_density": 1000, "motility.ctl_speed": 1.2})
    plant(tissue, tissue.lattice.interior)
    hops = 1.2 * 15.0 / tissue.lattice.mean_step  # less than one: a cell has one hop or none
    assert hops < 1.0 or arrest != 0.4
    walk(tissue, 1)
    if hops < 1.0:
        assert_share(int(tissue.immune["engaged"].sum()), tissue.immune.n, hops * arrest)
    for row in np.flatnonzero(tissue.immune["engaged"]):
        apart = tissue.lattice.coordinates(tissue.immune["site"][row]) - tissue.lattice.coordinates(
            tissue.immune["target_site"][row]
        )
        extent = np.array(tissue.lattice.shape)
        assert np.abs((apart + extent // 2) % extent - extent // 2).max() <= 1


def test_a_cell_lets_go_when_its_target_is_dead_or_gone() -> None:
    """Catches a cell that holds on to a corpse for ever."""
    tissue = walkers({"motility.ctl_detachment": 0, "recruitment.ctl_density": 100})
    plant(tissue, tissue.lattice.interior)
    tissue.immune["engaged"][:] = 1
    tissue.immune["target_site"][:] = tissue.immune["site"]
    walk(tissue, 1)
    assert tissue.immune["engaged"].all()
    tissue.tumor["state"][:] = APOPTOTIC
    walk(tissue, 1)
    assert not tissue.immune["engaged"].any()


def test_an_exhausted_t_cell_is_slower() -> None:
    """At half speed when fully exhausted; NK cells do not tire. Catches the factor on the wrong kind."""
    tissue = walkers(
        {
            "motility.persistence": 1,
            "recruitment.ctl_density": 3,
            "recruitment.nk_density": 3,
            "space.width": 300,
            "space.height": 300,
        }
    )
    tissue.immune["exhaustion"][:] = 1.0
    kind = tissue.immune["kind"][np.argsort(tissue.immune["cell_id"])]
    hops = np.mean([np.abs(walk(tissue, 1)).max(axis=1) for _ in range(40)], axis=0)
    for which, speed in ((NK, 5.0), (CTL, 5.0)):
        assert hops[kind == which].mean() == pytest.approx(speed * 15.0 / tissue.lattice.mean_step, rel=0.03)
