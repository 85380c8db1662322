"""A figure of a study: drawn once for the light page, changed in a few places for the dark one; its marks answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from immune_sim.app.dashboard.widgets.curve_plot import PLOTLY_URL

SOURCE = Path(__file__).with_suffix(".js")


class StudyFigure(anywidget.AnyWidget):
    """figure: plotly data and layout for a light page; dark: [[path, value], ...], what differs on a dark one.

    pickable: whether its marks stand for tissues. description: what a screen reader says.
    """

    _esm = SOURCE.read_text(encoding="utf-8")

    figure = traitlets.Dict().tag(sync=True)
    dark = traitlets.List(traitlets.Any()).tag(sync=True)
    pickable = traitlets.Bool(False).tag(sync=True)
    plotly_url = traitlets.Unicode(PLOTLY_URL).tag(sync=True)
    description = traitlets.Unicode("Figure").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._picked: Callable[[dict[str, Any]], None] = lambda _: None
        self.on_msg(self._received)

    def listen(self, picked: Callable[[dict[str, Any]], None]) -> None:
        """picked: told of a mark that was clicked: its x, legend group and what is kept beside it."""
        self._picked = picked

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("kind") == "picked" and self.pickable:
            self._picked(content)
