"""The processes of one hour, each a function of the tissue; ``schedule`` says in which order they run."""

from __future__ import annotations

import numpy as np

from immune_sim.core.codes import CAUSES, CTL, NK
from immune_sim.core.random import ARRIVALS, uniforms
from immune_sim.core.rates import from_fixed, mean_factor
from immune_sim.mechanisms import death, exhaustion, heredity, killing, motility, proliferation, receptors, recruitment
from immune_sim.model import start
from immune_sim.model.state import Tissue

WORTH_TWO_THREADS = 2000  # immune cells from which moving them on two threads pays


def drug(tissue: Tissue) -> None:
    """Advance the drug through the hour; the blockade of a sub-step is that in its middle."""
    tissue.blockade[:] = tissue.drug.advance_in_steps(tissue.hour + 1.0, tissue.p.clock.substeps)


def host_receptors(tissue: Tissue) -> None:
    """Advance receptors and ligand of the host."""
    links = tissue.p.links
    tissue.ligand = tissue.host.advance(tissue.p.receptors, links.receptor_upregulation, links.ligand_upregulation, tissue.blockade)


def cell_receptors(tissue: Tissue) -> None:
    """Advance receptors and signal of every cell, and the ligand that tumor cells secrete."""
    c = tissue.constants
    for table in (tissue.tumor, tissue.immune):
        level, rest, local, bound, signal = (table[name] for name in ("receptor_level", "set_point", "ligand_local", "bound_fraction", "signal"))
        tissue.threads.over_rows(table.n, lambda lo, hi, a=level, b=rest, d=local, e=bound, f=signal: receptors.advance(lo, hi, tissue.blockade, tissue.ligand, c.receptors, a, b, d, e, f))
    tumor = tissue.tumor
    signal, output = tumor["signal"], tumor["ligand_output"]
    tissue.threads.over_rows(tumor.n, lambda lo, hi: receptors.advance_ligand(lo, hi, c.receptors, signal, output, tissue.p.clock.substeps))


def move(tissue: Tissue) -> None:
    """Move immune cells for one sub-step: those in every second slab, then those in the others."""
    lattice, immune, c, fields = tissue.lattice, tissue.immune, tissue.constants, tissue.fields
    if immune.n == 0:
        return
    near = tissue.scratch.get("near tumor", lattice.size, "uint8")
    order = tissue.scratch.get("order of moves", immune.n, "int64")
    if tissue.sub == 0:
        immune["hours_engaged"].fill(0.0)
        order[:] = np.argsort(immune["site"])
        tissue.contacts.near_tumor(near, tissue.threads)
    travel = int(np.ceil(c.hops.max())) + 1
    slab_of = lattice.slabs(lattice.shape[0] if tissue.p.space.well_mixed else 2 * travel + 2)
    slabs = int(slab_of[-1]) + 1
    starts, rows = np.empty(slabs + 1, dtype=np.int64), tissue.scratch.get("rows by slab", immune.n, "int64")
    motility.sort_into_slabs(slab_of, lattice.stride, order, immune["site"], starts, rows)
    place = (lattice.interior, lattice.offsets, lattice.wraps, lattice.home, lattice.tumor_at, lattice.immune_at, near, tissue.tumor["state"])
    columns = tuple(immune[name] for name in ("kind", "lineage", "exhaustion", "site", "heading", "engaged", "target_site", "hours_engaged"))
    dt, forward = np.float32(tissue.p.clock.dt), bool((tissue.hour + tissue.sub) % 2 == 0)
    which = np.arange(slabs)
    alone = tissue.threads.count == 1 or immune.n < WORTH_TWO_THREADS
    for part in (np.concatenate((which[0::2], which[1::2])),) if alone else (which[0::2], which[1::2]):
        tissue.threads.over_rows(
            len(part),
            lambda lo, hi, part=part: motility.move(part[lo:hi], starts, rows, forward, tissue.sub_tick, tissue.seed, dt, c.hops, c.motility, tissue.p.space.well_mixed, *place, fields.block, fields.toward, fields.pull, *columns),
            worth_it=len(part) + 1 if alone else 2,
        )


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
    actors = tuple(immune[name] for name in ("kind", "lineage", "signal", "can_kill", "kills_left", "hours_since_arrival", "exhaustion", "engaged", "target_site"))
    tissue.threads.over_rows(
        immune.n,
        lambda lo, hi: killing.strike(lo, hi, tissue.sub_tick, tissue.seed, dt, c.nk, c.ctl, c.kill_gains, c.bound, c.induction, fields.ifng, fields.block, tissue.lattice.tumor_at, *targets, *actors, struck, hits),
    )
    killer = tissue.scratch.get("killer", tumor.n, "int64", fill=killing.NEVER)
    taken = tissue.scratch.get("hits taken", tumor.n, "int32")
    now = np.float32(tissue.hour + tissue.sub * tissue.p.clock.dt)
    killing.resolve(now, c.repair_rate, c.lethal_damage, immune["kind"], immune["cell_id"], struck, hits, tumor["state"], tumor["cause"], tumor["damage"], tumor["damage_hour"], taken, killer, immune["kills"], immune["kills_left"], divides)


