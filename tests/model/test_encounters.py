"""Contacts of well-mixed cells: the formulas against direct simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.core.lattice import Space
from immune_sim.model.meanfield.encounters import approach, contact_chance, hit_table, mean_neighbors, search_rate


@given(search=st.floats(0.0, 50.0), leave=st.floats(0.01, 5.0), dt=st.floats(0.01, 1.0), steps=st.integers(1, 60))
def test_contact_follows_the_chain_of_sub_steps(search: float, leave: float, dt: float, steps: int) -> None:
    """Stay or let go, then search: the chain step by step. Half a first sub-step instead of a whole one is 5 % off."""
    share, rate = approach(search, leave, dt)
    stay, meet = math.exp(-leave * dt), -math.expm1(-search * dt)
    held = 0.0
    for _ in range(steps):
        held = held * stay + (1.0 - held * stay) * meet
    assert share * -math.expm1(-rate * steps * dt) == pytest.approx(held, rel=1e-9, abs=1e-12)


def test_contact_becomes_the_usual_balance_as_the_sub_step_goes_to_zero() -> None:
    assert approach(2.0, 0.5, 1e-7)[0] == pytest.approx(2.0 / 2.5, rel=1e-6)
    assert approach(0.0, 0.0, 0.25) == (0.0, 0.0)


def test_a_hop_meets_tumor_cells_as_often_as_on_a_lattice() -> None:
    """200,000 hops onto a periodic 300 x 300 lattice; false alarm 1e-6, one neighbor too many (7 %) is caught."""
    luck = np.random.default_rng(3)
    tumor = luck.choice(3, size=(300, 300), p=[0.86, 0.1, 0.04])  # 1 living, 2 dead
    around = sum(np.roll(tumor == 1, (a, b), (0, 1)) for a in (-1, 0, 1) for b in (-1, 0, 1)) > 0
    held = around & (luck.random((300, 300)) < 0.3)  # immune cells in contact stand next to their targets
    free = ~held & (luck.random((300, 300)) < 0.05)
    y, x = luck.integers(0, 300, (2, 200_000))
    enters = ~held[y, x] & ~free[y, x] & ((tumor[y, x] == 0) | (luck.random(200_000) < 0.3))
    met = np.mean(enters & around[y, x])
    expected = contact_chance(np.mean(tumor == 1), np.mean(tumor == 2), np.mean(held), np.mean(free), 8.0, 0.3)
    assert abs(met - expected) < 4.9 * math.sqrt(expected * (1.0 - expected) / 200_000) + 0.015 * expected


def test_a_whole_number_of_hops_in_every_sub_step() -> None:
    """With 2.5 hops on average half of the sub-steps have 2 and half have 3."""
    missed = 0.5 * 0.8**2 + 0.5 * 0.8**3
    assert search_rate(2.5, 0.2, 0.25) == pytest.approx(-math.log(missed) / 0.25)
    assert search_rate(0.0, 0.2, 0.25) == 0.0


def test_neighbors_are_fewer_at_a_closed_edge() -> None:
    assert mean_neighbors(Space(width=10, height=10, boundary="periodic")) == 8.0
    assert mean_neighbors(Space(width=10, height=10, depth=10, boundary="periodic")) == pytest.approx(26.0)
    assert mean_neighbors(Space(width=10, height=10)) == pytest.approx((64 * 8 + 32 * 5 + 4 * 3) / 100.0)


@pytest.mark.parametrize(
    ("hit_rate", "leave", "lethal", "dt"), [(1.0, 0.45, 2.0, 0.25), (3.0, 0.45, 2.0, 0.125), (1.0, 0.1, 3.0, 0.25)]
)
def test_kills_by_hits_as_in_a_direct_simulation(hit_rate: float, leave: float, lethal: float, dt: float) -> None:
    """60,000 contacts; false alarm 1e-5. Damage that does not fade, or one hit too few, is tens of percent off."""
    luck = np.random.default_rng(5)
    damage, kills, steps = np.zeros(60_000), 0, 0
    while len(damage):
        steps += len(damage)
        hits = luck.poisson(hit_rate * dt, len(damage))
        damage = damage * 0.5 ** (dt / 1.2) + hits
        killed = (hits > 0) & (damage >= lethal)
        kills += int(killed.sum())
        damage = damage[~killed & (luck.random(len(damage)) < math.exp(-leave * dt))]
    chance = hit_table(lethal, 1.2, leave, dt).kill_chance(hit_rate, dt)
    assert abs(kills / steps - chance) < 4.5 * math.sqrt(kills) / steps + 0.02 * chance


def test_one_lethal_hit_is_a_kill() -> None:
    table = hit_table(0.9, 1.2, 0.45, 0.25)
    np.testing.assert_allclose(table.kill[0], table.hit, atol=1e-12)
    np.testing.assert_allclose(table.kill[1], 1.0 - (1.0 - table.hit) ** 2, atol=1e-12)


def test_contact_that_never_breaks_is_the_limit_of_long_contact() -> None:
    unbroken, long = hit_table(2.0, 1.2, 0.0, 0.25), hit_table(2.0, 1.2, 1e-5, 0.25)
    assert unbroken.kill_chance(2.0, 0.25) == pytest.approx(long.kill_chance(2.0, 0.25), rel=1e-3)


def test_hits_of_several_t_cells_add_up() -> None:
    """Two T cells on a target, simulated; counting them as one with twice the rate would be 15 % off."""
    luck = np.random.default_rng(6)
    damage, kills, steps = np.zeros(20_000), 0, 0
    while len(damage):
        steps += len(damage)
        hits = luck.poisson(2 * 0.25, len(damage))
        damage = damage * 0.5 ** (0.25 / 1.2) + hits
        killed = (hits > 0) & (damage >= 2.0)
        kills += int(killed.sum())
        damage = damage[~killed & (luck.random(len(damage)) < math.exp(-0.45 * 0.25))]
    table = hit_table(2.0, 1.2, 0.45, 0.25)
    chance = float(np.interp(-math.expm1(-0.25), table.hit, table.kill[1]))
    assert abs(kills / steps - chance) < 4.5 * math.sqrt(kills) / steps + 0.02 * chance
    assert table.kill_chance(1.0, 0.25) < table.kill_chance(1.0, 0.25, others=1.0) < chance
