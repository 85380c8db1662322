"""What a schedule does in the body before anything runs: plasma concentration, blockade, and the free window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from immune_sim.mechanisms.pharmacokinetics import Pharmacokinetics, occupancy
from immune_sim.mechanisms.regimen import Phase
from immune_sim.model.drug_course import DrugCourse, drug_course
from immune_sim.scenario.dosing import Dosing
from immune_sim.scenario.scenario import Scenario

type Floats = NDArray[np.float64]
DAY = 96  # quarter hours
FREE_BELOW = 1.0  # blockade a at which half of the receptors hold drug: a / (1 + a)
FREE_MEANS = "Free means that fewer than half of the receptors are blocked."  # wherever the word is used
SETTLED = 3  # days after which the course is looked at for the sentence, where the run is longer than twice that


@dataclass(frozen=True)
class Preview:
    """Levels at every quarter hour of whole days, from a body free of drug; (days * 96 + 1,) each.

    concentration: of the drug in plasma, nM. blocked: share of the receptors that hold drug or metabolite, 0 to 1.
    free: (days,) hours of each day with fewer than half of them blocked.
    """

    concentration: Floats
    blocked: Floats
    free: Floats

    @property
    def usual_free(self) -> tuple[float, float]:
        """The shortest and the longest free time of a day in h, the first days left out."""
        settled = self.free[SETTLED:] if len(self.free) > 2 * SETTLED else self.free
        return float(settled.min()), float(settled.max())


def preview(scenario: Scenario, dosing: Sequence[Dosing], days: int) -> Preview:
    """The levels under another schedule with the scenario's own kinetics; doses that ask for a burden are all given."""
    body_mass = scenario.parameters(Pharmacokinetics).body_mass
    phases = tuple(each.phase(body_mass) for each in dosing)
    return _preview(scenario.parameters(Pharmacokinetics), phases, days)


@lru_cache(maxsize=32)
def _preview(constants: Pharmacokinetics, phases: tuple[Phase, ...], days: int) -> Preview:
    course = drug_course(constants, phases, np.arange(days * DAY + 1) / 4.0)
    free = np.array([24.0 - _day(course, day).hours_blocked(FREE_BELOW) for day in range(days)])
    return Preview(course.concentration, occupancy(course.blockade), free)


def _day(course: DrugCourse, day: int) -> DrugCourse:
    part = slice(day * DAY, (day + 1) * DAY + 1)
    return DrugCourse(
        course.time[part], course.concentration[part], course.metabolite_concentration[part], course.blockade[part]
    )
