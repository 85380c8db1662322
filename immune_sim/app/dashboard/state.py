"""What one session holds: its model (in its engine), its screen (its stage), and what the person has chosen.

Nothing here is global: every browser tab has a Session of its own, and its engine ends with it.
"""

from __future__ import annotations

import math

import solara

from immune_sim.app.dashboard import pictures
from immune_sim.app.dashboard.engine import Engine
from immune_sim.app.dashboard.stage import Stage
from immune_sim.core.errors import ScenarioError
from immune_sim.core.parameters import Value
from immune_sim.model.model import TumorImmuneModel
from immune_sim.scenario.scenario import Scenario

FIRST_SCENARIO = "ldn-mouse"
FIRST_SEED = 1
SPEEDS = (1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 120.0, math.inf)  # hours of tissue per second
FIRST_SPEED = 4


class Session:
    """One person's laboratory. Reading the ``value`` of a reactive attribute in a component redraws it on change.

    changes: values wanted, where they differ from the scenario. waiting: those of them that wait for the next reset.
    """

    def __init__(self) -> None:
        self.scenario = Scenario.load(FIRST_SCENARIO)
        self.scenario_name = solara.reactive(FIRST_SCENARIO)
        self.seed = solara.reactive(FIRST_SEED)
        self.playing = solara.reactive(False)
        self.speed = solara.reactive(FIRST_SPEED)
        self.color_by = solara.reactive(pictures.LOOKS[0].name)
        self.z = solara.reactive(0)
        self.changes: solara.Reactive[dict[str, Value]] = solara.reactive({})
        self.waiting: solara.Reactive[tuple[str, ...]] = solara.reactive(())
        self.evidence_open = solara.reactive(False)
        self._in_use: dict[str, Value] = {}  # of the values that are not live, those the model was built with
        self.stage = Stage(on_stopped=lambda: self.playing.set(False))
        self.engine = Engine(self.stage)
        self.stage.engine = self.engine
        self.set_speed(FIRST_SPEED)

    def open(self) -> None:
        """Begin: a living tissue is on the screen before anything is pressed."""
        self.engine.start()
        self.reset()
        self.play(True)

    def close(self) -> None:
        """End with the page."""
        self.engine.close()

    def play(self, playing: bool) -> None:
        """Let the clock run or stand."""
        self.playing.value = playing
        self.stage.message.value = ""
        self.engine.play(playing)

    def advance(self, hours: int) -> None:
        """Stop the clock and compute this many hours."""
        self.play(False)
        self.engine.advance(hours)

    def set_speed(self, step: int) -> None:
        """Choose one of SPEEDS."""
        self.speed.value = step
        self.engine.pace = SPEEDS[step]

    def choose(self, name: str) -> None:
        """Take another shipped scenario and begin; changed values belonged to the old one and go."""
        try:
            self.scenario = Scenario.load(name)
        except ScenarioError as error:
            self.stage.message.value = str(error)
            return
        self.scenario_name.value = name
        self.changes.value = {}
        self.z.value = self.stage.z = int(self.scenario.values["space.depth"]) // 2
        self.reset()
        self.play(True)

    def reset(self) -> None:
        """Begin again at hour 0 with everything that was changed."""
        seed, changes = self.seed.value, dict(self.changes.value)
        scenario = self.scenario.with_overrides(changes)
        self._in_use = dict(scenario.values)
        self.waiting.value = ()
        self.stage.message.value = ""
        self.engine.note(self.stage.forget_cell)
        self.engine.build(lambda: TumorImmuneModel(scenario, rng=seed))
        self.engine.note(self.stage.restart)

    def other_luck(self) -> None:
        """Begin again with the next seed."""
        self.seed.value += 1
        self.reset()
        self.play(True)

    def set_parameter(self, address: str, value: Value) -> None:
        """Want another value: a live one is used at once, the others from the next reset on."""
        declared = self.scenario.registry.parameters[address]
        wanted: Value = declared.kind(value)
        changes = {name: each for name, each in self.changes.value.items() if name != address}
        if wanted != self.scenario.values[address]:
            changes[address] = wanted
        self.changes.value = changes
        if declared.live:
            self.engine.note(lambda: self._use(address, wanted))
        else:
            waits = tuple(each for each in self.waiting.value if each != address)
            self.waiting.value = waits if wanted == self._in_use[address] else (*waits, address)

    def undo(self, address: str) -> None:
        """Put a value back to the scenario's."""
        self.set_parameter(address, self.scenario.values[address])

    def undo_all(self) -> None:
        """Put every value back to the scenario's."""
        for address in [*self.changes.value]:
            self.undo(address)

    def give_dose(self, amount: str) -> None:
        """Give a dose now, "0.1 mg/kg" or "4.5 mg"."""
        self.engine.note(lambda: self._give(amount.strip()))

    def color(self, name: str) -> None:
        """Color the tissue by another layer."""
        self.color_by.value = self.stage.color_by = name
        self.engine.note(self.stage.recolor)

    def slice(self, z: int) -> None:
        """Show another slice of a 3-D tissue."""
        self.z.value = self.stage.z = z
        self.engine.redraw()

    def unfollow(self) -> None:
        """Close the card of the cell that is followed."""
        self.engine.note(self.stage.forget_cell)

    def _use(self, address: str, value: Value) -> None:
        if self.engine.model is not None:
            self.engine.model.set_parameter(address, value)
            self.engine.redraw()

    def _give(self, amount: str) -> None:
        model = self.engine.model
        if model is not None:
            mg = model.give_dose(amount)
            day, hour = divmod(round(model.time), 24)
            self.stage.message.value = f"Dose given on day {day}, {hour:02d}:00: {amount}" + (
                "" if amount.endswith("mg") else f" ({mg:.3g} mg)"
            )
            self.engine.redraw()
