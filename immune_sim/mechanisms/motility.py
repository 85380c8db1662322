"""Movement of immune cells: a persistent random walk with chemotaxis, slower inside the tumor, arrested on contact.

A hop leads to a neighboring site of the immune layer. Of all hops, a share that grows with the relative chemokine
gradient goes up the gradient; of the others a share keeps its heading and the rest turns at random. After each hop
the cell looks at its own and the neighboring sites of the tissue layer and may arrest on a living tumor cell. An
arrested cell stays until it lets go at the detachment rate, or until its target dies or is pushed away.

Cells move slab by slab (see Lattice.slabs), within a slab in the order of the sites they had at the beginning of the
hour, which depends on neither storage nor threads.
"""

from __future__ import annotations

import numpy as np

from immune_sim.core.cells import Column
from immune_sim.core.codes import CTL, DYING
from immune_sim.core.jit import inline, kernel
from immune_sim.core.lattice import EMPTY, neighbor
from immune_sim.core.parameters import param, parameters
from immune_sim.core.random import CONTACT, MOTILITY, U64, below, philox, uniform
from immune_sim.core.rates import happens

TAKEN, TUMOR, NEAR = 1, 2, 4  # what a byte of the map of places says
MOST_HOPS = 120  # per sub-step; each pair of hops has an address of its own below 64
COLUMNS = (
    Column("heading", "int32", 0, "", "index of the neighbor towards which the cell walks", writable=False),
    Column("engaged", "uint8", 0, "", "1 while arrested on a living tumor cell", writable=False),
    Column("target_site", "int32", 0, "", "site of the tumor cell it is arrested on", writable=False),
    Column("hours_engaged", "float32", 0.0, "h", "time in contact during the last hour", high=1.0),
)


@parameters("motility", title="Movement of immune cells")
class Motility:
    """Speed, direction and arrest."""

    nk_speed: float = param(
        5.0,
        unit="um/min",
        low=0.0,
        high=100.0,
        grade="in vivo",
        source="doi:10.7554/eLife.76269",
        about="speed of NK cells that search",
    )
    ctl_speed: float = param(
        10.0,
        unit="um/min",
        low=0.0,
        high=100.0,
        grade="secondary",
        source="cite: Boissonnas 2007",
        about="speed of cytotoxic T cells that search",
    )
    exhausted_speed: float = param(
        0.5,
        low=0.0,
        high=1.0,
        grade="secondary",
        source="cite: Boissonnas 2007",
        about="speed of a fully exhausted T cell as a share of its own",
    )
    persistence: float = param(
        0.5,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: a walk that turns every few sites",
        about="share of the undirected hops that keep their heading",
    )
    chemotaxis: float = param(
        0.02,
        low=0.0,
        high=1.0,
        grade="model",
        source="fitted: latency of the control arm in doi:10.1126/science.6867737",
        about="share of hops up the chemokine gradient where it is steepest",
    )
    infiltration: float = param(
        0.3,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: dense tissue slows",
        about="probability that a hop onto a site held by a tumor cell succeeds",
    )
    arrest: float = param(
        1.0,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: every contact is noticed",
        about="probability that a searching cell arrests on a tumor cell it meets",
    )
    nk_detachment: float = param(
        0.45,
        unit="1/h",
        low=0.0,
        high=100.0,
        grade="model",
        source="derived: stays with probability 0.8 for half an hour, -ln(0.8)/0.5",
        about="rate at which an arrested NK cell lets go",
    )
    ctl_detachment: float = param(
        0.45,
        unit="1/h",
        low=0.0,
        high=100.0,
        grade="model",
        source="derived: stays with probability 0.8 for half an hour, -ln(0.8)/0.5",
        about="rate at which an arrested T cell lets go",
    )


