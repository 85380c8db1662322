"""The tissue at time zero: vessels, founders of the tumor, resident NK cells, and the fields they make."""

from __future__ import annotations

import numpy as np

from immune_sim.core.cells import CellTable
from immune_sim.core.codes import CTL, NK
from immune_sim.core.random import IMMUNE_TRAITS, INOCULUM, NK_START, VESSELS, uniforms
from immune_sim.mechanisms import heredity, inoculum, recruitment
from immune_sim.mechanisms.receptors import Receptors
from immune_sim.model.state import Tissue


def populate(tissue: Tissue) -> None:
    """Fill an empty tissue as the scenario says. Places are drawn once per site, so that arms start alike."""
    lattice, start = tissue.lattice, tissue.p.inoculum
    vessels = min(lattice.sites, round(start.vessel_density * lattice.area))
    tissue.vessels = lattice.interior[inoculum.any_sites(vessels, _luck(tissue, VESSELS))]
    tissue.fields.set_vessels(tissue.vessels)
    _place_tumor(tissue)
    sites = lattice.interior[np.argsort(_luck(tissue, NK_START), kind="stable")]
    nk = min(lattice.sites, round(tissue.p.recruitment.nk_density * lattice.area))
    ctl = min(lattice.sites - nk, round(tissue.p.recruitment.ctl_density * lattice.area))
    for kind, places in ((NK, np.sort(sites[:nk])), (CTL, np.sort(sites[nk : nk + ctl]))):
        rows = place_immune(tissue, kind, places, places.astype(np.uint64))
        tissue.immune["hours_since_arrival"][rows] = tissue.p.recruitment.nk_life  # residents, long since arrived
    tissue.fields.update(tissue)


def _luck(tissue: Tissue, decision: int) -> np.ndarray:
    return inoculum.site_luck(decision, tissue.lattice.sites, int(tissue.seed))


def _place_tumor(tissue: Tissue) -> None:
    lattice, start = tissue.lattice, tissue.p.inoculum
    count = min(start.tumor_cells, lattice.sites)
    luck = _luck(tissue, INOCULUM)
    if start.placement == "disc":
        places = inoculum.middle_sites(lattice.coordinates(lattice.interior), lattice.shape, count, start.fill, luck)
    else:
        places = inoculum.any_sites(count, luck)
    sites = lattice.interior[places]
    place_tumor(tissue, sites, sites.astype(np.uint64))


def place_tumor(tissue: Tissue, sites: np.ndarray, lineages: np.ndarray) -> slice:
    """Put founder cells with these lineages on these free sites; each begins a clone of its own. Returns their rows."""
    tumor, traits = tissue.tumor, tissue.p.heredity
    rows = _add(tissue, tumor, sites, lineages)
    tumor["clone"][rows] = np.arange(tissue.founders, tissue.founders + len(sites))
    tissue.founders += len(sites)
    for name in ("antigenicity", "mhc", "pdl1"):
        tumor[name][rows] = getattr(traits, name)
    tissue.lattice.tumor_at[sites] = np.arange(rows.start, rows.stop)
    return rows


def place_immune(tissue: Tissue, kind: int, sites: np.ndarray, lineages: np.ndarray) -> slice:
    """Put immune cells of one kind on these free sites, with these lineages. Returns their rows."""
    immune, nk = tissue.immune, tissue.p.nk
    rows = _add(tissue, immune, sites, lineages * np.uint64(4) + np.uint64(kind + 1))
    recruitment.endow(
        rows.start,
        rows.stop,
        tissue.seed,
        kind == NK,
        np.float32(nk.killers),
        nk.capacity,
        immune["kind"],
        immune["lineage"],
        immune["can_kill"],
        immune["kills_left"],
    )
    luck = uniforms(IMMUNE_TRAITS, 0, immune["lineage"][rows], int(tissue.seed))
    immune["heading"][rows] = luck[:, 1] * len(tissue.lattice.offsets)  # they come from any side
    tissue.lattice.immune_at[sites] = np.arange(rows.start, rows.stop)
    return rows


def _add(tissue: Tissue, table: CellTable, sites: np.ndarray, lineages: np.ndarray) -> slice:
    rows = table.append(len(sites))
    tissue.number(table, rows, len(sites))
    table["site"][rows] = sites
    table["lineage"][rows] = lineages
    receptors: Receptors = tissue.p.receptors
    spread = np.float32(tissue.p.heredity.set_point_spread)
    heredity.found(table["lineage"][rows], tissue.seed, spread, table["set_point"][rows], table["receptor_level"][rows])
    table["bound_fraction"][rows] = receptors.baseline_ligand / (1.0 + receptors.baseline_ligand)
    table["signal"][rows] = table["set_point"][rows]
    return rows
