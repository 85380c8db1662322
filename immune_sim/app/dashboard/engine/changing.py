"""What is done to a running tissue: doses by hand, live values, another schedule; all is listed with its hour."""

from __future__ import annotations

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.composer.plan import Plan
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.core.parameters import Value


class Changing(Part):
    """Changes of a running model. Events: log(arm, changes), schedule(arm, hour, phases)."""

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

    def use_schedule(self, arm: int, plan: Plan) -> None:
        """Follow what of a plan is still to come, from the present hour on."""
        if arm in self.workshop.arms:
            timeline = self.workshop.arms[arm].timeline
            timeline.change(lambda model: model.set_regimen(plan.dosing_from(round(model.time), model.scenario.dosing)))
            self.list_changes(arm)
            self.say("message", arm, f"Another schedule from {replay.clock(timeline.model.time)} on")

    def ask_schedule(self, arm: int) -> None:
        """Say the schedule that a tissue follows, past changes included."""
        if arm in self.workshop.arms:
            model = self.workshop.arms[arm].model
            self.say("schedule", arm, round(model.time), model.scenario.dosing)

    def list_changes(self, arm: int) -> None:
        """Say what was done to a running model so far, and show what it is like now."""
        self.say("log", arm, replay.merged(self.workshop.arms[arm].model.interventions))
        self.workshop.loop.redraw()

    def opened(self, arm: Arm) -> None:
        """A run that was brought back has changes already."""
        self.list_changes(arm.number)
