"""What one session holds: its engine (a process with the tissues), its stage, and what the person has chosen.

Nothing here is global: every browser tab has a Session of its own, and its process ends with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import solara

from immune_sim.app.dashboard import catalog, limits, looks, replay, uploads
from immune_sim.app.dashboard.away import Away
from immune_sim.app.dashboard.composer.plan import Plan
from immune_sim.app.dashboard.composer.scheduling import Scheduling
from immune_sim.app.dashboard.engine.figures import Reading
from immune_sim.app.dashboard.engine.process import Engine
from immune_sim.app.dashboard.kept import Kept
from immune_sim.app.dashboard.mixed import Floats, gap, solve_later
from immune_sim.app.dashboard.other_seeds import OtherSeeds
from immune_sim.app.dashboard.pictures import Slice
from immune_sim.app.dashboard.replay import Run
from immune_sim.app.dashboard.stage import Stage
from immune_sim.app.dashboard.time_travel import TimeTravel
from immune_sim.app.dashboard.twins import Twins
from immune_sim.app.dashboard.wanted import Wanted
from immune_sim.core.errors import ScenarioError
from immune_sim.core.parameters import Value
from immune_sim.scenario.reading import REGIMEN
from immune_sim.scenario.scenario import Scenario

OWN = "own"  # stands for the person's scenario among the names of the shipped ones
FIRST_SCENARIO = "ldn-mouse"
FIRST_SEED = 1
SPEEDS = (1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 120.0, math.inf)  # hours of tissue per second
FIRST_SPEED = 4


@dataclass(frozen=True, eq=False)
class Solved:
    """The burden of the well-mixed limit at every whole hour; None while it is being solved."""

    burden: Floats | None = None


class Session:
    """One person's laboratory. Reading the ``value`` of a reactive attribute in a component redraws it on change.

    wanted: what the next run is to be; changes and waiting are its own.
    """

    def __init__(self) -> None:
        self.wanted = Wanted(Run(FIRST_SCENARIO, FIRST_SEED))
        self.scenario_name = solara.reactive(FIRST_SCENARIO)  # or OWN
        self.own: solara.Reactive[Run | None] = solara.reactive(None)  # a scenario that is not shipped, at hour 0
        self.seed = solara.reactive(FIRST_SEED)
        self.playing = solara.reactive(False)
        self.speed = solara.reactive(FIRST_SPEED)
        self.color_by = solara.reactive(looks.LOOKS[0].name)
        self.where = solara.reactive(Slice())
        self.cloud = solara.reactive(False)  # whether a solid tissue is shown as a cloud of points
        self.changes, self.waiting = self.wanted.changes, self.wanted.waiting
        self.open_panel = solara.reactive("")  # the dialog that is open: evidence, keys, takeaway, schedule or none
        self.dose = solara.reactive(catalog.usual_dose(self.scenario))
        self.mixed = solara.reactive(True)
        self.solved = solara.reactive(Solved())
        self._begun = 0  # how many runs were begun, so that a late answer is known as such
        self.stage = Stage(on_stopped=lambda: self.playing.set(False))
        self.away = Away(self.stage)
        self.scheduling = Scheduling(self)
        self.twins = Twins(self)
        self.engine = self._new_engine()
        self.travel = TimeTravel(self)
        self.seeds = OtherSeeds(self)
        self.kept = Kept(self)

    @property
    def scenario(self) -> Scenario:
        """The scenario without the changes; a component that asks for it is redrawn when it is another one."""
        _ = self.wanted.base.value
        return self.wanted.scenario

    def _new_engine(self) -> Engine:
        engine = self.stage.engine = Engine(self.stage.receive, self.stage.on_lost)
        return engine

    def open(self) -> None:
        """Begin: a living tissue is on the screen before anything is pressed."""
        self.engine.start()
        self.stage.on_busy("Preparing the tissue")
        self.engine.tell("pace", SPEEDS[self.speed.value])
        self.engine.tell("color", self.color_by.value)
        self.engine.tell("show_mixed", self.mixed.value)
        self.engine.tell("slice", self.where.value)
        self.engine.tell("as_cloud", self.cloud.value)
        self.engine.tell("differences", self.twins.differences.value)
        self.reset()
        self.play(True)

    def begin_again(self) -> None:
        """Start another process after the old one was lost."""
        self.stage.lost.value = False
        self.engine = self._new_engine()
        self.open()

    def begin_where_it_was(self) -> None:
        """The same, and bring the run back to the hour at which it was lost; arms beside it are not."""
        code = self.away.codes.value[0].code
        self.begin_again()
        self.bring_back(code)

    def close(self) -> None:
        """End with the page."""
        self.away.give_up()
        self.engine.close()

    def play(self, playing: bool) -> None:
        """Let the clock run or stand."""
        self.playing.value = playing
        self.stage.message.value = ""
        self.engine.tell("play", playing)

    def advance(self, hours: int) -> None:
        """Stop the clock and compute this many hours."""
        self.play(False)
        self.engine.tell("advance", hours)

    def set_speed(self, step: int) -> None:
        """Choose one of SPEEDS."""
        self.speed.value = step
        self.engine.tell("pace", SPEEDS[step])

    def choose(self, name: str) -> None:
        """Take another shipped scenario, or OWN, and begin; changed values belonged to the old one and go."""
        own = self.own.value
        run = replace(own, seed=self.seed.value) if own and name == OWN else Run(name, self.seed.value)
        self.open_run(run, play=True)

    def open_file(self, content: bytes, name: str) -> None:
        """Take the scenario of an uploaded file and begin; raises ScenarioError with every mistake in it."""
        scenario = uploads.read_scenario(content, name)
        limits.current().check(scenario)
        self.open_run(Run.of(scenario, self.seed.value), play=True)

    def reset(self) -> None:
        """Begin again at hour 0 with everything that was changed."""
        self._begin(self.wanted.run(self.seed.value))

    def use_schedule(self, plan: Plan, now: bool) -> None:
        """Use a schedule: from the present hour on, or begin again with it."""
        if now:
            self.twins.tell_all("use_schedule", REGIMEN, plan)
        elif self._refused(lambda: self.wanted.schedule([each.table() for each in plan.dosing()])) is None:
            self.reset()

    def _begin(self, run: Run) -> bool:
        """Build the model of a run and play the run up to its hour; False where that is refused, which is said."""
        if self._refused(lambda: limits.current().check(run.scenario)):
            return False
        self.wanted.begun(run.scenario)
        self.stage.message.value = ""
        self.engine.tell("begin", 0, run)
        self.twins.begin_again()
        self._solve(run)
        self.seeds.begin(run)
        return True

    def _refused(self, act: Callable[[], None]) -> str | None:
        """Do something; where the input is wrong, say how and return that."""
        try:
            act()
        except ScenarioError as error:
            self.stage.message.value = str(error)
            return str(error)
        return None

    def _solve(self, run: Run) -> None:
        """Ask for the curve of the well-mixed limit of the scenario that now begins."""
        self._begun += 1
        number, engine = self._begun, self.engine
        self.solved.value = Solved()

        def wanted() -> bool:
            return number == self._begun and not engine.closed

        def done(burden: Floats) -> None:
            if wanted():
                self.solved.value = Solved(burden)
                engine.tell("mix", 0, burden)

        solve_later(run, wanted, done)

    def mix(self, wanted: bool) -> None:
        """Draw the well-mixed curve beside the agents', or leave it out."""
        self.mixed.value = wanted
        self.engine.tell("show_mixed", wanted)

    def gap(self, reading: Reading) -> str:
        """How far the tissue is from the well-mixed curve, in words; "" where that is not drawn."""
        burden = self.solved.value.burden
        if not self.mixed.value:
            return ""
        if burden is None:
            return "solving the equations \u2026"
        others, changed = self.seeds.at(round(reading.hour)), bool(self.stage.log.value)
        return gap(burden, reading.hour, reading.tumor_cells, changed, others) + self.twins.said_of_mixed(reading.hour)

    def bring_back(self, text: str) -> bool:
        """Show the run of a code at its hour, the clock standing; a wrong code is answered in words and False."""
        try:
            run = replay.read(text.strip())
        except ScenarioError as error:
            self.stage.message.value = str(error)
            return False
        return self.open_run(run)

    def open_run(self, run: Run, play: bool = False) -> bool:
        """Show a run at its hour, in place of the present one. play: whether the clock then runs.

        A run whose scenario cannot be, or is too large for this server, is answered in words and False.
        """
        if self._refused(lambda: limits.current().check(run.scenario)):
            return False
        self.twins.clear()
        self.wanted.take(run)
        if run.title:
            self.own.value = replace(run, hour=0, changes=())
        self.scenario_name.value = OWN if run.title else run.name
        self.dose.value = catalog.usual_dose(self.scenario)
        self.slice(Slice(0, int(self.scenario.values["space.depth"]) // 2))
        self.seed.value = run.seed
        self.play(False)
        self._begin(run)
        if play:
            self.play(True)
        return True

    def other_luck(self) -> None:
        """Begin again with the next seed."""
        self.seed.value += 1
        self.reset()
        self.play(True)

    def set_parameter(self, address: str, value: Value) -> None:
        """Want another value: a live one is used at once, the others from the next reset on."""
        wanted, live = self.wanted.want(address, value)
        if live:
            self.twins.tell_all("set_parameter", address, address, wanted)

    def undo(self, address: str) -> None:
        """Put a value back to the scenario's."""
        self.set_parameter(address, self.scenario.values[address])

    def undo_all(self) -> None:
        """Put every value back to the scenario's."""
        for address in [*self.changes.value]:
            self.undo(address)

    def give_dose(self, amount: str) -> None:
        """Give a dose now, "0.1 mg/kg" or "4.5 mg"."""
        self.twins.tell_all("give_dose", "", amount.strip())

    def color(self, name: str) -> None:
        """Color the tissue by another layer."""
        self.color_by.value = name
        self.engine.tell("color", name)

    def slice(self, where: Slice) -> None:
        """Show another slice of a solid tissue, or cut its cloud open there."""
        self.where.value = where
        self.engine.tell("slice", where)

    def show_cloud(self, wanted: bool) -> None:
        """Show a solid tissue as a cloud of points, or in slices."""
        self.cloud.value = wanted
        self.engine.tell("as_cloud", wanted)

    def show_panel(self, name: str, opened: bool) -> None:
        """Open a dialog, or close it if it is the one that is open."""
        if opened:
            self.open_panel.value = name
        elif self.open_panel.value == name:
            self.open_panel.value = ""

    def follow(self, wanted: bool, arm: int = 0) -> None:
        """Draw the way of the cell whose card is open and tell its story, or no longer."""
        self.engine.tell("follow", arm, wanted)

    def follow_cell(self, table: str, cell_id: int, arm: int = 0) -> None:
        """Follow another cell, for example a daughter."""
        self.engine.tell("follow_cell", arm, table, cell_id)

    def unfollow(self, arm: int = 0) -> None:
        """Close the card of the cell that is read."""
        self.engine.tell("unfollow", arm)
