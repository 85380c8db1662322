"""Who belongs to a set of cells, and the rows they have now.

A set remembers cell_ids, because rows move. The rows are looked up when they are needed and kept until the layout of a
table changes. A set of all cells remembers nothing and reads whole columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from immune_sim.core.cells import CellTable, Column
from immune_sim.core.codes import CAUSES, CTL, KINDS, NK, STATES
from immune_sim.model import by_hand
from immune_sim.model.agents import CELL_TYPES, OF_KIND, CellAgent, TumorCell
from immune_sim.model.state import TUMOR_ID, Tissue

Rows = slice | np.ndarray
ONE_KIND = "Another kind of cell has it: take that one first, with select(agent_type=...)"


@dataclass(frozen=True, eq=False)
class Part:
    """The members in one table. rows: where they are in it; at: their places in the set; n: how many."""

    table: CellTable
    is_tumor: bool
    rows: Rows
    at: Rows
    n: int

    def read(self, name: str) -> np.ndarray:
        """A column of these members; a copy unless they are a whole table."""
        return self.table[name][self.rows]

    @property
    def owner(self) -> str:
        """Whose columns these are, for messages."""
        return "a tumor cell" if self.is_tumor else "an immune cell"


def _words(texts: tuple[str, ...], column: str) -> Callable[[Tissue, Part], np.ndarray]:
    return lambda _, part: np.array(texts)[part.read(column)]


# what agents have beside their columns, for a whole part at once
FAST: Mapping[str, tuple[str, Callable[[Tissue, Part], np.ndarray]]] = {  # name -> column it needs, function
    "unique_id": ("cell_id", lambda _, part: part.read("cell_id")),
    "position": ("site", lambda tissue, part: tissue.lattice.coordinates(part.read("site"))),
    "state_name": ("state", _words(STATES, "state")),
    "cause_name": ("cause", _words(CAUSES, "cause")),
    "kind_name": (
        "site",
        lambda tissue, part: (
            np.full(part.n, by_hand.NAMES[None]) if part.is_tumor else _words(KINDS, "kind")(tissue, part)
        ),
    ),
}


class Members:
    """Cells by cell_id (n,), or, where ids is None, all cells of these types at any time."""

    def __init__(self, tissue: Tissue, ids: np.ndarray | None, types: tuple[type[CellAgent], ...]):
        self._tissue = tissue
        self._ids = ids
        self._types = types
        self._known: tuple[tuple[int, int], tuple[Part, Part]] | None = None

    @property
    def is_live(self) -> bool:
        """Whether these are all cells of some types, now and later."""
        return self._ids is None

    @property
    def parts(self) -> tuple[Part, Part]:
        """The members among tumor cells and among immune cells, as they are now."""
        layouts = (self._tissue.tumor.layout, self._tissue.immune.layout)
        if self._known is None or self._known[0] != layouts:
            self._known = (layouts, self._all() if self._ids is None else self._some(self._ids))
        return self._known[1]

    def _all(self) -> tuple[Part, Part]:
        tumor, immune = self._tissue.tumor, self._tissue.immune
        n = tumor.n if TumorCell in self._types else 0
        kinds = [kind for kind, cells in OF_KIND.items() if cells in self._types]
        rows = slice(0, immune.n) if len(kinds) == len(OF_KIND) else np.flatnonzero(np.isin(immune["kind"], kinds))
        m = immune.n if isinstance(rows, slice) else len(rows)
        return Part(tumor, True, slice(0, n), slice(0, n), n), Part(immune, False, rows, slice(n, n + m), m)

    def _some(self, ids: np.ndarray) -> tuple[Part, Part]:
        of_tumor = ids % 2 == TUMOR_ID
        rows = np.where(of_tumor, self._tissue.tumor.rows_of(ids), self._tissue.immune.rows_of(ids))
        there = rows >= 0
        if not there.all():
            ids, of_tumor, rows = ids[there], of_tumor[there], rows[there]
            self._ids = ids
        at, others = np.flatnonzero(of_tumor), np.flatnonzero(~of_tumor)
        return Part(self._tissue.tumor, True, rows[at], at, len(at)), Part(
            self._tissue.immune, False, rows[others], others, len(others)
        )

    @property
    def ids(self) -> np.ndarray:
        """cell_ids (n,) in the order of the set."""
        return self._gather([part.read("cell_id") for part in self.parts], np.dtype(np.int64))

    def __len__(self) -> int:
        return sum(part.n for part in self.parts)

    def __contains__(self, cell_id: int) -> bool:
        if self._ids is not None:
            return bool(np.any(self.ids == cell_id))
        part = self.parts[0 if cell_id % 2 == TUMOR_ID else 1]
        row = int(part.table.rows_of(np.array([cell_id]))[0])
        return row >= 0 and (row < part.n if isinstance(part.rows, slice) else bool(np.any(part.rows == row)))

    def _gather(self, values: list[np.ndarray], dtype: np.dtype[Any]) -> np.ndarray:
        out = np.empty((len(self), *values[0].shape[1:]), dtype=dtype)
        for part, each in zip(self.parts, values, strict=True):
            out[part.at] = each
        return out

    def declared(self, name: str) -> bool:
        """Whether any kind of cell has this column."""
        return any(name in part.table.declared for part in self.parts)

    def shared(self) -> list[str]:
        """The columns that every member has."""
        tables = [part.table for part in self.parts if part.n] or [self.parts[0].table]
        return [name for name in tables[0] if all(name in table for table in tables)]

    def column(self, name: str, missing: tuple[Any] | None) -> np.ndarray:
        """Values (n,) of a column or a name in FAST. missing: what members without it get; None: CellAttributeError."""
        needs = FAST[name][0] if name in FAST else name
        filled = [part for part in self.parts if part.n] or [part for part in self.parts if needs in part.table]
        having = [part for part in filled if needs in part.table]
        for part in filled:
            if part not in having and missing is None:
                self._column_of(part, name, ', or write handle_missing="default"')
        values = [FAST[name][1](self._tissue, part) if name in FAST else part.read(name) for part in having]
        kinds: list[Any] = [each.dtype for each in values]
        if missing and having != filled:
            kinds.append(_type_beside(kinds, missing[0]))
        out = np.empty(
            (len(self), *(values[0].shape[1:] if values else ())), np.result_type(*kinds) if kinds else object
        )
        if missing and having != filled:
            out[:] = missing[0]
        for part, each in zip(having, values, strict=True):
            out[part.at] = each
        return out

    def _column_of(self, part: Part, name: str, remedy: str) -> Column:
        """The declaration of a column in one part; CellAttributeError says what to do where only the other has it."""
        elsewhere = self.declared(FAST[name][0] if name in FAST else name)
        return by_hand.column_of(part.table, name, part.owner, FAST, f"{ONE_KIND}{remedy}." if elsewhere else "")

    def write(self, name: str, given: Any) -> None:
        """Write a column: one value, or an array in the order of the set. Raises CellError, and then writes nothing."""
        filled = [part for part in self.parts if part.n]
        values = [by_hand.fitting(self._column_of(part, name, ""), given, len(self)) for part in filled]
        for part, each in zip(filled, values, strict=True):
            part.table[name][part.rows] = each[part.at] if each.ndim else each

    def remove(self) -> None:
        """Take all members out of the tissue at once."""
        for part in self.parts:
            rows = np.arange(part.n) if isinstance(part.rows, slice) else np.unique(part.rows)
            if part.n:
                by_hand.remove(self._tissue, part.table, rows)

    def tumor_rows(self) -> np.ndarray:
        """Rows of the members that are tumor cells."""
        part = self.parts[0]
        return np.arange(part.n) if isinstance(part.rows, slice) else part.rows

    def types_present(self) -> list[type[CellAgent]]:
        """The types that have members."""
        return [kind for kind in CELL_TYPES if len(self.of_type(kind))]

    def of_type(self, wanted: type | tuple[type, ...]) -> np.ndarray:
        """cell_ids of the members that are instances of a type, or of one of several."""
        chosen = np.zeros(len(self), dtype=bool)
        tumor, immune = self.parts
        chosen[tumor.at] = issubclass(TumorCell, wanted)
        kinds = np.array([issubclass(OF_KIND[kind], wanted) for kind in (NK, CTL)])
        chosen[immune.at] = kinds[immune.read("kind")]
        return self.ids[chosen]

    def walk(self) -> Iterator[tuple[type[CellAgent], int, int]]:
        """Type, cell_id and row of each member, in the order of the set."""
        types = np.empty(len(self), dtype=np.int64)
        tumor, immune = self.parts
        types[tumor.at] = 0
        types[immune.at] = immune.read("kind") + 1
        rows = self._gather([np.arange(part.table.n)[part.rows] for part in self.parts], np.dtype(np.int64))
        for code, cell_id, row in zip(types.tolist(), self.ids.tolist(), rows.tolist(), strict=True):
            yield CELL_TYPES[code], cell_id, row


def _type_beside(kinds: list[Any], default: Any) -> Any:
    """The type that holds a default value exactly beside values of these types."""
    if not isinstance(default, (bool, int, float)) or any(each.kind not in "biuf" for each in kinds):
        return np.dtype(object)
    return np.dtype(np.float64) if isinstance(default, float) else np.min_scalar_type(default)
