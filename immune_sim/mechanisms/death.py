"""Death of tumor cells without an attacker, the dying of all of them, and their clearance.

A living cell dies at ``death_rate`` times the apoptosis link, and in need of oxygen at a rate that rises from 0 at
``necrosis_onset`` to ``necrosis_rate`` at ``necrosis_full`` (PhysiCell, doi:10.1371/journal.pcbi.1005991). A dead cell
holds its site for a while, then it is cleared.
"""

from __future__ import annotations

import numpy as np

from immune_sim.core.cells import Column
from immune_sim.core.codes import APOPTOTIC, DYING, HYPOXIA, NECROTIC, SPONTANEOUS
from immune_sim.core.jit import kernel
from immune_sim.core.parameters import param, parameters
from immune_sim.core.random import TUMOR_FATE, philox, uniform
from immune_sim.core.rates import fixed, happens, largest_factor, link_factor

PHYSICELL = "doi:10.1371/journal.pcbi.1005991"
COLUMNS = (
    Column("state", "uint8", 0, "", "0 cycling, 1 quiescent, 2 apoptotic, 3 necrotic", writable=False),
    Column(
        "cause",
        "uint8",
        0,
        "",
        "cause of death: 0 none or an own mechanism, 1 spontaneous, 2 hypoxia, 3 NK cell, 4 cytotoxic T cell",
        writable=False,
    ),
    Column("hours_dying", "float32", 0.0, "h", "whole hours since death", writable=False),
)
BLOCK = 512


@parameters("death", title="Death of tumor cells")
class Death:
    """Spontaneous and hypoxic death, and how long the dead stay."""

    death_rate: float = param(
        0.002,
        unit="1/h",
        low=0.0,
        high=1.0,
        grade="model",
        source="fitted: latency of the control arm in doi:10.1126/science.6867737",
        about="spontaneous death of a tumor cell",
    )
    necrosis_onset: float = param(
        5.0,
        unit="mmHg",
        low=0.0,
        high=100.0,
        grade="model",
        source=PHYSICELL,
        about="oxygen below which cells begin to die",
    )
    necrosis_full: float = param(
        2.5,
        unit="mmHg",
        low=0.0,
        high=100.0,
        grade="model",
        source=PHYSICELL,
        about="oxygen at and below which they die at the full rate",
    )
    necrosis_rate: float = param(
        1.0 / 6.0,
        unit="1/h",
        low=0.0,
        high=10.0,
        grade="model",
        source=PHYSICELL,
        about="largest rate of death from lack of oxygen",
    )
    apoptotic_time: float = param(
        8.6,
        unit="h",
        low=0.0,
        high=1000.0,
        grade="model",
        source=PHYSICELL,
        about="time for which an apoptotic cell holds its site",
    )
    necrotic_time: float = param(
        48.0,
        unit="h",
        low=0.0,
        high=10000.0,
        grade="assumption",
        source="assumed: slower than apoptosis",
        about="time for which a necrotic cell holds its site",
    )


@kernel
def decide(first, end, tick, seed, p, gain, bound, oxygen, block, site, lineage, signal, state, cause):
    """Let living cells of rows first to end die in this hour.

    p (4,) float32: death_rate, necrosis_onset, necrosis_full, necrosis_rate. oxygen (g,) mmHg at blocks of sites.
    state, cause (n,) uint8, written where a cell dies.
    """
    words = np.empty((2, BLOCK), dtype=np.uint32)
    most = p[0] * largest_factor(gain, bound)
    for i in range(first, end):
        k = (i - first) % BLOCK
        if k == 0:  # draws for a block of cells at once are vector code, one by one they cost seven times as much
            addresses, fate, need = lineage[i : min(i + BLOCK, end)], words[0], words[1]
            for j in range(addresses.size):
                fate[j], need[j], _, _ = philox(TUMOR_FATE, tick, addresses[j], seed)
        # most draws lie above every hazard: such cells need no look at their oxygen
        if state[i] >= DYING or (uniform(words[0, k]) >= most and uniform(words[1, k]) >= p[3]):
            continue
        o2 = np.float32(oxygen[block[site[i]]])
        lack = min(max((p[1] - o2) / max(p[1] - p[2], np.float32(1e-6)), np.float32(0.0)), np.float32(1.0))
        factor = link_factor(gain, signal[i], bound) if gain != 0 else np.float32(1.0)
        if happens(uniform(words[0, k]), p[0] * factor):
            state[i] = APOPTOTIC
            cause[i] = SPONTANEOUS
        elif lack > np.float32(0.0) and happens(uniform(words[1, k]), p[3] * lack):
            state[i] = NECROTIC
            cause[i] = HYPOXIA


@kernel
def age_the_dying(first, end, apoptotic_time, necrotic_time, state, cause, antigenicity, hours_dying, cleared, counts):
    """Age dying cells by one hour, mark those to clear and count those that died within this hour.

    cleared (n,) uint8, written. counts (6,) int64, added to: deaths by cause (index = cause), then the antigen released
    by them as a fixed-point sum of their antigenicity.
    """
    for i in range(first, end):
        cleared[i] = 0
        if state[i] < DYING:
            continue
        if hours_dying[i] == np.float32(0.0):
            counts[cause[i]] += 1
            counts[5] += fixed(antigenicity[i])
        hours_dying[i] += np.float32(1.0)
        if hours_dying[i] >= (apoptotic_time if state[i] == APOPTOTIC else necrotic_time):
            cleared[i] = 1
