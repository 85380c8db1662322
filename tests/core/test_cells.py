"""The cell table: rows move, every column moves with them, ids stay and are never used again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from immune_sim.core.cells import IDENTITY, CellTable, Column
from immune_sim.core.errors import CellError

PLANTED = (
    Column("weight", "float32", 1.5, "", "a number"),
    Column("kind", "uint8", 7, "", "a small one"),
    Column("planted", "int64", -3, "", "a column that no mechanism knows"),
)


class TableMachine(RuleBasedStateMachine):
    """Any sequence of births, deaths and moves, followed by a plain dictionary of cells.

    Catches a remove, reserve or reorder that forgets a column (the planted one is known to nobody), a wrong gap, a
    stale
    cache of row_of and an id that is given twice.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[int, tuple[float, int, int]] = {}
        self.gone: set[int] = set()
        self.next_id = 1

    @initialize(capacity=st.integers(1, 8))
    def start(self, capacity: int) -> None:
        self.table = CellTable(PLANTED, capacity=capacity)

    @rule(count=st.integers(0, 12))
    def append(self, count: int) -> None:
        rows = self.table.append(count)
        assert rows.stop - rows.start == count
        for each in PLANTED:
            assert (self.table[each.name][rows] == each.default).all(), "a used row kept the value of a removed cell"
        ids = np.arange(self.next_id, self.next_id + count)
        self.next_id += count
        self.table["cell_id"][rows] = ids
        self.table["weight"][rows] = ids * 0.5
        self.table["kind"][rows] = ids % 200
        self.table["planted"][rows] = -ids
        self.cells.update({int(i): (float(i) * 0.5, int(i) % 200, -int(i)) for i in ids})

    @precondition(lambda self: self.cells)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        before = self.table["cell_id"].copy()
        rows = data.draw(st.lists(st.integers(0, len(before) - 1), unique=True, max_size=len(before)))
        moved = self.table.remove(np.array(rows, dtype=np.int64))
        for row in rows:
            del self.cells[int(before[row])]
            self.gone.add(int(before[row]))
        changed = np.flatnonzero(self.table["cell_id"] != before[: self.table.n])
        assert sorted(moved.tolist()) == changed.tolist(), (
            "the caller must learn of exactly the rows that hold another cell"
        )

    @precondition(lambda self: self.cells)
    @rule(data=st.data())
    def reorder(self, data: st.DataObject) -> None:
        self.table.reorder(np.array(data.draw(st.permutations(range(self.table.n))), dtype=np.int64))

    @rule(rows=st.integers(0, 40))
    def reserve(self, rows: int) -> None:
        self.table.reserve(rows)
        assert self.table.capacity >= self.table.n + rows

    @precondition(lambda self: self.cells)
    @rule(data=st.data())
    def find(self, data: st.DataObject) -> None:
        cell_id = data.draw(st.sampled_from(sorted(self.cells)))
        assert self.table["cell_id"][self.table.row_of(cell_id)] == cell_id

    @rule(data=st.data())
    def find_the_removed(self, data: st.DataObject) -> None:
        never = data.draw(st.sampled_from([*sorted(self.gone), 10**9]))
        with pytest.raises(CellError, match=str(never)):
            self.table.row_of(never)

    @invariant()
    def rows_hold_their_cells(self) -> None:
        if not hasattr(self, "table"):
            return
        table = self.table
        assert table.n == len(table) == len(self.cells)
        assert set(table) == {*(each.name for each in (*IDENTITY, *PLANTED))}
        assert all(len(array) == table.capacity for array in table.columns.values())
        held = zip(
            table["cell_id"].tolist(),
            table["weight"].tolist(),
            table["kind"].tolist(),
            table["planted"].tolist(),
            strict=True,
        )
        assert {cell_id: rest for cell_id, *rest in held} == {key: list(value) for key, value in self.cells.items()}


TestTable = TableMachine.TestCase
TestTable.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


def test_a_view_shows_only_used_rows() -> None:
    """Catches a view of the spare room, through which a mean would count cells that are not there."""
    table = CellTable(PLANTED, capacity=64)
    table.append(3)
    assert len(table["weight"]) == 3
    table["weight"][:] = 2.0
    assert (table.columns["weight"][3:] == 1.5).all()


def test_layout_tells_of_every_move() -> None:
    """Catches a cached row that survives a removal."""
    table = CellTable(PLANTED)
    seen = [table.layout]
    table.append(4)
    table["cell_id"][:] = [10, 11, 12, 13]
    seen.append(table.layout)
    assert table.row_of(13) == 3
    table.remove(np.array([0]))
    seen.append(table.layout)
    assert table.row_of(13) == 0
    table.reorder(np.array([2, 1, 0]))
    seen.append(table.layout)
    assert table.row_of(13) == 2
    assert len(set(seen)) == len(seen)
