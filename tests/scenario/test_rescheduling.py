"""A regimen that is replaced on the way, as one regimen from hour 0 on."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from immune_sim.mechanisms.regimen import Event, events
from immune_sim.scenario.dosing import Dosing
from immune_sim.scenario.rescheduling import begun, replaced, until

HORIZON = 400.0

dosings = st.builds(
    Dosing,
    amount=st.sampled_from([1.0, 0.1]),
    every=st.sampled_from([0.7, 6.0, 24.0, 24.0 / 7.0, math.inf]),
    at=st.one_of(st.none(), st.integers(0, 1439)),
    start=st.sampled_from([0.0, 5.0, 24.0, 130.1]),
    length=st.sampled_from([math.inf, 100.0, 12.0]),
    while_burden_above=st.sampled_from([None, 50]),
) | st.builds(Dosing, amount=st.just(0.5), at=st.integers(0, 1439), on_days=st.just(2.0), off_days=st.just(1.5))
regimens = st.lists(dosings, max_size=3).map(tuple)
hours = st.integers(1, 300).map(float) | st.floats(0.1, 300.0)


def given_in(dosing: tuple[Dosing, ...]) -> list[Event]:
    """All doses up to the horizon."""
    return list(events([each.phase(1.0) for each in dosing], 0.0, HORIZON))


@given(before=regimens, hour=hours)
def test_what_was_given_by_an_hour_are_the_doses_up_to_it(before: tuple[Dosing, ...], hour: float) -> None:
    """Catches a last dose that is lost or one too many at the cut, also where doses fall on the hour itself."""
    assert given_in(until(before, hour)) == [each for each in given_in(before) if each.time <= hour]


@given(before=regimens, after=regimens, hour=hours)
def test_nothing_of_the_old_regimen_comes_after_and_nothing_of_the_new_before(
    before: tuple[Dosing, ...], after: tuple[Dosing, ...], hour: float
) -> None:
    whole = given_in(replaced(before, after, hour))
    assert [each for each in whole if each.time < hour] == [each for each in given_in(before) if each.time < hour]
    assert [each for each in whole if each.time > hour] == [
        each for each in given_in(begun(after, hour)) if each.time > hour
    ]


@given(after=regimens, hour=hours)
def test_a_regimen_that_begins_later_is_left_as_it_is(after: tuple[Dosing, ...], hour: float) -> None:
    """And whatever began earlier keeps its end: catches a phase of the past that lives on."""
    for each in after:
        first, end = each.phase(1.0).first_h, each.phase(1.0).until_h
        made = begun((each,), hour)
        if each.start >= hour:
            assert made == (each,)
        elif end <= hour and first != end:
            assert made == ()
        for phase in made:
            assert phase.phase(1.0).first_h >= min(first, hour)
            assert phase.phase(1.0).until_h <= end + 1e-9


def test_at_hour_0_nothing_was_given() -> None:
    assert until([Dosing(amount=1.0)], 0.0) == ()


def test_an_infusion_stops_at_the_change() -> None:
    """And one that begins there runs on without a gap."""
    made = replaced([Dosing(amount=1.0, infusion=True)], [Dosing(amount=2.0, infusion=True)], 30.0)
    assert [(each.time, each.amount) for each in given_in(made)] == [(0.0, 1.0), (30.0, 2.0)]
