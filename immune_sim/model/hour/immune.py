"""Immune cells in the tissue: search, strike, divide, tire and leave."""

from __future__ import annotations

from functools import partial

import numpy as np

from immune_sim.core.codes import CTL, NK
from immune_sim.core.lattice import in_order_of_sites
from immune_sim.mechanisms import exhaustion, killing, motility, recruitment
from immune_sim.model.state import Tissue

TIDY_EVERY = 6  # h, in which an immune cell seldom comes further than some ten sites


def move(tissue: Tissue) -> None:
    """Move immune cells for one sub-step: those in every second slab, then those in the others."""
    lattice, immune, c, fields = tissue.lattice, tissue.immune, tissue.constants, tissue.fields
    if immune.n == 0:
        return
    places = tissue.scratch.get("places", lattice.size, "uint8")
    order = tissue.scratch.get("order of moves", immune.n, "int64")
    if tissue.sub == 0:
        immune["hours_engaged"].fill(0.0)
        in_order_of_sites(lattice.immune_at, order)
        near = tissue.scratch.get("near tumor", lattice.size, "uint8")
        tissue.contacts.near_tumor(near, tissue.threads)
        layers = (near, lattice.tumor_at, lattice.immune_at)
        tissue.threads.over_rows(lattice.size, lambda lo, hi: motility.mark_places(lo, hi, *layers, places), cost=0.3)
    slabs = int(tissue.slab_of[-1]) + 1
    starts, rows = np.empty(slabs + 1, dtype=np.int64), tissue.scratch.get("rows by slab", immune.n, "int64")
    motility.sort_into_slabs(tissue.slab_of, lattice.stride, order, immune["site"], starts, rows)
    names = ("kind", "lineage", "exhaustion", "site", "heading", "engaged", "target_site", "hours_engaged")
    place = (
        lattice.interior,
        lattice.offsets,
        lattice.wraps,
        lattice.home,
        lattice.tumor_at,
        lattice.immune_at,
        places,
    )
    read = (tissue.tumor["state"], fields.block, fields.toward, fields.pull)
    columns = tuple(immune[name] for name in names)
    dt, forward = np.float32(tissue.p.clock.dt), bool((tissue.hour + tissue.sub) % 2 == 0)
    when = (forward, tissue.sub_tick, tissue.seed, dt)
    how = (c.hops, c.motility, tissue.p.space.well_mixed)

    def move_slabs(which: np.ndarray) -> None:
        motility.move(which, starts, rows, *when, *how, *place, *read, *columns)

    even, odd = np.arange(0, slabs, 2), np.arange(1, slabs, 2)
    if tissue.threads.count == 1:
        move_slabs(np.concatenate((even, odd)))
        return
    for which in (even, odd):
        shares = tissue.threads.even(np.diff(starts)[which])
        tissue.threads.together([partial(move_slabs, which[lo:hi]) for lo, hi in shares], cost=90.0 * immune.n)


