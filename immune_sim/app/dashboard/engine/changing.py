"""What is done to a running tissue: doses by hand, live values, another schedule; all is listed with its hour."""

from __future__ import annotations

from typing import Any

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.core.parameters import Value


class Changing(Part):
    """Changes of a running model. Event: log(arm, changes)."""

    def set_parameter(self, arm: int, address: str, value: Value) -> None:
        """Use another value of a live parameter from now on."""
        if arm in self.workshop.arms:
            self.workshop.arms[arm].timeline.change(lambda model: model.set_parameter(address, value))
            self.list_changes(arm)

    def give_dose(self, arm: int, amount: str) -> None:
        """Give a dose now, "0.1 mg/kg" or "4.5 mg"."""
        if arm in self.workshop.arms:
            timeline = self.workshop.arms[arm].timeline
            mg = timeline.change(lambda model: model.give_dose(amount))
            self.list_changes(arm)
            exactly = "" if amount.endswith("mg") else f" ({mg:.3g} mg)"
            self.say("message", arm, f"Dose given on {replay.clock(timeline.model.time)}: {amount}{exactly}")

    def set_regimen(self, arm: int, tables: list[dict[str, Any]]) -> None:
        """Use another schedule, as tables of a scenario file, from the present hour on."""
        if arm in self.workshop.arms:
            self.workshop.arms[arm].timeline.change(lambda model: model.set_regimen(tables))
            self.list_changes(arm)

    def list_changes(self, arm: int) -> None:
        """Say what was done to a running model so far, and show what it is like now."""
        self.say("log", arm, replay.merged(self.workshop.arms[arm].model.interventions))
        self.workshop.loop.redraw()

    def opened(self, arm: Arm) -> None:
        """A run that was brought back has changes already."""
        self.list_changes(arm.number)
