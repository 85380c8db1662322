"""Arrival, life and division of immune cells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from immune_sim.core.codes import CTL, NK
from immune_sim.core.random import ARRIVALS, uniforms
from immune_sim.mechanisms.recruitment import arrivals
from immune_sim.model import hour
from immune_sim.model.state import Tissue
from tests.laws import FALSE_ALARM, assert_mean, assert_share
from tests.tissues import Lab, check_places, scenario_of

QUIET = {"inoculum.tumor_cells": 0, "recruitment.nk_density": 0, "recruitment.ctl_density": 0}


def quiet(changes: dict[str, Any] | None = None, seed: int = 1) -> Tissue:
    return Lab(scenario_of({**QUIET, **(changes or {})}), seed).tissue


@pytest.mark.parametrize("mean", [0.01, 0.8, 5.0, 300.0])
def test_arrivals_are_poisson(mean: float) -> None:
    """Chi-square against the Poisson law and its mean and variance over 20,000 hours, false alarm 1e-6 each.

    Catches a rounded mean (0.01 an hour would never arrive), and an inversion that is one off.
    """
    words = uniforms(ARRIVALS, 0, np.arange(20_000), 3)[:, 0]
    found = np.array([arrivals(mean, float(word)) for word in words])
    assert_mean(found, mean)
    assert_mean((found - mean) ** 2, mean)
    low, high = stats.poisson.ppf([0.001, 0.999], mean).astype(int)
    edges = np.unique(np.linspace(low, high, 12).astype(int))
    bins = np.searchsorted(edges, found)
    wanted = np.diff(np.concatenate(([0.0], stats.poisson.cdf(edges, mean), [1.0])))
    counts = np.bincount(bins, minlength=len(edges) + 1)
    enough = wanted * len(found) > 5
    chi = ((counts - wanted * len(found))[enough] ** 2 / (wanted * len(found))[enough]).sum()
    assert stats.chi2.sf(chi, max(1, enough.sum() - 1)) > FALSE_ALARM


def test_no_influx_means_no_arrival() -> None:
    """Catches a ghost for the draw 0 or just below 1."""
    assert arrivals(0.0, 1.0 - 2.0**-32) == 0
    assert arrivals(1e-12, 0.5) == 0
    assert arrivals(3.0, 0.0) == 0
    assert arrivals(3.0, 1.0 - 2.0**-32) < 40


def test_nk_cells_keep_their_steady_density() -> None:
    """From an empty tissue to steady state, and then 2,000 hours of it: the mean number is density x area.

    Exits are decided at the start of an hour and arrivals at its end, so it is exact but for 0.3 %. Catches an influx
    that
    forgets the area, and a life in days.
    """
    tissue = quiet(
        {
            "space.width": 60,
            "space.height": 60,
            "recruitment.nk_density": 200,
            "recruitment.nk_life": 24,
            "nk.killers": 0.5,
        }
    )
    wanted = 200 * tissue.lattice.area
    numbers = []
    for now in range(2400):
        hour.age_immune_cells(tissue)
        hour.recruit(tissue)
        tissue.hour += 1
        if now > 200:
            numbers.append(tissue.immune.n)
    independent = np.array(numbers[::96], dtype=float)
    discrete = wanted / 24 / -math.expm1(-1 / 24)
    assert np.mean(numbers) == pytest.approx(discrete, abs=5 * math.sqrt(wanted / len(independent)))
    assert discrete == pytest.approx(wanted, rel=0.025)
    check_places(tissue)


@pytest.mark.parametrize(("kind", "life"), [(NK, 40.0), (CTL, 25.0)])
def test_cells_leave_at_the_rate_of_their_kind(kind: int, life: float) -> None:
    """False alarm 1e-6 at n = 40,000. Catches the lives of the two kinds exchanged."""
    densities = {
        "recruitment.nk_density": 4000 if kind == NK else 0,
        "recruitment.ctl_density": 4000 if kind == CTL else 0,
    }
    tissue = quiet({**densities, "recruitment.nk_life": 40, "recruitment.ctl_life": 25})
    start = tissue.immune.n
    assert start > 30_000
    for _ in range(3):
        hour.age_immune_cells(tissue)
        tissue.hour += 1
    assert_share(start - tissue.immune.n, start, -math.expm1(-3.0 / life))
    check_places(tissue)


def test_arrivals_come_out_of_vessels() -> None:
    """Every newcomer stands on a vessel or next to one, and over time every vessel serves. Catches arrival anywhere."""
    tissue = quiet(
        {"space.width": 80, "space.height": 80, "recruitment.nk_density": 500, "inoculum.vessel_density": 20}
    )
    tissue.immune.remove(np.arange(tissue.immune.n))
    tissue.lattice.immune_at[tissue.lattice.interior] = -1
    where = tissue.lattice.coordinates(tissue.vessels)
    used = np.zeros(len(where), dtype=int)
    for now in range(300):
        hour.recruit(tissue)
        apart = np.abs(tissue.lattice.coordinates(tissue.immune["site"])[:, None] - where[None]).max(axis=2)
        assert (apart.min(axis=1) <= 1).all() if now < 5 else True
        used += (apart == 0).sum(axis=0)
        tissue.hour += 1
        tissue.remove(tissue.immune, np.arange(tissue.immune.n))
    assert (used > 0).all()


def test_arrivals_without_a_place_are_turned_away_and_counted() -> None:
    """One vessel, closed in. Catches a cell put on top of another, and a loop that never ends."""
    tissue = quiet(
        {
            "space.width": 20,
            "space.height": 20,
            "inoculum.vessel_density": 12,
            "recruitment.nk_density": 4000,
            "recruitment.nk_life": 1,
        }
    )
    assert len(tissue.vessels) == 1
    tissue.tallies = {}
    hour.recruit(tissue)
    assert tissue.tallies["arrivals_turned_away"] > 200
    check_places(tissue)


def test_the_recruitment_link_reads_the_host() -> None:
    """Host's signal 0 and gain 1: exp(-1) of the arrivals. Catches a link that reads the immune cells."""
    base = {
        "recruitment.nk_density": 400,
        "recruitment.nk_life": 2,
        "space.width": 60,
        "space.height": 60,
        "links.nk_recruitment": 1.0,
        "inoculum.vessel_density": 4000,
    }
    tissue = quiet(base)
    found = []
    for now in range(400):
        tissue.remove(tissue.immune, np.arange(tissue.immune.n))
        tissue.host.signal, tissue.hour, tissue.tallies = 0.0, now, {}
        hour.recruit(tissue)
        found.append(tissue.tallies.get("nk_arrivals", 0))
    assert_mean(np.array(found, dtype=float), 400 * tissue.lattice.area / 2 * math.exp(-1.0))


