"""Tumor cells: death, division and clearance."""

from __future__ import annotations

import numpy as np

from immune_sim.core.codes import CAUSES
from immune_sim.core.rates import from_fixed
from immune_sim.mechanisms import death, heredity, proliferation
from immune_sim.model.state import Tissue


def die(tissue: Tissue) -> None:
    """Let tumor cells die without an attacker."""
    tumor, c, fields = tissue.tumor, tissue.constants, tissue.fields
    columns = tuple(tumor[name] for name in ("site", "lineage", "signal", "state", "cause"))
    tissue.threads.over_rows(
        tumor.n,
        lambda lo, hi: death.decide(
            lo,
            hi,
            tissue.tick,
            tissue.seed,
            c.death,
            c.apoptosis_gain,
            c.bound,
            fields.oxygen,
            fields.oxygen_block,
            *columns,
        ),
        cost=8,
    )


def divide(tissue: Tissue) -> None:
    """Let tumor cells divide: decide for all at once, then place daughters one by one in the order of their draws."""
    tumor, lattice, c, fields = tissue.tumor, tissue.lattice, tissue.constants, tissue.fields
    wish = tissue.scratch.get("wish", tumor.n, "uint32")
    room = tissue.scratch.get("room", lattice.size, "uint8")
    tissue.places.room(room, tissue.threads)
    columns = (*(tumor[name] for name in ("site", "lineage", "signal")), room)
    depth = tissue.p.proliferation.push_depth
    around = (lattice.offsets, lattice.wraps, lattice.home)
    state = tumor["state"]
    tissue.threads.over_rows(
        tumor.n,
        lambda lo, hi: proliferation.decide(
            lo,
            hi,
            tissue.tick,
            tissue.seed,
            c.proliferation,
            c.proliferation_gain,
            c.bound,
            fields.oxygen,
            fields.oxygen_block,
            fields.ifng,
            fields.block,
            *columns,
            state,
            wish,
        ),
        cost=7,
    )
    rows = np.flatnonzero(wish)
    if len(rows) == 0:
        return
    order = rows[np.lexsort((tumor["cell_id"][rows], wish[rows]))]
    tumor.reserve(len(order))
    whole = tumor.columns  # daughters are written behind the used rows
    mothers = np.empty(len(order), dtype=np.int64)
    born = proliferation.divide(
        order,
        tumor.n,
        tissue.tick,
        tissue.seed,
        depth,
        tissue.p.space.well_mixed,
        *around,
        lattice.interior,
        lattice.tumor_at,
        whole["site"],
        whole["lineage"],
        mothers,
    )
    sites = whole["site"][tumor.n : tumor.n + born].copy()
    daughters = tumor.append(born)
    tumor["site"][daughters] = sites
    tissue.number(tumor, daughters, born)
    copied = tuple(
        tumor[name]
        for name in (
            "antigenicity",
            "mhc",
            "pdl1",
            "receptor_level",
            "signal",
            "bound_fraction",
            "ligand_output",
            "ligand_local",
        )
    )
    heredity.inherit(
        mothers[:born],
        daughters.start,
        tissue.seed,
        c.heredity,
        copied,
        (tumor["clone"],),
        tumor["state"],
        tumor["lineage"],
        tumor["set_point"],
        tumor["generation"],
    )
    tissue.tally("births", born)


def clear(tissue: Tissue) -> None:
    """Age dying cells, count the dead of this hour, and clear those whose time is over."""
    tumor = tissue.tumor
    cleared = tissue.scratch.get("cleared", tumor.n, "uint8")
    parts = tissue.scratch.zeros("deaths", (tissue.threads.count, 6))
    times = (np.float32(tissue.p.death.apoptotic_time), np.float32(tissue.p.death.necrotic_time))
    columns = tuple(tumor[name] for name in ("state", "cause", "antigenicity", "hours_dying"))
    tissue.threads.over_rows_in_parts(
        tumor.n, lambda part, lo, hi: death.age_the_dying(lo, hi, *times, *columns, cleared, parts[part]), cost=2
    )
    counts = parts.sum(axis=0)
    tissue.released = from_fixed(int(counts[5]))
    for code, name in enumerate(CAUSES[1:], start=1):
        tissue.tally(f"deaths_{name}", int(counts[code]))
    tissue.tally("deaths_other", int(counts[0]))
    rows = np.flatnonzero(cleared)
    if len(rows):
        tissue.remove(tumor, rows)
        tissue.tally("cleared", len(rows))
