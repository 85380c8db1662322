"""The code of a run, kept in the browser's tab, so that a page that lost its session can offer it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

SOURCE = Path(__file__).with_suffix(".js")


class Keepsake(anywidget.AnyWidget):
    """Shows nothing. session: whose code it is; code, when: of the run as it stands, and its hour in words.

    The tab keeps them until it is closed. A code of another session, which this page does not know, is told.
    """

    _esm = SOURCE.read_text(encoding="utf-8")

    session = traitlets.Unicode().tag(sync=True)
    when = traitlets.Unicode().tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._found: Callable[[str, str], Any] = lambda code, when: None
        self.on_msg(self._received)

    def listen(self, found: Callable[[str, str], Any]) -> None:
        """Name whom to tell of a code that the tab kept."""
        self._found = found

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("kind") == "found":
            self._found(str(content.get("code", "")), str(content.get("when", "")))
