"""What one session holds: its model (in its engine), its screen (its stage), and what the person has chosen.

Nothing here is global: every browser tab has a Session of its own, and its engine ends with it.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Literal

import solara

from immune_sim.app.dashboard import catalog, pictures, replay
from immune_sim.app.dashboard.engine import Engine
from immune_sim.app.dashboard.mixed import Floats, solve_later
from immune_sim.app.dashboard.replay import Run
from immune_sim.app.dashboard.stage import Stage
from immune_sim.app.dashboard.widgets.take_away import TakeAway
from immune_sim.core.errors import ScenarioError
from immune_sim.core.parameters import Value
from immune_sim.model.model import TumorImmuneModel
from immune_sim.scenario.scenario import Scenario

FIRST_SCENARIO = "ldn-mouse"
FIRST_SEED = 1
SPEEDS = (1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 120.0, math.inf)  # hours of tissue per second
FIRST_SPEED = 4
type Kind = Literal["scenario", "curves", "picture", "code"]


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
        self.open_panel = solara.reactive("")  # the dialog that is open: evidence, keys, takeaway, schedule or none
        self.dose = solara.reactive(catalog.usual_dose(self.scenario))
        self.mixed = solara.reactive(True)
        self._begun = 0  # how many runs were begun, so that a late answer is known as such
        self.code = solara.reactive("")
        self.takeaway: TakeAway | None = None  # the page's hand for files
        self._started = Run(FIRST_SCENARIO, FIRST_SEED)  # the engine's: how the run on the screen began
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
        self._take(name, {})
        self.reset()
        self.play(True)

    def _take(self, name: str, changes: dict[str, Value]) -> None:
        self.scenario_name.value = name
        self.changes.value = changes
        self.dose.value = catalog.usual_dose(self.scenario)
        self.z.value = self.stage.z = int(self.scenario.values["space.depth"]) // 2

    def reset(self) -> None:
        """Begin again at hour 0 with everything that was changed."""
        self._begin(Run(self.scenario_name.value, self.seed.value, 0, dict(self.changes.value)))

    def _begin(self, run: Run) -> None:
        """Build the model of a run and play the run up to its hour."""
        scenario = run.scenario
        self._in_use = dict(scenario.values)
        self.waiting.value = ()
        self.stage.message.value = ""

        def make() -> TumorImmuneModel:
            model = TumorImmuneModel(scenario, rng=run.seed)
            run.play(model, lambda: self.engine.closed)
            self._started = dataclasses.replace(run, hour=0, changes=())
            return model

        self.engine.note(self.stage.forget_cell)
        self.engine.build(make, "Bringing the run back" if run.hour else "Preparing the tissue")
        self.engine.note(self.stage.restart)
        self._solve(scenario)

    def _solve(self, scenario: Scenario) -> None:
        """Ask for the curve of the well-mixed limit of the scenario that now begins."""
        self._begun += 1
        number = self._begun

        def wanted() -> bool:
            return number == self._begun and not self.engine.closed

        def done(burden: Floats) -> None:
            self.engine.note(lambda: self.stage.mix(burden) if wanted() else None)

        self.engine.note(lambda: self.stage.mix(None))
        solve_later(scenario, wanted, done)

    def mix(self, wanted: bool) -> None:
        """Draw the well-mixed curve beside the agents', or leave it out."""
        self.mixed.value = wanted
        self.engine.note(lambda: self.stage.show_mixed(wanted))

    def bring_back(self, text: str) -> bool:
        """Show the run of a code at its hour, the clock standing; a wrong code is answered in words and False."""
        try:
            run = replay.read(text.strip())
        except ScenarioError as error:
            self.stage.message.value = str(error)
            return False
        self.scenario = Scenario.load(run.name)
        base = self.scenario.values
        live = {each.address: each.value for each in run.changes if not isinstance(each.value, list)}
        wanted = {address: live.get(address, value) for address, value in run.scenario.values.items()}
        self._take(run.name, {address: value for address, value in wanted.items() if value != base[address]})
        self.seed.value = run.seed
        self.play(False)
        self._begin(run)
        return True

    def now(self) -> Run:
        """The run as it stands; called in the engine's thread, between two hours."""
        model = self.engine.model
        return dataclasses.replace(self._started, hour=round(model.time), changes=replay.merged(model.interventions))

    def take_away(self, kind: Kind) -> None:
        """Hand the person a file of the run as it stands: "scenario", "curves" or "picture"; or show the "code"."""
        self.engine.note(lambda: self._hand_over(kind))

    def _hand_over(self, kind: Kind) -> None:
        if self.takeaway is None or self.engine.model is None:
            return
        run = self.now()
        stem = f"{run.name}-seed{run.seed}-hour{run.hour}"
        if kind == "scenario":
            self.takeaway.give(f"{stem}.toml", "application/toml", replay.to_toml(run))
        elif kind == "curves":
            table = self.engine.model.recorder.table()
            self.takeaway.give(f"{stem}.csv", "text/csv", table.to_csv(index=False, lineterminator="\n"))
        elif kind == "picture":
            words = f"{self.scenario.title}, seed {run.seed}, {replay.clock(run.hour)}"
            self.takeaway.give_picture(f"{stem}.png", words)
        else:
            self.code.value = replay.code(run)

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

    def show_panel(self, name: str, opened: bool) -> None:
        """Open a dialog, or close it if it is the one that is open."""
        if opened:
            self.open_panel.value = name
        elif self.open_panel.value == name:
            self.open_panel.value = ""

    def unfollow(self) -> None:
        """Close the card of the cell that is followed."""
        self.engine.note(self.stage.forget_cell)

    def _use(self, address: str, value: Value) -> None:
        if self.engine.model is not None:
            self.engine.model.set_parameter(address, value)
            self.stage.list_changes()
            self.engine.redraw()

    def _give(self, amount: str) -> None:
        model = self.engine.model
        if model is not None:
            mg = model.give_dose(amount)
            self.stage.list_changes()
            self.stage.message.value = f"Dose given on {replay.clock(model.time)}: {amount}" + (
                "" if amount.endswith("mg") else f" ({mg:.3g} mg)"
            )
            self.engine.redraw()
