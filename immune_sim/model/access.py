"""The side of the model that hands out agents: sets of cells, single cells by number or place, and Mesa's register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np

from immune_sim.core.errors import CellError
from immune_sim.model import by_hand
from immune_sim.model.agents import CELL_TYPES, OF_KIND, CellAgent, TumorCell
from immune_sim.model.agentset import CellSet
from immune_sim.model.state import TUMOR_ID, Tissue


class AgentAccess:
    """What TumorImmuneModel has in place of Mesa's registers of agents.

    Cells are not registered: the sets read the tables. Agents of a user's own classes, a physician for instance, are
    registered as in any Mesa model; they are found in ``agents_by_type`` and have negative ids. ``agents`` are cells.
    """

    tissue: Tissue

    @property
    def agents(self) -> CellSet:
        """All cells, tumor cells first; always those that are there now."""
        return CellSet(self)  # type: ignore[arg-type]

    @property
    def agents_by_type(self) -> dict[type, Any]:
        """The cells of each type, and the user's own agents by their class."""
        own: dict[type, Any] = self._agents_by_type  # type: ignore[attr-defined]
        return {**{kind: CellSet(self, types=(kind,)) for kind in CELL_TYPES}, **own}  # type: ignore[arg-type]

    @property
    def agent_types(self) -> list[type]:
        """The types of cells, and the classes of the user's own agents."""
        return list(self.agents_by_type)

    def cells(self, cell_ids: Sequence[int] | np.ndarray) -> CellSet:
        """The cells with these cell_ids, in this order; those that are gone are left out."""
        return CellSet(self, np.asarray(cell_ids, dtype=np.int64).reshape(-1))  # type: ignore[arg-type]

    def cell(self, cell_id: int) -> CellAgent:
        """One cell by its cell_id; raises CellError where it is gone."""
        if cell_id % 2 == TUMOR_ID:
            return TumorCell.view(self, cell_id, self.tissue.tumor.row_of(cell_id))  # type: ignore[arg-type]
        row = self.tissue.immune.row_of(cell_id)
        return OF_KIND[int(self.tissue.immune["kind"][row])].view(self, cell_id, row)  # type: ignore[arg-type]

    def cells_at(self, position: Sequence[int]) -> list[CellAgent]:
        """The cells at a place: none, a tumor cell, an immune cell, or both. Raises CellError outside of the tissue."""
        site = by_hand.sites_of(self.tissue.lattice, [position])[0]
        lattice, found = self.tissue.lattice, []
        for at, table in ((lattice.tumor_at, self.tissue.tumor), (lattice.immune_at, self.tissue.immune)):
            if at[site] >= 0:
                found.append(self.cell(int(table["cell_id"][at[site]])))
        return found

    def register_agent(self, agent: mesa.Agent) -> None:
        """Mesa calls this for a new agent; a cell is in its table already."""
        if isinstance(agent, CellAgent):
            return
        super().register_agent(agent)  # type: ignore[misc]
        agent.unique_id = -agent.unique_id  # the positive ids are those of cells

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Mesa calls this for an agent that is removed; a cell is taken out of the tissue."""
        if isinstance(agent, CellAgent):
            agent.remove()
        else:
            super().deregister_agent(agent)  # type: ignore[misc]

    def remove_all_agents(self) -> None:
        """Take out every cell and every agent of the user's own."""
        if self.tissue.in_substeps:
            raise CellError("the tissue cannot be emptied inside the sub-steps of an hour. Do it between hours.")
        self.agents.do("remove")
        super().remove_all_agents()  # type: ignore[misc]
