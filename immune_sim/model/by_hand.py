"""Changes of cells from outside of the kernels: checked first, so that the tissue stays sound, and counted apart.

Kernels trust every number they read. What a person or an own mechanism writes through agents is therefore held against
the declaration of its column, and a place against the lattice. Cells added and removed here appear in the outcomes
``tumor_by_hand``, ``nk_by_hand`` and ``ctl_by_hand``, so that the books of an hour still close.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from immune_sim.core.cells import CellTable, Column
from immune_sim.core.codes import APOPTOTIC, CTL, DYING, NK
from immune_sim.core.errors import CellAttributeError, CellError
from immune_sim.core.lattice import EMPTY, Lattice
from immune_sim.core.random import BY_HAND, draw
from immune_sim.model import start
from immune_sim.model.state import IMMUNE_ID, TUMOR_ID, Tissue
from immune_sim.scenario.hints import did_you_mean

NAMES = {None: "tumor cell", NK: "NK cell", CTL: "cytotoxic T cell"}
TALLIES = {None: "tumor", NK: "nk", CTL: "ctl"}


def column_of(table: CellTable, name: str, owner: str, extra: Iterable[str] = (), remedy: str = "") -> Column:
    """The declaration of a column; raises CellAttributeError with the nearest name.

    owner: whose column it would be, for the message. extra: further names that are known. remedy: what to do, where
    that is not to write another name.
    """
    if name in table.declared:
        return table.declared[name]
    known = [*table.declared, *sorted(extra)]
    what_to_do = remedy or did_you_mean(name, known, "It has " + ", ".join(known) + ".")
    raise CellAttributeError(f'no attribute "{name}" in {owner}. {what_to_do}')


def fitting(column: Column, given: Any, n: int | None = None) -> np.ndarray:
    """What is written to a column, as an array of its type: () for one value, (n,) where n values may be given.

    Raises CellError if the column is not for writing, or a value is not a number in the column's range and type.
    """
    if not column.writable:
        raise CellError(
            f"{column.name} ({column.about}) cannot be written: the tissue keeps it. {_instead(column)}".strip()
        )
    values = np.asarray(given)
    if values.ndim and values.shape != (n,):
        wanted = "one number" if n is None else f"one number or {n} of them"
        raise CellError(f"{column.name}: an array of shape {values.shape} does not fit. Give {wanted}.")
    allowed = f"a number from {column.low:g} to {column.high:g}"
    if values.dtype.kind not in "biuf":
        raise CellError(f"{column.name} = {_shown(given)} is not a number. Give {allowed}.")
    wrong = ~((values >= column.low) & (values <= column.high))  # also true for nan
    if wrong.any():
        raise CellError(f"{column.name} = {values[wrong][0].item()!r} is out of range. Give {allowed}.")
    if np.dtype(column.dtype).kind in "iu" and (values != np.floor(values)).any():
        raise CellError(
            f"{column.name} = {values[values != np.floor(values)][0].item()!r} is not a whole number. Give {allowed}."
        )
    return values.astype(column.dtype)


def sites_of(lattice: Lattice, positions: Any) -> np.ndarray:
    """Flat sites (n,) int32 of positions (n, dims) in the order of lattice.shape; CellError for those outside."""
    given = np.asarray(positions)
    axes = ("row", "column") if lattice.dims == 2 else ("layer", "row", "column")
    if given.ndim != 2 or given.shape[1] != lattice.dims or given.dtype.kind not in "iu":
        raise CellError(f"position {_shown(positions)} does not fit. Give whole numbers ({', '.join(axes)}).")
    outside = ((given < 0) | (given >= np.array(lattice.shape))).any(axis=1)
    if outside.any():
        ranges = ", ".join(f"{axis} 0 to {extent - 1}" for axis, extent in zip(axes, lattice.shape, strict=True))
        raise CellError(f"position {_place(given[outside][0])} is outside of the tissue. It has {ranges}.")
    return lattice.site_of(given)


def add(tissue: Tissue, kind: int | None, positions: Any, values: Mapping[str, Any]) -> np.ndarray:
    """Put new cells on free sites and return their cell_ids (n,).

    kind: NK, CTL, or None for tumor cells, each of which founds a clone. positions (n, dims). values: column -> one
    value or n. Raises CellError, and then adds none, if a site is taken or outside, or a value does not fit.
    """
    _between_processes(tissue)
    table = tissue.tumor if kind is None else tissue.immune
    sites = sites_of(tissue.lattice, positions)
    _all_free(tissue, kind, sites)
    written = {
        name: fitting(column_of(table, name, f"a {NAMES[kind]}"), value, len(sites)) for name, value in values.items()
    }
    lineages = _new_lineages(tissue, TUMOR_ID if kind is None else IMMUNE_ID, len(sites))
    rows = (
        start.place_tumor(tissue, sites, lineages)
        if kind is None
        else start.place_immune(tissue, kind, sites, lineages)
    )
    for name, value in written.items():
        table[name][rows] = value
    _count(tissue, kind, len(sites))
    return table["cell_id"][rows].copy()


def remove(tissue: Tissue, table: CellTable, rows: np.ndarray) -> None:
    """Take the cells of these rows (unique) out of the tissue."""
    _between_processes(tissue)
    if table is tissue.tumor:
        _count(tissue, None, -len(rows))
    else:
        for kind in (NK, CTL):
            _count(tissue, kind, -int(np.count_nonzero(table["kind"][rows] == kind)))
    tissue.remove(table, rows)


def move(tissue: Tissue, table: CellTable, row: int, position: Any) -> None:
    """Put a cell on another free site, where an immune cell lets go of its target; CellError if it is not free."""
    _between_processes(tissue)
    kind = None if table is tissue.tumor else int(table["kind"][row])
    sites = sites_of(tissue.lattice, [position])
    at = _layer(tissue, kind)
    if sites[0] == table["site"][row]:
        return
    _all_free(tissue, kind, sites)
    at[table["site"][row]] = EMPTY
    at[sites[0]] = row
    table["site"][row] = sites[0]
    if kind is not None:
        table["engaged"][row] = 0


def kill(tissue: Tissue, rows: np.ndarray) -> None:
    """Let the living among these tumor cells die by apoptosis; the hour counts them as ``deaths_other``."""
    state = tissue.tumor["state"]
    state[rows] = np.where(state[rows] < DYING, APOPTOTIC, state[rows])


def _layer(tissue: Tissue, kind: int | None) -> np.ndarray:
    return tissue.lattice.tumor_at if kind is None else tissue.lattice.immune_at


def _all_free(tissue: Tissue, kind: int | None, sites: np.ndarray) -> None:
    taken = _layer(tissue, kind)[sites] != EMPTY
    unique, counts = np.unique(sites, return_counts=True)
    if taken.any() or (counts > 1).any():
        site = sites[taken][0] if taken.any() else unique[counts > 1][0]
        who = "a tumor cell" if kind is None else "an immune cell"
        by = f"holds {who}" if taken.any() else "is given twice"
        raise CellError(
            f"position {_place(tissue.lattice.coordinates(site))} {by}; there is room for one. "
            "Choose a free place, or remove the other cell first."
        )


def _new_lineages(tissue: Tissue, which: int, count: int) -> np.ndarray:
    """Addresses for the luck of new cells, unlike those of founders and daughters."""
    numbers = np.arange(tissue.next_number[which], tissue.next_number[which] + count, dtype=np.uint64)
    words = np.empty((count, 4), dtype=np.uint32)
    draw(words, BY_HAND, int(tissue.tick), numbers * np.uint64(2) + np.uint64(which), tissue.seed)
    return (words[:, 0].astype(np.uint64) << np.uint64(32)) | words[:, 1]


def _between_processes(tissue: Tissue) -> None:
    if tissue.in_substeps:  # motility and killing keep rows from one sub-step to the next
        raise CellError(
            "cells cannot be added, removed or moved inside the sub-steps of an hour. "
            "Do it in a process of the hour, or between hours."
        )


def _count(tissue: Tissue, kind: int | None, change: int) -> None:
    name = TALLIES[kind]
    tissue.by_hand[name] = tissue.by_hand.get(name, 0) + change


def _instead(column: Column) -> str:
    return {
        "site": "Use move_to(position).",
        "state": "To let a tumor cell die, use die().",
        "clone": "Every new TumorCell founds a clone.",
        "kind": "Create a NaturalKillerCell or a CytotoxicTCell.",
    }.get(column.name, "")


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."


def _place(coordinates: np.ndarray) -> str:
    return "(" + ", ".join(str(int(x)) for x in coordinates) + ")"