@kernel
def directions(values, shape, spacing, wraps, step_vectors, reach, floor, toward, pull):
    """For every block of the field: the neighbor that lies up the gradient, and how steep the gradient is.

    values (g,) of the chemokine on blocks of shape (3,) int64 (a first extent of 1 in two dimensions), spacing um
    apart; step_vectors (k, 3) float32 of unit length; reach: the range of the chemokine in um; floor: level below
    which no gradient is felt. Differences are central, one-sided behind a wall. Writes toward (g,) int32, pull (g,)
    in [0, 1].
    """
    slope = np.zeros(3, dtype=np.float32)
    stride = np.array([shape[1] * shape[2], shape[2], 1])
    place = np.zeros(3, dtype=np.int64)
    for b in range(values.size):
        place[0] = b // stride[0]
        place[1] = b // stride[1] % shape[1]
        place[2] = b % shape[2]
        for axis in range(3):
            n, x, step = shape[axis], place[axis], stride[axis]
            up = b + step if x < n - 1 else (b - (n - 1) * step if wraps else b)
            down = b - step if x > 0 else (b + (n - 1) * step if wraps else b)
            width = spacing if not wraps and (x == 0 or x == n - 1) else np.float32(2.0) * spacing
            slope[axis] = (values[up] - values[down]) / width if n > 1 else np.float32(0.0)
        steepest = np.float32(0.0)
        best = 0
        for k in range(step_vectors.shape[0]):
            along = step_vectors[k, 0] * slope[0] + step_vectors[k, 1] * slope[1] + step_vectors[k, 2] * slope[2]
            if along > steepest:
                steepest = along
                best = k
        toward[b] = best
        pull[b] = min(np.float32(1.0), reach * steepest / (values[b] + floor))


@inline
def living_contact(site, turn, offsets, wraps, home, tumor_at, state):
    """The site of a living tumor cell, here or else next to it from neighbor ``turn`` on; -1 where there is none."""
    row = tumor_at[U64(site)]
    found = -1
    if row >= 0 and state[U64(row)] < DYING:
        found = site
    else:
        for k in range(offsets.size):
            d = turn + k
            if d >= offsets.size:
                d -= offsets.size
            at = neighbor(site, offsets[d], wraps, home)
            row = tumor_at[U64(at)]
            if row >= 0 and state[U64(row)] < DYING:
                found = at
                break
    return found


@kernel
def mark_places(first, end, near, tumor_at, immune_at, places):
    """Write what a hop asks of sites first to end to places (sites,) uint8: TAKEN, TUMOR and NEAR, added up.

    near (sites,) uint8, 0 or 1: see core.neighborhood. One byte a site stays in the cache where two rows would not.
    """
    immune, tumor, close, out = immune_at[first:end], tumor_at[first:end], near[first:end], places[first:end]
    for i in range(out.size):  # shifts of plain slices are vector code, sixteen times as fast as products
        out[i] = (immune[i] != np.int32(EMPTY)) | ((tumor[i] >= np.int32(0)) << 1) | (close[i] << 2)


