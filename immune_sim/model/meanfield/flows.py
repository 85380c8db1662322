"""What a well-mixed tissue does in an hour: contacts, kills, births and arrivals at one state."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from immune_sim.core.lattice import Lattice
from immune_sim.core.rates import mean_factor
from immune_sim.mechanisms.links import RATE_LINKS
from immune_sim.model.meanfield import encounters
from immune_sim.model.meanfield.state import FIRST_CELLS, READERS, WIDTH, Flows, State
from immune_sim.model.parameters import Parameters

type Floats = NDArray[np.float64]
MOST_STAGES = 12  # the kills of an NK cell are counted in at most so many steps
FEWEST = 1e-9  # cells; keeps shares of nothing finite


class WellMixedFlows:
    """The flows of one set of parameters, as a function of the state.

    stages: steps in which the kills of an NK cell are counted. sites, area: of the tissue, area in mm2.
    """

    def __init__(self, p: Parameters):
        self.p = p
        lattice = Lattice(p.space)
        self.sites, self.area, self.dims = float(lattice.sites), lattice.area, lattice.dims
        self.neighbors = encounters.mean_neighbors(p.space)
        step = 60.0 * p.clock.dt / lattice.mean_step
        self.nk_hops, self.ctl_hops = p.motility.nk_speed * step, p.motility.ctl_speed * step
        self.stages = min(p.nk.capacity, MOST_STAGES)
        self.readers = [READERS.index(link.reads) for link in RATE_LINKS]
        self.links = [link.name for link in RATE_LINKS]
        self.gains = np.array([getattr(p.links, name) for name in self.links])
        vessels = round(p.inoculum.vessel_density * self.area)
        self.has_vessels, self.supply = vessels > 0, p.oxygen.exchange * min(1.0, vessels / self.sites)

    def flows(self, y: Floats) -> Flows:
        """Everything that a state (WIDTH + stages,) causes."""
        p, dt = self.p, self.p.clock.dt
        s, killers = read_state(y)
        body = p.pharmacokinetics
        nm, metabolite_nm = s.drug * body.drug_nm_per_mg, s.metabolite * body.metabolite_nm_per_mg
        blockade = body.site_ratio * (nm / body.drug_ki + metabolite_nm / body.metabolite_ki)
        local, theta, signals = self._axis(s, blockade)
        felt = 1.0 + self.gains * (np.array([signals[reader] for reader in self.readers]) - 1.0)  # seen with gain 1
        factors = dict(zip(self.links, mean_factor(1.0, felt, p.links.factor_bound).tolist(), strict=True))
        exhaustion = min(1.0, s.exhaustion / max(s.ctl, FEWEST))
        oxygen, lack = self._oxygen(s)
        ifng = self._ifng(s, exhaustion)
        strikes = self._strikes(s, killers, exhaustion, ifng, factors)
        struck = strikes[0] * s.killers_held + strikes[1] * s.ctl_held  # expected in a sub-step
        killed = -s.tumor * math.expm1(-struck / s.tumor) / dt  # of several strikes on one target one kills
        nk_kills = killed * strikes[0] * s.killers_held / max(struck, FEWEST)
        crowding, births = self._growth(s, oxygen, ifng, factors["tumor_proliferation"])
        spontaneous = p.death.death_rate * factors["tumor_apoptosis"]
        taken = spontaneous + p.death.necrosis_rate * lack + struck / s.tumor / dt  # targets that others take away
        held = self._contacts(s, killers, exhaustion, strikes, taken)
        nk_influx = self.has_vessels * p.recruitment.nk_density * self.area / p.recruitment.nk_life
        division = p.ctl.division_probability * factors["ctl_proliferation"] * (1.0 - exhaustion)
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
            deaths_hypoxia=p.death.necrosis_rate * lack * s.tumor,
            deaths_nk_kill=nk_kills,
            deaths_ctl_kill=killed - nk_kills,
            nk_arrivals=nk_influx * factors["nk_recruitment"],
            ctl_arrivals=self.has_vessels * s.effectors / p.priming.egress_time * factors["ctl_recruitment"],
            ctl_births=(killed - nk_kills) * division,
            passage=nk_kills / killers * self.stages / p.nk.capacity,
            held=held,
        )

    def _axis(self, s: State, blockade: float) -> tuple[float, float, tuple[float, ...]]:
        """Local ligand, bound fraction of the cells, signals of READERS."""
        p = self.p.receptors
        rest = p.baseline_ligand / (1.0 + p.baseline_ligand)
        local = s.ligand_output * s.tumor / self.sites
        seen = (1.0 - p.paracrine_fraction) * s.host_ligand + p.paracrine_fraction * local
        host, cell = p.baseline_ligand * s.host_ligand, p.baseline_ligand * seen
        of_host, theta = host / (1.0 + host + blockade), cell / (1.0 + cell + blockade)
        cells = (level * theta / rest for level in (s.receptor, s.nk_receptor, s.ctl_receptor))
        return local, theta, (s.host_receptor * of_host / rest, *cells)

    def _oxygen(self, s: State) -> tuple[float, float]:
        """Oxygen in mmHg where supply, consumption and decay balance, and the lack of it from 0 to 1."""
        p, death = self.p.oxygen, self.p.death
        oxygen = self.supply * p.supply / (self.supply + p.decay + p.uptake * s.tumor / self.sites)
        span = max(death.necrosis_onset - death.necrosis_full, 1e-6)
        return oxygen, min(max((death.necrosis_onset - oxygen) / span, 0.0), 1.0)

    def _ifng(self, s: State, exhaustion: float) -> float:
        """Mean IFN-gamma: time in contact, less what exhaustion takes away."""
        ctl = s.ctl_held * (1.0 - (1.0 - self.p.ctl.exhausted_killing) * exhaustion)
        return (s.killers_held + s.idle_held + ctl) / self.sites

    def _strikes(
        self, s: State, killers: float, exhaustion: float, ifng: float, factors: dict[str, float]
    ) -> tuple[float, float]:
        """Chance that a killer NK cell, and a T cell, in contact kills its target in a sub-step."""
        nk, ctl, traits, dt = self.p.nk, self.p.ctl, self.p.heredity, self.p.clock.dt
        felt = ifng / (ifng + self.p.signals.induction_half)
        mhc = traits.mhc + self.p.signals.mhc_induction * (1.0 - traits.mhc) * felt
        pdl1 = traits.pdl1 + self.p.signals.pdl1_induction * (1.0 - traits.pdl1) * felt
        boost = (1.0 + nk.missing_self * (1.0 - mhc)) * (1.0 + nk.stress_boost * min(1.0, s.fresh / killers))
        kill_rate = nk.kill_rate * boost * factors["nk_cytotoxicity"]
        brake = (1.0 - ctl.pdl1_block * pdl1) * (1.0 - (1.0 - ctl.exhausted_killing) * exhaustion)
        hit_rate = ctl.hit_rate * traits.antigenicity * mhc * brake * factors["ctl_cytotoxicity"]
        detachment = self.p.motility.ctl_detachment
        table = encounters.hit_table(ctl.lethal_damage, ctl.repair_half_life, detachment, dt)
        return -math.expm1(-kill_rate * dt), table.kill_chance(hit_rate, dt, others=s.ctl_held / s.tumor)

    def _growth(self, s: State, oxygen: float, ifng: float, factor: float) -> tuple[float, float]:
        """Share of tumor cells without room around them, and births per cell and hour."""
        p = self.p.proliferation
        held = min(1.0, (s.tumor + s.apoptotic + s.necrotic) / self.sites)
        crowding = 1.0 if oxygen <= p.oxygen_none else held ** (self.neighbors * (p.push_depth + 1))
        fed = min(1.0, max(0.0, oxygen - p.oxygen_none) / max(p.oxygen_full - p.oxygen_none, 1e-6))
        rate = p.rate * fed * (1.0 - p.ifng_arrest * ifng / (ifng + p.ifng_half)) * factor
        placed = (1.0 - crowding) * (1.0 - held**2)  # a daughter tries two random sites
        return crowding, math.log1p(-math.expm1(-rate) * placed)  # one decision an hour

    def _contacts(
        self, s: State, killers: float, exhaustion: float, strikes: tuple[float, float], taken: float
    ) -> tuple[tuple[float, float], ...]:
        """``held`` of Flows; taken: rate at which others take a target away."""
        p, dt = self.p.motility, self.p.clock.dt
        living, dead = s.tumor / self.sites, (s.apoptotic + s.necrotic) / self.sites
        held = (s.killers_held + s.idle_held + s.ctl_held) / self.sites
        free = max(0.0, (killers + s.idle + s.ctl) / self.sites - held)
        chance = encounters.contact_chance(living, dead, held, free, self.neighbors, p.infiltration) * p.arrest
        nk = encounters.search_rate(self.nk_hops, chance, dt)
        ctl = encounters.search_rate(self.ctl_hops * (1.0 - (1.0 - p.exhausted_speed) * exhaustion), chance, dt)
        own = [-math.log1p(-min(strike, 1.0 - 1e-12)) / dt for strike in strikes]
        leave = (p.nk_detachment + own[0] + taken, p.nk_detachment + taken, p.ctl_detachment + own[1] + taken)
        return tuple(encounters.approach(search, away, dt) for search, away in zip((nk, nk, ctl), leave, strict=True))


def read_state(y: Floats) -> tuple[State, float]:
    """The state by name, and the number of killers; rounding below 0 is cut off, and there is always some tumor."""
    values = y[:WIDTH].copy()
    np.maximum(values[FIRST_CELLS:], 0.0, out=values[FIRST_CELLS:])
    values[FIRST_CELLS] = max(values[FIRST_CELLS], FEWEST)
    return State(*values.tolist()), max(float(y[WIDTH:].sum()), FEWEST)
