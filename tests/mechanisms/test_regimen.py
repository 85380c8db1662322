"""Regimens: when each dose falls due."""

from __future__ import annotations

import math
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.core.errors import ScenarioError
from immune_sim.mechanisms.regimen import Event, Phase, events

DAY = 24.0


def times(*phases: Phase, start: float = 0.0, end: float = math.inf) -> list[float]:
    return [event.time for event in events(phases, start, end)]


def test_a_dose_at_ten_in_the_evening_falls_on_that_hour_every_day() -> None:
    """Catches a first dose at midnight and a dose at the excluded end of the phase."""
    assert times(Phase(dose_mg=4.5, first_h=22.0, until_h=94.0)) == [22.0, 46.0, 70.0]


def test_the_thousandth_dose_has_not_drifted() -> None:
    """Adding 0.1 h a thousand times is off by 1e-12 h; the product is exact to the last bit."""
    phase = Phase(dose_mg=1.0, every_h=0.1, first_h=0.3)
    made = [event.time for event in islice(events([phase]), 1001)]
    assert made == [0.3 + k * 0.1 for k in range(1001)]


@given(
    every=st.sampled_from([0.7, 6.0, 8.0, 24.0, 24.0 / 7.0, 36.0, math.inf]),
    first=st.floats(0.0, 100.0),
    cycle=st.sampled_from([(1.0, 0.0), (5.0, 2.0), (1.0, 1.0), (0.5, 0.5)]),
    cut=st.floats(0.0, 400.0),
)
def test_a_restart_yields_exactly_the_events_that_are_left(
    every: float, first: float, cycle: tuple[float, float], cut: float
) -> None:
    """Catches a dose given twice or lost at the hour of a checkpoint."""
    phases = [
        Phase(dose_mg=1.0, every_h=every, first_h=first, on_days=cycle[0], off_days=cycle[1]),
        Phase(infusion_mg_per_h=0.5, first_h=first, until_h=first + 200.0, on_days=cycle[0], off_days=cycle[1]),
        Phase(infusion_mg_per_h=0.25, first_h=30.0, until_h=60.0),
    ]
    whole = list(events(phases, 0.0, 400.0))
    assert list(events(phases, 0.0, cut)) + list(events(phases, cut, 400.0)) == whole
    assert [event.time for event in whole] == sorted(event.time for event in whole)


def test_five_days_on_two_days_off() -> None:
    """Catches a cycle counted from midnight instead of the first dose, or a day on too many."""
    days = [
        (time - 22.0) / DAY for time in times(Phase(dose_mg=1.0, first_h=22.0, on_days=5, off_days=2), end=14 * DAY)
    ]
    assert days == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]


def test_a_dose_due_at_the_edge_of_a_day_off_is_not_given() -> None:
    """24 / 7 h times 7 is a rounding error short of a day; without the allowance an eighth dose slips in."""
    assert len(times(Phase(dose_mg=1.0, every_h=DAY / 7, on_days=1, off_days=1), end=2 * DAY)) == 7


def test_a_single_dose_is_given_once() -> None:
    assert times(Phase(dose_mg=1.0, every_h=math.inf, first_h=3.5)) == [3.5]
    assert times(Phase(dose_mg=1.0, every_h=math.inf, first_h=3.5), start=4.0) == []


def test_infusions_of_one_drug_add_up_and_phases_that_meet_do_not_interrupt() -> None:
    """Catches a stop that ends another phase's infusion, and a gap where one phase follows another."""
    phases = [
        Phase(infusion_mg_per_h=1.0, first_h=0.0, until_h=10.0),
        Phase(infusion_mg_per_h=2.0, first_h=5.0, until_h=20.0),
        Phase(infusion_mg_per_h=4.0, first_h=10.0, until_h=20.0),
    ]
    made = [(event.time, event.amount) for event in events(phases)]
    assert made == [(0.0, 1.0), (5.0, 3.0), (10.0, 6.0), (20.0, 0.0)]


def test_an_endless_infusion_in_cycles_is_lazy() -> None:
    made = list(islice(events([Phase(infusion_mg_per_h=1.0, first_h=1.0, on_days=1, off_days=2)]), 4))
    assert made == [
        Event(t, "infusion", r, "naltrexone") for t, r in [(1.0, 1.0), (25.0, 0.0), (73.0, 1.0), (97.0, 0.0)]
    ]


def test_no_phase_and_no_dose_are_no_drug() -> None:
    assert times() == []
    assert times(Phase()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"dose_mg": -1.0},
        {"dose_mg": math.nan},
        {"every_h": 0.0},
        {"first_h": -1.0},
        {"until_h": math.nan},
        {"on_days": 0.0},
        {"infusion_mg_per_h": math.inf},
        {"dose_mg": 1.0, "infusion_mg_per_h": 1.0},
        {"infusion_mg_per_h": 1.0, "while_burden_above": 10},
        {"dose_mg": 1.0, "while_burden_above": -1},
    ],
)
def test_a_phase_without_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ScenarioError, match=r"phase\."):
        Phase(**wrong)  # type: ignore[arg-type]
