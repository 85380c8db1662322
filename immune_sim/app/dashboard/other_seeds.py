"""The page's side of luck: which other seeds are wanted, their band behind the curve, and where this run lies."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import solara
from numpy.typing import NDArray

from immune_sim.app.dashboard import luck
from immune_sim.app.dashboard.fan import Fan, SeedRow, other_seeds, sentence
from immune_sim.app.dashboard.replay import Run

if TYPE_CHECKING:
    from immune_sim.app.dashboard.engine.process import Engine
    from immune_sim.app.dashboard.state import Session

TOO_LARGE = "This tissue is too large to compute other seeds of it beside."
OFF = "Off: no other seeds are computed."


class OtherSeeds:
    """count: of other seeds wanted, reactive; grown: redraws what shows the fan when it has grown."""

    def __init__(self, session: Session):
        self._session = session
        self.count = solara.reactive(luck.COUNTS[1])
        self.grown = solara.reactive(0)
        self._run: Run | None = None
        self._fan: Fan | None = None
        self._asked = 0  # how often seeds were asked for, so that a late answer is known as such

    def begin(self, run: Run) -> None:
        """Compute the other seeds of a run that begins; those of the run before are dropped."""
        self._run = dataclasses.replace(run, hour=0, changes=())
        self._ask()

    def choose(self, count: int) -> None:
        """Want so many other seeds."""
        self.count.value = count
        self._ask()

    def draw(self) -> None:
        """Draw the band as it is known so far."""
        plot = self._session.stage.plot
        if plot is not None and self._fan is not None and self.count.value:
            plot.show_fan(*self._fan.band(self._seeds))
        elif plot is not None:
            plot.show_fan(np.empty(0), [np.empty(0)] * 3)

    def words(self, hour: int, cells: int, changed: bool) -> str:
        """Where the run lies among the other seeds. changed: whether something was done by hand."""
        if self._run is None or not self.count.value:
            return OFF
        if self._fan is None:
            return TOO_LARGE
        return sentence(self._fan, self._seeds, hour, cells, changed)

    def at(self, hour: int) -> NDArray[np.float64]:
        """Burdens of the other seeds that have come to an hour."""
        return np.empty(0) if self._fan is None else self._fan.at(hour, self._seeds)

    def table(self, hour: int) -> tuple[SeedRow, ...]:
        """The other seeds at an hour."""
        return () if self._fan is None else self._fan.table(hour, self._seeds)

    def open(self, seed: int) -> None:
        """Show the run of another seed, at the hour that is shown now."""
        if self._run is not None:
            hour = round(self._session.stage.reading.value.hour)
            self._session.open_run(dataclasses.replace(self._run, seed=seed, hour=hour))

    @property
    def _seeds(self) -> tuple[int, ...]:
        return () if self._run is None else other_seeds(self._run.seed, self.count.value)

    def _ask(self) -> None:
        self._asked += 1
        run, number = self._run, self._asked
        engine: Engine = self._session.engine
        self._fan = None if run is None or luck.too_large(run) else luck.fan_of(run)

        def wanted() -> bool:
            return number == self._asked and not engine.closed

        def told(fan: Fan) -> None:
            if wanted():
                self.draw()
                self.grown.value = fan.grown

        self.draw()
        self.grown.value = -number
        if run is not None and self._fan is not None and self.count.value:
            luck.follow(run, self.count.value, wanted, told)
