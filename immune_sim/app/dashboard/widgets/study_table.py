"""The table behind a figure of a study; its rows lead to the tissues that the marks of the figure lead to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

SOURCE = Path(__file__).with_suffix(".js")


class StudyTable(anywidget.AnyWidget):
    """heads and rows: as text. pickable: whether every row stands for tissues. title: of the figure."""

    _esm = SOURCE.read_text(encoding="utf-8")

    heads = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    pickable = traitlets.Bool(False).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._picked: Callable[[int], None] = lambda _: None
        self.on_msg(self._received)

    def listen(self, picked: Callable[[int], None]) -> None:
        """picked: told of the row whose button was pressed."""
        self._picked = picked

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        row = content.get("row")
        if content.get("kind") == "row" and self.pickable and isinstance(row, int) and 0 <= row < len(self.rows):
            self._picked(row)
