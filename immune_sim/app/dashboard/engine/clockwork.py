"""Runs are begun, dropped, and their common clock is set."""

from __future__ import annotations

from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.replay import Run


class Clockwork(Part):
    """The commands of the clock, which all arms share."""

    def begin(self, arm: int, run: Run) -> None:
        """Put a run at its hour into an arm."""
        self.workshop.busy("Bringing the run back" if run.hour else "Preparing the tissue")
        try:
            made = Arm(arm, run)
        finally:
            self.workshop.busy("")
        self.workshop.open(made)

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
