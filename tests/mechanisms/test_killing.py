"""Killing in lasting contact: one pair of an immune cell and a target per row, nobody moves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from immune_sim.core.codes import APOPTOTIC, CTL, CTL_KILL, NECROTIC, NK, NK_KILL
from immune_sim.core.random import STRIKE, draw
from immune_sim.mechanisms import killing
from immune_sim.mechanisms.exhaustion import Exhaustion
from immune_sim.mechanisms.killing import KillingByCTL, KillingByNK
from tests.laws import assert_same_mean, assert_share

N = 200_000
DT = 0.25
F32 = np.float32


class Pairs:
    """Pairs of attacker and target that stay in contact; attacker i is arrested on target ``onto[i]``."""

    def __init__(
        self,
        kind: int,
        n: int = N,
        *,
        targets: int | None = None,
        onto: np.ndarray | None = None,
        nk: KillingByNK | None = None,
        ctl: KillingByCTL | None = None,
        dt: float = DT,
    ):
        self.nk, self.ctl = nk or KillingByNK(), ctl or KillingByCTL()
        self.n, self.targets, self.dt = n, targets or n, dt
        self.sub_tick, self.gains, self.seed, self.ifng = 0, (0.0, 0.0), 3, 0.0
        self.tumor_at = np.arange(self.targets, dtype=np.int32)
        self.mhc, self.antigenicity = np.ones(self.targets, F32), np.ones(self.targets, F32)
        self.pdl1, self.damage, self.damage_hour = (np.zeros(self.targets, F32) for _ in range(3))
        self.state, self.cause = np.zeros(self.targets, np.uint8), np.zeros(self.targets, np.uint8)
        self.kind = np.full(n, kind, np.uint8)
        self.lineage = np.arange(n, dtype=np.uint64)
        self.cell_id = np.arange(n, dtype=np.int64)
        self.signal = np.ones(n, F32)
        self.can_kill, self.engaged, self.divides = np.ones(n, np.uint8), np.ones(n, np.uint8), np.zeros(n, np.uint8)
        self.kills, self.kills_left = np.zeros(n, np.int32), np.full(n, self.nk.capacity if kind == NK else 0, np.int32)
        self.hours_since_arrival, self.exhaustion = np.full(n, 1000.0, F32), np.zeros(n, F32)
        self.target_site = (np.arange(n) if onto is None else onto).astype(np.int32)
        self.struck, self.hits = np.empty(n, np.int32), np.zeros(n, np.int32)
        self.taken = np.zeros(self.targets, np.int32)
        self.killer = np.full(self.targets, killing.NEVER, np.int64)

    def substep(self) -> None:
        """Strike and settle the strikes, for one sub-step."""
        nk = np.array([self.nk.kill_rate, self.nk.missing_self, self.nk.stress_boost, 1.0 / self.nk.stress_time], F32)
        ctl = np.array([self.ctl.hit_rate, self.ctl.pdl1_block, self.ctl.exhausted_killing], F32)
        induction, field, block = (
            np.array([0.5, 0.5, 0.02], F32),
            np.full(1, self.ifng, F32),
            np.zeros(self.targets, np.int32),
        )
        actors = (
            self.kind,
            self.lineage,
            self.signal,
            self.can_kill,
            self.kills_left,
            self.hours_since_arrival,
            self.exhaustion,
            self.engaged,
            self.target_site,
        )
        killing.strike(
            0,
            self.n,
            np.uint32(self.sub_tick),
            np.uint64(self.seed),
            F32(self.dt),
            nk,
            ctl,
            np.array(self.gains, F32),
            F32(5.0),
            induction,
            field,
            block,
            self.tumor_at,
            self.mhc,
            self.pdl1,
            self.antigenicity,
            *actors,
            self.struck,
            self.hits,
        )
        self.settle()

    def settle(self) -> None:
        """Turn the strikes of this sub-step into damage and deaths."""
        now, repair = F32(self.sub_tick * self.dt), F32(math.log(2.0) / self.ctl.repair_half_life)
        killing.resolve(
            now,
            repair,
            F32(self.ctl.lethal_damage),
            self.kind,
            self.cell_id,
            self.struck,
            self.hits,
            self.state,
            self.cause,
            self.damage,
            self.damage_hour,
            self.taken,
            self.killer,
            self.kills,
            self.kills_left,
            self.divides,
        )
        self.sub_tick += 1
        assert (self.killer == killing.NEVER).all()
        assert (self.taken == 0).all()

    def run(self, hours: float) -> None:
        for _ in range(round(hours / self.dt)):
            self.substep()
            self.engaged[self.state[self.target_site] >= APOPTOTIC] = 0

    @property
    def dead(self) -> int:
        return int(np.count_nonzero(self.state == APOPTOTIC))


@pytest.mark.parametrize("hours", [0.25, 4.0])
def test_nk_kill_fraction_matches_its_hazard(hours: float) -> None:
    """1 - exp(-rate t) at rate 0.1 /h, with the exact survivors of each sub-step.

    False alarm 1e-6; at n = 200,000 and 4 h an error of the rate of 2 % is caught, and a rate taken as a probability.
    """
    pairs = Pairs(NK)
    pairs.run(hours)
    assert_share(pairs.dead, N, -math.expm1(-pairs.nk.kill_rate * hours))
    assert (pairs.cause[pairs.state == APOPTOTIC] == NK_KILL).all()


@pytest.mark.parametrize(("name", "change", "factor"), [
    ("missing self", {"mhc": 0.0}, 2.0),
    ("half of MHC-I", {"mhc": 0.5}, 1.5),
    ("just arrived", {"hours_since_arrival": 0.0}, 2.0),
    ("a stress time later", {"hours_since_arrival": 8.0}, 1.0 + math.exp(-1.0)),
    ("link under blockade", {"signal": 0.0, "gains": (-0.6, 3.0)}, math.exp(0.6)),
    ("MHC-I restored by IFN-gamma", {"mhc": 0.0, "ifng": 0.02}, 1.75),
])  # fmt: skip
def test_nk_rate_follows_what_it_meets(name: str, change: dict[str, object], factor: float) -> None:
    """In one hour, false alarm 1e-6.

    Catches missing self with the wrong sign, and a link that reads the T cells' gain.
    """
    pairs = Pairs(NK)
    for column, value in change.items():
        if isinstance(value, float) and column != "ifng":
            getattr(pairs, column)[:] = value
        else:
            setattr(pairs, column, value)
    pairs.run(1.0)
    assert_share(pairs.dead, N, -math.expm1(-pairs.nk.kill_rate * factor))


def test_the_largest_nk_rate_there_can_be_is_not_cut_off() -> None:
    """No MHC-I, just arrived, the link at its bound: 2 x 2 x 5 = 20 times the rate. False alarm 1e-6, 4 % are caught.

    Catches a bound on the hazard, above which strike() looks no further, that leaves out one of the three factors.
    """
    pairs = Pairs(NK, dt=0.05)
    pairs.mhc[:], pairs.hours_since_arrival[:], pairs.signal[:], pairs.gains = 0.0, 0.0, 2.0, (10.0, 0.0)
    pairs.substep()
    assert_share(pairs.dead, N, -math.expm1(-20.0 * pairs.nk.kill_rate * 0.05))


def test_the_unable_and_the_spent_do_not_kill() -> None:
    """Catches a capacity that goes below 0, and a killer's trait that is ignored."""
    pairs = Pairs(NK, n=1000, nk=KillingByNK(kill_rate=10.0, capacity=2))
    pairs.can_kill[:500] = 0
    for _ in range(4):
        pairs.state[:] = 0
        pairs.engaged[:] = 1
        pairs.run(5.0)
    assert (pairs.kills[:500] == 0).all()
    assert (pairs.kills[500:] == 2).all()
    assert (pairs.kills_left[500:] == 0).all()


