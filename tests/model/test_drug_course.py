"""Drug levels of a regimen without a tissue."""

from __future__ import annotations

import numpy as np
import pytest

from immune_sim.mechanisms.pharmacokinetics import DrugLevels, Pharmacokinetics
from immune_sim.mechanisms.regimen import Phase
from immune_sim.model.drug_course import DrugCourse, drug_course

MOUSE = Pharmacokinetics()


def test_the_course_of_a_regimen_is_that_of_its_doses_given_by_hand() -> None:
    """Catches a phase that is ignored and a dose due at the last time of the grid that is lost."""
    phases = [Phase(dose_mg=0.002, first_h=1.25), Phase(infusion_mg_per_h=0.001, first_h=30.0, until_h=40.5)]
    grid = np.linspace(0.0, 49.25, 198)
    course = drug_course(MOUSE, phases, grid)
    body = DrugLevels(MOUSE)
    for time in (1.25, 25.25, 49.25):
        body.give(time, 0.002)
    body.set_infusion(30.0, 0.001)
    body.set_infusion(40.5, 0.0)
    body.advance(49.25)
    assert course.blockade[-1] == pytest.approx(body.blockade(), rel=1e-10)
    assert course.concentration[-1] == pytest.approx(body.concentration, rel=1e-10)
    assert course.blockade[0] == 0.0


@pytest.mark.parametrize(("dose", "hours"), [(0.1, 5.0), (10.0, 24.0)])
def test_blocked_hours_a_day_of_the_published_schedules(dose: float, hours: float) -> None:
    """Daily doses of 0.1 mg/kg leave 19 h free; 10 mg/kg leave none (doi:10.1126/science.6867737)."""
    grid = np.linspace(240.0, 264.0, 2401)
    course = drug_course(MOUSE, [Phase(dose_mg=dose * MOUSE.body_mass)], grid)
    assert course.hours_blocked() == pytest.approx(hours, abs=0.03)


def test_blocked_hours_interpolate_the_crossing() -> None:
    level = np.array([0.0, 6.0, 6.0, 2.0])
    course = DrugCourse(np.array([0.0, 1.0, 2.0, 6.0]), level, level, level)
    assert course.hours_blocked(3.0) == pytest.approx(0.5 + 1.0 + 3.0)
