"""Files that the page hands to the person; they are made here or on the canvas and never leave this machine."""

from __future__ import annotations

from pathlib import Path

import anywidget

SOURCE = Path(__file__).with_suffix(".js")


class TakeAway(anywidget.AnyWidget):
    """Shows nothing; ``give`` and ``give_picture`` start a download in the page."""

    _esm = SOURCE.read_text(encoding="utf-8")

    def give(self, name: str, mime: str, content: str | bytes) -> None:
        """Hand over a file."""
        raw = content.encode() if isinstance(content, str) else content
        self.send({"kind": "file", "name": name, "mime": mime}, [raw])

    def give_picture(self, arm: int, name: str, words: str) -> None:
        """Hand over the tissue of an arm as it is painted now, as PNG, with its legend and a line of words below."""
        self.send({"kind": "picture", "arm": arm, "name": name, "words": words})
