"""What may be taken away of a run: files, a code, and what somebody else is sent for (see errands.py)."""

from __future__ import annotations

import time
from typing import Literal

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.composer.sentence import doses_sentence
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.errands import Errand
from immune_sim.core.errors import ScenarioError
from immune_sim.runs import tables
from immune_sim.scenario.scenario import Scenario

type Kind = Literal["scenario", "csv", "parquet", "picture", "code"]

LETTERS = "ABCD"
SELDOM = 5.0  # s between two codes while the clock runs


class Taking(Part):
    """Files. Events: file(name, mime, content), picture(arm, name, words), code(arm, code, when), errand(errand).

    Codes come by themselves whenever the clock stands, and now and then while it runs.
    """

    _coded_at = 0.0

    def take_away(self, arm: int, kind: Kind) -> None:
        """Make a file of the run as it stands, or its code."""
        if arm not in self.workshop.arms:
            return
        held = self.workshop.arms[arm]
        run, columns = held.now(), held.model.recorder.columns
        stem = run.stem + (f"-{LETTERS[arm]}" if arm else "")  # files of two arms must not have one name
        if kind == "scenario":
            self.say("file", f"{stem}.toml", "application/toml", replay.to_toml(run))
        elif kind == "csv":
            self.say("file", f"{stem}.csv", "text/csv", tables.as_csv(columns))
        elif kind == "parquet":
            self.say("file", f"{stem}.parquet", "application/vnd.apache.parquet", tables.as_parquet(columns))
        elif kind == "picture":
            self.say("picture", arm, f"{stem}.png", self._words(held, run))
        else:
            self._say_code(held, run)

    def send_for(self, arm: int, kind: Literal["film", "report"], every: int) -> None:
        """Name an errand on the run as it stands and as it is looked at."""
        if arm in self.workshop.arms:
            view = self.workshop.view
            self.say("errand", Errand(kind, self.workshop.arms[arm].now(), view.color_by, view.where, max(1, every)))

    def _words(self, held: Arm, run: replay.Run) -> str:
        """What stands below a picture, in two lines: which run at which hour, and the schedule that it follows."""
        scenario = held.model.scenario
        letter = f"{LETTERS[held.number]}: " if len(self.workshop.arms) > 1 else ""
        own = scenario.dosing == Scenario.shipped(run.name).dosing or bool(run.title)
        title = f"{scenario.title or run.name}{'' if own else ' (another schedule)'}"
        named = f"{letter}{title}, seed {run.seed}, {replay.clock(run.hour)}"
        return f"{named}\nschedule: {doses_sentence(scenario, scenario.dosing)}"

    def show(self, slow: bool) -> None:
        """Say the code of every arm that has gone on."""
        now = time.perf_counter()
        if slow and (now - self._coded_at > SELDOM or not self.workshop.loop.playing):
            self._coded_at = now
            for held in self.workshop.arms.values():
                run = held.now()
                if held.notes.get("coded") != run:
                    self._say_code(held, run)

    def _say_code(self, held: Arm, run: replay.Run) -> None:
        held.notes["coded"] = run
        try:
            self.say("code", held.number, replay.code(run), replay.clock(run.hour))
        except ScenarioError as error:
            self.say("code", held.number, str(error), "")
