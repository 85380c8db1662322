"""Curves that grow: a thin layer on the plotly.min.js that the plotly package ships, sent only the new points."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import plotly
import traitlets
from numpy.typing import NDArray

SOURCE = Path(__file__).with_suffix(".js")
# The folder is added to the server's static files (see server.py), so a page loads Plotly once and caches it.
PLOTLY_FOLDER = Path(plotly.__file__).parent / "package_data"
PLOTLY_URL = "/static/assets/plotly.min.js"


class CurvePlot(anywidget.AnyWidget):
    """Line plots over one shared x, fed by ``replace`` and ``extend``; points are kept for a page that reloads.

    frame: a plotly layout without colors (the page's own are used); "layout" is taken by ipywidgets. traces: plotly
    scatter traces without data, each with ``colors`` [light, dark] and perhaps ``fills`` [light, dark].
    description: what a screen reader says. now: day that is marked by a line, below 0 for none.
    """

    _esm = SOURCE.read_text(encoding="utf-8")

    frame = traitlets.Dict().tag(sync=True)
    traces = traitlets.List(traitlets.Dict()).tag(sync=True)
    plotly_url = traitlets.Unicode(PLOTLY_URL).tag(sync=True)
    description = traitlets.Unicode("Curves").tag(sync=True)
    now = traitlets.Float(-1.0).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._points = np.empty((len(self.traces) + 1, 0), dtype=np.float32)
        self._guard = threading.RLock()  # the engine's thread adds points, the page's thread asks for them
        self._fan = np.empty((4, 0), dtype=np.float32)
        self._epoch = 0
        self._sent = 0
        self._asked = False  # a page has asked for points
        self._waiting = False  # a page is still drawing the last ones
        self.bytes_sent = 0
        self.on_msg(self._received)

    @property
    def points(self) -> NDArray[np.float32]:
        """The x and all curves as they are drawn, (curves + 1, n)."""
        return self._points

    @property
    def length(self) -> int:
        """How many points every curve has."""
        return int(self._points.shape[1])

    def replace(self, x: NDArray[Any], columns: Sequence[NDArray[Any]]) -> None:
        """Throw away what is drawn and draw these curves, one array a trace, each as long as x."""
        with self._guard:
            self._points = _stacked(x, columns)
            self._epoch += 1
            if self._asked:
                self._ship("replace", 0)

    def extend(self, x: NDArray[Any], columns: Sequence[NDArray[Any]]) -> None:
        """Add points at the end; only these travel. A page still busy with earlier ones gets them together later."""
        if len(x) == 0:
            return
        with self._guard:
            self._points = np.concatenate([self._points, _stacked(x, columns)], axis=1)
            self._flush()

    def show_fan(self, x: NDArray[Any], edges: Sequence[NDArray[Any]]) -> None:
        """Draw a band and its middle behind the first curve: lower edge, middle, upper edge, each as long as x.

        It is drawn as far as the curves go; without points it goes. The curves themselves are not sent again.
        """
        with self._guard:
            self._fan = _stacked(x, edges)
            if self._asked:
                self._ship_fan()

    def _ship_fan(self) -> None:
        self.bytes_sent += self._fan.nbytes
        self.send({"kind": "fan", "n": self._fan.shape[1]}, buffers=[self._fan.tobytes()])

    def _flush(self) -> None:
        if self._asked and not self._waiting and self._sent < self.length:
            self._ship("extend", self._sent)

    def _ship(self, kind: str, start: int) -> None:
        new = np.ascontiguousarray(self._points[:, start:])
        self._sent = self.length
        self._waiting = True
        self.bytes_sent += new.nbytes
        self.send({"kind": kind, "epoch": self._epoch, "start": start, "n": new.shape[1]}, buffers=[new.tobytes()])

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        with self._guard:
            if content.get("kind") == "ready":
                self._asked = True
                if self._fan.size:
                    self._ship_fan()
                self._ship("replace", 0)
            elif content.get("kind") == "drawn":
                self._waiting = False
                self._flush()


def _stacked(x: NDArray[Any], columns: Sequence[NDArray[Any]]) -> NDArray[np.float32]:
    return np.asarray([x, *columns], dtype=np.float32)
