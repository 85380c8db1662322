"""The lines that move while a study runs: how far it is, the time left, failures, and the running estimate per arm."""

from __future__ import annotations

import math
import time

from rich.console import Console, Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from immune_sim.app.redrawn import Redrawn, duration_words
from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.estimate import SHARES, TIMES, Estimate
from immune_sim.runs.experiments.standing import Standing

PAUSE = 0.2  # s between two pictures
LINE_EVERY = 30.0  # s between two lines where no terminal is there to be redrawn
MOST_ARMS = 8


class StudyProgress(Redrawn):
    """Shows where a study stands; moving: whether a terminal is there to be redrawn."""

    def __init__(self, to: Console, experiment: Experiment, *, moving: bool):
        super().__init__(to, moving=moving)
        self.to, self.experiment = to, experiment
        self._drawn = self._told = 0.0

    def __call__(self, standing: Standing) -> None:
        """Show the present standing, at most some times a second."""
        now = time.perf_counter()
        if self.moving and now - self._drawn > PAUSE:
            self._drawn = now
            self.draw(self.picture(standing))
        elif not self.moving and standing.new and now - self._told > LINE_EVERY:
            self._told = now
            self.to.print(self.line(standing), soft_wrap=True)

    def line(self, standing: Standing) -> str:
        """Done, failed and time left in one line."""
        left = "" if math.isnan(standing.seconds_left) else f", about {duration_words(standing.seconds_left)} left"
        failed = f", {standing.failed:,} failed" if standing.failed else ""
        return f"{standing.done:,} of {standing.planned:,} runs{failed}{left}"

    def picture(self, standing: Standing) -> Group:
        """The bar, and below it the estimate of the first endpoint in every arm."""
        head = Table.grid(padding=(0, 2))
        head.add_row(
            ProgressBar(total=max(1, standing.planned), completed=standing.done, width=30), self.line(standing)
        )
        rows = Table.grid(padding=(0, 3))
        for arm, found in list(standing.estimates().items())[:MOST_ARMS]:
            rows.add_row(Text(arm, style="dim"), estimate_words(standing.endpoint, found))
        return Group(head, rows)


def estimate_words(endpoint: str, found: Estimate) -> str:
    """An estimate with its interval as one says it: shares in percent, times in days."""
    name = endpoint.replace("_", " ")
    if not found.runs:
        return f"{name}: none yet"
    factor, unit, digits = (
        (100.0, " %", 0) if endpoint in SHARES else (1 / 24, " d", 1) if endpoint in TIMES else (1.0, "", 1)
    )
    value = f"{name} {found.value * factor:,.{digits}f}{unit}"
    if not math.isfinite(found.low):
        return value
    return f"{value} ({found.low * factor:,.{digits}f} to {found.high * factor:,.{digits}f}, n = {found.runs:,})"
