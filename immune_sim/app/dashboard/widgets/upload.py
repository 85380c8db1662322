"""The button with which a person gives the page a small file, or drops it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from immune_sim.app.dashboard.uploads import ENDING, LARGEST_UPLOAD, clean_name

SOURCE = Path(__file__).with_suffix(".js")


class Upload(anywidget.AnyWidget):
    """Reads one file. label, hint: words of the button. region: CSS selector of where a file may be dropped instead.

    The page refuses what is larger than ``largest`` bytes without reading it; whoever listens checks again.
    """

    _esm = SOURCE.read_text(encoding="utf-8")

    label = traitlets.Unicode("Open a file").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    region = traitlets.Unicode("body").tag(sync=True)
    ending = traitlets.Unicode(ENDING).tag(sync=True)
    largest = traitlets.Int(LARGEST_UPLOAD).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._on_file: Callable[[str, bytes], None] = lambda name, content: None
        self._on_refused: Callable[[str], None] = lambda words: None
        self.on_msg(self._received)

    def listen(self, on_file: Callable[[str, bytes], None], on_refused: Callable[[str], None]) -> None:
        """Name who gets the name and content of a file, and who is told in words why there is none."""
        self._on_file, self._on_refused = on_file, on_refused

    def _received(self, _: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        name = str(content.get("name", ""))
        if content.get("kind") == "refused":
            self._on_refused(f"{clean_name(name)}: {str(content.get('why', ''))[:200]}")
        elif content.get("kind") == "file" and len(buffers) == 1:
            self._on_file(name, bytes(buffers[0]))
