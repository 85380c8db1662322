"""Doses on a grid of quarter hours: the schedule as one draws it, for a whole run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from immune_sim.app.dashboard.composer.phases import DAY, HOUR, fewest
from immune_sim.mechanisms.pharmacokinetics import DRUGS
from immune_sim.mechanisms.regimen import Phase, events
from immune_sim.scenario.dosing import BODY_MASS, Dosing
from immune_sim.scenario.scenario import Scenario

SMALL_BODY = 1.0  # kg; below, one says mg/kg
LONGEST = 366  # days that are drawn


@dataclass(frozen=True)
class Plan:
    """A schedule that is drawn.

    days: whole days of the run. per_kg: whether amounts are mg/kg, otherwise mg. doses: quarter hour of the run ->
    amount. above: cells below or at which no dose is given, None without that condition. kept: phases that cannot be
    drawn (infusions, times between the quarter hours, another unit or condition); they stay as they are.
    """

    days: int
    per_kg: bool = False
    doses: Mapping[int, float] = field(default_factory=dict)
    above: int | None = None
    kept: tuple[Dosing, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of the amounts."""
        return "mg/kg" if self.per_kg else "mg"

    @property
    def end(self) -> int:
        """The quarter hour at which the run ends."""
        return self.days * DAY

    def dosing(self) -> tuple[Dosing, ...]:
        """The phases that give exactly these doses until the end of the run, and those that were kept."""
        return (*fewest(self.doses, self.end, per_kg=self.per_kg, above=self.above), *self.kept)

    def dosing_from(self, hour: int, given: Iterable[Dosing] = ()) -> tuple[Dosing, ...]:
        """What of it is still to come at an hour of a run whose regimen so far was ``given``.

        A dose at that very hour is among it unless the regimen so far had one there, which was then given.
        """
        due = hour > 0 and any(each.time == hour for each in events(_in_mg(given), hour, hour + 1.0))
        first = hour * HOUR + due
        later = {quarter: amount for quarter, amount in self.doses.items() if quarter >= first}
        kept = (_continued(each, hour, due) for each in self.kept)
        drawn = fewest(later, self.end, per_kg=self.per_kg, above=self.above)
        return (*drawn, *(each for each in kept if each is not None))

    def quarters(self, chosen: range, clock: int) -> list[int]:
        """The quarter hours of the doses at a clock time (a quarter of the day) on the chosen days."""
        return [day * DAY + clock for day in chosen if day * DAY + clock in self.doses]

    def add(self, chosen: range, clock: int, amount: float) -> Plan:
        """Give this dose on every chosen day, in place of one that is there."""
        return replace(self, doses={**self.doses, **{day * DAY + clock: amount for day in chosen}})

    def remove(self, chosen: range, clock: int) -> Plan:
        """Give no dose at this clock time on the chosen days."""
        gone = set(self.quarters(chosen, clock))
        return replace(self, doses={quarter: each for quarter, each in self.doses.items() if quarter not in gone})

    def move(self, chosen: range, clock: int, to: int) -> Plan:
        """Give the doses of a clock time at another one; where a dose is there already, both become one."""
        moved = dict(self.remove(chosen, clock).doses)
        for quarter in self.quarters(chosen, clock):
            new = quarter - clock + to
            moved[new] = moved.get(new, 0.0) + self.doses[quarter]
        return replace(self, doses=moved)

    def set_amount(self, chosen: range, clock: int, amount: float) -> Plan:
        """Change the doses of a clock time on the chosen days; none is added."""
        return replace(self, doses={**self.doses, **dict.fromkeys(self.quarters(chosen, clock), amount)})


def drawn(scenario: Scenario, dosing: Iterable[Dosing] | None = None) -> Plan:
    """The schedule of a scenario as a plan; dosing: another schedule under the same scenario."""
    phases = scenario.dosing if dosing is None else tuple(dosing)
    days = min(LONGEST, max(1, math.ceil(scenario.duration / 24.0)))
    doses = [each for each in phases if not each.infusion]
    small = float(scenario.values.get(BODY_MASS, 1.0)) < SMALL_BODY
    plan = Plan(days, doses[0].per_kg if doses else small, {}, doses[0].while_burden_above if doses else None)
    for each in phases:
        plan = _with(plan, each)
    return plan


def _with(plan: Plan, each: Dosing) -> Plan:
    """The plan with one more phase, drawn where that is possible."""
    found = [event.time * HOUR for event in events(_in_mg([each]), 0.0, plan.end / HOUR)]
    drawable = (
        not each.infusion
        and (each.drug, each.per_kg, each.while_burden_above) == (DRUGS[0], plan.per_kg, plan.above)
        and all(quarter.is_integer() and int(quarter) not in plan.doses for quarter in found)
    )
    if not drawable:
        return replace(plan, kept=(*plan.kept, each))
    return replace(plan, doses={**plan.doses, **{int(quarter): each.amount for quarter in found}})


def _continued(each: Dosing, hour: int, due: bool) -> Dosing | None:
    """What is left of a phase that cannot be drawn; a cycle of days begins anew with its next dose."""
    phase = each.phase(1.0)
    if phase.first_h >= hour + due:
        return each
    if each.infusion:
        return replace(each, at=None, start=float(hour), length=phase.until_h - hour) if phase.until_h > hour else None
    time = next((event.time for event in events([phase], hour) if event.time >= hour + due), None)
    return None if time is None else replace(each, at=None, start=time, length=phase.until_h - time)


def _in_mg(dosing: Iterable[Dosing]) -> list[Phase]:
    return [each.phase(1.0) for each in dosing]
