"""Death without an attacker, and how long the dead stay."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from immune_sim.core.codes import APOPTOTIC, DYING, HYPOXIA, NECROTIC, SPONTANEOUS
from immune_sim.model import hour
from immune_sim.model.state import Tissue
from tests.laws import assert_share
from tests.tissues import Lab, check_places, plant, scenario_of


def full(changes: dict[str, Any] | None = None, side: int = 450) -> Tissue:
    """A tissue in which every site holds a tumor cell, with plenty of oxygen."""
    still = {
        "inoculum.tumor_cells": 0,
        "recruitment.nk_density": 0,
        "inoculum.vessel_density": 0,
        "heredity.set_point_spread": 0,
    }
    tissue = Lab(scenario_of({"space.width": side, "space.height": side, **still, **(changes or {})})).tissue
    plant(tissue, tissue.lattice.interior)
    tissue.fields.oxygen[:] = 38.0
    return tissue


def test_spontaneous_death_matches_its_rate() -> None:
    """0.002 /h at n = 202,500 and ten hours, false alarm 1e-6: catches an error of the rate of 10 %."""
    tissue = full()
    for _ in range(10):
        hour.die(tissue)
        tissue.hour += 1
    dead = tissue.tumor["state"] == APOPTOTIC
    assert_share(int(dead.sum()), tissue.tumor.n, -math.expm1(-0.02))
    assert (tissue.tumor["cause"][dead] == SPONTANEOUS).all()


@pytest.mark.parametrize(("oxygen", "share"), [(38.0, 0.0), (5.0, 0.0), (3.75, 0.5), (2.5, 1.0), (0.0, 1.0)])
def test_lack_of_oxygen_kills_on_a_ramp(oxygen: float, share: float) -> None:
    """From 5 to 2.5 mmHg, at most 1/(6 h). False alarm 1e-6, 2 % caught. Catches a ramp that is upside down."""
    tissue = full({"death.death_rate": 0})
    tissue.fields.oxygen[:] = oxygen
    hour.die(tissue)
    dead = tissue.tumor["state"] == NECROTIC
    assert_share(int(dead.sum()), tissue.tumor.n, -math.expm1(-share / 6.0))
    assert (tissue.tumor["cause"][dead] == HYPOXIA).all()


def test_the_apoptosis_link_changes_the_rate() -> None:
    """Signal 3 and gain 0.8: exp(1.6) times as many. Catches a link wired to necrosis or to division."""
    tissue = full({"links.tumor_apoptosis": 0.8, "links.tumor_proliferation": 0})
    tissue.tumor["signal"][:] = 3.0
    hour.die(tissue)
    assert_share(
        np.count_nonzero(tissue.tumor["state"] == APOPTOTIC), tissue.tumor.n, -math.expm1(-0.002 * math.exp(1.6))
    )


@pytest.mark.parametrize(("state", "changes", "hours"), [
    (APOPTOTIC, {}, 9),
    (NECROTIC, {}, 48),
    (APOPTOTIC, {"death.apoptotic_time": 0}, 1),
    (APOPTOTIC, {"death.apoptotic_time": 3}, 3),
])  # fmt: skip
def test_the_dead_are_cleared_after_their_time(state: int, changes: dict[str, float], hours: int) -> None:
    """8.6 h of apoptosis (PhysiCell) hold the site for 9 whole hours.

    Catches clearing an hour late, and times exchanged.
    """
    tissue = full(changes, side=12)
    tissue.tumor["state"][5:15] = state
    tissue.tumor["cause"][5:15] = 1
    for now in range(hours):
        assert tissue.tumor.n == 144, f"cleared after {now} h"
        hour.clear(tissue)
    assert tissue.tumor.n == 134
    assert (tissue.tumor["state"] < DYING).all()
    check_places(tissue)


def test_each_death_is_counted_once_by_cause_and_releases_its_antigen_once() -> None:
    """Catches antigen released in every hour of dying, which would prime ten times as many T cells."""
    tissue = full(side=12)
    tissue.tumor["antigenicity"][:] = 0.5
    for row, cause in enumerate((1, 1, 2, 3, 3, 3, 4)):
        tissue.tumor["state"][row] = NECROTIC if cause == HYPOXIA else APOPTOTIC
        tissue.tumor["cause"][row] = cause
    hour.clear(tissue)
    names = ("spontaneous", "hypoxia", "nk_kill", "ctl_kill")
    assert [tissue.tallies[f"deaths_{name}"] for name in names] == [2, 1, 3, 1]
    assert tissue.released == pytest.approx(3.5)
    tissue.tallies = {}
    hour.clear(tissue)
    assert sum(tissue.tallies[f"deaths_{name}"] for name in names) == 0
    assert tissue.released == 0.0
