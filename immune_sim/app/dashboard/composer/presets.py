"""Schedules to begin with, with the doses that are usual in mice and in people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from immune_sim.app.dashboard.composer.phases import DAY
from immune_sim.app.dashboard.composer.plan import Plan

NIGHT = 22 * 4  # quarter hours after midnight
BURDEN = 2000  # cells
LOW, HIGH = {True: 0.1, False: 4.5}, {True: 10.0, False: 50.0}  # by Plan.per_kg: mg/kg for a mouse, mg for a person


@dataclass(frozen=True)
class Preset:
    """name: as the button says it. about: on hover. make: the plan, from an empty one."""

    name: str
    about: str
    make: Callable[[Plan], Plan]


def _nightly(amount: dict[bool, float], given: Callable[[int], bool] = lambda day: True) -> Callable[[Plan], Plan]:
    def make(plan: Plan) -> Plan:
        nights = {day * DAY + NIGHT: amount[plan.per_kg] for day in range(plan.days) if given(day)}
        return replace(plan, doses=nights)

    return make


PRESETS = (
    Preset("No drug", "No dose at all", lambda plan: plan),
    Preset("Nightly low dose", "The low dose every night at 22:00", _nightly(LOW)),
    Preset("Around the clock", "A dose so high that it blocks from night to night", _nightly(HIGH)),
    Preset("On and off", "The low dose for 5 nights, then 2 nights without", _nightly(LOW, lambda day: day % 7 < 5)),
    Preset("Holidays", "The low dose for 3 weeks, then a week without", _nightly(LOW, lambda day: day % 28 < 21)),
    Preset(
        "If tumor is large",
        f"The low dose every night on which there are more than {BURDEN:,} tumor cells",
        lambda plan: replace(_nightly(LOW)(plan), above=BURDEN),
    ),
)


def applied(preset: Preset, plan: Plan) -> Plan:
    """The plan of a preset for the same run and body."""
    return preset.make(Plan(plan.days, plan.per_kg))


def usual_amount(plan: Plan) -> float:
    """The amount of a dose that is added: the one that is drawn most, otherwise the low dose."""
    amounts = [*plan.doses.values()]
    return max(set(amounts), key=amounts.count) if amounts else LOW[plan.per_kg]
