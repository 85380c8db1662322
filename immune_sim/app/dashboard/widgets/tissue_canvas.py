"""The tissue on a canvas: one byte a site goes to the browser, a small module of our own paints it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

# Measured on a tissue of 200 x 200: 0.1 ms to pack 40 kB into 4 to 6 kB, and a page may be read over a slow network.
COMPRESS_ABOVE = 20_000
SOURCE = Path(__file__).with_suffix(".js")


class TissueCanvas(anywidget.AnyWidget):
    """One picture of a tissue, its legend, and the pointer over it.

    frame: one code a site in C order of ``shape`` (rows, columns), zlib-compressed where ``compressed`` says so.
    number: counts frames; the browser paints when it changes and answers with the number it has painted.
    key: what the codes mean, see ``palettes.Key``. counts: code (as text) -> number to show instead of counted sites.
    selected: site with a ring around it, or -1. tip: ``{"site": i, "lines": [...]}`` shown beside the pointer.
    """

    _esm = SOURCE.read_text(encoding="utf-8")

    frame = traitlets.Bytes(b"").tag(sync=True)
    compressed = traitlets.Bool(False).tag(sync=True)
    shape = traitlets.List(traitlets.Int(), default_value=[0, 0]).tag(sync=True)
    number = traitlets.Int(0).tag(sync=True)
    key = traitlets.Dict().tag(sync=True)
    counts = traitlets.Dict().tag(sync=True)
    selected = traitlets.Int(-1).tag(sync=True)
    tip = traitlets.Dict({"site": -1, "lines": []}).tag(sync=True)
    description = traitlets.Unicode("Tissue").tag(sync=True)
    busy = traitlets.Unicode("").tag(sync=True)
    site_size = traitlets.Float(15.0).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._listeners: dict[str, Callable[[int], None]] = {}
        self.on_msg(self._received)

    def listen(self, **listeners: Callable[[int], None]) -> None:
        """Name who is told: ``painted=`` with a frame number, ``hover=`` and ``click=`` with a site (-1: outside)."""
        self._listeners.update(listeners)

    def show(
        self,
        codes: NDArray[np.uint8],
        *,
        selected: int = -1,
        counts: Mapping[str, int] | None = None,
        description: str = "",
    ) -> int:
        """Send one frame, codes (rows, columns) uint8, and return its number."""
        raw = np.ascontiguousarray(codes).tobytes()
        packed = len(raw) > COMPRESS_ABOVE
        with self.hold_sync():
            self.frame = zlib.compress(raw, level=1) if packed else raw
            self.compressed = packed
            self.shape = list(codes.shape)
            self.selected = selected
            self.counts = dict(counts or {})
            if description:
                self.description = description
            self.number += 1
        return int(self.number)

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        listener = self._listeners.get(content.get("kind", ""))
        if listener is not None:
            listener(int(content.get("number", content.get("site", -1))))
