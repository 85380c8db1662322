"""An animated picture of a run: the pictures come one by one, and the page draws and packs them into one file."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
from numpy.typing import NDArray

PARTS = ("gif.js", "film.js")


class Film(anywidget.AnyWidget):
    """Shows nothing; hands over a GIF when the last picture has come."""

    _esm = "\n".join(Path(__file__).with_name(each).read_text(encoding="utf-8") for each in PARTS)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._on_end: Callable[[str], None] = lambda _: None
        self.on_msg(self._received)

    def listen(self, on_end: Callable[[str], None]) -> None:
        """Name who is told when the file was handed over (with ""), or what went wrong in the page."""
        self._on_end = on_end

    def begin(self, name: str, title: str, key: dict[str, Any], shape: tuple[int, int]) -> None:
        """A new film. name: of the file. title: below every picture. key: what codes mean, as for the canvas."""
        self.send({"kind": "reel", "reel": {"name": name, "title": title, "key": key, "shape": [*shape]}})

    def add(self, codes: NDArray[np.uint8], when: str, counts: dict[str, int], last: bool) -> None:
        """The next picture, codes (rows, columns) uint8; the last one ends the film."""
        shot = {"when": when, "counts": counts}
        self.send({"kind": "shot", "shot": shot, "last": last}, [zlib.compress(np.ascontiguousarray(codes), 1)])

    def cut(self) -> None:
        """Give the film up."""
        self.send({"kind": "cut"})

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("kind") in ("given", "failed"):
            self._on_end(str(content.get("words", "")))
