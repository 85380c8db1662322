"""What diffuses: oxygen from vessels, chemokine and ligand from tumor cells, IFN-gamma from engaged immune cells.

All four are at quasi-steady state: they settle in minutes, cells act in hours. Chemokine, IFN-gamma and ligand are
relative: 1 is the concentration in a tissue where every site holds one cell that secretes at the full rate. So a
secretion of one cell per site and hour is the decay rate, and its diffusion constant only sets the range sqrt(D /
decay).
"""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.codes import CTL, DYING
from immune_sim.core.jit import kernel
from immune_sim.core.parameters import param, parameters
from immune_sim.core.rates import fixed

PHYSICELL = "doi:10.1371/journal.pcbi.1005991"


@parameters("oxygen", title="Oxygen")
class Oxygen:
    """Supply by vessels, diffusion, consumption."""

    diffusion: float = param(
        1e5,
        unit="um^2/min",
        low=1.0,
        high=1e8,
        grade="model",
        source=PHYSICELL,
        about="diffusion coefficient of oxygen",
        live=False,
    )
    decay: float = param(
        0.1,
        unit="1/min",
        low=1e-6,
        high=1e4,
        grade="model",
        source=PHYSICELL,
        about="consumption by the surrounding tissue",
        live=False,
    )
    uptake: float = param(
        10.0,
        unit="1/min",
        low=0.0,
        high=1e4,
        grade="model",
        source=PHYSICELL,
        about="uptake where every site holds a living tumor cell",
    )
    supply: float = param(
        38.0, unit="mmHg", low=0.0, high=160.0, grade="model", source=PHYSICELL, about="oxygen in the vessels"
    )
    exchange: float = param(
        300.0,
        unit="1/min",
        low=0.0,
        high=1e6,
        grade="assumption",
        source="assumed: a vessel nearly sets the oxygen of its own site",
        about="rate at which a vessel's site takes on the vessel's oxygen",
    )
    coarsening: int = param(
        4,
        low=1,
        high=16,
        grade="setting",
        source="assumed: 60 um; on 30 um tumor cells see 3 % less oxygen, on 15 um 6 % less",
        about="sites along an edge of a block of the oxygen grid",
        live=False,
    )


@parameters("signals", title="Chemokine, IFN-gamma and ligand")
class Signals:
    """Range and secretion of the molecules that cells exchange."""

    chemokine_diffusion: float = param(
        1000.0,
        unit="um^2/min",
        low=0.1,
        high=1e7,
        grade="assumption",
        source=PHYSICELL,
        about="diffusion coefficient of the chemokine (CXCL9/10 not measured)",
        live=False,
    )
    chemokine_decay: float = param(
        0.016,
        unit="1/min",
        low=1e-6,
        high=1e3,
        grade="assumption",
        source=PHYSICELL,
        about="decay of the chemokine (CXCL9/10 not measured)",
        live=False,
    )
    chemokine_basal: float = param(
        0.2,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: a fifth of the full rate",
        about="secretion of chemokine by a tumor cell without IFN-gamma",
    )
    chemokine_floor: float = param(
        0.1,
        low=1e-9,
        high=1.0,
        grade="assumption",
        source="assumed: half the level that a tumor makes without IFN-gamma",
        about="chemokine level below which no gradient is felt",
    )
    ifng_diffusion: float = param(
        87.0,
        unit="um^2/min",
        low=0.01,
        high=1e6,
        grade="assumption",
        source="assumed: as reviews quote it, range about 184 um; the paper behind it was not read",
        about="diffusion coefficient of IFN-gamma",
        live=False,
    )
    ifng_half_life: float = param(
        4.5,
        unit="h",
        low=0.01,
        high=1000.0,
        grade="assumption",
        source="assumed: lower end of the 4.5 to 7 h that reviews quote; the paper behind it was not read",
        about="half-life of IFN-gamma; with the diffusion its range is 184 um",
        live=False,
    )
    ligand_diffusion: float = param(
        10000.0,
        unit="um^2/min",
        low=0.1,
        high=1e7,
        grade="assumption",
        source="assumed: a small peptide",
        about="diffusion coefficient of the ligand",
        live=False,
    )
    ligand_half_life: float = param(
        5.0,
        unit="min",
        low=0.01,
        high=10000.0,
        grade="assumption",
        source="assumed: 5 min; that of met-enkephalin in plasma is minutes",
        about="half-life of the ligand",
        live=False,
    )
    induction_half: float = param(
        0.02,
        low=1e-6,
        high=10.0,
        grade="assumption",
        source="assumed: a few engaged cells per hundred sites",
        about="IFN-gamma level at which half of its effect on surface levels is reached",
    )
    mhc_induction: float = param(
        0.5,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: direction known, size not",
        about="share of the missing MHC-I that IFN-gamma restores",
    )
    pdl1_induction: float = param(
        0.5,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: direction known, size not",
        about="share of the missing PD-L1 that IFN-gamma induces",
    )
    coarsening: int = param(
        4,
        low=1,
        high=16,
        grade="setting",
        source="assumed: 60 um, well below the ranges of 180 um and more",
        about="sites along an edge of a block of the grid of these molecules",
        live=False,
    )

    @property
    def ifng_decay(self) -> float:
        """Decay of IFN-gamma in 1/h."""
        return math.log(2.0) / self.ifng_half_life

    @property
    def chemokine_range(self) -> float:
        """Distance in um over which the chemokine falls to 1/e."""
        return math.sqrt(self.chemokine_diffusion / self.chemokine_decay)


@kernel
def secrete_from_tumor(
    first, end, block, oxygen_block, basal, ifng_half, ifng, site, state, ligand_output, living, chemokine, ligand
):
    """Add what the living tumor cells of rows first to end put out, in fixed point so that order does not matter.

    living (h,) int64 counts cells per oxygen block; chemokine, ligand (g,) int64 are secretion per block.
    """
    for i in range(first, end):
        if state[i] >= DYING:
            continue
        b = block[site[i]]
        level = np.float32(ifng[b])
        living[oxygen_block[site[i]]] += 1
        chemokine[b] += fixed(basal + (np.float32(1.0) - basal) * level / (level + ifng_half))
        ligand[b] += fixed(ligand_output[i])


@kernel
def collect(secreted, unit, out):
    """Add up what was secreted in all parts, secreted (parts, s, g) int64, as out (s, g) float32; leave parts at 0."""
    for s in range(out.shape[0]):
        for b in range(out.shape[1]):
            total = np.int64(0)
            for part in range(secreted.shape[0]):
                total += secreted[part, s, b]
                secreted[part, s, b] = 0
            out[s, b] = np.float32(np.float64(total) * unit)


@kernel
def secrete_from_immune(first, end, block, dull, site, kind, exhaustion, hours_engaged, ifng):
    """Add the IFN-gamma of immune cells, rows first to end: time in contact, less what exhaustion takes away."""
    for i in range(first, end):
        if hours_engaged[i] > np.float32(0.0):
            power = np.float32(1.0)
            if kind[i] == CTL:
                power -= dull * exhaustion[i]
            ifng[block[site[i]]] += fixed(hours_engaged[i] * power)
