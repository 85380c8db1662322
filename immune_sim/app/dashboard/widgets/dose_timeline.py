"""Doses on a timeline: the days of a run above, the clock hours of a day below, and the blockade they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

SOURCE = Path(__file__).with_suffix(".js")
DRAWING = SOURCE.with_name("dose_drawing.js")
KINDS = ("choose", "add", "move", "amount", "remove")


class DoseTimeline(anywidget.AnyWidget):
    """Doses that are clicked, dragged and typed. view, heat, lines, course: see ``composer.desk.Desk``."""

    _esm = DRAWING.read_text(encoding="utf-8") + SOURCE.read_text(encoding="utf-8")

    view = traitlets.Dict().tag(sync=True)
    heat = traitlets.Bytes().tag(sync=True)
    lines = traitlets.Bytes().tag(sync=True)
    course = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._hand: Callable[[str, dict[str, Any]], None] = lambda kind, told: None
        self.on_msg(self._received)

    def listen(self, hand: Callable[[str, dict[str, Any]], None]) -> None:
        """Name who is told what a hand did."""
        self._hand = hand

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("kind") in KINDS:
            self._hand(content["kind"], content)