@kernel
def sort_into_slabs(slab_of, stride, order, site, starts, rows):
    """Sort rows by the slab their cell is in, keeping their order within each.

    slab_of: slab of each padded place along the first axis, which is stride sites long. order (m,): rows. Writes
    starts (slabs + 1,) int64 and rows (m,) int64: slab s holds rows[starts[s]:starts[s + 1]].
    """
    starts[:] = 0
    within = np.empty(order.size, dtype=np.int32)
    for k in range(order.size):
        within[k] = slab_of[site[order[k]] // np.int32(stride)]
        starts[within[k] + 1] += 1
    for s in range(1, starts.size):
        starts[s] += starts[s - 1]
    filled = starts[:-1].copy()
    for k in range(order.size):
        rows[filled[within[k]]] = order[k]
        filled[within[k]] += 1


@kernel
def move(  # noqa: PLR0912, PLR0915  (all of a cell's sub-step in one loop: handing arrays on costs more than the hops)
    which,
    starts,
    rows,
    forward,
    tick,
    seed,
    dt,
    hops,
    p,
    well_mixed,
    interior,
    offsets,
    wraps,
    home,
    tumor_at,
    immune_at,
    places,
    state,
    block,
    toward,
    pull,
    kind,
    lineage,
    exhaustion,
    site,
    heading,
    engaged,
    target_site,
    hours_engaged,
):
    """Move the cells of the slabs ``which`` for one sub-step; starts, rows: see ``sort_into_slabs``.

    hops (2,) float32: mean hops of an NK cell and of a T cell in the sub-step. p (7,) float32: persistence, chemotaxis,
    infiltration, arrest, nk_detachment, ctl_detachment, exhausted_speed. places (sites,) uint8: see ``mark_places``.
    Changes immune_at, places, site, heading, engaged, target_site, hours_engaged. ``forward`` turns the order of cells
    around, so that no direction is favored.
    """
    for s in which:
        mine = rows[starts[s] : starts[s + 1]]
        words = np.empty((2, mine.size), dtype=np.uint32)
        hold, fraction = words[0], words[1]
        for n in range(mine.size):  # all draws of a slab at once are vector code
            hold[n], fraction[n], _, _ = philox(CONTACT, tick, lineage[mine[n]], seed)
        for k in range(mine.size):
            n = k if forward else mine.size - 1 - k
            row = mine[n]
            if engaged[row]:
                held = tumor_at[target_site[row]]
                detachment = p[5] if kind[row] == CTL else p[4]
                if held < 0 or state[held] >= DYING or happens(uniform(hold[n]), detachment * dt):
                    engaged[row] = 0
                else:
                    hours_engaged[row] += dt
                    continue
            wanted = hops[kind[row]]
            if kind[row] == CTL:
                wanted *= np.float32(1.0) - (np.float32(1.0) - p[6]) * exhaustion[row]
            n_hops = min(np.int64(wanted + uniform(fraction[n])), MOST_HOPS)
            here = np.int64(site[row])  # indexed as unsigned below: a sign costs a test at every access, a tenth in all
            around = np.int64(places[U64(here)])
            facing = np.int64(heading[row])
            w0 = w1 = w2 = w3 = np.uint32(0)
            for hop in range(n_hops):
                if hop % 2 == 0:
                    w0, w1, w2, w3 = philox(MOTILITY, tick * np.uint32(64) + np.uint32(hop // 2), lineage[row], seed)
                else:
                    w0, w1 = w2, w3
                drift = p[1] * pull[block[U64(here)]]
                u = uniform(w0)
                # whether a cell turns is a toss-up that no processor predicts: choose without a branch
                facing = facing if u < drift + (np.float32(1.0) - drift) * p[0] else below(w1, offsets.size)
                if u < drift:
                    facing = np.int64(toward[block[U64(here)]])
                there = (
                    np.int64(interior[below(w1, interior.size)])
                    if well_mixed
                    else neighbor(here, offsets[facing], wraps, home)
                )
                # the low byte of the first word and the low half of the second were not used by the draws above
                entry = np.float32(w0 & np.uint32(0xFF)) * np.float32(1.0 / 256.0)
                ahead = np.int64(places[U64(there)])
                if ahead & TAKEN:
                    facing = below(w1 * np.uint32(0x9E3779B1), offsets.size)
                elif not ahead & TUMOR or entry < p[2]:
                    places[U64(here)] = around ^ TAKEN
                    around = ahead | TAKEN
                    places[U64(there)] = around
                    here = there
                if around & NEAR:
                    found = living_contact(
                        here, below(w1 << np.uint32(8), offsets.size), offsets, wraps, home, tumor_at, state
                    )
                    if found >= 0 and np.float32(w1 & np.uint32(0xFFFF)) * np.float32(2.0**-16) < p[3]:
                        engaged[row] = 1
                        target_site[row] = found
                        # counted whole, as the sub-step of letting go is not counted at all
                        hours_engaged[row] += dt
                        break
            heading[row] = facing
            if here != site[row]:
                immune_at[site[row]] = EMPTY
                immune_at[here] = row
                site[row] = here
