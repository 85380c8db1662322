"""The line that moves while a run computes: how far it is, how long it will take, and how the tissue is doing."""

from __future__ import annotations

import time

from rich.console import Console, Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from immune_sim.app.redrawn import Redrawn, duration_words
from immune_sim.model.model import TumorImmuneModel

PAUSE = 0.12  # s between two pictures
MEMORY = 0.2  # weight of the newest speed in the running mean


class Progress(Redrawn):
    """A watcher of a run; shows nothing where nobody looks.

    start, until: h. moving: whether a terminal is there to be redrawn.
    """

    def __init__(self, to: Console, start: float, until: float, *, moving: bool):
        super().__init__(to, moving=moving)
        self.start, self.until = start, until
        self._drawn, self._hour, self.speed = time.perf_counter(), start, 0.0
        self._narrow = to.width < 90

    def __call__(self, model: TumorImmuneModel) -> None:
        """Show the present hour, at most some times a second."""
        now = time.perf_counter()
        if not self.moving or (now - self._drawn < PAUSE and model.time > self.start):
            return
        if model.time > self._hour:
            speed = (model.time - self._hour) / (now - self._drawn)
            self.speed = speed if not self.speed else (1 - MEMORY) * self.speed + MEMORY * speed
        self._drawn, self._hour = now, model.time
        self.draw(self.picture(model.time, model.recorder.latest))

    def picture(self, hour: float, latest: dict[str, float]) -> Group:
        """The bar with the time left, and below it the key figures."""
        done, whole = hour - self.start, max(self.until - self.start, 1e-9)
        line = Table.grid(padding=(0, 2), expand=False)
        line.add_row(
            f"day {hour / 24:.1f} of {self.until / 24:g}",
            ProgressBar(total=whole, completed=done, width=18 if self._narrow else 36),
            f"{100 * done / whole:3.0f} %",
            Text(self._left(whole - done), style="dim"),
        )
        figures = [
            ("tumor", f"{latest['tumor_cells']:,.0f}"),
            ("NK", f"{latest['nk_cells']:,.0f}"),
            ("T cells" if not self._narrow else "T", f"{latest['ctl_cells']:,.0f}"),
            ("blockade", f"{latest['blockade']:.2g}"),
            ("hours/s", f"{self.speed:,.0f}" if self.speed else "..."),
        ]
        told = Text("   ").join(Text.assemble((f"{name} ", "dim"), value) for name, value in figures)
        return Group(line, told)

    def _left(self, hours: float) -> str:
        if not self.speed:
            return ""
        return f"about {duration_words(hours / self.speed)} left"
