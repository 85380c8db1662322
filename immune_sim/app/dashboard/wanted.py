"""What a person wants of the next run: a scenario, and the values that differ from it."""

from __future__ import annotations

import dataclasses

import solara

from immune_sim.app.dashboard.replay import Run
from immune_sim.core.parameters import Value
from immune_sim.scenario.reading import REGIMEN
from immune_sim.scenario.scenario import Scenario

type Tables = list[dict[str, Value]]


class Wanted:
    """base: the run to which "Undo all" leads: a shipped scenario, perhaps with another schedule, or an uploaded one.

    scenario: of that run. changes: values wanted, where they differ from it. waiting: those of them that wait for the
    next reset. rescheduled: whether the schedule of hour 0 is another than the scenario's own. All but the scenario are
    reactive.
    """

    def __init__(self, base: Run):
        self.base = solara.reactive(base)
        self.scenario = base.scenario
        self.changes: solara.Reactive[dict[str, Value]] = solara.reactive({})
        self.waiting: solara.Reactive[tuple[str, ...]] = solara.reactive(())
        self.rescheduled = solara.reactive(False)
        self._own = base.overrides.get(
            REGIMEN
        )  # the schedule to which one can go back; None for the shipped scenario's
        self._in_use = dict(self.scenario.values)  # of the values that are not live, those the model was built with

    def take(self, run: Run) -> None:
        """Want what a run holds, in the state in which it now is; raises ScenarioError.

        Parameters that differ from a shipped scenario's are changes; what a run of another title began with is not.
        """
        began = dataclasses.replace(run, hour=0, changes=())
        if not run.title:
            kept = {key: value for key, value in run.overrides.items() if key in (REGIMEN, "duration")}
            began = dataclasses.replace(began, overrides=kept)
        scenario, values = began.scenario, run.scenario.values
        live = {each.address: each.value for each in run.changes if not isinstance(each.value, list)}
        wanted = {address: live.get(address, value) for address, value in values.items()}
        self.scenario = scenario
        self.base.value = began
        self._own = began.overrides.get(REGIMEN) if run.title else None
        self.rescheduled.value = began.overrides.get(REGIMEN) != self._own
        self.changes.value = {key: value for key, value in wanted.items() if value != scenario.values[key]}

    def schedule(self, tables: Tables) -> None:
        """Want another schedule from hour 0 on; raises ScenarioError."""
        self._follow(tables)

    def own_schedule(self) -> None:
        """Want the scenario's own schedule again, from hour 0 on."""
        self._follow(self._own)

    def _follow(self, tables: Tables | None) -> None:
        overrides = {key: value for key, value in self.base.value.overrides.items() if key != REGIMEN}
        if tables is not None:
            overrides[REGIMEN] = tables
        base = dataclasses.replace(self.base.value, overrides=overrides)
        self.scenario = base.scenario
        self.base.value = base
        self.rescheduled.value = tables != self._own

    def run(self, seed: int) -> Run:
        """The run, at hour 0, that holds all that is wanted."""
        base = self.base.value
        return dataclasses.replace(base, seed=seed, overrides={**base.overrides, **self.changes.value})

    def begun(self, scenario: Scenario) -> None:
        """A model was built with the values of this scenario: nothing waits any more."""
        self._in_use = dict(scenario.values)
        self.waiting.value = ()

    def in_force(self, values: dict[str, Value]) -> None:
        """Show the values of the tissue at the hour that is shown now; those that wait for a reset stay wanted."""
        waiting = set(self.waiting.value)
        kept = {key: value for key, value in self.changes.value.items() if key in waiting}
        found = {key: value for key, value in values.items() if value != self.scenario.values[key]}
        self.changes.value = {key: value for key, value in found.items() if key not in waiting} | kept

    def want(self, address: str, value: Value) -> tuple[Value, bool]:
        """Want another value; returns it as its parameter takes it, and whether it may be used at once."""
        declared = self.scenario.registry.parameters[address]
        wanted: Value = declared.kind(value)
        changes = {name: each for name, each in self.changes.value.items() if name != address}
        if wanted != self.scenario.values[address]:
            changes[address] = wanted
        self.changes.value = changes
        if not declared.live:
            waits = tuple(each for each in self.waiting.value if each != address)
            self.waiting.value = waits if wanted == self._in_use[address] else (*waits, address)
        return wanted, declared.live
