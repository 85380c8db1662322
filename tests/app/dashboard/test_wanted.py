"""What is wanted of the next run, and the ways back to the scenario's own."""

from __future__ import annotations

from immune_sim.app.dashboard.replay import Run
from immune_sim.app.dashboard.wanted import Wanted
from immune_sim.scenario.reading import REGIMEN

NIGHTLY = [{"drug": "naltrexone", "dose": "0.1 mg/kg", "every": "24 h"}]
WEEKLY = [{"drug": "naltrexone", "dose": "0.1 mg/kg", "every": "168 h"}]


def wanted(run: Run) -> Wanted:
    found = Wanted(Run("control-mouse", 1))
    found.take(run)
    return found


def test_another_schedule_is_known_as_a_change_and_taken_back() -> None:
    """Catches a schedule that stays after everything was undone."""
    of_a_mouse = wanted(Run("ldn-mouse", 1))
    own = of_a_mouse.scenario.dosing
    assert not of_a_mouse.rescheduled.value
    of_a_mouse.schedule(WEEKLY)
    assert of_a_mouse.rescheduled.value
    assert of_a_mouse.run(1).scenario.dosing != own
    of_a_mouse.own_schedule()
    assert not of_a_mouse.rescheduled.value
    assert of_a_mouse.run(1) == Run("ldn-mouse", 1)
    assert of_a_mouse.scenario.dosing == own


def test_a_run_that_is_opened_with_another_schedule_says_so() -> None:
    """Catches a run from a code whose schedule looks like the scenario's own."""
    opened = wanted(Run("control-mouse", 1, 0, {REGIMEN: WEEKLY}))
    assert opened.rescheduled.value
    opened.own_schedule()
    assert opened.scenario.dosing == ()


def test_the_own_schedule_of_an_uploaded_scenario_is_no_change() -> None:
    """Catches a way back that leads to the shipped scenario on which the file was based."""
    uploaded = wanted(Run("control-mouse", 1, 0, {REGIMEN: WEEKLY}, title="Mine"))
    assert not uploaded.rescheduled.value
    own = uploaded.scenario.dosing
    uploaded.schedule(NIGHTLY)
    assert uploaded.rescheduled.value
    uploaded.own_schedule()
    assert uploaded.scenario.dosing == own
    assert not uploaded.rescheduled.value
