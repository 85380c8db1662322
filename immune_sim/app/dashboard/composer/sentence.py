"""A schedule in one plain sentence: how much, by which way, when, and for how long the receptors stay free."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from immune_sim.app.dashboard.composer.preview import Preview, preview
from immune_sim.mechanisms.pharmacokinetics import HUMAN_ORAL
from immune_sim.scenario.dosing import Dosing, days_or_hours
from immune_sim.scenario.scenario import Scenario

ORAL = "human oral naltrexone"
EVENING, MORNING = 20 * 60, 5 * 60  # minutes of the clock between which one says night
WHOLE = 0.25  # h that a free window may differ from day to day and still be called the same
COURSE_DAYS = 60  # of the preview in a sentence
MOST_SAID = 6  # phases; beyond it one says how many there are


def schedule_sentence(scenario: Scenario, dosing: Sequence[Dosing] | None = None) -> str:
    """The schedule of a scenario, or another one under its kinetics: "0.1 mg/kg of naltrexone injected every day...".

    The free window is that of the first 60 days, with every dose given.
    """
    phases = scenario.dosing if dosing is None else tuple(dosing)
    if not phases:
        return "No drug."
    asks = any(each.while_burden_above is not None for each in phases)
    free = free_words(_usual_free(scenario, phases)) + (" while doses are given" if asks else "")
    said = f"{doses_sentence(scenario, phases)}; {free}."
    return said[:1].upper() + said[1:]


def schedule_brief(scenario: Scenario) -> str:
    """The same for the head of an arm: "0.1 mg/kg every night at 00:00, free 14.5 h a day"."""
    low, high = _usual_free(scenario, scenario.dosing).usual_free
    free = _hours(high) if high - low <= WHOLE else f"{_hours(low)} to {_hours(high)}"
    return f"{doses_sentence(scenario, scenario.dosing, brief=True)}, free {free} h a day"


def free_sentence(scenario: Scenario) -> str:
    """The free time of a scenario's schedule by itself: "Most receptors are free for 14.5 h of each day."."""
    said = free_words(_usual_free(scenario, scenario.dosing)) if scenario.dosing else "no receptor is ever blocked"
    return f"{said[0].upper()}{said[1:]}."


def doses_sentence(scenario: Scenario, dosing: Sequence[Dosing], brief: bool = False) -> str:
    """What is given when, without a full stop; brief: without the drug's name and way."""
    if not dosing:
        return "no drug"
    route = "" if brief else _route(scenario)
    together = _together(dosing)
    if len(together) > MOST_SAID:
        return f"{dosing[0].drug} in {len(together)} phases, the first: {_phase(*together[0], route)}"
    said, until = "", 0.0
    for each, clocks in together:
        phase = each.phase(1.0)
        link = "" if not said else "; then " if phase.first_h >= until else "; and "
        said += link + _phase(each, clocks, route)
        until = max(until, phase.first_h if math.isinf(each.every) else phase.until_h)
    return said


def _usual_free(scenario: Scenario, dosing: Sequence[Dosing]) -> Preview:
    days = min(COURSE_DAYS, max(1, math.ceil(scenario.duration / 24.0)))
    return preview(scenario, dosing, days)


def free_words(seen: Preview) -> str:
    """For how long fewer than half of the receptors are blocked."""
    low, high = seen.usual_free
    if high < WHOLE:
        return "half of the receptors or more are blocked at all hours"
    if low > 24.0 - WHOLE:
        return "most receptors are free for nearly all of each day"
    if high - low <= WHOLE:
        return f"most receptors are free for {_hours((low + high) / 2.0)} h of each day"
    return f"most receptors are free for {_hours(low)} to {_hours(high)} h of a day"


def clock_words(minutes: int) -> str:
    """22:00 of 1320."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _route(scenario: Scenario) -> str:
    """By mouth where the kinetics are those of a tablet, otherwise injected."""
    oral = scenario.values.get("pharmacokinetics.absorption_rate") == HUMAN_ORAL["absorption_rate"].value
    return "by mouth" if oral or scenario.presets.get("pharmacokinetics") == ORAL else "injected"


def _together(dosing: Sequence[Dosing]) -> list[tuple[Dosing, list[int]]]:
    """Phases that differ in nothing but the clock time of a daily dose are said together."""
    found: dict[Dosing, list[int]] = {}
    for each in dosing:
        daily = each.every == 24.0 and not each.infusion and not each.start % 24.0
        found.setdefault(replace(each, at=None) if daily else each, []).append(each.at or 0)
    return [(each, sorted(clocks)) for each, clocks in found.items()]


def _phase(each: Dosing, clocks: list[int], route: str) -> str:
    unit = "mg/kg" if each.per_kg else "mg"
    drug = f" of {each.drug}" if route else ""
    if each.infusion:
        said = f"{each.amount:.4g} {unit}{drug} per hour, infused without a pause"
        said += f" from {clock_words(each.at)} on" if each.at is not None else ""
    else:
        said = f"{each.amount:.4g} {unit}{drug} {f'{route} ' if route else ''}{_often(each, clocks)}"
    if each.on_days is not None and each.off_days:
        said += f", {_days(each.on_days)} on and {_days(each.off_days)} off in turn"
    said += _span(each)
    if each.while_burden_above is not None:
        said += f", while there are more than {each.while_burden_above:,} tumor cells"
    return said


def _often(each: Dosing, clocks: list[int]) -> str:
    at = _joined([clock_words(minutes) for minutes in clocks])
    if math.isinf(each.every):
        return f"once, on day {each.phase(1.0).first_h // 24.0:g} at {clock_words(_first_clock(each))}"
    if each.every == 24.0:
        clocks = clocks if not each.start % 24.0 else [_first_clock(each)]
        night = all(minutes >= EVENING or minutes < MORNING for minutes in clocks)
        return f"every {'night' if night else 'day'} at {at if not each.start % 24.0 else clock_words(clocks[0])}"
    first = clock_words(_first_clock(each))
    if each.every % 24.0 == 0.0:
        return f"every {each.every / 24.0:g} days at {first}"
    return f"every {each.every:g} hours, first at {first}"


def _first_clock(each: Dosing) -> int:
    return round(each.phase(1.0).first_h % 24.0 * 60.0) % 1440


def _span(each: Dosing) -> str:
    first = each.phase(1.0).first_h
    day, single = math.floor(first / 24.0), math.isinf(each.every) and not each.infusion
    said = f", from day {day} on" if day > 0 and not single and math.isinf(each.length) else ""
    if math.isfinite(each.length) and not single:
        said = (f", from day {day}" if day > 0 else "") + f" for {_length(each.length)}"
    return said


def _length(hours: float) -> str:
    return _days(hours / 24.0) if hours % 24.0 == 0.0 else days_or_hours(hours)


def _days(days: float) -> str:
    return f"{days:g} day" if days == 1.0 else f"{days:g} days"


def _joined(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _hours(hours: float) -> str:
    return f"{round(2.0 * hours) / 2.0:g}"
