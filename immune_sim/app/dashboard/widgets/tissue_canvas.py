"""The tissue on a canvas: one byte a site goes to the browser, a small module of our own paints it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from immune_sim.app.dashboard.engine.showing import Frame
from immune_sim.app.dashboard.widgets.sources import script

# Measured on a tissue of 200 x 200: 0.1 ms to pack 40 kB into 4 to 6 kB, and a page may be read over a slow network.
COMPRESS_ABOVE = 20_000


class TissueCanvas(anywidget.AnyWidget):
    """One picture of a tissue, its legend, and the pointer over it.

    frame: one code a site in C order of ``shape`` (rows, columns), zlib-compressed where ``compressed`` says so.
    number: counts frames; the browser paints when it changes and answers with the number it has painted.
    key: what the codes mean, see ``looks.key``. tally: cells of each code in the whole tissue, 256 uint32. clones,
    shares: the legend of clones, see ``show_clones``. selected: site with a ring around it, or -1. track: column, row
    and distance from the slice of a followed cell, hour by hour, int16. marks: [column, row, what] on its way.
    begun: when the picture was begun, s since 1970. tip: ``{"site": i, "lines": [...]}`` shown beside the pointer.
    """

    _esm = script("parts/basics", "parts/tip", "parts/legend", "parts/view", "parts/shapes", "tissue_canvas")

    frame = traitlets.Bytes(b"").tag(sync=True)
    compressed = traitlets.Bool(False).tag(sync=True)
    shape = traitlets.List(traitlets.Int(), default_value=[0, 0]).tag(sync=True)
    number = traitlets.Int(0).tag(sync=True)
    key = traitlets.Dict().tag(sync=True)
    tally = traitlets.Bytes(b"").tag(sync=True)
    clones = traitlets.Dict().tag(sync=True)
    shares = traitlets.Bytes(b"").tag(sync=True)
    selected = traitlets.Int(-1).tag(sync=True)
    track = traitlets.Bytes(b"").tag(sync=True)
    marks: Any = traitlets.List().tag(sync=True)
    tip = traitlets.Dict({"site": -1, "lines": []}).tag(sync=True)
    description = traitlets.Unicode("Tissue").tag(sync=True)
    busy = traitlets.Unicode("").tag(sync=True)
    site_size = traitlets.Float(15.0).tag(sync=True)
    begun = traitlets.Float(0.0).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._listeners: dict[str, Callable[[int], None]] = {}
        self.on_msg(self._received)

    def listen(self, **listeners: Callable[[int], None]) -> None:
        """Name who is told: ``painted=`` with a frame number, ``hover=`` and ``click=`` with a site (-1: outside)."""
        self._listeners.update(listeners)

    def show(self, frame: Frame) -> int:
        """Send one picture and return its number."""
        picture = frame.picture
        raw = np.ascontiguousarray(picture.codes).tobytes()
        packed = len(raw) > COMPRESS_ABOVE
        with self.hold_sync():
            self.frame = zlib.compress(raw, level=1) if packed else raw
            self.compressed = packed
            self.shape = list(picture.codes.shape)
            self.tally = picture.tally.astype(np.uint32).tobytes()
            self.selected = frame.selected
            self.track = frame.track.tobytes()
            self.marks = [list(each) for each in frame.marks]
            self.description = picture.description
            self.begun = frame.begun
            self.number += 1
        return int(self.number)

    def show_clones(self, entries: Sequence[dict[str, Any]], hours: Sequence[int], shares: NDArray[np.uint8]) -> None:
        """The legend of clones: entries with code, label, shape and count; shares (entries, hours) of 255."""
        with self.hold_sync():
            self.shares = shares.tobytes()
            self.clones = {"entries": [*entries], "hours": [*hours]}

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        listener = self._listeners.get(content.get("kind", ""))
        if listener is not None:
            listener(int(content.get("number", content.get("site", -1))))
