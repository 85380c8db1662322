"""Runs are begun, dropped, and their common clock is set."""

from __future__ import annotations

import time
from collections.abc import Callable

from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.replay import Run

TELLING = 0.4  # s between two words of how far it is
HOURS_PER_DAY = 24


class Clockwork(Part):
    """The commands of the clock, which all arms share."""

    def begin(self, arm: int, run: Run) -> None:
        """Put a run at its hour into an arm."""
        self.workshop.busy("Bringing the run back" if run.hour else "Preparing the tissue")
        try:
            made = Arm(arm, run, self._telling(run.hour))
        finally:
            self.workshop.busy("")
        self.workshop.open(made)

    def _telling(self, hours: int) -> Callable[[], bool]:
        """Asked after every hour that is played again: tells now and then how far it is, and never gives up."""
        played, told_at = 0, time.monotonic()

        def tell() -> bool:
            nonlocal played, told_at
            played += 1
            if time.monotonic() - told_at > TELLING:
                told_at = time.monotonic()
                day, last = played // HOURS_PER_DAY, hours // HOURS_PER_DAY
                self.workshop.busy(f"Bringing the run back: day {day} of {last}")
            return False

        return tell

    def drop(self, arm: int) -> None:
        """Take a tissue away."""
        self.workshop.drop(arm)

    def play(self, playing: bool) -> None:
        """Let the clock run or stand."""
        self.workshop.loop.play(playing)

    def advance(self, hours: int) -> None:
        """Compute this many hours at once."""
        self.workshop.loop.step(hours)

    def pace(self, hours_per_second: float) -> None:
        """Set the pace of the clock, infinite for as fast as possible."""
        self.workshop.loop.pace = hours_per_second