def hits_by(pairs: Pairs) -> np.ndarray:
    return np.asarray(pairs.damage)


@pytest.mark.parametrize(("name", "change", "factor"), [
    ("plain", {}, 1.0),
    ("no antigen", {"antigenicity": 0.0}, 0.0),
    ("half antigen", {"antigenicity": 0.5}, 0.5),
    ("no MHC-I", {"mhc": 0.0}, 0.0),
    ("full PD-L1", {"pdl1": 1.0}, 0.1),
    ("exhausted", {"exhaustion": 1.0}, 0.1),
    ("half exhausted", {"exhaustion": 0.5}, 0.55),
    ("link under blockade", {"signal": 0.0, "gains": (3.0, -0.6)}, math.exp(0.6)),
])  # fmt: skip
def test_t_cell_hits_follow_what_they_meet(name: str, change: dict[str, object], factor: float) -> None:
    """Share of targets hit in one sub-step. Catches an MHC-I loss that helps, and PD-L1 that does not brake."""
    pairs = Pairs(CTL)
    for column, value in change.items():
        if isinstance(value, float):
            getattr(pairs, column)[:] = value
        else:
            setattr(pairs, column, value)
    pairs.substep()
    assert_share(np.count_nonzero(hits_by(pairs)), N, -math.expm1(-pairs.ctl.hit_rate * factor * DT))


