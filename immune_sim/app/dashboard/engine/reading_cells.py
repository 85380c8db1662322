"""What lies under the pointer, and the cell that is read or followed."""

from __future__ import annotations

import dataclasses
import time
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard import cards, pictures
from immune_sim.app.dashboard.cards import Card
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.follow import Follower
from immune_sim.app.dashboard.engine.looking_back import LookingBack
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.engine.witnesses import look
from immune_sim.core.errors import CellError

TRACK = 72  # h of a followed cell's way that are drawn
TOLD = 0.5  # s between two words on how far looking back has come


@dataclasses.dataclass
class Read:
    """A cell that somebody reads: who it is, on which side its card lies, what was last read, and its story.

    followed: whether its way is drawn and its story is shown. known: an hour at which it was in the tissue. past: at
    work while it is found out what a followed cell did before somebody looked.
    """

    follower: Follower
    side: Literal["left", "right"]
    known: int
    followed: bool = False
    card: Card | None = None
    past: LookingBack | None = None


@dataclasses.dataclass(frozen=True)
class Way:
    """Where a cell is and was, as flat lattice sites: site is -1 where it is no longer; marks: what happened where."""

    site: int
    track: NDArray[np.int32]
    marks: tuple[tuple[int, str], ...] = ()


NOWHERE = Way(-1, np.empty(0, dtype=np.int32))


class ReadingCells(Part):
    """Tips and cards. Events: tip(arm, site, lines), card(arm, card or None)."""

    _told_at = 0.0

    def hover(self, arm: int, site: int) -> None:
        """Say what lies on a site of the picture."""
        if arm in self.workshop.arms:
            model = self.workshop.arms[arm].model
            flat = self._flat(self.workshop.arms[arm], site)
            lines = [] if flat is None else pictures.tip(model, self.workshop.view.color_by, flat)
            self.say("tip", arm, site, lines)

    def click(self, arm: int, site: int) -> None:
        """Read the cell on a site of the picture, or none where there is none."""
        if arm not in self.workshop.arms:
            return
        model = self.workshop.arms[arm].model
        flat = self._flat(self.workshop.arms[arm], site)
        found = None if flat is None else cards.cell_at(model.tissue, flat)
        if found is None:
            self.unfollow(arm)
            return
        width = int(model.tissue.lattice.shape[-1])
        beside = self.workshop.view.cloud or site % width <= width // 2
        self._read_now(arm, found, "right" if beside else "left", followed=False)

    def follow(self, arm: int, wanted: bool) -> None:
        """Draw the way of the cell that is read and tell its story, or no longer."""
        cell = self._cell(arm)
        if cell is not None:
            cell.followed = wanted
            self._read(self.workshop.arms[arm])
            self.workshop.loop.redraw()

    def follow_cell(self, arm: int, table: str, cell_id: int) -> None:
        """Follow another cell from now on, a daughter for example."""
        cell = self._cell(arm)
        if cell is not None:
            self._read_now(arm, (table, cell_id), cell.side, followed=True)

    def unfollow(self, arm: int) -> None:
        """Read no cell any more."""
        if arm in self.workshop.arms:
            self.workshop.arms[arm].notes.pop("read", None)
            self.say("card", arm, None)
            self.workshop.loop.redraw()

    def opened(self, arm: Arm) -> None:
        """No cell of another run is read."""
        self.say("card", arm.number, None)

    def hour(self) -> None:
        """Watch the cells that are read."""
        for arm in self.workshop.arms.values():
            self._see(arm)

    def spare(self) -> bool:
        """Look back a little for the cells that are followed; whether there is more to see."""
        cells = [(arm, cell) for arm in self.workshop.arms.values() if (cell := self._cell(arm.number)) and cell.past]
        for arm, cell in cells:
            assert cell.past is not None
            if not cell.followed or cell.past.branch is not arm.timeline.here:
                cell.past = None
            elif cell.past.go_on():
                cell.follower, cell.past = cell.past.follower, None
                arm.notes["reading saw"] = arm.timeline.here
                self.workshop.loop.redraw()
        if cells and time.perf_counter() - self._told_at > TOLD:
            self._told_at = time.perf_counter()
            self.workshop.loop.redraw()
        return bool(cells)

    def show(self, slow: bool) -> None:
        """Tell what is read."""
        if slow:
            for arm in self.workshop.arms.values():
                self._read(arm)

    def way(self, arm: Arm) -> Way:
        """Where the cell is that is read, and where it was if it is followed."""
        cell: Read | None = arm.notes.get("read")
        if cell is None:
            return NOWHERE
        self._see(arm)  # the clock may have been turned back
        follower, hour = cell.follower, round(arm.model.time)
        site = follower.site(hour)
        if not cell.followed:
            return dataclasses.replace(NOWHERE, site=site)
        told = [each for each in follower.happened(hour) if each.hour >= hour - TRACK and each.site >= 0]
        return Way(site, follower.track(hour, TRACK), tuple((each.site, each.what) for each in told))

    # ---- inside ------------------------------------------------------------------------------------------------------

    def _flat(self, arm: Arm, site: int) -> int | None:
        view, model = self.workshop.view, arm.model
        if self.workshop.in_cloud(arm):
            interior = model.tissue.lattice.interior
            return int(interior[site]) if 0 <= site < len(interior) else None
        return pictures.flat_site(model, site, view.where.fitted(model.tissue.lattice.shape))

    def _cell(self, arm: int) -> Read | None:
        return self.workshop.arms[arm].notes.get("read") if arm in self.workshop.arms else None

    def _read_now(self, arm: int, who: tuple[str, int], side: Literal["left", "right"], *, followed: bool) -> None:
        held = self.workshop.arms[arm]
        held.notes["read"] = Read(Follower(*who), side, round(held.model.time), followed)
        held.notes.pop("reading saw", None)
        self._read(held)
        self.workshop.loop.redraw()

    def _see(self, arm: Arm) -> None:
        """Let the cell that is read see the present hour; one that is followed is asked for its past too."""
        cell: Read | None = arm.notes.get("read")
        if cell is None:
            return
        look(cell.follower, arm, "reading")
        if cell.followed and not cell.follower.whole and cell.past is None:
            follower = cell.follower
            cell.past = LookingBack(arm.timeline, follower.table, follower.cell_id, cell.known)

    def _read(self, arm: Arm) -> None:
        cell: Read | None = arm.notes.get("read")
        if cell is None:
            return
        self._see(arm)
        follower, hour = cell.follower, round(arm.model.time)
        try:
            card, _ = cards.read_cell(arm.model.tissue, follower.table, follower.cell_id)
        except CellError:
            card = cards.absent(follower.table, follower.cell_id, cell.card)
        cell.card = dataclasses.replace(
            card,
            side=cell.side,
            followed=cell.followed,
            fate=follower.fate(hour),
            story=follower.story(arm.model),
            looking=-1 if cell.past is None else cell.past.hour,
        )
        self.say("card", arm.number, cell.card)
