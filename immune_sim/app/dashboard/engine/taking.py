"""What may be taken away of a run: files and a code."""

from __future__ import annotations

from typing import Literal

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.engine.parts import Part

type Kind = Literal["scenario", "curves", "picture", "code"]


class Taking(Part):
    """Files. Events: file(name, mime, content), picture(arm, name, words), code(code)."""

    def take_away(self, arm: int, kind: Kind) -> None:
        """Make a file of the run as it stands, or its code."""
        if arm not in self.workshop.arms:
            return
        held = self.workshop.arms[arm]
        run = held.now()
        if kind == "scenario":
            self.say("file", f"{run.stem}.toml", "application/toml", replay.to_toml(run))
        elif kind == "curves":
            table = held.model.recorder.table()
            self.say("file", f"{run.stem}.csv", "text/csv", table.to_csv(index=False, lineterminator="\n"))
        elif kind == "picture":
            title = held.model.scenario.title or run.name
            self.say("picture", arm, f"{run.stem}.png", f"{title}, seed {run.seed}, {replay.clock(run.hour)}")
        else:
            self.say("code", replay.code(run))
