"""All parameter groups of one run, and the constants that kernels read, computed whenever a value changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_type_hints

import numpy as np

from immune_sim.core.clock import Clock
from immune_sim.core.lattice import Space
from immune_sim.mechanisms.death import Death
from immune_sim.mechanisms.endpoints import Endpoints
from immune_sim.mechanisms.exhaustion import Exhaustion
from immune_sim.mechanisms.heredity import Heredity
from immune_sim.mechanisms.inoculum import Inoculum
from immune_sim.mechanisms.killing import KillingByCTL, KillingByNK
from immune_sim.mechanisms.links import Links
from immune_sim.mechanisms.motility import Motility
from immune_sim.mechanisms.pharmacokinetics import Pharmacokinetics
from immune_sim.mechanisms.priming import Priming
from immune_sim.mechanisms.proliferation import Proliferation
from immune_sim.mechanisms.receptors import Receptors, rates
from immune_sim.mechanisms.recruitment import Recruitment
from immune_sim.mechanisms.signaling import Oxygen, Signals
from immune_sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Parameters:
    """One instance of every group."""

    space: Space
    clock: Clock
    inoculum: Inoculum
    heredity: Heredity
    pharmacokinetics: Pharmacokinetics
    receptors: Receptors
    links: Links
    proliferation: Proliferation
    death: Death
    motility: Motility
    nk: KillingByNK
    ctl: KillingByCTL
    exhaustion: Exhaustion
    priming: Priming
    recruitment: Recruitment
    oxygen: Oxygen
    signals: Signals
    endpoints: Endpoints

    @classmethod
    def of(cls, scenario: Scenario) -> Parameters:
        """The groups with the values of a scenario."""
        return cls(**{name: scenario.parameters(group) for name, group in get_type_hints(cls).items()})


def f32(*values: float) -> np.ndarray:
    """Numbers as a float32 array, the form in which kernels take them."""
    return np.array(values, dtype=np.float32)


class Constants:
    """What kernels read, derived from the parameters; see the kernels for the meaning of each position."""

    def __init__(self, p: Parameters, mean_step: float):
        links, motility, signals = p.links, p.motility, p.signals
        self.bound = np.float32(links.factor_bound)
        self.receptors = rates(p.receptors, links.receptor_upregulation, links.ligand_upregulation, p.clock.dt)
        self.death = f32(p.death.death_rate, p.death.necrosis_onset, p.death.necrosis_full, p.death.necrosis_rate)
        self.apoptosis_gain = np.float32(links.tumor_apoptosis)
        grow = p.proliferation
        self.proliferation = f32(grow.rate, grow.oxygen_none, grow.oxygen_full, grow.ifng_arrest, grow.ifng_half)
        self.proliferation_gain = np.float32(links.tumor_proliferation)
        self.heredity = f32(p.heredity.set_point_noise, p.heredity.mutation_probability, p.heredity.mutation_size)
        minutes = 60.0 * p.clock.dt
        self.hops = f32(motility.nk_speed * minutes / mean_step, motility.ctl_speed * minutes / mean_step)
        self.motility = f32(
            motility.persistence,
            motility.chemotaxis,
            motility.infiltration,
            motility.arrest,
            motility.nk_detachment,
            motility.ctl_detachment,
            motility.exhausted_speed,
        )
        self.nk = f32(p.nk.kill_rate, p.nk.missing_self, p.nk.stress_boost, 1.0 / p.nk.stress_time)
        self.ctl = f32(p.ctl.hit_rate, p.ctl.pdl1_block, p.ctl.exhausted_killing)
        self.kill_gains = f32(links.nk_cytotoxicity, links.ctl_cytotoxicity)
        self.induction = f32(signals.mhc_induction, signals.pdl1_induction, signals.induction_half)
        self.repair_rate = np.float32(np.log(2.0) / p.ctl.repair_half_life)
        self.lethal_damage = np.float32(p.ctl.lethal_damage)
        self.keep_engaged = np.float32(np.exp(-1.0 / p.exhaustion.onset_time))
        self.keep_free = np.float32(np.exp(-1.0 / p.exhaustion.recovery_time))
        self.division_probability = np.float32(p.ctl.division_probability)
        self.division_gain = np.float32(links.ctl_proliferation)
        self.exit_rates = (np.float32(1.0 / p.recruitment.nk_life), np.float32(1.0 / p.recruitment.ctl_life))
