"""A solid tissue as a cloud of points that can be turned: four bytes a point go to the browser, which does the rest."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from immune_sim.app.dashboard.engine.showing import CloudFrame
from immune_sim.app.dashboard.widgets.sources import script


class PointCloud(anywidget.AnyWidget):
    """The surface of a tissue, its legend, and the hands that turn it.

    points: x, y, z and code of every point one after the other, uint8 (4, n), zlib-compressed. extent: sites along
    x, y, z; step: sites that one step of a coordinate stands for. shown: one of so many points was sent. number, key,
    tally, clones, shares, tip, description, busy, site_size: as of a TissueCanvas, but sites count through the whole
    tissue. track: x, y, z of a followed cell, hour by hour, int16; followed: whether it still lives at the end of it.
    plane: [axis, place] of a cut (axis 0 is x), or [].
    """

    _esm = script("parts/basics", "parts/tip", "parts/legend", "parts/spheres", "parts/solid", "point_cloud")

    points = traitlets.Bytes(b"").tag(sync=True)
    extent = traitlets.List(traitlets.Int(), default_value=[1, 1, 1]).tag(sync=True)
    step = traitlets.Int(1).tag(sync=True)
    shown = traitlets.Int(1).tag(sync=True)
    number = traitlets.Int(0).tag(sync=True)
    key = traitlets.Dict().tag(sync=True)
    tally = traitlets.Bytes(b"").tag(sync=True)
    clones = traitlets.Dict().tag(sync=True)
    shares = traitlets.Bytes(b"").tag(sync=True)
    track = traitlets.Bytes(b"").tag(sync=True)
    followed = traitlets.Bool(False).tag(sync=True)
    plane = traitlets.List(traitlets.Int()).tag(sync=True)
    tip = traitlets.Dict({"site": -1, "lines": []}).tag(sync=True)
    description = traitlets.Unicode("Tissue").tag(sync=True)
    busy = traitlets.Unicode("").tag(sync=True)
    site_size = traitlets.Float(15.0).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._listeners: dict[str, Callable[[int], None]] = {}
        self.on_msg(self._received)

    def listen(self, **listeners: Callable[[int], None]) -> None:
        """Name who is told: ``painted=`` with a frame number, ``hover=`` and ``click=`` with a site (-1: none)."""
        self._listeners.update(listeners)

    def show(self, frame: CloudFrame) -> int:
        """Send one cloud and return its number."""
        cloud = frame.cloud
        with self.hold_sync():
            self.points = zlib.compress(np.ascontiguousarray(cloud.points).tobytes(), level=1)
            self.extent, self.step, self.shown = list(cloud.extent), cloud.step, cloud.shown
            self.tally = cloud.tally.astype(np.uint32).tobytes()
            self.track, self.followed = frame.track.tobytes(), frame.living
            self.plane = list(frame.plane or ())
            self.description = cloud.description
            self.number += 1
        return int(self.number)

    def show_clones(self, entries: Sequence[dict[str, Any]], hours: Sequence[int], shares: NDArray[np.uint8]) -> None:
        """The legend of clones, as of a TissueCanvas."""
        with self.hold_sync():
            self.shares = shares.tobytes()
            self.clones = {"entries": [*entries], "hours": [*hours]}

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        listener = self._listeners.get(content.get("kind", ""))
        if listener is not None:
            listener(int(content.get("number", content.get("site", -1))))
