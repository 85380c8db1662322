"""How a model is treated: the doses of its regimen as they fall due, doses by hand, another regimen on the way."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mesa.time import Event as ScheduledEvent

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.mechanisms.regimen import Event, events
from immune_sim.model.run_scenario import RunScenario
from immune_sim.scenario.dosing import DOSE, Dosing
from immune_sim.scenario.hints import RefusedError
from immune_sim.scenario.rescheduling import replaced, until
from immune_sim.scenario.scenario import Scenario
from immune_sim.scenario.units import quantity

if TYPE_CHECKING:
    from immune_sim.model.recorder import Recorder
    from immune_sim.model.state import Tissue


class Treatment:
    """Gives the doses of ``scenario.regimen`` through Mesa's calendar; mixed into the model."""

    tissue: Tissue
    recorder: Recorder
    time: float
    interventions: list[dict[str, Any]]
    schedule_event: Callable[..., ScheduledEvent]
    _scenario_given: RunScenario
    _doses: Iterator[Event] = iter(())
    _next_dose: Event | None = None
    _dose_event: ScheduledEvent | None = None
    _doses_given = 0  # events of the regimen that are over, given or not

    @property
    def scenario(self) -> Scenario:
        """The scenario of this run, overrides included."""
        return self._scenario_given

    @scenario.setter
    def scenario(self, placeholder: Any) -> None:
        """Mesa sets a scenario of its own kind here while it starts; ours is given at construction."""

    def give_dose(self, amount: str | float) -> float:
        """Give a dose now, "4.5 mg" or "0.1 mg/kg" (a bare number is mg); returns it in mg.

        Raises ScenarioError for an amount that cannot be read.
        """
        mg = self._dose_mg(amount)
        self.tissue.drug.give(self.time, mg)
        self.interventions.append({"hour": self.time, "dose_mg": mg})
        return mg

    def _dose_mg(self, amount: str | float) -> float:
        body_mass = self.tissue.p.pharmacokinetics.body_mass
        example = "0.1 mg/kg" if body_mass < 1.0 else "4.5 mg"  # an amount for this body
        try:
            if not isinstance(amount, str):
                mg = float(amount)
            elif "/" in amount:
                mg = quantity(amount, "mg/kg", example) * body_mass
            else:
                mg = quantity(amount, "mg", example)
        except RefusedError as refused:
            raise ScenarioError(Problem("dose", str(refused))) from None
        except (TypeError, ValueError):
            mg = math.nan
        if not (math.isfinite(mg) and 0.0 <= mg <= DOSE.high):
            allowed = f'Write a quantity of 0 to {DOSE.high:,.0f} mg, for example "{example}"'
            raise ScenarioError(Problem("dose", f"{amount!r} is not an amount. {allowed}."))
        return mg

    def set_regimen(self, tables: Iterable[Mapping[str, Any] | Dosing]) -> None:
        """Replace the regimen from the present hour on, by [[regimen]] tables as in a scenario file; () is no drug.

        A dose due at this very hour by the old regimen has been given; phases of the new one that would have started
        earlier start now. Afterwards ``scenario`` holds what was given and what is to come, as phases from hour 0 on.
        Raises ScenarioError with every mistake.
        """
        wanted = self.scenario.with_overrides({"regimen": tables}).dosing
        old = self._regimen_before_now()
        past = replace(self.scenario, dosing=until(old, self.time)).regimen
        changed = replace(self.scenario, dosing=replaced(old, wanted, self.time))
        self._scenario_given = RunScenario.of(changed)
        given = sum(1 for _ in events(changed.regimen, 0.0, self.time))
        given += sum(each.time == self.time and each.kind == "bolus" for each in events(past, self.time))
        self.interventions.append(
            {"hour": self.time, "regimen": _tables(wanted), "replaced": _tables(old)},
        )
        self._begin_regimen(given)

    def _regimen_before_now(self) -> tuple[Dosing, ...]:
        """The regimen that ran up to this hour; one that was set at this very hour has not given anything yet."""
        for each in self.interventions:
            if "regimen" in each and each["hour"] == self.time:
                return self.scenario.with_overrides({"regimen": each["replaced"]}).dosing
        return self.scenario.dosing

    def _begin_regimen(self, given: int) -> None:
        """Schedule the regimen but for the events that were given already."""
        if self._dose_event is not None:
            self._dose_event.cancel()
        self._doses = itertools.islice(events(self.scenario.regimen), given, None)
        self._doses_given = given
        self._schedule_next_dose()

    def _schedule_next_dose(self) -> None:
        self._next_dose = next(self._doses, None)
        if self._next_dose is not None:
            self._dose_event = self.schedule_event(self._give_next_dose, at=self._next_dose.time)

    def _give_next_dose(self) -> None:
        event = self._next_dose
        assert event is not None
        if not event.happens(self.recorder.latest["tumor_cells"]):
            pass
        elif event.kind == "bolus":
            self.tissue.drug.give(event.time, event.amount)
        else:
            self.tissue.drug.set_infusion(event.time, event.amount)
        self._doses_given += 1
        self._schedule_next_dose()


def _tables(dosing: Iterable[Dosing]) -> list[dict[str, str | int | float]]:
    return [each.table() for each in dosing]
