"""The pictures of the tissues and the key to them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard import looks, pictures
from immune_sim.app.dashboard.engine import divergence
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.cloud import Cloud, cloud
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.engine.reading_cells import ReadingCells, Way
from immune_sim.app.dashboard.engine.twins import Twins
from immune_sim.app.dashboard.pictures import Picture, Slice

if TYPE_CHECKING:
    from immune_sim.app.dashboard.engine.workshop import Workshop

type Marks = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Frame:
    """A picture as it travels. site_size in um.

    selected: site of the picture with the cell that is read, or -1. track (n, 3): column, row and distance from the
    slice of a followed cell, oldest hour first; marks: column, row and what happened there. begun: when its
    hour was there and the picture was begun, s since 1970, so that a page can tell how long it took to the screen.
    """

    picture: Picture
    site_size: float
    selected: int
    track: NDArray[np.int16]
    marks: Marks
    begun: float


@dataclass(frozen=True)
class CloudFrame:
    """A cloud of points as it travels. track (n, 3): x, y, z of a cell; living: whether it is still there."""

    cloud: Cloud
    site_size: float
    track: NDArray[np.int16]
    living: bool
    plane: tuple[int, int] | None


class Showing(Part):
    """Pictures. Events: opened(arm, shape), key(arm, key), frame(arm, frame) or cloud(arm, frame)."""

    def __init__(self, workshop: Workshop):
        super().__init__(workshop)
        self._awaited: set[int] = set()  # arms whose picture is on its way

    def color(self, name: str) -> None:
        """Color the tissues by another layer."""
        self.workshop.view.color_by = name
        for arm in self.workshop.arms.values():
            self._send_key(arm)
        self.workshop.loop.redraw()

    def slice(self, where: Slice) -> None:
        """Show another slice of 3-D tissues."""
        self.workshop.view.where = where
        self.workshop.loop.redraw()

    def as_cloud(self, wanted: bool) -> None:
        """Show 3-D tissues as a cloud that is cut open at the slice, or show the slice."""
        self.workshop.view.cloud = wanted
        for arm in self.workshop.arms:
            self.picture_again(arm)

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
        """Send the extents of another tissue and its key."""
        self.say("opened", arm.number, pictures.shape_of(arm.model))
        self._send_key(arm)

    def dropped(self, number: int) -> None:
        """Nobody paints that one any more."""
        self._awaited.discard(number)

    def show(self, slow: bool) -> None:
        """Send a picture of every tissue."""
        self._awaited = set(self.workshop.arms)
        for arm in self.workshop.arms.values():
            way = self.workshop.part(ReadingCells).way(arm)
            if self.workshop.in_cloud(arm):
                self.say("cloud", arm.number, self._cloud(arm, way))
            else:
                self.say("frame", arm.number, self._frame(arm, way))

    def _frame(self, arm: Arm, way: Way) -> Frame:
        begun = time.time()
        view, lattice = self.workshop.view, arm.model.tissue.lattice
        where = view.where.fitted(lattice.shape)
        selected = pictures.picture_site(arm.model, way.site, where) if way.site >= 0 else -1
        happened = pictures.on_picture(arm.model, np.array([site for site, _ in way.marks], dtype=np.int32), where)
        marks = tuple(
            (int(place[0]), int(place[1]), what)
            for place, (_, what) in zip(happened, way.marks, strict=True)
            if abs(place[2]) <= 1
        )
        picture = self._differences(arm, where) or pictures.picture(arm.model, view.color_by, where)
        track = pictures.on_picture(arm.model, way.track, where)
        return Frame(picture, float(lattice.site_size), selected, track, marks, begun)

    def _cloud(self, arm: Arm, way: Way) -> CloudFrame:
        view, lattice = self.workshop.view, arm.model.tissue.lattice
        where = view.where.fitted(lattice.shape)
        cut = None if where.at == lattice.shape[where.axis] - 1 else where
        sites = way.track if len(way.track) or way.site < 0 else np.array([way.site])
        track = lattice.coordinates(sites)[:, ::-1].astype(np.int16)
        plane = None if cut is None else (2 - cut.axis, cut.at + 1)
        return CloudFrame(cloud(arm.model, view.color_by, cut), float(lattice.site_size), track, way.site >= 0, plane)

    def _differences(self, arm: Arm, where: Slice) -> Picture | None:
        """The map of the cells that differ from the first arm, where that is wanted and there is one."""
        found = self.workshop.part(Twins).found(arm) if self.workshop.view.differences else None
        if found is None:
            return None
        codes = found.codes if found.codes.ndim == 2 else np.ascontiguousarray(found.codes.take(where.at, where.axis))
        tally = np.zeros(256, dtype=np.int64)
        for code, count in found.counts.items():
            tally[code] = count
        return Picture(codes, tally, f"{found.differing:,} cells differ from A.")

    def _send_key(self, arm: Arm) -> None:
        differing = self.workshop.view.differences and arm.number
        self.say("key", arm.number, divergence.key("A") if differing else looks.key(self.workshop.view.color_by))
