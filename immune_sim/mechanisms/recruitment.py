"""Arrival of immune cells through vessels, their life in the tissue, and division of T cells there.

NK cells arrive at the rate that keeps their steady-state density; T cells as the lymph node sends them. Both rates
carry their recruitment link. The number of arrivals in an hour is Poisson; each takes a free place on or next to a
vessel, and goes elsewhere in the body if it finds none in a few tries.
"""

from __future__ import annotations

import numpy as np
from scipy.special import pdtrik

from immune_sim.core.codes import CTL, NK
from immune_sim.core.jit import kernel
from immune_sim.core.lattice import EMPTY
from immune_sim.core.parameters import param, parameters
from immune_sim.core.random import CTL_DIVISION, ENTRY, IMMUNE_FATE, IMMUNE_TRAITS, U64, below, philox, uniform
from immune_sim.core.rates import happens, link_factor

TRIES = 8


@parameters("recruitment", title="Recruitment and turnover of immune cells")
class Recruitment:
    """Influx and life of immune cells."""

    nk_density: float = param(
        44.4,
        unit="1/mm^2",
        low=0.0,
        high=4000.0,
        grade="model",
        source="derived: 1 % of sites of 15 um, fitted to the control arm in doi:10.1126/science.6867737",
        about="NK cells per area at steady state without a tumor",
    )
    nk_life: float = param(
        168.0,
        unit="h",
        low=1.0,
        high=100000.0,
        grade="assumption",
        source="assumed: 7 d, a half-life of 4.9 d; measured is one below 10 d, doi:10.1111/j.1365-2567.2007.02573.x",
        about="mean time an NK cell spends in the tissue",
    )
    ctl_density: float = param(
        0.0,
        unit="1/mm^2",
        low=0.0,
        high=4000.0,
        grade="assumption",
        source="assumed: none before priming",
        about="cytotoxic T cells per area at the start",
        live=False,
    )
    ctl_life: float = param(
        120.0,
        unit="h",
        low=1.0,
        high=100000.0,
        grade="assumption",
        source="assumed: effectors live for days",
        about="mean time a cytotoxic T cell spends in the tissue",
    )


def arrivals(mean: float, word: float) -> int:
    """A Poisson number with this mean, from one uniform draw in [0, 1), by inversion."""
    return int(np.ceil(pdtrik(word, mean))) if mean > 0.0 and word > np.exp(-mean) else 0


@kernel
def enter(count, tick, stream, seed, vessels, offsets, home, immune_at, sites, lineages):
    """Find places for arriving cells: sites (count,) int32 and lineages (count,) uint64, written.

    stream tells the kinds apart. Sites are taken at once (a placeholder in immune_at), so that arrivals do not collide.
    Returns how many found a place.
    """
    placed = 0
    for k in range(count):
        for attempt in range(TRIES):
            a, b, c, d = philox(ENTRY, tick, U64(k) | (U64(attempt) << U64(32)) | (U64(stream) << U64(48)), seed)
            site = np.int64(vessels[below(a, vessels.size)])
            if immune_at[site] != EMPTY:
                site = np.int64(home[site + offsets[below(b, offsets.size)]])
            if immune_at[site] == EMPTY:
                immune_at[site] = 0
                sites[placed] = site
                lineages[placed] = (U64(c) << U64(32)) | U64(d)
                placed += 1
                break
    return placed


@kernel
def endow(first, end, seed, nk_kind, killers, capacity, kind, lineage, can_kill, kills_left):
    """Give newly arrived cells of rows first to end their kind and, to NK cells, whether they kill and how often."""
    for i in range(first, end):
        kind[i] = NK if nk_kind else CTL
        a, _, _, _ = philox(IMMUNE_TRAITS, 0, lineage[i], seed)
        can_kill[i] = 1 if not nk_kind or uniform(a) < killers else 0
        kills_left[i] = capacity if nk_kind else 0


@kernel
def decide_exits(first, end, tick, seed, nk_rate, ctl_rate, kind, lineage, leaves):
    """Mark in leaves (n,) uint8 the immune cells of rows first to end that die or leave; rates in 1/h."""
    for i in range(first, end):
        a, _, _, _ = philox(IMMUNE_FATE, tick, lineage[i], seed)
        leaves[i] = happens(uniform(a), nk_rate if kind[i] == NK else ctl_rate)


@kernel
def decide_divisions(tick, seed, probability, gain, bound, lineage, signal, exhaustion, divides):
    """Keep the mark of those T cells that do divide after their kill: probability x link x (1 - exhaustion)."""
    for i in range(divides.size):
        if divides[i]:
            a, _, _, _ = philox(CTL_DIVISION, tick, lineage[i], seed)
            divides[i] = uniform(a) < probability * link_factor(gain, signal[i], bound) * (
                np.float32(1.0) - exhaustion[i]
            )


@kernel
def place_daughters(rows, first_daughter, tick, seed, offsets, home, immune_at, site, lineage, mother_of):
    """Place daughters of T cells (rows, in order) next to them; returns how many found a free site."""
    born = 0
    for mother in rows:
        _, b, c, d = philox(CTL_DIVISION, tick, lineage[mother], seed)
        turn = below(b, offsets.size)
        for k in range(offsets.size):
            at = np.int64(home[np.int64(site[mother]) + offsets[(turn + k) % offsets.size]])
            if immune_at[at] == EMPTY:
                row = first_daughter + born
                immune_at[at] = row
                site[row] = at
                lineage[row] = (U64(c) << U64(32)) | U64(d)
                mother_of[born] = mother
                born += 1
                break
    return born