def test_half_of_the_nk_cells_never_kill() -> None:
    """Share of killers and their capacity; T cells have neither. Catches a trait drawn for the wrong kind."""
    tissue = quiet(
        {"recruitment.nk_density": 2000, "recruitment.ctl_density": 1000, "nk.killers": 0.5, "nk.capacity": 7}
    )
    nk = tissue.immune["kind"] == NK
    assert_share(int(tissue.immune["can_kill"][nk].sum()), int(nk.sum()), 0.5)
    assert (tissue.immune["kills_left"][nk] == 7).all()
    assert (tissue.immune["can_kill"][~nk] == 1).all()


@pytest.mark.parametrize(
    ("exhaustion", "gain", "share"),
    [(0.0, 0.0, 0.2), (0.5, 0.0, 0.1), (0.0, -0.6, 0.2 * math.exp(-0.6)), (1.0, 0.0, 0.0)],
)
def test_t_cells_divide_after_a_kill(exhaustion: float, gain: float, share: float) -> None:
    """Probability x link x (1 - exhaustion), only for those that killed. False alarm 1e-6.

    Catches division without a kill.
    """
    tissue = quiet({"recruitment.ctl_density": 1000, "links.ctl_proliferation": gain})
    tissue.immune["exhaustion"][:] = exhaustion
    tissue.immune["signal"][:] = 2.0
    n = tissue.immune.n
    divides = tissue.scratch.get("divides", n, "uint8")
    divides[:] = 0
    divides[: n // 2] = 1
    tissue.tallies = {}
    hour.divide_t_cells(tissue)
    born = tissue.tallies.get("ctl_births", 0)
    assert_share(born, n // 2, share)
    check_places(tissue)
    daughters = slice(n, tissue.immune.n)
    assert (tissue.immune["kind"][daughters] == CTL).all()
    assert (tissue.immune["exhaustion"][daughters] == np.float32(exhaustion)).all()
    assert (tissue.immune["kills"][daughters] == 0).all()
    assert (tissue.immune["engaged"][daughters] == 0).all()
    assert not divides.any(), "marks must not last into the next hour"
