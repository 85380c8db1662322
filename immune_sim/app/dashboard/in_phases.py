"""Doses by hand and changes of schedule, said as the phases of one scenario from hour 0 on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from immune_sim.mechanisms.pharmacokinetics import DRUGS
from immune_sim.scenario.dosing import Dosing
from immune_sim.scenario.reading import REGIMEN
from immune_sim.scenario.rescheduling import begun, until
from immune_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from immune_sim.app.dashboard.replay import Change


def in_phases(scenario: Scenario, changes: Iterable[Change]) -> Scenario:
    """The scenario of a run with the doses by hand as phases that are given once, and every change of schedule.

    The phases stand in the order in which the doses of one hour were added up, since sums keep their order: a dose that
    fell due stands before one by hand (but not at hour 0, where nothing had run), what a new schedule gives behind it.
    """
    by_hand, steps = [], {}
    for each in changes:
        if isinstance(each.value, list):
            steps[each.hour] = scenario.with_overrides({REGIMEN: each.value}).dosing  # the last one of an hour holds
        elif not each.address:
            by_hand.append(Dosing(drug=_drug(scenario), amount=float(each.value), every=math.inf, start=each.hour))
    phases = [each for each in by_hand if not each.start]
    following, since = scenario.dosing, 0.0
    for hour, after in steps.items():
        phases += until(following, hour)
        phases += [each for each in by_hand if since < each.start <= hour]
        following, since = begun(after, hour), hour
    phases += [*following, *(each for each in by_hand if each.start > since)]
    return scenario.with_overrides({REGIMEN: phases})


def _drug(scenario: Scenario) -> str:
    return scenario.dosing[0].drug if scenario.dosing else DRUGS[0]
