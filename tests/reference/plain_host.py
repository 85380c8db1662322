"""The rest of the body in the plain model: its receptor axis and the draining lymph node."""

from __future__ import annotations

from immune_sim.mechanisms.links import Links
from immune_sim.mechanisms.priming import Priming
from immune_sim.mechanisms.receptors import Receptors
from tests.reference.plain_rules import relax


class PlainHost:
    """Receptor level, ligand and signal relative to rest; antigen, primed cells and effectors in the node."""

    def __init__(self) -> None:
        self.receptor_level = self.ligand = self.signal = 1.0
        self.node = (0.0, 0.0, 0.0)

    def advance_receptors(self, p: Receptors, links: Links, blockades: list[float]) -> list[float]:
        """Receptors and ligand over one hour; returns the ligand in each sub-step."""
        dt, rest = 1.0 / len(blockades), p.baseline_ligand / (1.0 + p.baseline_ligand)
        seen = []
        signals = []
        for blockade in blockades:
            seen.append(self.ligand)
            bound = p.baseline_ligand * self.ligand / (1.0 + p.baseline_ligand * self.ligand + blockade)
            signals.append(self.receptor_level * bound / rest)
            deficit = max(0.0, 1.0 - signals[-1])
            more_receptors = 1.0 + links.receptor_upregulation * (p.receptor_max - 1.0) * deficit
            more_ligand = 1.0 + links.ligand_upregulation * (p.ligand_max - 1.0) * deficit
            self.receptor_level = relax(self.receptor_level, more_receptors, p.tau_up, p.tau_down, dt)
            self.ligand = relax(self.ligand, more_ligand, p.ligand_tau_up, p.ligand_tau_down, dt)
        self.signal = sum(signals) / len(signals)
        return seen

    def prime(self, p: Priming, released: float) -> float:
        """The lymph node over one hour, by the classical Runge-Kutta method; returns the effectors that left it."""
        steps = 20

        def change(state: tuple[float, ...]) -> tuple[float, ...]:
            antigen, primed, effectors, _ = state
            return (
                released - antigen / p.memory,
                p.priming_rate * antigen - primed / p.delay,
                p.expansion * primed / p.delay - effectors / p.egress_time - effectors / p.contraction_time,
                effectors / p.egress_time,
            )

        def ahead(state: tuple[float, ...], slope: tuple[float, ...], by: float) -> tuple[float, ...]:
            return tuple(x + by * dx for x, dx in zip(state, slope, strict=True))

        state, h = (*self.node, 0.0), 1.0 / steps
        for _ in range(steps):
            k1 = change(state)
            k2 = change(ahead(state, k1, h / 2.0))
            k3 = change(ahead(state, k2, h / 2.0))
            k4 = change(ahead(state, k3, h))
            state = tuple(
                x + h * (a + 2.0 * b + 2.0 * c + d) / 6.0 for x, a, b, c, d in zip(state, k1, k2, k3, k4, strict=True)
            )
        self.node = state[:3]
        return state[3]
