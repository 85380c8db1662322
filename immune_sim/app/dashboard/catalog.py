"""The shipped scenarios as the page lists them, and a regimen said in one sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from immune_sim.core.errors import ImmuneSimError
from immune_sim.scenario.dosing import Dosing, days_or_hours
from immune_sim.scenario.scenario import Scenario
from immune_sim.scenario.shipped import shipped_folder

FIRST = (
    "control-mouse",
    "ldn-mouse",
    "hdn-mouse",
    "ldn-human",
    "naltrexone-50mg-human",
)  # the arms come before the rest


@dataclass(frozen=True)
class Entry:
    """A scenario in the list: its name for ``Scenario.load``, its title and what it is about."""

    name: str
    title: str
    about: str


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """All shipped scenarios that can be read, the arms of the main question first."""
    found = []
    for path in shipped_folder().glob("*.toml"):
        try:
            scenario = Scenario.load(path.stem)
        except ImmuneSimError:
            continue  # a broken file is the tests' business; the page shows those that work
        found.append(Entry(path.stem, scenario.title or path.stem, scenario.about))
    return tuple(
        sorted(found, key=lambda entry: (FIRST.index(entry.name) if entry.name in FIRST else len(FIRST), entry.title))
    )


def regimen_sentence(scenario: Scenario) -> str:
    """The dosing of a scenario in words, "No drug." where there is none."""
    if not scenario.dosing:
        return "No drug."
    return " Then ".join(_phase(each) for each in scenario.dosing)


def usual_dose(scenario: Scenario) -> str:
    """The amount offered for a dose by hand: the scenario's own, otherwise the low dose for a body of that size."""
    for each in scenario.dosing:
        if not each.infusion:
            return f"{each.amount:g} mg/kg" if each.per_kg else f"{each.amount:g} mg"
    body_mass = float(scenario.values.get("pharmacokinetics.body_mass", 70.0))
    return "0.1 mg/kg" if body_mass < 1.0 else "4.5 mg"


def _phase(each: Dosing) -> str:
    unit = "mg/kg" if each.per_kg else "mg"
    drug = each.drug.capitalize()
    if each.infusion:
        words = f"{drug}, {each.amount:g} {unit} per hour, continuously"
    elif math.isinf(each.every):
        words = f"{drug}, {each.amount:g} {unit}, once"
    else:
        often = (
            "once a day"
            if each.every == 24.0
            else "twice a day"
            if each.every == 12.0
            else f"every {days_or_hours(each.every)}"
        )
        words = f"{drug}, {each.amount:g} {unit}, {often}"
    if each.at is not None:
        words += f" at {each.at // 60:02d}:{each.at % 60:02d}"
    if each.start:
        words += f", from day {each.start / 24.0:g}"
    if math.isfinite(each.length):
        words += f", for {days_or_hours(each.length)}"
    if each.off_days:
        words += f"; {each.on_days:g} days on, {each.off_days:g} off"
    return words + "."