def die(tissue: Tissue) -> None:
    """Let tumor cells die without an attacker."""
    tumor, c, fields = tissue.tumor, tissue.constants, tissue.fields
    columns = tuple(tumor[name] for name in ("site", "lineage", "signal", "state", "cause"))
    tissue.threads.over_rows(tumor.n, lambda lo, hi: death.decide(lo, hi, tissue.tick, tissue.seed, c.death, c.apoptosis_gain, c.bound, fields.oxygen, fields.oxygen_block, *columns))


def divide(tissue: Tissue) -> None:
    """Let tumor cells divide: decide for all at once, then place daughters one after the other in the order of their draws."""
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
        lambda lo, hi: proliferation.decide(lo, hi, tissue.tick, tissue.seed, c.proliferation, c.proliferation_gain, c.bound, fields.oxygen, fields.oxygen_block, fields.ifng, fields.block, *columns, state, wish),
    )
    rows = np.flatnonzero(wish)
    if len(rows) == 0:
        return
    order = rows[np.lexsort((tumor["cell_id"][rows], wish[rows]))]
    tumor.reserve(len(order))
    whole = tumor.columns  # daughters are written behind the used rows
    mothers = np.empty(len(order), dtype=np.int64)
    born = proliferation.divide(order, tumor.n, tissue.tick, tissue.seed, depth, tissue.p.space.well_mixed, *around, lattice.interior, lattice.tumor_at, whole["site"], whole["lineage"], mothers)
    sites = whole["site"][tumor.n : tumor.n + born].copy()
    daughters = tumor.append(born)
    tumor["site"][daughters] = sites
    tissue.number(tumor, daughters, born)
    copied = tuple(tumor[name] for name in ("antigenicity", "mhc", "pdl1", "receptor_level", "signal", "bound_fraction", "ligand_output", "ligand_local"))
    heredity.inherit(mothers[:born], daughters.start, tissue.seed, c.heredity, copied, (tumor["clone"],), tumor["state"], tumor["lineage"], tumor["set_point"], tumor["generation"])
    tissue.tally("births", born)


