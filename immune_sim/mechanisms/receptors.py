"""The opioid growth factor axis: receptor level, ligand and signal of every cell that has receptors.

    bound fraction   theta = l0 L / (1 + l0 L + a),   theta0 = l0 / (1 + l0)
    signal           S = R theta / theta0                 deficit  D = max(0, 1 - S)
    receptors        R -> r0 (1 + (Rmax - 1) D)           with tau_up when rising, tau_down when falling
    ligand           L -> 1 + (Lmax - 1) D                same form, own constants

R and L are relative to rest. a is the blockade (concentration over inhibition constant). Within a sub-step the target
is held and the relaxation is exact. The signal column holds the mean over the hour, which is what the hourly rates
read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from immune_sim.core.cells import Column
from immune_sim.core.jit import kernel
from immune_sim.core.parameters import param, parameters

COLUMNS = (
    Column("receptor_level", "float32", 1.0, "", "receptors of the cell, relative to the mean at rest"),
    Column("set_point", "float32", 1.0, "", "receptor level to which the cell returns without a deficit"),
    Column(
        "bound_fraction",
        "float32",
        0.0,
        "",
        "share of the receptors that holds ligand, at the end of the hour",
        high=1.0,
    ),
    Column("signal", "float32", 1.0, "", "receptor signal relative to rest, mean over the hour"),
    Column("ligand_local", "float32", 1.0, "", "ligand that diffuses from tumor cells, at the cell's place"),
)
TUMOR_COLUMNS = (Column("ligand_output", "float32", 1.0, "", "ligand the tumor cell secretes, relative to rest"),)
BLOCK = 1024  # rows that stay in the first-level cache while all sub-steps of an hour pass over them


@parameters("receptors", title="Receptors and ligand")
class Receptors:
    """Turnover of receptors and ligand under a deficit of signal."""

    receptor_max: float = param(
        4.0,
        low=1.0,
        high=20.0,
        grade="model",
        source="fitted: order of arms in doi:10.1126/science.6867737",
        about="receptor level under a lasting full blockade, in multiples of the set point",
    )
    ligand_max: float = param(
        3.0,
        low=1.0,
        high=20.0,
        grade="model",
        source="fitted: order of arms in doi:10.1126/science.6867737",
        about="ligand under a lasting full blockade, in multiples of rest",
    )
    tau_up: float = param(
        2.0,
        unit="h",
        low=0.1,
        high=1000.0,
        grade="assumption",
        source="assumed: receptor turnover was never measured; fast rise",
        about="time constant of rising receptors",
    )
    tau_down: float = param(
        96.0,
        unit="h",
        low=0.1,
        high=1000.0,
        grade="assumption",
        source="assumed: receptor turnover was never measured; slow return",
        about="time constant of falling receptors",
    )
    ligand_tau_up: float = param(
        2.0,
        unit="h",
        low=0.1,
        high=1000.0,
        grade="assumption",
        source="assumed: as the receptors",
        about="time constant of rising ligand",
    )
    ligand_tau_down: float = param(
        96.0,
        unit="h",
        low=0.1,
        high=1000.0,
        grade="assumption",
        source="assumed: as the receptors",
        about="time constant of falling ligand",
    )
    baseline_ligand: float = param(
        0.1,
        low=0.0001,
        high=100.0,
        grade="assumption",
        source="assumed: dissociation constants spread 30-fold",
        about="ligand at rest over its dissociation constant (l0)",
    )
    paracrine_fraction: float = param(
        0.0,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: share not measured; at 0 the size of a tumor does not change what its cells see",
        about="share of the ligand a cell sees that comes from tumor cells around it; the rest is systemic",
    )


@dataclass
class HostAxis:
    """The same axis for the rest of the body: it makes the systemic ligand and drives recruitment.

    receptor_level, ligand: relative to rest. signal: mean over the hour. bound_fraction: at the end of the hour.
    """

    receptor_level: float = 1.0
    ligand: float = 1.0
    signal: float = 1.0
    bound_fraction: float = 0.0

    def advance(self, p: Receptors, receptor_gain: float, ligand_gain: float, blockade: np.ndarray) -> np.ndarray:
        """Advance one hour under the blockade (substeps,); returns the ligand (substeps,) seen in each sub-step."""
        dt = 1.0 / len(blockade)
        rest = p.baseline_ligand / (1.0 + p.baseline_ligand)
        seen = np.empty(len(blockade), dtype=np.float32)
        total = 0.0
        for k, a in enumerate(blockade):
            seen[k] = self.ligand
            bound = p.baseline_ligand * self.ligand
            self.bound_fraction = bound / (1.0 + bound + float(a))
            signal = self.receptor_level * self.bound_fraction / rest
            total += signal
            deficit = max(0.0, 1.0 - signal)
            self.receptor_level = _relax(
                self.receptor_level, 1.0 + receptor_gain * (p.receptor_max - 1.0) * deficit, p.tau_up, p.tau_down, dt
            )
            self.ligand = _relax(
                self.ligand, 1.0 + ligand_gain * (p.ligand_max - 1.0) * deficit, p.ligand_tau_up, p.ligand_tau_down, dt
            )
        self.signal = total / len(blockade)
        return seen


def _relax(value: float, target: float, tau_up: float, tau_down: float, dt: float) -> float:
    return target + (value - target) * math.exp(-dt / (tau_up if target > value else tau_down))


def rates(p: Receptors, receptor_gain: float, ligand_gain: float, dt: float) -> np.ndarray:
    """The constants that the kernel reads, (9,) float32: rest, span and share kept in dt of receptors and of ligand."""
    kept = [math.exp(-dt / tau) for tau in (p.tau_up, p.tau_down, p.ligand_tau_up, p.ligand_tau_down)]
    spans = [receptor_gain * (p.receptor_max - 1.0), ligand_gain * (p.ligand_max - 1.0)]
    return np.array(
        [p.baseline_ligand, p.baseline_ligand / (1.0 + p.baseline_ligand), *spans, *kept, p.paracrine_fraction],
        dtype=np.float32,
    )


@kernel
def advance(first, end, blockade, systemic, constants, receptor_level, set_point, ligand_local, bound_fraction, signal):
    """Advance the receptor axis of rows first to end by one hour.

    blockade, systemic (substeps,) float32: blockade and systemic ligand in each sub-step. constants: see ``rates``.
    receptor_level (n,) float32, changed; bound_fraction, signal (n,) float32, written.
    """
    l0, rest, span, keep_up, keep_down = constants[0], constants[1], constants[2], constants[4], constants[5]
    share = constants[8]
    one = np.float32(1.0)
    zero = np.float32(0.0)
    per_rest = one / rest
    weight = one / np.float32(blockade.size)
    for start in range(first, end, BLOCK):
        # plain slices and a comparison instead of max() let the compiler use vector instructions: 15 times faster
        level, rest_level, local = (
            receptor_level[start : min(start + BLOCK, end)],
            set_point[start:],
            ligand_local[start:],
        )
        theta, mean = bound_fraction[start:], signal[start:]
        for i in range(level.size):
            mean[i] = zero
        for k in range(blockade.size):
            free = one + blockade[k]
            host = (one - share) * systemic[k]
            for i in range(level.size):
                bound = l0 * (host + share * local[i])
                theta[i] = bound / (free + bound)
                s = level[i] * (theta[i] * per_rest)
                mean[i] += s * weight
                deficit = one - s
                target = rest_level[i] * (one + span * (deficit if deficit > zero else zero))
                away = level[i] - target
                level[i] = target + away * (keep_up if away < zero else keep_down)


@kernel
def advance_ligand(first, end, constants, signal, ligand_output, substeps):
    """Relax the ligand output of rows first to end by one hour, towards what its mean deficit asks for."""
    one = np.float32(1.0)
    zero = np.float32(0.0)
    span = constants[3]
    keep_up = one
    keep_down = one
    for _ in range(substeps):
        keep_up *= constants[6]
        keep_down *= constants[7]
    felt, output = signal[first:end], ligand_output[first:end]
    for i in range(felt.size):
        deficit = one - felt[i]
        target = one + span * (deficit if deficit > zero else zero)
        away = output[i] - target
        output[i] = target + away * (keep_up if away < zero else keep_down)
