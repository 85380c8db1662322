"""Why two arms part: the first quantity that differs, and the first cell that does something else, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from immune_sim.app.dashboard.engine.divergence import matched
from immune_sim.app.dashboard.replay import clock
from immune_sim.app.dashboard.words import spoken
from immune_sim.core.cells import CellTable
from immune_sim.core.codes import CAUSES, DYING, KINDS, STATES

# Outcomes in the order in which one leads to the next: of those that differ from the same hour on, the first is named.
CAUSING = {  # outcome: words, unit
    "drug_concentration": ("drug in plasma", "nM"),
    "blockade": ("blockade", "times that of half of the receptors"),
    "ligand_systemic": ("ligand", "times rest"),
}
MEANS = {  # over cells: once the cells are others, such a difference is no cause
    "signal_mean": ("mean signal", "times rest"),
    "receptor_mean": ("mean receptor level", "times rest"),
    "exhaustion_mean": ("mean exhaustion", ""),
    "node_effectors": ("T cells in the lymph node", ""),
    "oxygen_mean": ("mean oxygen", "mmHg"),
    "ifng_mean": ("IFN-gamma", ""),
}
TRAITS = {  # of a cell: words, unit
    "signal": ("signal", "times rest"),
    "receptor_level": ("receptor level", "times rest"),
    "antigenicity": ("antigenicity", ""),
    "mhc": ("MHC-I", ""),
}
DIGITS = range(3, 10)


@dataclass(frozen=True)
class Event:
    """A cell that does something in one arm and not in the other.

    what: in words, with {0} for the arm that does it and {1} for the other. rows: of the cell in the first and in the
    second arm, -1 where it is not there. forward: whether {0} is the first.
    """

    table: str
    rows: tuple[int, int]
    what: str
    forward: bool = True


@dataclass
class Watch:
    """Compares two models hour by hour. quantity, cell: the sentences found so far, "" while nothing differs.

    seen: the hour of the last look. cell_id: (table, cell_id in the first, cell_id in the second) of the cell of the
    sentence, -1 where it is not there.
    """

    names: tuple[str, str] = ("A", "B")
    quantity: str = ""
    cell: str = ""
    cell_id: tuple[str, int, int] | None = None
    seen: float = -1.0

    @property
    def done(self) -> bool:
        """Whether there is nothing more to find."""
        return bool(self.cell)

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        if not self.quantity and not self.cell:
            return "No difference so far: the same, cell by cell."
        if not self.cell:
            return f"{self.quantity} So far every cell does the same."
        return f"{self.quantity} {self.cell}".strip()  # in the order in which it came about

    def look(self, first: Any, second: Any) -> None:
        """Compare two models that stand at the same hour; called every hour, until ``done``."""
        if self.done:
            return
        self.seen = float(first.time)
        found = next(events(first.tissue, second.tissue), None)
        if not self.quantity:
            self.quantity = self._differing_quantity(first, second, CAUSING if found else CAUSING | MEANS)
        if found is not None:
            self.cell = self._said(found, first, second)
            self.cell_id = (found.table, *_ids(found, first, second))

    def _differing_quantity(self, first: Any, second: Any, among: dict[str, tuple[str, str]]) -> str:
        one, other = first.recorder.latest, second.recorder.latest
        for name, (words, unit) in among.items():
            a, b = float(one[name]), float(other[name])
            if a != b and not (np.isnan(a) and np.isnan(b)):
                values = _told_apart(a, b, self.names, unit)
                return f"{words[0].upper()}{words[1:]} differs since {clock(first.time)}: {values}."
        return ""

    def _said(self, event: Event, first: Any, second: Any) -> str:
        names = self.names if event.forward else self.names[::-1]
        one, other = (getattr(each.tissue, event.table) for each in (first, second))
        number = next(each for each in _ids(event, first, second) if each >= 0)
        who = "tumor cell" if event.table == "tumor" else _kind(event, one, other)
        head = f"First cell, {clock(first.time)}: {who} {number} {event.what.format(*names)}"
        return f"{head}{self._trait(event, one, other)}."

    def _trait(self, event: Event, one: CellTable, other: CellTable) -> str:
        """The trait of the cell that differs most between the arms."""
        if min(event.rows) < 0 or event.table != "tumor":
            return ""
        pairs = {name: (float(one[name][event.rows[0]]), float(other[name][event.rows[1]])) for name in TRAITS}
        name, (a, b) = max(pairs.items(), key=lambda item: abs(item[1][0] - item[1][1]) / (abs(item[1][0]) + 1e-12))
        if a == b:
            return "; its receptors and signal are the same, the change acts by itself"
        words, unit = TRAITS[name]
        return f"; its {words}: {_told_apart(a, b, self.names, unit)}"


def events(first: Any, second: Any) -> Iterator[Event]:
    """The cells that do something else in two tissues, the weightiest first, of each sort the lowest number."""
    tumor, twin = first.tumor, second.tumor
    rows = matched(tumor, twin)
    yield from _divisions(tumor, twin, rows)
    yield from _states(tumor, twin, rows)
    immune, other = first.immune, second.immune
    pairs = matched(immune, other)
    yield from _only(immune, other, pairs, "immune")
    yield from _only(tumor, twin, rows, "tumor")
    yield from _places(tumor, twin, rows, "tumor", "lies elsewhere in {0} than in {1}")
    yield from _places(immune, other, pairs, "immune", "goes elsewhere in {0} than in {1}")


def _divisions(one: CellTable, other: CellTable, rows: Any) -> Iterator[Event]:
    both = np.flatnonzero(rows >= 0)
    more = one["generation"][both].astype(np.int64) - other["generation"][rows[both]]
    for at in _by_number(one, both[more != 0]):
        forward = int(one["generation"][at]) > int(other["generation"][rows[at]])
        yield Event("tumor", (at, int(rows[at])), "divides in {0}, not in {1}", forward)


def _states(one: CellTable, other: CellTable, rows: Any) -> Iterator[Event]:
    both = np.flatnonzero(rows >= 0)
    states = one["state"][both], other["state"][rows[both]]
    dying = states[0] >= DYING, states[1] >= DYING
    for at in _by_number(one, both[dying[0] != dying[1]]):
        twin = int(rows[at])
        forward = int(one["state"][at]) >= DYING
        cause = int(one["cause"][at] if forward else other["cause"][twin])
        words = f" ({spoken(CAUSES[cause])})" if cause else ""
        yield Event("tumor", (at, twin), f"dies in {{0}}{words}, not in {{1}}", forward)
    for at in _by_number(one, both[states[0] != states[1]]):
        names = STATES[int(one["state"][at])], STATES[int(other["state"][rows[at]])]
        yield Event("tumor", (at, int(rows[at])), f"is {names[0]} in {{0}} and {names[1]} in {{1}}")


def _only(one: CellTable, other: CellTable, rows: Any, table: str) -> Iterator[Event]:
    there = np.ones(other.n, dtype=bool)
    there[rows[rows >= 0]] = False
    for at in _by_number(one, np.flatnonzero(rows < 0)):
        yield Event(table, (at, -1), "is in {0}, not in {1}")
    for at in _by_number(other, np.flatnonzero(there)):
        yield Event(table, (-1, at), "is in {0}, not in {1}", False)


def _places(one: CellTable, other: CellTable, rows: Any, table: str, what: str) -> Iterator[Event]:
    both = np.flatnonzero(rows >= 0)
    for at in _by_number(one, both[one["site"][both] != other["site"][rows[both]]]):
        yield Event(table, (at, int(rows[at])), what)


def _by_number(table: CellTable, rows: Any) -> list[int]:
    """The row of the lowest cell_id among these, if any; nobody reads of a second one."""
    return [int(rows[np.argmin(table["cell_id"][rows])])] if len(rows) else []


def _ids(event: Event, first: Any, second: Any) -> tuple[int, int]:
    tables = (getattr(each.tissue, event.table) for each in (first, second))
    a, b = (int(table["cell_id"][row]) if row >= 0 else -1 for table, row in zip(tables, event.rows, strict=True))
    return a, b


def _kind(event: Event, one: CellTable, other: CellTable) -> str:
    table, row = (one, event.rows[0]) if event.rows[0] >= 0 else (other, event.rows[1])
    return KINDS[int(table["kind"][row])]


def _told_apart(a: float, b: float, names: tuple[str, str], unit: str) -> str:
    """A number of each arm with its unit, with as many digits as tell them apart."""
    for digits in DIGITS:
        shown = f"{a:.{digits}g}", f"{b:.{digits}g}"
        if shown[0] != shown[1]:
            break
    in_unit = f" {unit}" if unit else ""
    return f"{shown[0]}{in_unit} in {names[0]}, {shown[1]}{in_unit} in {names[1]}"
