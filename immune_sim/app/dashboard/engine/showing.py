"""The pictures of the tissues and the key to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from immune_sim.app.dashboard import pictures
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.engine.reading_cells import ReadingCells
from immune_sim.app.dashboard.pictures import Picture

if TYPE_CHECKING:
    from immune_sim.app.dashboard.engine.workshop import Workshop


@dataclass(frozen=True)
class Frame:
    """A picture as it travels. selected: site of the followed cell or -1. site_size in um."""

    picture: Picture
    selected: int
    site_size: float


class Showing(Part):
    """Pictures. Events: opened(arm, depth), key(arm, key), frame(arm, frame); the page answers ``painted``."""

    def __init__(self, workshop: Workshop):
        super().__init__(workshop)
        self._awaited: set[int] = set()  # arms whose picture is on its way

    def color(self, name: str) -> None:
        """Color the tissues by another layer."""
        self.workshop.view.color_by = name
        for arm in self.workshop.arms.values():
            self._send_key(arm)
        self.workshop.loop.redraw()

    def slice(self, z: int) -> None:
        """Show another slice of 3-D tissues."""
        self.workshop.view.z = z
        self.workshop.loop.redraw()

    def painted(self, arm: int) -> None:
        """The page has painted the picture of an arm; when it has painted all, the next ones may come."""
        self._awaited.discard(arm)
        if not self._awaited:
            self.workshop.loop.seen()

    def picture_again(self, arm: int) -> None:
        """Send the key and the picture of an arm again: its canvas has just come."""
        if arm in self.workshop.arms:
            self.opened(self.workshop.arms[arm])
        self._awaited.discard(arm)
        self.workshop.loop.seen()
        self.workshop.loop.redraw()

    def opened(self, arm: Arm) -> None:
        """Send the key of another tissue, within whose slices the one that is looked at must lie."""
        depth = pictures.depth(arm.model)
        self.workshop.view.z = min(self.workshop.view.z, depth - 1)
        self.say("opened", arm.number, depth)
        self._send_key(arm)

    def dropped(self, number: int) -> None:
        """Nobody paints that one any more."""
        self._awaited.discard(number)

    def show(self, slow: bool) -> None:
        """Send a picture of every tissue."""
        self._awaited = set(self.workshop.arms)
        view, cells = self.workshop.view, self.workshop.part(ReadingCells)
        for arm in self.workshop.arms.values():
            selected = cells.place(arm)
            picture = pictures.picture(arm.model, view.color_by, view.z)
            self.say("frame", arm.number, Frame(picture, selected, float(arm.model.tissue.lattice.site_size)))

    def _send_key(self, arm: Arm) -> None:
        view = self.workshop.view
        self.say("key", arm.number, pictures.key(arm.model, view.color_by, view.z))
