"""The [[regimen]] table: what a person writes becomes mg and absolute hours."""

from __future__ import annotations

import math

import pytest

from immune_sim.core.errors import ScenarioError
from immune_sim.mechanisms.regimen import events
from immune_sim.scenario import units
from immune_sim.scenario.dosing import Dosing, days_or_hours
from immune_sim.scenario.scenario import Scenario

HEAD = "[[regimen]]\n"


def phase_of(text: str, body_mass: float = 70.0) -> dict[str, object]:
    """The phase of a regimen text, in mg and absolute hours."""
    (dosing,) = Scenario.from_text(HEAD + text).dosing
    return vars(dosing.phase(body_mass))


def test_a_dose_at_bedtime() -> None:
    """Hour 0 is midnight: ten in the evening is hour 22."""
    phase = phase_of('dose = "4.5 mg"\nevery = "24 h"\nat = "22:00"')
    assert phase["dose_mg"] == 4.5
    assert (phase["first_h"], phase["every_h"], phase["until_h"]) == (22.0, 24.0, math.inf)


def test_a_dose_per_body_mass() -> None:
    """Would catch g in place of kg."""
    assert phase_of('dose = "0.1 mg/kg"\nevery = "24 h"', body_mass=0.02)["dose_mg"] == pytest.approx(0.002)
    assert phase_of('dose = "100 ug per kg"\nevery = "24 h"', body_mass=0.02)["dose_mg"] == pytest.approx(0.002)


@pytest.mark.parametrize(
    ("start", "at", "first"),
    [
        ("0 d", "22:00", 22.0),
        ("5 d", "22:00", 142.0),
        ("23 h", "22:00", 46.0),
        ("22 h", "22:00", 22.0),
        ("1 d", "0:30", 24.5),
    ],
)
def test_the_first_dose_is_the_first_clock_time_from_the_start_on(start: str, at: str, first: float) -> None:
    """Would catch a dose before the start, and one a day late."""
    assert phase_of(f'dose = "1 mg"\nevery = "24 h"\nstart = "{start}"\nat = "{at}"')["first_h"] == first


def test_thirty_days_are_thirty_doses() -> None:
    """With and without a clock time; would catch a dose too many or too few at the end."""
    for at in ("", 'at = "22:00"\n'):
        scenario = Scenario.from_text(f'{HEAD}dose = "1 mg"\nevery = "24 h"\n{at}for = "30 d"')
        assert len(list(events(scenario.regimen))) == 30


def test_once_is_once() -> None:
    scenario = Scenario.from_text(f'{HEAD}dose = "1 mg"\nevery = "once"\nstart = "3 d"')
    assert [event.time for event in events(scenario.regimen, end_h=1e6)] == [72.0]


def test_five_days_on_two_days_off() -> None:
    scenario = Scenario.from_text(f'{HEAD}dose = "1 mg"\nevery = "24 h"\non_days = 5\noff_days = 2\nfor = "14 d"')
    assert [event.time / 24.0 for event in events(scenario.regimen)] == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]


def test_an_infusion() -> None:
    """10 mg/kg/d in a man of 70 kg is 700 mg in 24 h."""
    phase = phase_of('infusion = "10 mg/kg/d"\nstart = "1 d"\nfor = "2 d"')
    assert phase["infusion_mg_per_h"] == pytest.approx(700 / 24)
    assert (phase["dose_mg"], phase["first_h"], phase["until_h"]) == (0.0, 24.0, 72.0)


def test_the_body_mass_of_the_scenario_counts() -> None:
    """Would catch a conversion that is done before the body mass is changed."""
    scenario = Scenario.shipped("ldn-mouse").with_overrides({"pharmacokinetics.body_mass": "40 g"})
    assert scenario.regimen[0].dose_mg == pytest.approx(0.004)


def test_toml_has_a_clock_of_its_own() -> None:
    assert phase_of('dose = "1 mg"\nevery = "24 h"\nat = 22:30:00')["first_h"] == 22.5


def test_no_drug_is_an_empty_list() -> None:
    assert Scenario.from_text("regimen = []").regimen == ()


def test_times_are_said_in_days_where_they_are_days() -> None:
    assert [days_or_hours(hours) for hours in (24.0, 36.0, 720.0, 0.1)] == ["1 d", "36 h", "30 d", "0.1 h"]


@pytest.mark.parametrize("up", [0.0, math.inf])
def test_a_time_beside_a_whole_day_keeps_its_last_bit(up: float) -> None:
    """Would catch "7 d" for the float above 168 h."""
    beside = [math.nextafter(24.0 * days, up) for days in range(1, 1000)]
    assert [units.quantity(days_or_hours(hours), "h", "") for hours in beside] == beside


def test_a_phase_reads_aloud_in_its_usual_order() -> None:
    phase = Dosing(amount=0.1, per_kg=True, at=22 * 60, start=48.0, length=720.0, on_days=5, off_days=2)
    assert list(phase.table()) == ["drug", "dose", "every", "at", "start", "for", "on_days", "off_days"]


def test_a_condition_on_the_burden_reads_back() -> None:
    """Also as text from a command line and in a file written back; without it nothing of a scenario changes."""
    text = f'{HEAD}dose = "1 mg"\nevery = "24 h"\nwhile_burden_above = 2000'
    scenario = Scenario.from_text(text)
    assert scenario.regimen[0].while_burden_above == 2000
    assert Scenario.from_text(scenario.to_toml()).dosing == scenario.dosing
    lower = scenario.with_overrides({"regimen.while_burden_above": "500"})
    assert lower.regimen[0].while_burden_above == 500
    assert lower.hash != scenario.hash
    assert "while_burden_above" not in Scenario.shipped("ldn-mouse").to_toml()


@pytest.mark.parametrize("wrong", ['"2000"', "2000.5", "-1", '"2000 cells"', "true"])
def test_a_condition_on_the_burden_is_a_whole_number_of_cells(wrong: str) -> None:
    with pytest.raises(ScenarioError, match="while_burden_above"):
        Scenario.from_text(f'{HEAD}dose = "1 mg"\nevery = "24 h"\nwhile_burden_above = {wrong}')


def test_a_condition_on_the_burden_decides_about_doses_only() -> None:
    with pytest.raises(ScenarioError, match="single doses"):
        Scenario.from_text(f'{HEAD}infusion = "1 mg/h"\nwhile_burden_above = 2000')