def kill(tissue: Tissue) -> None:
    """Let engaged immune cells strike in this sub-step and settle what the strikes do."""
    tumor, immune, c, fields = tissue.tumor, tissue.immune, tissue.constants, tissue.fields
    if immune.n == 0 or tumor.n == 0:
        return
    struck, hits = tissue.scratch.get("struck", immune.n, "int32"), tissue.scratch.get("hits", immune.n, "int32")
    divides = tissue.scratch.get("divides", immune.n, "uint8")
    if tissue.sub == 0:
        divides.fill(0)
    dt = np.float32(tissue.p.clock.dt)
    targets = tuple(tumor[name] for name in ("mhc", "pdl1", "antigenicity"))
    actors = tuple(
        immune[name]
        for name in (
            "kind",
            "lineage",
            "signal",
            "can_kill",
            "kills_left",
            "hours_since_arrival",
            "exhaustion",
            "engaged",
            "target_site",
        )
    )
    tissue.threads.over_rows(
        immune.n,
        lambda lo, hi: killing.strike(
            lo,
            hi,
            tissue.sub_tick,
            tissue.seed,
            dt,
            c.nk,
            c.ctl,
            c.kill_gains,
            c.bound,
            c.induction,
            fields.ifng,
            fields.block,
            tissue.lattice.tumor_at,
            *targets,
            *actors,
            struck,
            hits,
        ),
        cost=25,
    )
    killer = tissue.scratch.get("killer", tumor.n, "int64", fill=killing.NEVER)
    taken = tissue.scratch.get("hits taken", tumor.n, "int32")
    now = np.float32(tissue.hour + tissue.sub * tissue.p.clock.dt)
    killing.resolve(
        now,
        c.repair_rate,
        c.lethal_damage,
        immune["kind"],
        immune["cell_id"],
        struck,
        hits,
        tumor["state"],
        tumor["cause"],
        tumor["damage"],
        tumor["damage_hour"],
        taken,
        killer,
        immune["kills"],
        immune["kills_left"],
        divides,
    )


def divide_t_cells(tissue: Tissue) -> None:
    """Let T cells divide that killed in this hour."""
    immune, lattice, c = tissue.immune, tissue.lattice, tissue.constants
    divides = tissue.scratch.get("divides", immune.n, "uint8")
    if immune.n == 0 or not divides.any():
        return
    recruitment.decide_divisions(
        tissue.tick,
        tissue.seed,
        c.division_probability,
        c.division_gain,
        c.bound,
        immune["lineage"],
        immune["signal"],
        immune["exhaustion"],
        divides,
    )
    rows = np.flatnonzero(divides)
    divides.fill(0)
    if len(rows) == 0:
        return
    rows = rows[np.lexsort((immune["cell_id"][rows], immune["lineage"][rows]))]
    immune.reserve(len(rows))
    whole = immune.columns
    mothers = np.empty(len(rows), dtype=np.int64)
    born = recruitment.place_daughters(
        rows,
        immune.n,
        tissue.tick,
        tissue.seed,
        lattice.offsets,
        lattice.home,
        lattice.immune_at,
        whole["site"],
        whole["lineage"],
        mothers,
    )
    kept = {name: whole[name][immune.n : immune.n + born].copy() for name in ("site", "lineage")}
    daughters = immune.append(born)
    for name in (
        "kind",
        "receptor_level",
        "set_point",
        "ligand_local",
        "bound_fraction",
        "signal",
        "exhaustion",
        "heading",
        "can_kill",
    ):
        immune[name][daughters] = immune[name][mothers[:born]]
    for name, values in kept.items():
        immune[name][daughters] = values
    tissue.number(immune, daughters, born)
    tissue.tally("ctl_births", born)


def age_immune_cells(tissue: Tissue) -> None:
    """Advance exhaustion and age, and let immune cells die or leave."""
    immune, c = tissue.immune, tissue.constants
    aging = tuple(immune[name] for name in ("kind", "hours_engaged", "exhaustion", "hours_since_arrival"))
    leaves = tissue.scratch.get("leaves", immune.n, "uint8")
    fate = (tissue.tick, tissue.seed, *c.exit_rates, immune["kind"], immune["lineage"], leaves)

    def age(first: int, end: int) -> None:
        exhaustion.advance(first, end, c.keep_engaged, c.keep_free, *aging)
        recruitment.decide_exits(first, end, *fate)

    tissue.threads.over_rows(immune.n, age, cost=15)
    rows = np.flatnonzero(leaves)
    if len(rows):
        tissue.tally("nk_exits", int(np.count_nonzero(immune["kind"][rows] == NK)))
        tissue.tally("ctl_exits", int(np.count_nonzero(immune["kind"][rows] == CTL)))
        tissue.remove(immune, rows)
    if tissue.hour % TIDY_EVERY == 0:
        tissue.tidy(immune)
