"""The cell table: one array per attribute. Rows move when others are removed; a cell_id stays and is never reused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from immune_sim.core.errors import CellError, UnknownColumnError
from immune_sim.core.jit import kernel


@dataclass(frozen=True)
class Column:
    """One attribute of a kind of cell.

    name: attribute name. dtype: NumPy type. default: value of a new cell. unit: "" for a pure number.
    about: the meaning in one sentence. writable: False where writing would break the tissue (ids, places).
    low, high: the values that may be written by hand; kernels rely on them.
    """

    name: str
    dtype: str
    default: float
    unit: str
    about: str
    writable: bool = True
    low: float = 0.0
    high: float = 1e6


IDENTITY = (
    Column("cell_id", "int64", 0, "", "number of the cell, never used again", writable=False),
    Column(
        "lineage",
        "uint64",
        0,
        "",
        "address of the cell's luck: made from its mother's and the count of her divisions",
        writable=False,
    ),
    Column("site", "int32", 0, "", "flat index of the place on the lattice", writable=False),
)


class CellTable:
    """Columns of equal length with spare room at the end.

    columns: name -> whole array, capacity long. ``table["name"]``: view of the used rows. n: number of used rows.
    layout: counts up whenever rows are added, removed or moved, so that a cache can notice.

    Columns of one type are lines of one block, so that rows are added and moved in all of them at once.
    """

    def __init__(self, columns: Iterable[Column], capacity: int = 1024):
        self.declared: dict[str, Column] = {each.name: each for each in (*IDENTITY, *columns)}
        self.capacity = capacity
        self.n = 0
        self.layout = 0
        self.columns: dict[str, np.ndarray] = {}
        self._blocks: list[tuple[np.ndarray, np.ndarray]] = []  # of each type: lines (columns, capacity), defaults
        self._views: dict[str, np.ndarray] = {}
        self._index: tuple[int, np.ndarray, np.ndarray] | None = None
        self._build()

    def _build(self) -> None:
        """Make the blocks anew, with as many lines and as long as they are wanted now, and keep the used rows."""
        old, self._blocks = self.columns, []
        self.columns = {}
        for kind in dict.fromkeys(each.dtype for each in self.declared.values()):
            alike = [each for each in self.declared.values() if each.dtype == kind]
            defaults = np.array([each.default for each in alike]).astype(kind)[:, None]
            block = np.repeat(defaults, self.capacity, axis=1)
            for line, each in zip(block, alike, strict=True):
                if each.name in old:
                    line[: self.n] = old[each.name][: self.n]
                self.columns[each.name] = line
            self._blocks.append((block, defaults))
        self._settle()

    def _settle(self) -> None:
        """Note that rows were added, removed or moved."""
        self.layout += 1
        self._views.clear()

    def __getitem__(self, name: str) -> np.ndarray:
        view = self._views.get(name)
        if view is None:
            if name not in self.columns:
                raise UnknownColumnError(f'the cells have no column "{name}". They have: {", ".join(self.columns)}.')
            view = self._views[name] = self.columns[name][: self.n]
        return view

    def __setitem__(self, name: str, values: np.ndarray | float) -> None:
        """Write a whole column, so that ``table["age"] += 1`` does what it says."""
        self.columns[name][: self.n] = values

    def __len__(self) -> int:
        return self.n

    def __iter__(self) -> Iterator[str]:
        return iter(self.declared)

    def __contains__(self, name: object) -> bool:
        return name in self.declared

    def add_column(self, column: Column) -> None:
        """Give every cell one more attribute, for an own mechanism; new cells and daughters start at its default.

        Raises CellError if the name is taken.
        """
        if column.name in self.declared:
            raise CellError(f'the cells have a column "{column.name}" already. Choose another name.')
        self.declared[column.name] = column
        self._build()

    def reserve(self, rows: int) -> None:
        """Make room for this many further rows; arrays are replaced, so views taken before are stale."""
        if self.n + rows <= self.capacity:
            return
        self.capacity = max(self.n + rows, 2 * self.capacity)
        self._build()

    def append(self, count: int) -> slice:
        """Add this many cells with default values and return their rows."""
        self.reserve(count)
        rows = slice(self.n, self.n + count)
        for block, defaults in self._blocks:
            block[:, rows] = defaults
        self.n += count
        self._settle()
        return rows

    def remove(self, rows: np.ndarray) -> np.ndarray:
        """Remove these rows (unique), moving the last into the gaps; returns the rows that now hold another cell."""
        left = self.n - len(rows)
        stays = np.ones(len(rows), dtype=bool)
        stays[rows[rows >= left] - left] = False
        gaps, movers = rows[rows < left], left + np.flatnonzero(stays)
        for block, _ in self._blocks:
            _copy_rows(block, movers, gaps)
        self.n = left
        self._settle()
        return gaps

    def reorder(self, order: np.ndarray) -> None:
        """Store the used rows in another order (a permutation); nothing that a run computes may depend on it."""
        for block, _ in self._blocks:
            block[:, : self.n] = block[:, order]
        self._settle()

    def row_of(self, cell_id: int) -> int:
        """The present row of a cell.

        Raises CellError where the cell is no longer in the table.
        """
        row = int(self.rows_of(np.array([cell_id]))[0])
        if row < 0:
            raise CellError(
                f"cell {cell_id} is no longer in the tissue: it was removed or cleared. Look it up again by its place."
            )
        return row

    def rows_of(self, cell_ids: np.ndarray) -> np.ndarray:
        """The present rows (n,) int64 of cells (n,), -1 where a cell is no longer in the table."""
        if self._index is None or self._index[0] != self.layout:
            order = np.argsort(self["cell_id"], kind="stable")
            self._index = (self.layout, order, self["cell_id"][order])
        _, order, ids = self._index
        if len(ids) == 0:
            return np.full(len(cell_ids), -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(ids, cell_ids), len(ids) - 1)
        return np.where(ids[found] == cell_ids, order[found], -1)


@kernel
def _copy_rows(block, there, here):
    """Copy the entries ``there`` of every line of a block (columns, capacity) to the entries ``here``."""
    for line in range(block.shape[0]):
        for k in range(here.size):
            block[line, here[k]] = block[line, there[k]]