def strike_at(hours: list[float], count: int = 1) -> Pairs:
    """One target that takes this many hits at each of these hours."""
    pairs = Pairs(CTL, n=1)
    for hour in np.arange(0.0, max(hours) + DT, DT):
        pairs.struck[:], pairs.hits[:] = (0, count) if hour in hours else (-1, 0)
        pairs.settle()
    return pairs


def test_three_quick_hits_kill_and_slow_ones_do_not() -> None:
    """Weigelin 2021: three hits less than 50 min apart kill, later ones are repaired.

    Catches damage that never fades.
    """
    assert strike_at([0.0, 0.75, 1.5]).cause[0] == CTL_KILL
    assert strike_at([0.0], count=3).cause[0] == CTL_KILL
    assert strike_at([0.0, 0.75]).cause[0] == 0
    assert strike_at([0.0, 3.0, 6.0, 9.0, 12.0, 15.0]).cause[0] == 0


def test_damage_fades_with_its_half_life() -> None:
    """Hits at 0 and 1.25 h: 2^(-1.25/1.2) + 1. Catches fading by the sub-step, or from the wrong time."""
    assert strike_at([0.0, 1.25]).damage[0] == pytest.approx(2.0 ** (-1.25 / 1.2) + 1.0, rel=1e-5)


def test_one_killer_is_credited_and_row_order_does_not_matter() -> None:
    """Fifty attackers on each target: kills = deaths, the killer is the lowest id, and a shuffled table says the same.

    Catches two credits for one death, and the row that happens to come first.
    """
    onto = np.repeat(np.arange(200), 50)
    outcomes = []
    for order in (np.arange(10_000), np.random.default_rng(1).permutation(10_000)):
        pairs = Pairs(NK, n=10_000, targets=200, onto=onto[order])
        pairs.kind[order % 3 == 0] = CTL
        for column in ("lineage", "cell_id"):
            setattr(pairs, column, getattr(pairs, column)[order])
        pairs.kind = np.where(pairs.cell_id % 3 == 0, CTL, NK).astype(np.uint8)
        pairs.kills_left = np.where(pairs.kind == NK, 5, 0).astype(np.int32)
        pairs.run(1.0)
        by_id = np.argsort(pairs.cell_id)
        outcomes.append(
            [pairs.state, pairs.cause, pairs.damage, pairs.kills[by_id], pairs.kills_left[by_id], pairs.divides[by_id]]
        )
        assert pairs.kills.sum() == pairs.dead > 100
        assert (pairs.divides == ((pairs.kind == CTL) & (pairs.kills > 0))).all(), (
            "a T cell divides after a kill, an NK cell never"
        )
        assert {NK_KILL, CTL_KILL} <= set(pairs.cause)
    for one, other in zip(*outcomes, strict=True):
        assert np.array_equal(one, other)


def test_nobody_kills_the_dead() -> None:
    """Catches a necrotic cell that is killed again and counted twice."""
    pairs = Pairs(NK, n=1000, nk=KillingByNK(kill_rate=10.0))
    pairs.state[:] = NECROTIC
    pairs.substep()
    assert (pairs.state == NECROTIC).all()
    assert pairs.kills.sum() == 0


