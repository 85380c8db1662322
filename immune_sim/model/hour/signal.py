"""Drug, receptors and fields: what cells are exposed to in this hour."""

from __future__ import annotations

from immune_sim.core.cells import CellTable
from immune_sim.mechanisms import receptors
from immune_sim.model.state import Tissue


def drug(tissue: Tissue) -> None:
    """Advance the drug through the hour; the blockade of a sub-step is that in its middle."""
    tissue.blockade[:] = tissue.drug.advance_in_steps(tissue.hour + 1.0, tissue.p.clock.substeps)


def host_receptors(tissue: Tissue) -> None:
    """Advance receptors and ligand of the host."""
    links = tissue.p.links
    tissue.ligand = tissue.host.advance(
        tissue.p.receptors, links.receptor_upregulation, links.ligand_upregulation, tissue.blockade
    )


def cell_receptors(tissue: Tissue) -> None:
    """Advance receptors and signal of every cell, and the ligand that tumor cells secrete."""
    c = tissue.constants
    for table in (tissue.tumor, tissue.immune):
        _advance_receptors(tissue, table)
    tumor = tissue.tumor
    signal, output = tumor["signal"], tumor["ligand_output"]
    tissue.threads.over_rows(
        tumor.n, lambda lo, hi: receptors.advance_ligand(lo, hi, c.receptors, signal, output, tissue.p.clock.substeps)
    )


def _advance_receptors(tissue: Tissue, table: CellTable) -> None:
    names = ("receptor_level", "set_point", "ligand_local", "bound_fraction", "signal")
    columns, constants = tuple(table[name] for name in names), tissue.constants.receptors
    tissue.threads.over_rows(
        table.n, lambda lo, hi: receptors.advance(lo, hi, tissue.blockade, tissue.ligand, constants, *columns)
    )


def update_fields(tissue: Tissue) -> None:
    """Solve the fields for the cells as they are now and let every cell read the ligand at its place."""
    tissue.fields.update(tissue)
