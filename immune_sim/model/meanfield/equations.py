"""The well-mixed equations of a scenario: what its agents do on average where every cell may meet every other.

Ordinary differential equations for drug, host and mean cells, with the constants of the mechanisms and the counting of
the agents (divisions and deaths by the hour, contacts by the sub-step; see encounters). They hold for
``space.well_mixed`` and many scattered cells. Left out, and so the reasons for deviations elsewhere: places,
differences between cells of one kind (traits, mutation, exhaustion), gradients of the fields (oxygen near vessels), and
damage that outlives a contact with a T cell.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from immune_sim.mechanisms.priming import rates as node_rates
from immune_sim.model.meanfield.flows import FEWEST, WellMixedFlows, read_state
from immune_sim.model.meanfield.state import FIRST_CELLS, WIDTH, Flows, State
from immune_sim.model.parameters import Parameters

type Floats = NDArray[np.float64]


class WellMixed(WellMixedFlows):
    """The equations of one set of parameters, for an ODE solver.

    infusion: mg/h, set from outside where a regimen changes it.
    """

    def __init__(self, p: Parameters):
        super().__init__(p)
        self.infusion = 0.0
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
            fresh=killers[0] * math.exp(-p.recruitment.nk_life / p.nk.stress_time),  # residents arrived long ago
            ctl=float(round(p.recruitment.ctl_density * self.area)),
        )
        return np.concatenate([state, killers])

    def slope(self, _hour: float, y: Floats) -> Floats:
        """Change of the state in 1/h."""
        p, f = self.p, self.flows(y)
        s, number = read_state(y)
        killers, nk_exit = y[WIDTH:], 1.0 / p.recruitment.nk_life
        apoptotic = f.deaths_spontaneous + f.deaths_nk_kill + f.deaths_ctl_kill
        released = (apoptotic + f.deaths_hypoxia) * p.heredity.antigenicity
        change = np.empty_like(y)
        change[:3] = self.body[1:] @ np.array([self.infusion, s.depot, s.drug, s.metabolite])
        change[3:FIRST_CELLS] = self._relaxation(s, f, number + s.idle, max(s.ctl, FEWEST))
        change[FIRST_CELLS:WIDTH] = (
            f.births - apoptotic - f.deaths_hypoxia,
            apoptotic - s.apoptotic / _stay(p.death.apoptotic_time),
            f.deaths_hypoxia - s.necrotic / _stay(p.death.necrotic_time),
            f.nk_arrivals * (1.0 - p.nk.killers) + f.passage * killers[-1] - s.idle * nk_exit,
            f.nk_arrivals * p.nk.killers * self.boost_at_arrival - s.fresh * (nk_exit + 1.0 / p.nk.stress_time),
            _approach(s.killers_held, number, f.held[0]) - s.killers_held * nk_exit,
            _approach(s.idle_held, s.idle, f.held[1]) - s.idle_held * nk_exit,
            *self._t_cells(s, f),
            *(self.node @ np.array([s.antigen, s.primed, s.effectors]) + np.array([released, 0.0, 0.0])),
        )
        change[WIDTH:] = -killers * (nk_exit + f.passage)
        change[WIDTH + 1 :] += f.passage * killers[:-1]
        change[WIDTH] += f.nk_arrivals * p.nk.killers
        return change

    def _t_cells(self, s: State, f: Flows) -> tuple[float, float, float]:
        """Change of T cells, of those in contact, and of the sum of their exhaustion."""
        p, ctl_exit = self.p.exhaustion, 1.0 / self.p.recruitment.ctl_life
        mean = min(1.0, s.exhaustion / max(s.ctl, FEWEST))
        contact = s.ctl_held
        gained = contact * (1.0 - mean) / p.onset_time - (s.ctl - contact) * mean / p.recovery_time
        return (
            f.ctl_arrivals + f.ctl_births - s.ctl * ctl_exit,
            _approach(s.ctl_held, s.ctl, f.held[2]) - s.ctl_held * ctl_exit,
            gained + f.ctl_births * mean - s.exhaustion * ctl_exit,
        )

    def _relaxation(self, s: State, f: Flows, nk: float, ctl: float) -> tuple[float, ...]:
        """Change of the six levels: receptors and ligand of host and of tumor cells, receptors of NK and of T cells."""
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


def _approach(held: float, number: float, share_and_rate: tuple[float, float]) -> float:
    """Change of the cells in contact, of this number of cells."""
    share, rate = share_and_rate
    return rate * (share * number - held)


def _stay(time: float) -> float:
    """Mean time in h for which a dead cell holds its site: it is cleared at the end of a whole hour."""
    return max(math.ceil(time), 1) - 0.5