def test_strikes_use_their_own_address() -> None:
    """The first sub-step by hand from the published generator. Catches a draw at another tick or decision."""
    pairs = Pairs(NK, n=2000)
    words = np.empty((2000, 4), np.uint32)
    draw(words, STRIKE, 0, pairs.lineage, np.uint64(3))
    pairs.substep()
    wanted = (words[:, 0] >> 8) / 2.0**24 < -math.expm1(-0.1 * DT)
    assert np.array_equal(pairs.struck >= 0, wanted)


def time_to_kill(hit_rate: float, *, tiring: bool = True, n: int = 4000, hours: float = 120.0) -> float:
    """Hours of lasting contact per kill of a T cell, kills over contact time; each dead target is replaced at once."""
    pairs = Pairs(CTL, n=n, ctl=KillingByCTL(hit_rate=hit_rate))
    pairs.pdl1[:] = 0.1
    keep = math.exp(-DT / Exhaustion().onset_time)
    for _ in range(round(hours / DT)):
        pairs.substep()
        gone = pairs.state >= APOPTOTIC
        pairs.state[gone] = 0
        pairs.damage[gone] = 0.0
        if tiring:
            pairs.exhaustion[:] = 1.0 - (1.0 - pairs.exhaustion) * keep
    return hours * n / float(pairs.kills.sum())


def test_a_fresh_t_cell_needs_about_six_hours_a_kill() -> None:
    """Breart 2008: about 6 h per tumor cell. The first day of contact at the default hit rate; 4 to 9 h are accepted.

    Catches a calibration that was lost when lethal damage or repair was changed.
    """
    assert 4.0 < time_to_kill(KillingByCTL().hit_rate, tiring=False) < 9.0


def in_continuous_time(rate: float, n: int, luck: np.random.Generator) -> np.ndarray:
    """Times to the lethal hit, by NumPy: Poisson hits of size 1 that fade with 1.2 h, lethal at 2."""
    time, damage, alive = np.zeros(n), np.zeros(n), np.arange(n)
    while len(alive):
        wait = luck.exponential(1.0 / rate, len(alive))
        time[alive] += wait
        damage[alive] = damage[alive] * 0.5 ** (wait / 1.2) + 1.0
        alive = alive[damage[alive] < 2.0]
    return time


def to_death(rate: float, n: int, dt: float = DT) -> np.ndarray:
    """Times to death by the kernel, at the middle of the last sub-step."""
    pairs, time = Pairs(CTL, n=n, dt=dt, ctl=KillingByCTL(hit_rate=rate)), np.full(n, -dt / 2.0)
    while (pairs.state == 0).any():
        time += dt * (pairs.state == 0)
        pairs.run(dt)
    return time


def in_substeps(rate: float, n: int, dt: float, luck: np.random.Generator) -> np.ndarray:
    """The same by NumPy, with a Poisson number of hits in a sub-step."""
    time, damage, alive = np.full(n, -dt / 2.0), np.zeros(n), np.arange(n)
    while len(alive):
        time[alive] += dt
        damage[alive] = damage[alive] * 0.5 ** (dt / 1.2) + luck.poisson(rate * dt, len(alive))
        alive = alive[damage[alive] < 2.0]
    return time


@pytest.mark.parametrize("dt", [0.25, 0.125])
def test_time_to_kill_agrees_with_an_independent_simulation(dt: float) -> None:
    """The kernel against NumPy at the same sub-step, false alarm 1e-6: catches 3 % in the time to kill."""
    assert_same_mean(to_death(1.0, 20_000, dt), in_substeps(1.0, 20_000, dt, np.random.default_rng(3)))


def test_the_substep_hardly_matters_to_a_kill() -> None:
    """Against continuous time a kill is less than 7 % faster at 15 min, and less than 4 % at half of it.

    At most one hit in a sub-step would make it 19 % slower. Catches a sub-step that limits the hits.
    """
    exact = in_continuous_time(1.0, 40_000, np.random.default_rng(4)).mean()
    for dt, allowed in ((0.25, 0.07), (0.125, 0.04)):
        assert abs(to_death(1.0, 40_000, dt).mean() / exact - 1.0) < allowed
