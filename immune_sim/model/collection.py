"""A collection of cells with the face of a Mesa AgentSet: who is in it, in which order, and as which agents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from mesa.agentset import AbstractAgentSet

from immune_sim.core.errors import CellError
from immune_sim.model.agents import CELL_TYPES, CellAgent
from immune_sim.model.members import Members

if TYPE_CHECKING:
    from immune_sim.model.model import TumorImmuneModel


class CellCollection(AbstractAgentSet):
    """Some cells of a model, in an order.

    ids None: all cells of the types, always those that are there now; otherwise these cell_ids. Cells that left the
    tissue drop out by themselves, as agents that were removed do in Mesa.
    """

    def __init__(
        self, model: TumorImmuneModel, ids: np.ndarray | None = None, types: tuple[type[CellAgent], ...] = CELL_TYPES
    ):
        self.model = model
        self.random: Random = model.random
        self._members = Members(model.tissue, ids, types)

    def _of(self, ids: np.ndarray) -> Self:
        return type(self)(self.model, ids)

    def _update(self, agents: Iterable[CellAgent]) -> Self:
        return self._keep(np.array([agent.unique_id for agent in agents], dtype=np.int64))

    def _keep(self, ids: np.ndarray) -> Self:
        self._members = Members(self.model.tissue, ids, CELL_TYPES)
        return self

    def _from_iterable(self, agents: Iterable[CellAgent]) -> Self:  # & | - of the abstract set
        return self._of(np.array(list(dict.fromkeys(agent.unique_id for agent in agents)), dtype=np.int64))

    @property
    def ids(self) -> np.ndarray:
        """cell_ids (n,) of the members that are in the tissue, in the order of the set."""
        return self._members.ids

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[CellAgent]:
        """The members one by one, as views: a Python pass."""
        for kind, cell_id, row in self._members.walk():
            yield kind.view(self.model, cell_id, row)

    def __contains__(self, agent: object) -> bool:
        return isinstance(agent, CellAgent) and agent.model is self.model and agent.unique_id in self._members

    def __getitem__(self, item: int | slice) -> Any:
        """An agent, or a list of agents, by place as in Mesa."""
        chosen = self._of(np.atleast_1d(self.ids[item]))
        return next(iter(chosen)) if not isinstance(item, slice) else list(chosen)

    def __repr__(self) -> str:
        parts = ", ".join(f"{kind.__name__} {len(self._members.of_type(kind))}" for kind in CELL_TYPES)
        return f"<{type(self).__name__} of {len(self)} cells: {parts}>"

    def to_list(self) -> list[CellAgent]:
        """The members as views: a Python pass."""
        return list(self)

    def copy(self) -> Self:
        """The same members as a set of its own; of all cells, those that are there now."""
        return self._of(self.ids.copy())

    __copy__ = copy

    def add(self, agent: CellAgent) -> None:
        """Take a cell into this set; the set of all cells has it already."""
        if agent not in self:
            self._keep(np.append(self._fixed(), agent.unique_id))

    def discard(self, agent: CellAgent) -> None:
        """Leave a cell out of this set, where it is a member; it stays in the tissue."""
        self._keep(self._fixed()[self.ids != agent.unique_id])

    def remove(self, agent: CellAgent) -> None:
        """Leave a cell out of this set; it stays in the tissue. Raises KeyError if it is no member."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def _fixed(self) -> np.ndarray:
        if self._members.is_live:
            raise CellError(
                "this set is all cells of the tissue. Create a cell or call its remove(), or change a copy()."
            )
        return self.ids
