"""Schedules to begin with, with the doses that are usual in mice and in people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from immune_sim.app.dashboard.composer.phases import DAY
from immune_sim.app.dashboard.composer.plan import Plan

NIGHT = 22 * 4  # quarter hours after midnight; a preset's dose where no other clock time is asked for
BURDEN = 2000  # cells
LOW, HIGH = {True: 0.1, False: 4.5}, {True: 10.0, False: 50.0}  # by Plan.per_kg: mg/kg for a mouse, mg for a person


type Made = Callable[[Plan, int], Plan]


@dataclass(frozen=True)
class Preset:
    """name: as the button says it. about: on hover. make: the plan, from an empty one and a clock time."""

    name: str
    about: str
    make: Made


def _daily(amount: dict[bool, float], given: Callable[[int], bool] = lambda day: True) -> Made:
    def make(plan: Plan, clock: int) -> Plan:
        doses = {day * DAY + clock: amount[plan.per_kg] for day in range(plan.days) if given(day)}
        return replace(plan, doses=doses)

    return make


PRESETS = (
    Preset("No drug", "No dose at all", lambda plan, clock: plan),
    Preset("Nightly low dose", "The low dose every night at 22:00", _daily(LOW)),
    Preset("Around the clock", "A dose so high that it blocks from night to night", _daily(HIGH)),
    Preset("On and off", "The low dose for 5 nights, then 2 nights without", _daily(LOW, lambda day: day % 7 < 5)),
    Preset("Holidays", "The low dose for 3 weeks, then a week without", _daily(LOW, lambda day: day % 28 < 21)),
    Preset(
        "If tumor is large",
        f"The low dose every night on which there are more than {BURDEN:,} tumor cells",
        lambda plan, clock: replace(_daily(LOW)(plan, clock), above=BURDEN),
    ),
)


def applied(preset: Preset, plan: Plan, clock: int = NIGHT) -> Plan:
    """The plan of a preset for the same run and body, its doses at a clock time (a quarter of the day)."""
    return preset.make(Plan(plan.days, plan.per_kg), clock)


def beside(plan: Plan) -> list[tuple[Preset, Plan]]:
    """The presets that differ from a plan, at its own clock time: what differs is how much, or on which days.

    At another hour the arm would be without drug until its first dose, and that would be a second difference.
    """
    clocks = [quarter % DAY for quarter in plan.doses]
    clock = max(sorted(set(clocks)), key=clocks.count) if clocks else NIGHT
    made = [(preset, applied(preset, plan, clock)) for preset in PRESETS]
    return [(preset, each) for preset, each in made if each != plan]


def usual_amount(plan: Plan) -> float:
    """The amount of a dose that is added: the one that is drawn most, otherwise the low dose."""
    amounts = [*plan.doses.values()]
    return max(set(amounts), key=amounts.count) if amounts else LOW[plan.per_kg]
