"""Killing of tumor cells by NK cells and cytotoxic T cells in contact.

An NK cell kills at a rate that is higher on targets with little MHC-I ("missing self") and, through stress ligand, in
the first hours after its arrival; it is spent after a number of kills. A T cell hits: hits are sublethal, add up,
fade, and kill when their sum reaches ``lethal_damage``; they need antigen and MHC-I, and PD-L1 and exhaustion hold
them back.
"""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.cells import Column
from immune_sim.core.codes import APOPTOTIC, CTL, CTL_KILL, DYING, NK, NK_KILL
from immune_sim.core.jit import inline, kernel
from immune_sim.core.parameters import param, parameters
from immune_sim.core.random import STRIKE, philox, uniform
from immune_sim.core.rates import happens, largest_factor, link_factor

IMMUNE_COLUMNS = (
    Column("kind", "uint8", 0, "", "0 NK cell, 1 cytotoxic T cell", writable=False),
    Column("can_kill", "uint8", 1, "", "0 for an NK cell that never kills", high=1.0),
    Column("kills", "int32", 0, "", "tumor cells it killed"),
    Column("kills_left", "int32", 0, "", "kills until it is spent"),
    Column("hours_since_arrival", "float32", 0.0, "h", "time since it entered the tissue"),
)
TUMOR_COLUMNS = (
    Column("damage", "float32", 0.0, "", "sum of hits at the time of the last one"),
    Column("damage_hour", "float32", 0.0, "h", "time of the last hit"),
)
MOST_HITS = 50
NEVER = np.iinfo(np.int64).max


@parameters("nk", title="Killing by NK cells")
class KillingByNK:
    """NK cells in contact with a target."""

    kill_rate: float = param(
        0.1,
        unit="1/h",
        low=0.0,
        high=10.0,
        grade="model",
        source="fitted: take and latency of the control arm in doi:10.1126/science.6867737",
        about="rate at which an NK cell in contact kills its target",
    )
    killers: float = param(
        0.5,
        low=0.0,
        high=1.0,
        grade="in vitro",
        source="cite: Blood 2013 121:1326",
        about="share of NK cells that kill at all",
        live=False,
    )
    missing_self: float = param(
        1.0,
        low=0.0,
        high=20.0,
        grade="assumption",
        source="assumed: direction known, size not",
        about="relative rise of the kill rate on a target without MHC-I",
    )
    stress_boost: float = param(
        1.0,
        low=0.0,
        high=50.0,
        grade="assumption",
        source="assumed: twice the rate at arrival; measured is that killing fades after it, doi:10.7554/eLife.76269",
        about="relative rise of the kill rate by stress ligand at arrival",
    )
    stress_time: float = param(
        8.0,
        unit="h",
        low=0.1,
        high=1000.0,
        grade="model",
        source="derived: kills mostly within 4 h of arrival, hardly any after 24 h, doi:10.7554/eLife.76269",
        about="time constant with which that rise fades; after 24 h a twentieth of it is left, the base rate goes on",
    )
    capacity: int = param(
        5,
        low=1,
        high=1000,
        grade="secondary",
        source="doi:10.1158/0008-5472.CAN-17-2006",
        about="kills after which an NK cell is spent",
        live=False,
    )


@parameters("ctl", title="Killing by cytotoxic T cells")
class KillingByCTL:
    """Cytotoxic T cells in contact with a target."""

    hit_rate: float = param(
        0.8,
        unit="1/h",
        low=0.0,
        high=100.0,
        grade="model",
        source="fitted: one kill in about 6 h of contact, doi:10.1172/JCI34388",
        about="rate at which a T cell in contact hits its target",
    )
    lethal_damage: float = param(
        2.0,
        low=0.1,
        high=100.0,
        grade="model",
        source="derived: three hits of size 1 with fading between them, doi:10.1038/s41467-021-25282-3",
        about="damage that kills, in hits",
    )
    repair_half_life: float = param(
        1.2,
        unit="h",
        low=0.01,
        high=1000.0,
        grade="model",
        source="derived: three hits less than 50 min apart reach the lethal damage, doi:10.1038/s41467-021-25282-3",
        about="time in which damage halves",
    )
    pdl1_block: float = param(
        0.9,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: tenfold less killing in PD-1 positive cells, as for exhaustion",
        about="share of the hit rate that full PD-L1 takes away",
    )
    exhausted_killing: float = param(
        0.1,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: tenfold less killing by PD-1 positive cells, as reviews quote it; the paper was not read",
        about="hit rate of a fully exhausted T cell as a share of its own",
    )
    division_probability: float = param(
        0.2,
        low=0.0,
        high=1.0,
        grade="model",
        source="fitted: latency of the control arm in doi:10.1126/science.6867737",
        about="probability that a T cell divides after a kill",
    )


@inline
def induced(level, ifng, gain):
    """A surface level raised towards 1 by IFN-gamma: level + gain (1 - level) ifng."""
    return level + gain * (np.float32(1.0) - level) * ifng


