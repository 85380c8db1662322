"""Reading one cell: what it is, and every trait that its table declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from immune_sim.app.dashboard.engine.follow import Story
from immune_sim.app.dashboard.words import spoken, unit_shown
from immune_sim.core.cells import CellTable, Column
from immune_sim.core.codes import CAUSES, DYING, KINDS, STATES
from immune_sim.model.layers import Kind, trait_values

HIDDEN = {"cell_id", "site", "state", "kind", "lineage", "target_site", "heading"}
OF_THE_DYING = {"cause", "hours_dying"}
FIRST = ("receptor_level", "set_point", "signal", "bound_fraction")
WORDS = {"cause": CAUSES}
YES_NO = {"can_kill", "engaged"}
TUMOR, IMMUNE = "tumor", "immune"


@dataclass(frozen=True)
class Trait:
    """One line of a card: name, value with unit as text, meaning."""

    name: str
    value: str
    about: str


@dataclass(frozen=True)
class Card:
    """One cell. table: "tumor" or "immune"; with cell_id it names the cell for good.

    gone: not in the tissue at this hour, before it came or after it died. side: where the card hides least. followed:
    whether its way is drawn and its story told. fate: when it died and of what, or that it is not there yet; "" while
    it lives. looking: the hour up to which its past was found out, -1 when that is done.
    """

    table: str
    cell_id: int
    title: str
    traits: tuple[Trait, ...]
    gone: bool = False
    side: Literal["left", "right"] = "right"
    followed: bool = False
    fate: str = ""
    story: Story | None = None
    looking: int = -1


def cell_at(tissue: Any, site: int) -> tuple[str, int] | None:
    """(table, cell_id) of the cell on a flat lattice site; the immune layer lies on top. None where there is none."""
    for name, at in ((IMMUNE, tissue.lattice.immune_at), (TUMOR, tissue.lattice.tumor_at)):
        row = int(at[site])
        if row >= 0:
            return name, int(getattr(tissue, name)["cell_id"][row])
    return None


def read_cell(tissue: Any, name: str, cell_id: int) -> tuple[Card, int]:
    """The card of a cell and the flat lattice site it is on.

    Raises CellError where the cell is no longer in the tissue.
    """
    table: CellTable = getattr(tissue, name)
    row = table.row_of(cell_id)
    dying = name == TUMOR and int(table["state"][row]) >= DYING
    traits = tuple(
        Trait(spoken(column.name), _text(column, table[column.name][row]), column.about)
        for column in _shown(table, dying)
        if column.name != "damage_hour" or table["damage"][row] > 0  # of a cell that was never hit it says nothing
    )
    return Card(name, cell_id, _title(name, table, row), traits), int(table["site"][row])


def absent(name: str, cell_id: int, last: Card | None) -> Card:
    """The card of a cell that is not in the tissue: it has no traits at this hour. last: its card before, if any."""
    title = "Tumor cell" if name == TUMOR else "Immune cell"
    return Card(name, cell_id, title if last is None else last.title.partition(",")[0], (), gone=True)


def summary(tissue: Any, site: int) -> list[str]:
    """What lies on a flat lattice site, in a few short lines for the tip beside the pointer."""
    lines = []
    found = cell_at(tissue, site)
    if found is not None:
        name, cell_id = found
        table: CellTable = getattr(tissue, name)
        row = table.row_of(cell_id)
        lines = [
            _title(name, table, row),
            f"receptors {_number(table['receptor_level'][row])}, signal {_number(table['signal'][row])}",
        ]
        below = int(tissue.lattice.tumor_at[site])
        if name == IMMUNE and below >= 0:
            lines.append(f"on a tumor cell, {STATES[int(tissue.tumor['state'][below])]}")
        else:
            lines.append("click to read and follow it")
    return lines


def trait_at(tissue: Any, flat: int, chosen: Kind) -> list[str]:
    """The value by which the cell on a flat lattice site is colored, as one line; none where there is no such cell."""
    for name in (IMMUNE, TUMOR):
        row = int(getattr(tissue.lattice, f"{name}_at")[flat])
        if row >= 0 and chosen.cells in {name, "all"}:
            table = getattr(tissue, name)
            value = trait_values(tissue, table, chosen.trait)[row]
            unit = "" if chosen.unit in chosen.title.lower() else unit_shown(chosen.unit)
            return [f"{chosen.title} {_number(value)} {unit}".strip()]
    return []


def _shown(table: CellTable, dying: bool) -> list[Column]:
    hidden = HIDDEN if dying else HIDDEN | OF_THE_DYING
    columns = [column for column in table.declared.values() if column.name not in hidden]
    return sorted(columns, key=lambda column: FIRST.index(column.name) if column.name in FIRST else len(FIRST))


def _title(name: str, table: CellTable, row: int) -> str:
    if name == TUMOR:
        return f"Tumor cell, {STATES[int(table['state'][row])]}"
    title = KINDS[int(table["kind"][row])]
    return (title[0].upper() + title[1:]) + (", in contact" if table["engaged"][row] else "")


def _text(column: Column, value: Any) -> str:
    if column.name in WORDS:
        return spoken(WORDS[column.name][int(value)])
    if column.name in YES_NO:
        return "yes" if value else "no"
    return f"{_number(value)} {unit_shown(column.unit)}".strip()


def _number(value: Any) -> str:
    if isinstance(value, (np.integer, int)):
        return f"{int(value):,}"
    return f"{float(value):.3g}"
