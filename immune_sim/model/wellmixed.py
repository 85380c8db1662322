"""The well-mixed equations of a scenario: what its agents do on average where every cell may meet every other.

Ordinary differential equations for drug, host and mean cells, with the constants of the mechanisms and the counting of
the agents (divisions and deaths by the hour, contacts by the sub-step; see encounters). They hold for
``space.well_mixed`` and many scattered cells. Left out, and so the reasons for deviations elsewhere: places, differences
between tumor cells, mutation, gradients of the fields, and damage that outlives a contact with a T cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from immune_sim.core.lattice import Lattice
from immune_sim.core.rates import mean_factor
from immune_sim.mechanisms.links import RATE_LINKS
from immune_sim.mechanisms.priming import rates as node_rates
from immune_sim.model import encounters
from immune_sim.model.parameters import Parameters

type Floats = NDArray[np.float64]
MOST_STAGES = 12  # the kills of an NK cell are counted in at most so many steps
FEWEST = 1e-9  # cells; keeps shares of nothing finite
READERS = ("host", "tumor", "nk", "ctl")


class State(NamedTuple):
    """One state. Drug in mg, receptors and ligand relative to rest, cells in numbers.

    idle: NK cells that never kill or are spent; the killers follow behind the state, by kills left, most first.
    fresh: sum of the killers' stress boosts. *_held: cells in contact. exhaustion: sum over T cells.
    """

    depot: float = 0.0
    drug: float = 0.0
    metabolite: float = 0.0
    host_receptor: float = 1.0
    host_ligand: float = 1.0
    receptor: float = 1.0
    ligand_output: float = 1.0
    nk_receptor: float = 1.0
    ctl_receptor: float = 1.0
    tumor: float = 0.0
    apoptotic: float = 0.0
    necrotic: float = 0.0
    idle: float = 0.0
    fresh: float = 0.0
    killers_held: float = 0.0
    idle_held: float = 0.0
    ctl: float = 0.0
    ctl_held: float = 0.0
    exhaustion: float = 0.0
    antigen: float = 0.0
    primed: float = 0.0
    effectors: float = 0.0


WIDTH = len(State._fields)
FIRST_CELLS = State._fields.index("tumor")  # before it are amounts and levels


@dataclass(slots=True, kw_only=True)
class Flows:
    """What a state does, in cells per hour, and the levels that reports need.

    signals: of READERS. factors: of RATE_LINKS by name. crowding: share of tumor cells without room to divide.
    held: of killers, idle NK cells and T cells, the share in contact in the long run and the rate of approach to it.
    passage: rate at which a killer comes one stage closer to being spent.
    """

    blockade: float
    ligand_local: float
    bound_fraction: float
    signals: tuple[float, ...]
    factors: dict[str, float]
    crowding: float
    oxygen: float
    ifng: float
    births: float
    deaths_spontaneous: float
    deaths_hypoxia: float
    deaths_nk_kill: float
    deaths_ctl_kill: float
    nk_arrivals: float
    ctl_arrivals: float
    ctl_births: float
    passage: float
    held: tuple[tuple[float, float], ...]


class WellMixed:
    """The equations of one set of parameters: ``slope`` is for an ODE solver, ``flows`` for reports.

    infusion: mg/h, set from outside where a regimen changes it.
    """

    def __init__(self, p: Parameters):
        self.p = p
        self.infusion = 0.0
        lattice = Lattice(p.space)
        self.sites, self.area, self.dims = float(lattice.sites), lattice.area, lattice.dims
        self.neighbors = encounters.mean_neighbors(p.space)
        step = 60.0 * p.clock.dt / lattice.mean_step
        self.nk_hops, self.ctl_hops = p.motility.nk_speed * step, p.motility.ctl_speed * step
        self.stages = min(p.nk.capacity, MOST_STAGES)
        self.readers = [READERS.index(link.reads) for link in RATE_LINKS]
        self.gains = np.array([getattr(p.links, link.name) for link in RATE_LINKS])
        vessels = round(p.inoculum.vessel_density * self.area)
        self.has_vessels, self.supply = vessels > 0, p.oxygen.exchange * min(1.0, vessels / self.sites)
        self.body, self.node = p.pharmacokinetics.rates, node_rates(p.priming)[:3, :3]
        # the stress boost is read at whole hours of age, the first time at 0
        self.boost_at_arrival = -1.0 / p.nk.stress_time / math.expm1(-1.0 / p.nk.stress_time)

    def start(self) -> Floats:
        """The tissue at time zero: inoculum, resident NK cells and T cells, all free and at rest."""
        p = self.p
        nk = round(p.recruitment.nk_density * self.area)
        killers = np.zeros(self.stages)
        killers[0] = nk * p.nk.killers
        state = State(
            tumor=float(p.inoculum.tumor_cells),
            idle=nk * (1.0 - p.nk.killers),
            fresh=killers[0] * self.boost_at_arrival,
            ctl=float(round(p.recruitment.ctl_density * self.area)),
        )
        return np.concatenate([state, killers])

    def flows(self, y: Floats) -> Flows:
        """Everything that a state (WIDTH + stages,) causes."""
        p = self.p
        values = y.tolist()
        s = State(*values[:FIRST_CELLS], *(max(0.0, value) for value in values[FIRST_CELLS:WIDTH]))
        killers = max(math.fsum(values[WIDTH:]), FEWEST)
        blockade, local, theta, signals = self._axis(s)
        strength = mean_factor(self.gains, np.array([signals[reader] for reader in self.readers]), p.links.factor_bound)
        factors = dict(zip((link.name for link in RATE_LINKS), strength.tolist(), strict=True))
        tumor = max(s.tumor, FEWEST)
        exhaustion = s.exhaustion / max(s.ctl, FEWEST)
        oxygen = self.supply * p.oxygen.supply / (self.supply + p.oxygen.decay + p.oxygen.uptake * tumor / self.sites)
        lack = min(max((p.death.necrosis_onset - oxygen) / max(p.death.necrosis_onset - p.death.necrosis_full, 1e-6), 0.0), 1.0)
        spontaneous = p.death.death_rate * factors["tumor_apoptosis"]
        hypoxic = p.death.necrosis_rate * lack
        ifng = self._ifng(s, exhaustion)
        strikes = self._strikes(s, killers, exhaustion, ifng, factors)
        struck = strikes[0] * s.killers_held + strikes[1] * s.ctl_held  # expected in a sub-step
        killed = -tumor * math.expm1(-struck / tumor) / p.clock.dt  # two strikes kill one target only once
        by_nk = strikes[0] * s.killers_held / max(struck, FEWEST)
        crowding, births = self._growth(s, oxygen, ifng, factors["tumor_proliferation"])
        ctl_kills = killed * (1.0 - by_nk)
        return Flows(
            blockade=blockade,
            ligand_local=local,
            bound_fraction=theta,
            signals=signals,
            factors=factors,
            crowding=crowding,
            oxygen=oxygen,
            ifng=ifng,
            births=births * s.tumor,
            deaths_spontaneous=spontaneous * s.tumor,
            deaths_hypoxia=hypoxic * s.tumor,
            deaths_nk_kill=killed * by_nk,
            deaths_ctl_kill=ctl_kills,
            nk_arrivals=self.has_vessels * p.recruitment.nk_density * self.area / p.recruitment.nk_life * factors["nk_recruitment"],
            ctl_arrivals=self.has_vessels * s.effectors / p.priming.egress_time * factors["ctl_recruitment"],
            ctl_births=ctl_kills * p.ctl.division_probability * factors["ctl_proliferation"] * (1.0 - exhaustion),
            passage=killed * by_nk / killers * self.stages / p.nk.capacity,
            held=self._contacts(s, killers, exhaustion, strikes, spontaneous + hypoxic + struck / tumor / p.clock.dt),
        )

    def _axis(self, s: State) -> tuple[float, float, float, tuple[float, float, float, float]]:
        """Blockade, local ligand, bound fraction of tumor cells, signals of READERS."""
        p, body = self.p.receptors, self.p.pharmacokinetics
        blockade = body.site_ratio * (s.drug * body.drug_nm_per_mg / body.drug_ki + s.metabolite * body.metabolite_nm_per_mg / body.metabolite_ki)
        rest = p.baseline_ligand / (1.0 + p.baseline_ligand)
        local = s.ligand_output * s.tumor / self.sites
        seen = (1.0 - p.paracrine_fraction) * s.host_ligand + p.paracrine_fraction * local
        host, cell = p.baseline_ligand * s.host_ligand, p.baseline_ligand * seen
        of_host, theta = host / (1.0 + host + blockade), cell / (1.0 + cell + blockade)
        levels = (s.receptor, s.nk_receptor, s.ctl_receptor)
        return blockade, local, theta, (s.host_receptor * of_host / rest, *(level * theta / rest for level in levels))  # type: ignore[return-value]

    def _ifng(self, s: State, exhaustion: float) -> float:
        """Mean IFN-gamma: contact that outlives the sub-step in which it began, less what exhaustion takes away."""
        motility, dt = self.p.motility, self.p.clock.dt
        nk = (s.killers_held + s.idle_held) * math.exp(-motility.nk_detachment * dt)
        ctl = s.ctl_held * math.exp(-motility.ctl_detachment * dt)
        return (nk + ctl * (1.0 - (1.0 - self.p.ctl.exhausted_killing) * exhaustion)) / self.sites

    def _strikes(self, s: State, killers: float, exhaustion: float, ifng: float, factors: dict[str, float]) -> tuple[float, float]:
        """Chance that a killer NK cell, and a T cell, in contact kills its target in a sub-step."""
        p, traits, dt = self.p, self.p.heredity, self.p.clock.dt
        felt = ifng / (ifng + p.signals.induction_half)
        mhc = traits.mhc + p.signals.mhc_induction * (1.0 - traits.mhc) * felt
        pdl1 = traits.pdl1 + p.signals.pdl1_induction * (1.0 - traits.pdl1) * felt
        kill_rate = p.nk.kill_rate * (1.0 + p.nk.missing_self * (1.0 - mhc)) * (1.0 + p.nk.stress_boost * s.fresh / killers) * factors["nk_cytotoxicity"]
        hit_rate = p.ctl.hit_rate * traits.antigenicity * mhc * (1.0 - p.ctl.pdl1_block * pdl1) * (1.0 - (1.0 - p.ctl.exhausted_killing) * exhaustion) * factors["ctl_cytotoxicity"]
        table = encounters.hit_table(p.ctl.lethal_damage, p.ctl.repair_half_life, p.motility.ctl_detachment, dt)
        together = 1.0 + s.ctl_held / max(s.tumor, FEWEST)  # T cells on one target add up their hits
        return -math.expm1(-kill_rate * dt), table.kill_chance(hit_rate * together, dt) / together

    def _growth(self, s: State, oxygen: float, ifng: float, factor: float) -> tuple[float, float]:
        """Share of tumor cells without room around them, and births per cell and hour."""
        p = self.p.proliferation
        held = min(1.0, (s.tumor + s.apoptotic + s.necrotic) / self.sites)
        crowding = 1.0 if oxygen <= p.oxygen_none else held ** (self.neighbors * (p.push_depth + 1))
        fed = min(1.0, max(0.0, oxygen - p.oxygen_none) / max(p.oxygen_full - p.oxygen_none, 1e-6))
        rate = p.rate * fed * (1.0 - p.ifng_arrest * ifng / (ifng + p.ifng_half)) * factor
        placed = (1.0 - crowding) * (1.0 - held**2)  # a daughter tries two random sites
        return crowding, math.log1p(-math.expm1(-rate) * placed)  # one decision an hour

    def _contacts(self, s: State, killers: float, exhaustion: float, strikes: tuple[float, float], end: float) -> tuple[tuple[float, float], ...]:
        """Share in contact in the long run, and rate of approach; end: rate at which others take a target away."""
        p, dt = self.p.motility, self.p.clock.dt
        immune = min(1.0, (killers + s.idle + s.ctl) / self.sites)
        dead = (s.apoptotic + s.necrotic) / self.sites
        chance = p.arrest * encounters.contact_chance(s.tumor / self.sites, dead, immune, self.neighbors, p.infiltration)
        nk = encounters.search_rate(self.nk_hops, chance, dt)
        ctl = encounters.search_rate(self.ctl_hops * (1.0 - (1.0 - p.exhausted_speed) * exhaustion), chance, dt)
        own = [-math.log1p(-min(strike, 1.0 - 1e-12)) / dt for strike in strikes]
        return (
            encounters.approach(nk, p.nk_detachment + own[0] + end, dt),
            encounters.approach(nk, p.nk_detachment + end, dt),
            encounters.approach(ctl, p.ctl_detachment + own[1] + end, dt),
        )

    def slope(self, _hour: float, y: Floats) -> Floats:
        """Change of the state in 1/h."""
        p, s, f = self.p, State(*y[:WIDTH].tolist()), self.flows(y)
        killers = y[WIDTH:]
        nk_out, ctl_out = 1.0 / p.recruitment.nk_life, 1.0 / p.recruitment.ctl_life
        deaths = f.deaths_spontaneous + f.deaths_hypoxia + f.deaths_nk_kill + f.deaths_ctl_kill
        held_killers, held_idle, held_ctl = ((share, rate) for share, rate in f.held)
        number, nk = max(float(killers.sum()), 0.0), max(s.idle + float(killers.sum()), FEWEST)
        ctl = max(s.ctl, FEWEST)
        contact = s.ctl_held * math.exp(-p.motility.ctl_detachment * p.clock.dt)
        change = np.empty_like(y)
        change[:3] = self.body[1:] @ np.array([self.infusion, s.depot, s.drug, s.metabolite])
        change[3:9] = self._relaxation(s, f, nk, ctl)
        change[9:WIDTH] = (
            f.births - deaths,
            deaths - f.deaths_hypoxia - s.apoptotic / _stay(p.death.apoptotic_time),
            f.deaths_hypoxia - s.necrotic / _stay(p.death.necrotic_time),
            f.nk_arrivals * (1.0 - p.nk.killers) + f.passage * killers[-1] - s.idle * nk_out,
            f.nk_arrivals * p.nk.killers * self.boost_at_arrival - s.fresh * (nk_out + 1.0 / p.nk.stress_time),
            held_killers[1] * (held_killers[0] * number - s.killers_held) - s.killers_held * nk_out,
            held_idle[1] * (held_idle[0] * s.idle - s.idle_held) - s.idle_held * nk_out,
            f.ctl_arrivals + f.ctl_births - s.ctl * ctl_out,
            held_ctl[1] * (held_ctl[0] * s.ctl - s.ctl_held) - s.ctl_held * ctl_out,
            contact * (1.0 - s.exhaustion / ctl) / p.exhaustion.onset_time
            - (s.ctl - contact) * s.exhaustion / ctl / p.exhaustion.recovery_time
            + s.exhaustion * (f.ctl_births / ctl - ctl_out),
            *(self.node @ np.array([s.antigen, s.primed, s.effectors]) + np.array([deaths * p.heredity.antigenicity, 0.0, 0.0])),
        )
        change[WIDTH:] = -killers * (nk_out + f.passage)
        change[WIDTH + 1 :] += f.passage * killers[:-1]
        change[WIDTH] += f.nk_arrivals * p.nk.killers
        return change

    def _relaxation(self, s: State, f: Flows, nk: float, ctl: float) -> tuple[float, ...]:
        """Change of receptors of host, ligand of host, receptors and ligand of tumor cells, receptors of NK and T cells."""
        p, links = self.p.receptors, self.p.links
        up = links.receptor_upregulation * (p.receptor_max - 1.0)
        more = links.ligand_upregulation * (p.ligand_max - 1.0)
        deficit = [max(0.0, 1.0 - signal) for signal in f.signals]
        slow, fast = (p.tau_down, p.tau_up), (p.ligand_tau_down, p.ligand_tau_up)
        return (
            _relax(s.host_receptor, 1.0 + up * deficit[0], slow),
            _relax(s.host_ligand, 1.0 + more * deficit[0], fast),
            _relax(s.receptor, 1.0 + up * deficit[1], slow),
            _relax(s.ligand_output, 1.0 + more * deficit[1], fast),
            _relax(s.nk_receptor, 1.0 + up * deficit[2], slow) + (1.0 - s.nk_receptor) * f.nk_arrivals / nk,
            _relax(s.ctl_receptor, 1.0 + up * deficit[3], slow) + (1.0 - s.ctl_receptor) * f.ctl_arrivals / ctl,
        )


def _relax(value: float, target: float, times: tuple[float, float]) -> float:
    """Rate of relaxation with the time constants (falling, rising)."""
    return (target - value) / times[target > value]


def _stay(time: float) -> float:
    """Mean time in h for which a dead cell holds its site: it is cleared at the end of a whole hour."""
    return max(math.ceil(time), 1) - 0.5
