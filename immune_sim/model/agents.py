"""Cells as Mesa agents: each is a view on one row of a cell table, made when somebody asks for it.

The hour never makes agents: a pass over 100,000 of them takes hundreds of times longer than the same pass over columns.
They are for looking at single cells, changing them, and writing down a rule before it is worth writing as columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import mesa
import numpy as np

from immune_sim.core.cells import CellTable
from immune_sim.core.codes import CAUSES, CTL, NK, STATES
from immune_sim.core.errors import CellError
from immune_sim.model import by_hand

if TYPE_CHECKING:
    from immune_sim.model.agentset import CellSet
    from immune_sim.model.model import TumorImmuneModel


class CellAgent(mesa.Agent):
    """A cell as a Mesa agent. Its attributes are the columns of its table, read and written in place.

    ``TumorCell(model, position=(20, 30), antigenicity=0.5)`` puts a new cell on a free site. Views of one cell are
    equal. unique_id: the cell_id, even for tumor cells and odd for immune cells, never used again.
    Raises CellError for a place that is taken or outside, a value that does not fit, and for the use of a gone cell.
    """

    code: ClassVar[int | None]
    model: TumorImmuneModel
    unique_id: int
    _row: int

    def __init__(self, model: TumorImmuneModel, position: Sequence[int], **values: Any):
        """Put a new cell of this kind on a free site.

        position: coordinates in the order of the tissue's shape, (row, column) or (layer, row, column).
        values: columns by name.
        """
        ids = by_hand.add(model.tissue, self._kind(), [position], values)
        self._become(model, int(ids[0]), -1)

    @classmethod
    def _kind(cls) -> int | None:
        if cls is CellAgent:
            raise CellError("a cell is of some kind. Create a TumorCell, a NaturalKillerCell or a CytotoxicTCell.")
        return cls.code

    @classmethod
    def view(cls, model: TumorImmuneModel, cell_id: int, row: int = -1) -> Self:
        """The view of a cell that is there. row: where it is now, if that is known."""
        cell = object.__new__(cls)
        cell._become(model, cell_id, row)
        return cell

    def _become(self, model: TumorImmuneModel, cell_id: int, row: int) -> None:
        self.__dict__.update(model=model, unique_id=cell_id, _row=row)

    @classmethod
    def create_agents(
        cls, model: TumorImmuneModel, n: int, positions: Iterable[Sequence[int]] | None = None, **values: Any
    ) -> CellSet:
        """Put n new cells on free sites, all at once, and return them as a set.

        positions (n, dims), also as ``position`` like Mesa's keyword; values: column -> one value or n.
        """
        places = values.pop("position", positions)
        places = [] if places is None else list(places)
        if len(places) != n:
            raise CellError(
                f"{len(places)} positions for {n} cells. Give positions=[(row, column), ...], one for each."
            )
        return model.cells(by_hand.add(model.tissue, cls._kind(), places, values) if n else np.empty(0, dtype=np.int64))

    @classmethod
    def from_dataframe(cls, model: TumorImmuneModel, df: Any, **values: Any) -> CellSet:
        """New cells from a table with a column ``position`` of coordinates; its other columns are those of cells."""
        columns = {name: df[name].to_list() for name in df.columns}
        return cls.create_agents(model, len(df), **{**columns, **values})

    @property
    def table(self) -> CellTable:
        """The table that holds the cell."""
        return self.model.tissue.tumor if self.code is None else self.model.tissue.immune

    @property
    def row(self) -> int:
        """The present row of the cell in its table; raises CellError where the cell is gone."""
        table, row = self.table, self._row
        if not 0 <= row < table.n or table.columns["cell_id"][row] != self.unique_id:
            row = self.__dict__["_row"] = table.row_of(self.unique_id)
        return row

    @property
    def is_there(self) -> bool:
        """Whether the cell is still in the tissue, alive or dying."""
        table, row = self.table, self._row
        if 0 <= row < table.n and table.columns["cell_id"][row] == self.unique_id:
            return True
        return bool(table.rows_of(np.array([self.unique_id]))[0] >= 0)

    @property
    def position(self) -> tuple[int, ...]:
        """Coordinates in the order of the tissue's shape; use move_to to change them."""
        site = self.table.columns["site"][self.row]
        return tuple(int(x) for x in self.model.tissue.lattice.coordinates(site))

    def move_to(self, position: Sequence[int]) -> None:
        """Go to another free site of the tissue."""
        by_hand.move(self.model.tissue, self.table, self.row, position)

    def remove(self) -> None:
        """Take the cell out of the tissue; nothing happens where it is gone already, as in Mesa."""
        if self.is_there:
            by_hand.remove(self.model.tissue, self.table, np.array([self.row]))

    def to_dict(self) -> dict[str, Any]:
        """All columns of the cell by name."""
        row = self.row
        return {name: self.table.columns[name][row].item() for name in self.table}

    def __getattr__(self, name: str) -> Any:
        """A column of the cell; Python asks here for what it found nowhere else."""
        if name.startswith("__") or "model" not in self.__dict__:
            raise AttributeError(name)
        table = self.table
        if name not in table.declared:
            by_hand.column_of(table, name, f"a {self.kind_name}", PROPERTIES & set(dir(type(self))))
        return table.columns[name][self.row].item()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in PROPERTIES or name in self.__dict__:
            hint = "Use move_to(position)." if name == "position" else "Write the column behind it."
            raise CellError(f"{name} of a cell cannot be written. {hint}")
        table = self.table
        column = by_hand.column_of(table, name, f"a {self.kind_name}")
        table.columns[name][self.row] = by_hand.fitting(column, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.table.declared})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CellAgent):
            return NotImplemented
        return self.model is other.model and self.unique_id == other.unique_id

    def __hash__(self) -> int:
        return hash((id(self.model), self.unique_id))

    def __repr__(self) -> str:
        where = f"at {self.position}" if self.is_there else "gone"
        return f"<{type(self).__name__} {self.unique_id} {where}>"

    @property
    def kind_name(self) -> str:
        """The kind of cell in words."""
        return by_hand.NAMES[self.code]


class TumorCell(CellAgent):
    """A tumor cell; a new one founds a clone."""

    code = None

    @property
    def state_name(self) -> str:
        """cycling, quiescent, apoptotic or necrotic."""
        return STATES[self.state]

    @property
    def cause_name(self) -> str:
        """What it died of, or none."""
        return CAUSES[self.cause]

    def die(self) -> None:
        """Let the cell die by apoptosis, if it lives; it holds its site until it is cleared."""
        by_hand.kill(self.model.tissue, np.array([self.row]))


class NaturalKillerCell(CellAgent):
    """An NK cell."""

    code = NK


class CytotoxicTCell(CellAgent):
    """A cytotoxic T cell."""

    code = CTL


CELL_TYPES: tuple[type[CellAgent], ...] = (TumorCell, NaturalKillerCell, CytotoxicTCell)
OF_KIND: Mapping[int, type[CellAgent]] = {NK: NaturalKillerCell, CTL: CytotoxicTCell}
PROPERTIES = frozenset({"position", "row", "table", "is_there", "kind_name", "state_name", "cause_name"})
