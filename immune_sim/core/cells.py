"""The cell table: one array per attribute. Rows move when others are removed; a cell_id stays and is never reused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from immune_sim.core.errors import CellError


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
    """

    def __init__(self, columns: Iterable[Column], capacity: int = 1024):
        self.declared: dict[str, Column] = {each.name: each for each in (*IDENTITY, *columns)}
        self.capacity = capacity
        self.n = 0
        self.layout = 0
        self.columns = {each.name: np.full(capacity, each.default, dtype=each.dtype) for each in self.declared.values()}
        self._index: tuple[int, np.ndarray, np.ndarray] | None = None

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name][: self.n]

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
        self.columns[column.name] = np.full(self.capacity, column.default, dtype=column.dtype)
        self.declared[column.name] = column

    def reserve(self, rows: int) -> None:
        """Make room for this many further rows; arrays are replaced, so views taken before are stale."""
        if self.n + rows <= self.capacity:
            return
        self.capacity = max(self.n + rows, 2 * self.capacity)
        for name, old in self.columns.items():
            new = np.full(self.capacity, self.declared[name].default, dtype=old.dtype)
            new[: self.n] = old[: self.n]
            self.columns[name] = new

    def append(self, count: int) -> slice:
        """Add this many cells with default values and return their rows."""
        self.reserve(count)
        rows = slice(self.n, self.n + count)
        for name, array in self.columns.items():
            array[rows] = self.declared[name].default
        self.n += count
        self.layout += 1
        return rows

    def remove(self, rows: np.ndarray) -> np.ndarray:
        """Remove these rows (unique), moving the last into the gaps; returns the rows that now hold another cell."""
        left = self.n - len(rows)
        gone = np.zeros(self.n, dtype=bool)
        gone[rows] = True
        gaps = np.flatnonzero(gone[:left])
        movers = left + np.flatnonzero(~gone[left:])
        for array in self.columns.values():
            array[gaps] = array[movers]
        self.n = left
        self.layout += 1
        return gaps

    def reorder(self, order: np.ndarray) -> None:
        """Store the used rows in another order (a permutation); nothing that a run computes may depend on it."""
        for array in self.columns.values():
            array[: self.n] = array[: self.n][order]
        self.layout += 1

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
