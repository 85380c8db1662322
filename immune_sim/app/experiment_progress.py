"""The lines that move while a study runs: how far it is, the time left, failures, and the running estimate per arm."""

from __future__ import annotations

import math
import time
from typing import Self

from rich.console import Console, Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from immune_sim.analysis.tables import FEWEST
from immune_sim.app.redrawn import Redrawn, duration_words
from immune_sim.runs.experiments.estimate import SHARES, TIMES, Estimate
from immune_sim.runs.experiments.standing import Standing

PAUSE = 0.2  # s between two pictures
LINE_EVERY = 30.0  # s between two lines where no terminal is there to be redrawn
MOST_ARMS = 8
HOURS_PER_DAY = 24.0


class StudyProgress(Redrawn):
    """Shows where a study stands; moving: whether a terminal is there to be redrawn."""

    def __init__(self, to: Console, *, moving: bool):
        super().__init__(to, moving=moving)
        self.to = to
        self._drawn = self._told = 0.0
        self._stopping = False

    def __enter__(self) -> Self:
        super().__enter__()
        self.draw(Text("Looking at what is there", style="dim"))
        return self

    def __call__(self, standing: Standing) -> None:
        """Show the present standing, at most some times a second."""
        now = time.perf_counter()
        if standing.stopping and not self._stopping:
            self._stopping, self._drawn = True, 0.0
            self.to.print(stopping_words(standing.under_way), style="yellow", soft_wrap=True)
        if self.moving and now - self._drawn > PAUSE:
            self._drawn = now
            self.draw(self.picture(standing))
        elif not self.moving and standing.new and now - self._told > LINE_EVERY:
            self._told = now
            self.to.print(self.line(standing), soft_wrap=True)

    def line(self, standing: Standing) -> str:
        """Done, failed and time left in one line."""
        failed = f", {standing.failed:,} failed" if standing.failed else ""
        return f"{standing.done:,} of {standing.planned:,} runs{failed}{_outlook(standing)}"

    def picture(self, standing: Standing) -> Group:
        """The bar, and below it the estimate of the first endpoint in every arm."""
        head = Table.grid(padding=(0, 2))
        head.add_row(
            ProgressBar(total=max(1, standing.planned), completed=standing.done, width=30), self.line(standing)
        )
        rows = Table.grid(padding=(0, 3))
        for arm, found in list(standing.estimates().items())[:MOST_ARMS]:
            rows.add_row(Text(arm, style="dim"), words_of(standing, arm, found))
        return Group(head, rows)


def estimate_words(endpoint: str, found: Estimate, never: int = 0, horizon: float = math.inf) -> str:
    """An estimate with its interval: shares in percent, times in days.

    never: runs in which a time did not come within the horizon, h; they count with the horizon, and are told.
    """
    name = endpoint.replace("_", " ")
    if not found.runs:
        return f"{name}: none yet"
    if never == found.runs:
        return f"{name} not reached within {horizon / HOURS_PER_DAY:g} d (0 of {never:,} runs)"
    factor, unit, digits = (
        (100.0, " %", 0) if endpoint in SHARES else (1 / HOURS_PER_DAY, " d", 1) if endpoint in TIMES else (1.0, "", 1)
    )
    value = f"{name} {found.value * factor:,.{digits}f}{unit}"
    count = f"n = {found.runs:,}" + (f", {never:,} not reached" if never else "")
    if endpoint not in SHARES and found.runs < FEWEST:
        return f"{value} ({count}: too few for an interval)"
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return f"{value} ({count})"
    low, high = found.low, found.high
    if endpoint in TIMES:  # no time is longer than the horizon or shorter than nothing
        low, high = max(0.0, low), min(horizon, high)
    return f"{value} ({low * factor:,.{digits}f} to {high * factor:,.{digits}f}, {count})"


def words_of(standing: Standing, arm: str, found: Estimate) -> str:
    """The running estimate of an arm in words."""
    return estimate_words(standing.endpoint, found, standing.never[arm], standing.horizon)


def stopping_words(under_way: int) -> str:
    """What is said at once when somebody asks for an end."""
    if not under_way:
        return "Stopping; no run is under way."
    runs = "the run" if under_way == 1 else f"the {under_way} runs"
    return f"Finishing {runs} under way; press Ctrl-C again to stop now (unfinished runs are computed anew next time)."


def _outlook(standing: Standing) -> str:
    if standing.stopping:
        return f", finishing {standing.under_way:,}" if standing.under_way else ""
    if not math.isnan(standing.seconds_left):
        return f", about {duration_words(standing.seconds_left)} left"
    return ", the first ones are under way" if standing.under_way else ""
