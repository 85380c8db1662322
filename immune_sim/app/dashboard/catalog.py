"""The shipped scenarios as the page lists them, and the usual dose of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from immune_sim.core.errors import ImmuneSimError
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


def usual_dose(scenario: Scenario) -> str:
    """The amount offered for a dose by hand: the scenario's own, otherwise the low dose for a body of that size."""
    for each in scenario.dosing:
        if not each.infusion:
            return f"{each.amount:g} mg/kg" if each.per_kg else f"{each.amount:g} mg"
    body_mass = float(scenario.values.get("pharmacokinetics.body_mass", 70.0))
    return "0.1 mg/kg" if body_mass < 1.0 else "4.5 mg"
