"""Schedules as dimensions of a design: how long a dose lasts, how it is spread, and what exposure it comes to.

Two keys exist beside those of a [[regimen]] table:

regimen.infusion_hours      the dose of each interval is infused evenly during so many hours (0: given at once)
regimen.hours_of_blockade   the blockade lasts so many hours after each dose (steady state, at WINDOW_BLOCKADE or more):
                            the half-life of the drug is chosen for it, as another antagonist would have it
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import brentq

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.core.parameters import Parameter
from immune_sim.mechanisms.pharmacokinetics import Pharmacokinetics
from immune_sim.mechanisms.regimen import HOURS_PER_DAY
from immune_sim.runs.experiments.exposure import GRID, blocked_per_interval, exposure, hours_blocked, scaled
from immune_sim.scenario import checking
from immune_sim.scenario.dosing import DOSE, DOSE_PER_KG, Dosing
from immune_sim.scenario.hints import RefusedError
from immune_sim.scenario.scenario import Scenario

KEY = re.compile(r"regimen(?:\[(\d+)\]|\.(\d+))?\.(\w+)")
TIMING = ("every", "at", "start", "for", "on_days", "off_days", "infusion_hours", "hours_of_blockade")
HALF_LIFE = "pharmacokinetics.drug_half_life"
HALF_LIVES = (0.05, 200.0)  # h, as far as the parameter may go


def _own(name: str, default: float, low: float, high: float, about: str) -> Parameter:
    return Parameter(
        "regimen", name, default, float, "h", low, high, "setting", "assumed: chosen by the experimenter", about
    )


INFUSION_HOURS = _own(
    "infusion_hours", 6.0, 0.0, 10_000.0, "hours over which the dose of each interval is spread; 0: at once"
)
HOURS_OF_BLOCKADE = _own(
    "hours_of_blockade", 5.0, 0.1, 10_000.0, "hours of blockade after each dose, by the half-life of the drug"
)
OWN = {each.name: each for each in (INFUSION_HOURS, HOURS_OF_BLOCKADE)}


def vary(scenario: Scenario, changes: Mapping[str, Any], *, same_exposure: bool = False) -> Scenario:
    """The scenario with overrides, among them the two keys above.

    same_exposure: all doses are scaled so that the exposure is that of the scenario without the changes of timing.
    Raises ScenarioError with every mistake.
    """
    timing = {address: given for address, given in changes.items() if key_of(address) in TIMING}
    own = {address: given for address, given in timing.items() if key_of(address) in OWN}
    plain = {address: given for address, given in changes.items() if address not in own}
    hold = same_exposure and timing
    target = exposure(scenario.with_overrides({a: g for a, g in changes.items() if a not in timing})) if hold else None
    made = _ready_for_cycles(scenario, plain).with_overrides(plain)
    for address, given in sorted(own.items(), reverse=True):  # spread first, then the half-life
        hours = _hours(address, given)
        made = (
            _spread(made, address, hours)
            if key_of(address) == "infusion_hours"
            else _lasting(made, address, hours, target)
        )
    return made if target is None else scaled(made, target)


def _ready_for_cycles(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Phases that get both days on and days off have a cycle before either is set, since one alone is refused."""
    heads = [address.removesuffix(".on_days") for address in changes if address.endswith(".on_days")]
    for head in heads:
        number = int("".join(each for each in head if each.isdigit()) or 0)
        if f"{head}.off_days" in changes and number < len(scenario.dosing):
            scenario = _put(scenario, number, replace(scenario.dosing[number], on_days=1.0, off_days=0.0))
    return scenario


def key_of(address: str) -> str:
    """The key of a phase that an address means, "" where it means no phase."""
    found = KEY.fullmatch(address)
    return found[3] if found else ""


def _hours(address: str, given: Any) -> float:
    try:
        return float(checking.from_python(OWN[key_of(address)], given))
    except RefusedError as refused:
        raise ScenarioError(Problem(address, str(refused))) from None


