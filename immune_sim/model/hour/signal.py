"""Drug, receptors and fields: what cells are exposed to in this hour."""

from __future__ import annotations

from collections.abc import Callable

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
    tumor, constants, substeps = tissue.tumor, tissue.constants.receptors, tissue.p.clock.substeps
    signal, output = tumor["signal"], tumor["ligand_output"]
    advance_tumor, advance_immune = _advance(tissue, tumor), _advance(tissue, tissue.immune)

    def advance_tumor_and_ligand(first: int, end: int) -> None:
        advance_tumor(first, end)
        receptors.advance_ligand(first, end, constants, signal, output, substeps)

    tissue.threads.over_rows(tumor.n, advance_tumor_and_ligand, cost=2)
    tissue.threads.over_rows(tissue.immune.n, advance_immune, cost=2)


def _advance(tissue: Tissue, table: CellTable) -> Callable[[int, int], None]:
    names = ("receptor_level", "set_point", "ligand_local", "bound_fraction", "signal")
    columns = tuple(table[name] for name in names)
    host = (tissue.blockade, tissue.ligand, tissue.constants.receptors)
    return lambda first, end: receptors.advance(first, end, *host, *columns)


def update_fields(tissue: Tissue) -> None:
    """Solve the fields for the cells as they are now and let every cell read the ligand at its place."""
    tissue.fields.update(tissue)
