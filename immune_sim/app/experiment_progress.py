"""The lines that move while a study runs: how far it is, the time left, failures, and the running estimate per arm."""

from __future__ import annotations

import math
import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.estimate import SHARES, TIMES, Estimate
from immune_sim.runs.experiments.standing import Standing

PAUSE = 0.2  # s between two pictures
LINE_EVERY = 30.0  # s between two lines where no terminal is there to be redrawn
MOST_ARMS = 8


class StudyProgress:
    """Shows where a study stands; moving: whether a terminal is there to be redrawn."""

    def __init__(self, to: Console, experiment: Experiment, *, moving: bool):
        self.to, self.experiment = to, experiment
        self._live = Live(console=to, auto_refresh=False, transient=True) if moving else None
        self._drawn = self._told = 0.0

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, standing: Standing) -> None:
        """Show the present standing, at most some times a second."""
        now = time.perf_counter()
        if self._live and now - self._drawn > PAUSE:
            self._drawn = now
            self._live.update(self.picture(standing), refresh=True)
        elif not self._live and standing.new and now - self._told > LINE_EVERY:
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


def duration_words(seconds: float) -> str:
    """A time as one says it: 40 s, 12 min, 3.5 h, 2.1 days."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"