def _phase(scenario: Scenario, address: str) -> tuple[int, Dosing]:
    """The phase that an address means; it must be one of repeated doses."""
    found = KEY.fullmatch(address)
    number = found[1] or found[2] if found else None
    at = int(number or 0)
    if at >= len(scenario.dosing) or (number is None and len(scenario.dosing) != 1):
        raise ScenarioError(
            Problem(
                address,
                f"the regimen has {len(scenario.dosing)} phases. Name one that there is, for example regimen[0].",
            )
        )
    phase = scenario.dosing[at]
    if phase.infusion or math.isinf(phase.every):
        raise ScenarioError(
            Problem(
                address, 'the phase must give repeated doses. Write for example dose = "0.1 mg/kg", every = "24 h".'
            )
        )
    return at, phase


def _put(scenario: Scenario, number: int, phase: Dosing) -> Scenario:
    return replace(scenario, dosing=(*scenario.dosing[:number], phase, *scenario.dosing[number + 1 :]))


def _spread(scenario: Scenario, address: str, hours: float) -> Scenario:
    number, phase = _phase(scenario, address)
    if hours == 0.0:
        return scenario
    if phase.off_days:
        raise ScenarioError(
            Problem(address, "doses with days off cannot be spread as well. Write the infusion as phases of its own.")
        )
    if phase.while_burden_above is not None:
        what = "doses that depend on the burden cannot be spread: each is given or not. Leave out one of the two."
        raise ScenarioError(Problem(address, what))
    if hours > phase.every:
        raise ScenarioError(
            Problem(
                address,
                f"{hours:g} h are longer than the interval of {phase.every:g} h. Write at most {phase.every:g} h.",
            )
        )
    on = off = None
    if hours < phase.every:
        on, off = hours / HOURS_PER_DAY, (phase.every - hours) / HOURS_PER_DAY
    amount = phase.amount / hours
    made = replace(phase, amount=amount, infusion=True, every=HOURS_PER_DAY, on_days=on, off_days=off)
    return _put(scenario, number, made)


def _lasting(scenario: Scenario, address: str, hours: float, target: float | None) -> Scenario:
    """The scenario with the half-life at which each dose blocks so long; with a target, at that exposure."""
    number, phase = _phase(scenario, address)
    if hours > phase.every:
        raise ScenarioError(
            Problem(
                address,
                f"{hours:g} h are longer than the interval of {phase.every:g} h. Write at most {phase.every:g} h.",
            )
        )
    wanted = min(hours, phase.every - GRID)  # blocked all the time is reached from below

    def made_with(half_life: float) -> Scenario:
        made = scenario.with_overrides({HALF_LIFE: half_life})
        return made if target is None else scaled(made, target)

    def hours_with(half_life: float) -> float:
        if target is not None:
            return hours_blocked(made_with(half_life), number)
        constants = replace(scenario.parameters(Pharmacokinetics), drug_half_life=half_life)
        return blocked_per_interval(constants, scenario.regimen[number].dose_mg, phase.every)

    # at a fixed dose the hours rise with the half-life; at a fixed exposure they rise and fall: look along the way
    ways = [float(each) for each in np.geomspace(*HALF_LIVES, 2 if target is None else 40)]
    low, most = ways[0], hours_with(ways[0])
    for high in ways[1:]:
        reached = hours_with(high)
        most = max(most, reached)
        if reached >= wanted:
            return made_with(_between(hours_with, low, high, wanted))
        low = high
    amount = checking.show(DOSE_PER_KG if phase.per_kg else DOSE, phase.amount)
    why = "at the same exposure" if target is not None else f"by {amount}"
    what = f"{hours:g} h of blockade cannot be reached {why}; at most {most:.1f} h can. Write less, or a larger dose."
    raise ScenarioError(Problem(address, what))


def _between(hours_with: Callable[[float], float], low: float, high: float, wanted: float) -> float:
    """The half-life between two that comes to the wanted hours."""
    if hours_with(low) >= wanted:
        return low
    found = brentq(lambda x: hours_with(math.exp(x)) - wanted, math.log(low), math.log(high), xtol=1e-12)
    return math.exp(float(found))
