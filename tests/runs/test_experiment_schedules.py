"""Schedules as dimensions: exposure held while timing varies, hours of blockade, doses spread over hours."""

from __future__ import annotations

import numpy as np
import pytest

from immune_sim.core.errors import ScenarioError
from immune_sim.mechanisms.pharmacokinetics import Pharmacokinetics
from immune_sim.model.drug_course import drug_course
from immune_sim.runs.experiments.exposure import exposure, hours_blocked, scaled
from immune_sim.runs.experiments.schedules import HALF_LIFE, vary
from immune_sim.scenario.scenario import Scenario

LOW = Scenario.load("ldn-mouse")
HUMAN = Scenario.load("ldn-human")


@pytest.mark.parametrize(
    "scenario", [LOW, HUMAN, vary(LOW, {"regimen.infusion_hours": "6 h"})], ids=["mouse", "human", "infusion"]
)
def test_exposure_is_the_area_under_the_blockade_curve(scenario: Scenario) -> None:
    """Against the trapezoid rule on a fine grid; the forgotten metabolite of the human preset is a factor of ten."""
    times = np.arange(0.0, scenario.duration + 1e-9, 0.02)
    course = drug_course(scenario.parameters(Pharmacokinetics), scenario.regimen, times)
    assert exposure(scenario) == pytest.approx(np.trapezoid(course.blockade, times), rel=2e-3)


@pytest.mark.parametrize(
    "changes",
    [
        {"regimen.every": "12 h"},
        {"regimen.at": "22:00"},
        {"regimen.infusion_hours": "8 h"},
        {"regimen.on_days": 3, "regimen.off_days": 4},
        {"regimen.hours_of_blockade": "3 h"},
    ],
    ids=str,
)
def test_the_same_exposure_is_held_while_the_timing_varies(changes: dict[str, object]) -> None:
    changed = vary(LOW, changes)
    held = vary(LOW, changes, same_exposure=True)
    assert exposure(held) == pytest.approx(exposure(LOW), rel=1e-9)
    assert held.dosing[0].amount != changed.dosing[0].amount or exposure(changed) == pytest.approx(exposure(LOW))


def test_a_dose_that_varies_as_well_changes_the_exposure_that_is_held() -> None:
    held = vary(LOW, {"regimen.dose": "0.4 mg/kg", "regimen.every": "6 h"}, same_exposure=True)
    assert exposure(held) == pytest.approx(4.0 * exposure(LOW), rel=1e-9)


def test_hours_of_blockade_are_those_of_the_simulated_curve() -> None:
    """The last of ten days, hour by hour; the published arms come out as the kinetics that were derived from them."""
    for hours, dose in ((5.0, "0.1 mg/kg"), (9.0, "1 mg/kg"), (2.0, "10 mg/kg")):
        made = vary(LOW, {"regimen.dose": dose, "regimen.hours_of_blockade": f"{hours} h"})
        times = np.arange(216.0, 240.0 + 1e-9, 0.01)
        course = drug_course(made.parameters(Pharmacokinetics), made.regimen, np.concatenate([[0.0], times]))
        shares = course.blockade[1:] >= 3.0
        assert shares.mean() * 24.0 == pytest.approx(hours, abs=0.1)
        assert hours_blocked(made) == pytest.approx(hours, abs=0.01)
    low = vary(LOW, {"regimen.hours_of_blockade": "5 h"})
    high = vary(LOW, {"regimen.dose": "10 mg/kg", "regimen.hours_of_blockade": "24 h"})
    assert low.values[HALF_LIFE] == pytest.approx(2.86, abs=0.03)
    assert high.values[HALF_LIFE] == pytest.approx(2.86, abs=0.03)


def test_a_dose_spread_over_hours_stays_the_same_dose() -> None:
    spread = vary(LOW, {"regimen.infusion_hours": "6 h"})
    assert spread.dosing[0].infusion
    assert spread.dosing[0].amount * 6.0 == pytest.approx(LOW.dosing[0].amount)
    assert exposure(spread) == pytest.approx(exposure(LOW), rel=0.02)
    assert vary(LOW, {"regimen.infusion_hours": "24 h"}).dosing[0].off_days is None


def test_what_cannot_be_reached_is_refused_with_what_can() -> None:
    with pytest.raises(ScenarioError, match=r"longer than the interval of 24 h"):
        vary(LOW, {"regimen.hours_of_blockade": "30 h"})
    with pytest.raises(ScenarioError, match=r"cannot be reached at the same exposure; at most 4\.\d h|at most 5\.\d h"):
        vary(LOW, {"regimen.hours_of_blockade": "12 h"}, same_exposure=True)
    with pytest.raises(ScenarioError, match="0 phases"):
        vary(Scenario.load("control-mouse"), {"regimen.hours_of_blockade": "5 h"})
    assert scaled(Scenario.load("control-mouse"), 10.0).dosing == ()


def test_doses_that_ask_for_the_burden_have_no_exposure_before_a_run() -> None:
    """Catches an area that counts doses which the run leaves out, and an infusion that forgets its condition."""
    asking = LOW.with_overrides({"regimen.while_burden_above": 2000})
    with pytest.raises(ScenarioError, match="while_burden_above"):
        vary(asking, {"regimen.every": "12 h"}, same_exposure=True)
    with pytest.raises(ScenarioError, match="cannot be spread"):
        vary(asking, {"regimen.infusion_hours": "6 h"})
    assert vary(asking, {"regimen.while_burden_above": 500}).dosing[0].while_burden_above == 500