def divide_t_cells(tissue: Tissue) -> None:
    """Let T cells divide that killed in this hour."""
    immune, lattice, c = tissue.immune, tissue.lattice, tissue.constants
    divides = tissue.scratch.get("divides", immune.n, "uint8")
    if immune.n == 0 or not divides.any():
        return
    recruitment.decide_divisions(tissue.tick, tissue.seed, c.division_probability, c.division_gain, c.bound, immune["lineage"], immune["signal"], immune["exhaustion"], divides)
    rows = np.flatnonzero(divides)
    divides.fill(0)
    if len(rows) == 0:
        return
    rows = rows[np.lexsort((immune["cell_id"][rows], immune["lineage"][rows]))]
    immune.reserve(len(rows))
    whole = immune.columns
    mothers = np.empty(len(rows), dtype=np.int64)
    born = recruitment.place_daughters(rows, immune.n, tissue.tick, tissue.seed, lattice.offsets, lattice.home, lattice.immune_at, whole["site"], whole["lineage"], mothers)
    kept = {name: whole[name][immune.n : immune.n + born].copy() for name in ("site", "lineage")}
    daughters = immune.append(born)
    for name in ("kind", "receptor_level", "set_point", "ligand_local", "bound_fraction", "signal", "exhaustion", "heading", "can_kill"):
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
    tissue.threads.over_rows(immune.n, lambda lo, hi: exhaustion.advance(lo, hi, c.keep_engaged, c.keep_free, *aging))
    tissue.threads.over_rows(immune.n, lambda lo, hi: recruitment.decide_exits(lo, hi, tissue.tick, tissue.seed, *c.exit_rates, immune["kind"], immune["lineage"], leaves))
    rows = np.flatnonzero(leaves)
    if len(rows):
        tissue.tally("nk_exits", int(np.count_nonzero(immune["kind"][rows] == NK)))
        tissue.tally("ctl_exits", int(np.count_nonzero(immune["kind"][rows] == CTL)))
        tissue.remove(immune, rows)


def prime(tissue: Tissue) -> None:
    """Advance the lymph node with the antigen released in the last hour."""
    tissue.ctl_influx = tissue.node.advance(tissue.p.priming, tissue.released)


def recruit(tissue: Tissue) -> None:
    """Let NK cells and T cells arrive through the vessels."""
    p, links = tissue.p.recruitment, tissue.p.links
    words = uniforms(ARRIVALS, int(tissue.tick), np.zeros(1, dtype=np.uint64), int(tissue.seed))[0]
    usual = {NK: p.nk_density * tissue.lattice.area / p.nk_life, CTL: tissue.ctl_influx}
    gains = {NK: links.nk_recruitment, CTL: links.ctl_recruitment}
    if len(tissue.vessels) == 0:
        return
    lattice = tissue.lattice
    for kind, name in ((NK, "nk"), (CTL, "ctl")):
        factor = float(mean_factor(gains[kind], tissue.host.signal, links.factor_bound)) if gains[kind] else 1.0
        count = recruitment.arrivals(usual[kind] * factor, float(words[kind]))
        if count == 0:
            continue
        sites, lineages = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.uint64)
        placed = recruitment.enter(count, tissue.tick, kind, tissue.seed, tissue.vessels, lattice.offsets, lattice.home, lattice.immune_at, sites, lineages)
        start.place_immune(tissue, kind, sites[:placed], lineages[:placed])
        tissue.tally(f"{name}_arrivals", placed)
        tissue.tally("arrivals_turned_away", count - placed)


def clear(tissue: Tissue) -> None:
    """Age dying cells, count the dead of this hour, and clear those whose time is over."""
    tumor = tissue.tumor
    cleared = tissue.scratch.get("cleared", tumor.n, "uint8")
    parts = tissue.scratch.zeros("deaths", (tissue.threads.count, 6))
    times = (np.float32(tissue.p.death.apoptotic_time), np.float32(tissue.p.death.necrotic_time))
    columns = tuple(tumor[name] for name in ("state", "cause", "antigenicity", "hours_dying"))
    tissue.threads.over_rows_in_parts(tumor.n, lambda part, lo, hi: death.age_the_dying(lo, hi, *times, *columns, cleared, parts[part]))
    counts = parts.sum(axis=0)
    tissue.released = from_fixed(int(counts[5]))
    for code, name in enumerate(CAUSES[1:], start=1):
        tissue.tally(f"deaths_{name}", int(counts[code]))
    tissue.tally("deaths_other", int(counts[0]))
    rows = np.flatnonzero(cleared)
    if len(rows):
        tissue.remove(tumor, rows)
        tissue.tally("cleared", len(rows))


def update_fields(tissue: Tissue) -> None:
    """Solve the fields for the cells as they are now and let every cell read the ligand at its place."""
    tissue.fields.update(tissue)