@inline
def poisson(word, mean):
    """A Poisson number with this mean by inversion of a uniform draw in [0, 1); for means of a few."""
    share = math.exp(-mean)
    reached = share
    count = 0
    while word >= reached and count < MOST_HITS:
        count += 1
        share *= mean / count
        reached += share
    return count


@kernel
def strike(
    first,
    end,
    tick,
    seed,
    dt,
    nk,
    ctl,
    gains,
    bound,
    induction,
    ifng,
    block,
    tumor_at,
    mhc,
    pdl1,
    antigenicity,
    kind,
    lineage,
    signal,
    can_kill,
    kills_left,
    hours_since_arrival,
    exhaustion,
    engaged,
    target_site,
    struck,
    hits,
):
    """Decide for the immune cells of rows first to end whether they strike in this sub-step.

    nk (4,) float32: kill_rate, missing_self, stress_boost, 1 / stress_time. ctl (3,): hit_rate, pdl1_block,
    exhausted_killing. gains (2,): links of NK and T cells. induction (3,): MHC-I gain, PD-L1 gain, half level of
    IFN-gamma. struck (n,) int32, written: row of the tumor cell that was struck, or -1. hits (n,) int32, written where
    a T cell strikes: how often, a Poisson number, so that the length of a sub-step does not limit the hits.
    """
    one = np.float32(1.0)
    # No hazard is larger than these: most draws lie above and need no more arithmetic.
    most_nk = nk[0] * (one + nk[1]) * (one + nk[2]) * largest_factor(gains[0], bound) * dt
    most_ctl = ctl[0] * largest_factor(gains[1], bound) * dt
    for i in range(first, end):
        struck[i] = -1
        if not engaged[i]:
            continue
        target = tumor_at[target_site[i]]
        if target < 0:
            continue
        a, _, _, _ = philox(STRIKE, tick, lineage[i], seed)
        if uniform(a) >= (most_nk if kind[i] == NK else most_ctl):
            continue
        level = np.float32(ifng[block[target_site[i]]])
        felt = level / (level + induction[2])
        self_shown = induced(mhc[target], felt, induction[0])
        if kind[i] == NK:
            if not can_kill[i] or kills_left[i] <= 0:
                continue
            rate = (
                nk[0]
                * (one + nk[1] * (one - self_shown))
                * (one + nk[2] * np.float32(math.exp(-hours_since_arrival[i] * nk[3])))
            )
            rate *= link_factor(gains[0], signal[i], bound)
        else:
            braked = one - ctl[1] * induced(pdl1[target], felt, induction[1])
            rate = ctl[0] * antigenicity[target] * self_shown * braked * (one - (one - ctl[2]) * exhaustion[i])
            rate *= link_factor(gains[1], signal[i], bound)
        if happens(uniform(a), rate * dt):
            struck[i] = target
            hits[i] = poisson(one - uniform(a), rate * dt)


@kernel
def resolve(  # noqa: PLR0912  (five short passes over the same few rows)
    now,
    repair_rate,
    lethal_damage,
    kind,
    cell_id,
    struck,
    hits,
    state,
    cause,
    damage,
    damage_hour,
    taken,
    killer,
    kills,
    kills_left,
    divides,
):
    """Turn strikes into hits and deaths; of several killers of one target the one with the lowest cell_id is credited.

    taken (tumor rows,) int32: all 0, killer (tumor rows,) int64: all NEVER, on entry and on return. divides (n,)
    uint8: set for a T cell credited with a kill. Hits are counted before they are added to the fading damage, so that
    the order of attackers cannot matter.
    """
    count = 0
    for target in struck:
        count += target >= 0
    strikers = np.empty(count, dtype=np.int64)  # few of all, and the only ones that the rest looks at
    filled = 0
    for i in range(struck.size):
        if struck[i] >= 0:
            strikers[filled] = i
            filled += 1
    for i in strikers:
        if state[struck[i]] < DYING and kind[i] == CTL:
            taken[struck[i]] += hits[i]
    for i in strikers:
        target = struck[i]
        if taken[target] > 0:
            damage[target] = damage[target] * np.float32(
                math.exp(-repair_rate * (now - damage_hour[target]))
            ) + np.float32(taken[target])
            damage_hour[target] = now
            taken[target] = 0
    for i in strikers:
        target = struck[i]
        if state[target] < DYING and (kind[i] == NK or damage[target] >= lethal_damage):
            killer[target] = min(killer[target], cell_id[i])
    for i in strikers:
        target = struck[i]
        if killer[target] == cell_id[i]:
            state[target] = APOPTOTIC
            cause[target] = NK_KILL if kind[i] == NK else CTL_KILL
            kills[i] += 1
            if kind[i] == NK:
                kills_left[i] -= 1
            else:
                divides[i] = 1
    for i in strikers:
        killer[struck[i]] = NEVER
