"""One tissue of a session: the run as it began, its model, and the hours it has been through."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.engine.timeline import Timeline
from immune_sim.app.dashboard.replay import Run
from immune_sim.model.model import TumorImmuneModel


class Arm:
    """A run on the screen. number: 0 to 3. begun: the run at hour 0, without what was done to it since.

    timeline: every hour and every change goes through it, so that one can go back.

    notes: what parts remember of this arm, by a name of theirs; a new run begins with none.
    """

    def __init__(self, number: int, run: Run, given_up: Callable[[], bool] = lambda: False):
        """Build the model and play the run up to its hour, unless somebody gives up; raises ScenarioError."""
        self.number = number
        self.begun = dataclasses.replace(run, hour=0, changes=())
        self.timeline = Timeline(TumorImmuneModel(run.scenario, rng=run.seed), run)
        self.notes: dict[str, Any] = {}
        self.timeline.go_to(run.hour, given_up)

    @property
    def model(self) -> TumorImmuneModel:
        """The tissue as it stands; going to another hour puts another one in its place."""
        return self.timeline.model

    def now(self) -> Run:
        """The run as it stands."""
        changes = replay.merged(self.model.interventions)
        return dataclasses.replace(self.begun, hour=round(self.model.time), changes=changes)

    @property
    def ended(self) -> bool:
        """Whether the run has come to its end."""
        return not self.model.running or self.model.time >= self.model.duration
