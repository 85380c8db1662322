"""Division of tumor cells into free sites.

A cell divides at rate ln 2 / cycle_time, times the proliferation link, times an oxygen factor that rises from 0 to 1,
times the growth arrest by IFN-gamma. The daughter takes a free neighboring site; where there is none, a chain of up to
``push_depth`` cells is pushed outwards in a straight line. A cell that has neither is quiescent.
"""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.codes import CYCLING, DYING, QUIESCENT
from immune_sim.core.jit import inline, kernel
from immune_sim.core.lattice import EMPTY, WALL, neighbor
from immune_sim.core.parameters import param, parameters
from immune_sim.core.random import DIVISION, below, philox, uniform
from immune_sim.core.rates import happens, largest_factor, link_factor


@parameters("tumor", title="Tumor growth")
class Proliferation:
    """Division of tumor cells."""

    cycle_time: float = param(
        24.0,
        unit="h",
        low=4.0,
        high=10000.0,
        grade="assumption",
        source="assumed: between 23.1 h (PhysiCell, doi:10.1371/journal.pcbi.1005991) and 29.6 h (EL4 in vivo)",
        about="mean time between divisions of an unhindered cell, as a doubling time",
    )
    push_depth: int = param(
        1,
        low=0,
        high=20,
        grade="model",
        source="fitted: latency of the control arm in doi:10.1126/science.6867737",
        about="cells that a dividing cell can push aside to make room",
        live=False,
    )
    oxygen_none: float = param(
        5.0,
        unit="mmHg",
        low=0.0,
        high=100.0,
        grade="model",
        source="doi:10.1371/journal.pcbi.1005991",
        about="oxygen at and below which no cell divides",
    )
    oxygen_full: float = param(
        10.0,
        unit="mmHg",
        low=0.0,
        high=100.0,
        grade="assumption",
        source="assumed: a short ramp above the threshold",
        about="oxygen above which division is not slowed",
    )
    ifng_arrest: float = param(
        0.9,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: nearly all; that IFN-gamma arrests growth is from Beck 2019, Cancer Res 79:3406-16",
        about="largest share by which IFN-gamma slows division",
    )
    ifng_half: float = param(
        0.15,
        low=0.0001,
        high=10.0,
        grade="model",
        source="fitted: latency of the control arm in doi:10.1126/science.6867737",
        about="IFN-gamma level at which half of that arrest is reached",
    )

    @property
    def rate(self) -> float:
        """Division rate in 1/h."""
        return math.log(2.0) / self.cycle_time


@inline
def free_site(site, turn, depth, offsets, wraps, home, tumor_at):
    """Direction and distance of room for a daughter: (index of offset, steps), or (-1, 0).

    Looks at the nearest sites first, in an order that begins at direction ``turn``.
    """
    direction = -1
    distance = 0
    for reach in range(1, depth + 2):
        for k in range(offsets.size):
            d = turn + k
            if d >= offsets.size:
                d -= offsets.size
            at = np.int64(site)
            for _ in range(reach):
                at = neighbor(at, offsets[d], wraps, home)
                if tumor_at[at] == WALL:
                    break
            if tumor_at[at] == EMPTY:
                direction = d
                distance = reach
                break
        if direction >= 0:
            break
    return direction, distance


@kernel
def decide(
    first, end, tick, seed, p, gain, bound, oxygen, oxygen_block, ifng, block, site, lineage, signal, room, state, wish
):
    """Tell cycling from quiescent cells and mark those of rows first to end that divide in this hour.

    p (5,) float32: rate, oxygen_none, oxygen_full, ifng_arrest, ifng_half. room (sites,) uint8: whether a place for a
    daughter is in reach, see Neighborhood.room. wish (n,) uint32, written: 0, or a draw that
    orders the dividing cells among themselves.
    """
    one = np.float32(1.0)
    most = p[0] * largest_factor(gain, bound)
    for i in range(first, end):
        wish[i] = 0
        if state[i] >= DYING:
            continue
        o2 = np.float32(oxygen[oxygen_block[site[i]]])
        if not room[site[i]] or o2 <= p[1]:
            state[i] = QUIESCENT
            continue
        state[i] = CYCLING
        a, b, _, _ = philox(DIVISION, tick, lineage[i], seed)
        u = uniform(a)
        if u < most:
            arrest = ifng[block[site[i]]]
            slowed = min(one, (o2 - p[1]) / max(p[2] - p[1], np.float32(1e-6))) * (
                one - p[3] * np.float32(arrest / (arrest + p[4]))
            )
            if happens(u, p[0] * slowed * link_factor(gain, signal[i], bound)):
                wish[i] = b | np.uint32(1)


@kernel
def divide(
    order,
    first_daughter,
    tick,
    seed,
    depth,
    well_mixed,
    offsets,
    wraps,
    home,
    interior,
    tumor_at,
    site,
    lineage,
    mother_of,
):
    """Place the daughters of the cells in ``order`` (rows, sorted by their draw), pushing where needed.

    first_daughter: row of the first one; daughters take consecutive rows. mother_of (len(order),) int64, written: the
    mother's row of each daughter. tumor_at, site: changed. Returns the number of daughters that found room.
    """
    born = 0
    for k in range(order.size):
        mother = order[k]
        c, d, e, _ = philox(DIVISION, tick, lineage[mother] ^ np.uint64(0x9E3779B97F4A7C15), seed)
        here = np.int64(site[mother])
        if well_mixed:
            target = np.int64(interior[below(d, interior.size)])
            if tumor_at[target] != EMPTY:
                target = np.int64(interior[below(e, interior.size)])
            if tumor_at[target] != EMPTY:
                continue
        else:
            direction, distance = free_site(here, below(c, offsets.size), depth, offsets, wraps, home, tumor_at)
            if direction < 0:
                continue
            target = neighbor(here, offsets[direction], wraps, home)
            carried = tumor_at[target]
            at = target
            for _ in range(distance - 1):
                at = neighbor(at, offsets[direction], wraps, home)
                pushed = tumor_at[at]
                tumor_at[at] = carried
                site[carried] = at
                carried = pushed
        row = first_daughter + born
        tumor_at[target] = row
        site[row] = target
        mother_of[born] = mother
        born += 1
    return born
