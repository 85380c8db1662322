"""What lies under the pointer, and the cell that is followed."""

from __future__ import annotations

import dataclasses
from typing import Literal

from immune_sim.app.dashboard import cards, pictures
from immune_sim.app.dashboard.cards import Card
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.core.errors import CellError


@dataclasses.dataclass
class Followed:
    """A cell by its table and cell_id, the side of its card (away from the cell), and what was last read of it."""

    table: str
    cell_id: int
    side: Literal["left", "right"]
    card: Card | None = None


class ReadingCells(Part):
    """Tips and cards. Events: tip(arm, site, lines), card(arm, card or None)."""

    def hover(self, arm: int, site: int) -> None:
        """Say what lies on a site of the picture."""
        if arm not in self.workshop.arms:
            return
        model, view = self.workshop.arms[arm].model, self.workshop.view
        flat = pictures.flat_site(model, site, view.z)
        self.say("tip", arm, site, [] if flat is None else pictures.tip(model, view.color_by, flat))

    def click(self, arm: int, site: int) -> None:
        """Follow the cell on a site of the picture, or none where there is none."""
        if arm not in self.workshop.arms:
            return
        held = self.workshop.arms[arm]
        flat = pictures.flat_site(held.model, site, self.workshop.view.z)
        found = None if flat is None else cards.cell_at(held.model.tissue, flat)
        if found is None:
            self.unfollow(arm)
            return
        width = int(held.model.tissue.lattice.shape[-1])
        held.notes["followed"] = Followed(*found, "left" if site % width > width // 2 else "right")
        self._read(held)
        self.workshop.loop.redraw()

    def unfollow(self, arm: int) -> None:
        """Follow no cell any more."""
        if arm in self.workshop.arms:
            self.workshop.arms[arm].notes.pop("followed", None)
            self.say("card", arm, None)
            self.workshop.loop.redraw()

    def opened(self, arm: Arm) -> None:
        """No cell of another run is followed."""
        self.say("card", arm.number, None)

    def show(self, slow: bool) -> None:
        """Read the cells that are followed."""
        if slow:
            for arm in self.workshop.arms.values():
                self._read(arm)

    def place(self, arm: Arm) -> int:
        """Where in the picture the followed cell is now, -1 where there is none or it is on another slice."""
        cell = arm.notes.get("followed")
        if cell is None:
            return -1
        try:
            table = getattr(arm.model.tissue, cell.table)
            site = int(table["site"][table.row_of(cell.cell_id)])
        except CellError:
            self._read(arm)
            return -1
        return pictures.picture_site(arm.model, site, self.workshop.view.z)

    def _read(self, arm: Arm) -> None:
        cell = arm.notes.get("followed")
        if cell is None:
            return
        try:
            card, _ = cards.read_cell(arm.model.tissue, cell.table, cell.cell_id)
        except CellError:
            del arm.notes["followed"]
            if cell.card is not None:
                self.say("card", arm.number, dataclasses.replace(cell.card, gone=True))
            return
        cell.card = dataclasses.replace(card, side=cell.side)
        self.say("card", arm.number, cell.card)
