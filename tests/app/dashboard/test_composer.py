"""The schedule composer without a page: doses on the grid become phases that give exactly these doses, and words."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.app.dashboard.composer.phases import DAY, fewest
from immune_sim.app.dashboard.composer.plan import Plan, drawn
from immune_sim.app.dashboard.composer.presets import PRESETS, applied, beside
from immune_sim.app.dashboard.composer.preview import preview
from immune_sim.app.dashboard.composer.sentence import schedule_brief, schedule_sentence
from immune_sim.mechanisms.pharmacokinetics import Pharmacokinetics
from immune_sim.mechanisms.regimen import events
from immune_sim.model.drug_course import drug_course
from immune_sim.scenario.dosing import Dosing
from immune_sim.scenario.rescheduling import begun
from immune_sim.scenario.scenario import Scenario
from immune_sim.scenario.writing import regimen_text

DAYS = 40
END = DAYS * DAY
MOUSE, HUMAN = Scenario.shipped("ldn-mouse"), Scenario.shipped("ldn-human")

quarters = st.integers(0, END - 1)
amounts = st.sampled_from([0.1, 0.2, 10.0])
rows = st.tuples(
    st.integers(0, 5 * DAY), st.sampled_from([DAY // 4, DAY // 3, DAY, 2 * DAY]), st.integers(1, 30), amounts
)


def doses_of(dosing: Sequence[Dosing], days: int = DAYS) -> dict[int, float]:
    """Quarter hours and amounts of all doses, each of which stands alone."""
    found = [(each, event.time * 4) for each in dosing for event in events([each.phase(1.0)], 0.0, days * 24.0)]
    made = {int(quarter): each.amount for each, quarter in found}
    assert len(made) == len(found), "two phases give the same dose"
    assert all(quarter.is_integer() for _, quarter in found)
    return made


@given(st.dictionaries(quarters, amounts, max_size=25))
def test_scattered_doses_read_back_as_the_same_events(doses: dict[int, float]) -> None:
    """Catches a dose that is lost, doubled, given too late, or given beyond the end of its phase."""
    assert doses_of(fewest(doses, END)) == doses


@given(st.lists(rows, max_size=4), st.sets(quarters, max_size=3))
def test_rows_with_gaps_read_back_as_the_same_events(made: list[tuple[int, int, int, float]], missed: set[int]) -> None:
    """And through the text of a scenario file; catches a row that runs on over a gap."""
    doses = {
        quarter: amount
        for first, every, count, amount in made
        for quarter in range(first, min(END, first + every * count), every)
        if quarter not in missed
    }
    phases = fewest(doses, END, per_kg=True, above=300)
    assert doses_of(phases) == doses
    assert Scenario.from_text(regimen_text(phases)).dosing == phases


@given(
    every=st.sampled_from([6.0, 8.0, 12.0, 24.0, 48.0]),
    clock=st.integers(0, DAY - 1),
    start=st.integers(0, 5),
    length=st.sampled_from([math.inf, 10.0, 21.0]),
    cycle=st.sampled_from([None, (5, 2), (21, 7), (2, 1)]),
)
def test_what_one_phase_gives_becomes_one_phase(
    every: float, clock: int, start: int, length: float, cycle: tuple[int, int] | None
) -> None:
    """Catches a search that misses a regular row or a cycle of days."""
    on, off = cycle or (None, None)
    if cycle and (every > 24.0 or math.isfinite(length)):
        return
    each = Dosing(
        amount=1.0, every=every, at=clock * 15, start=start * 24.0, length=length * 24.0, on_days=on, off_days=off
    )
    assert len(fewest(doses_of([each]), END)) == 1


@pytest.mark.parametrize("since", range(7))
def test_a_cycle_that_is_cut_into_stays_a_cycle(since: int) -> None:
    """Nights on and off taken over on any day of the week; catches "every 7 days, and every 7 days, and ..."."""
    doses = {day * DAY + 88: 0.1 for day in range(since, 60) if day % 7 < 5}
    phases = fewest(doses, 60 * DAY, per_kg=True)
    assert len(phases) <= 2
    assert phases[-1].off_days


def test_a_night_that_is_moved_makes_three_phases() -> None:
    """The nights before, the one that differs, the nights after; catches cycles that happen to fit."""
    plan = drawn(MOUSE).move(range(10, 11), 0, 8)
    assert [(each.start / 24.0, each.at, each.length / 24.0) for each in plan.dosing()] == [
        (0.0, 0, 10.0),
        (10.0, 120, math.inf),
        (11.0, 0, math.inf),
    ]


@pytest.mark.parametrize("name", ["ldn-mouse", "hdn-mouse", "ldn-human", "control-mouse"])
def test_a_shipped_schedule_is_drawn_and_comes_back(name: str) -> None:
    scenario = Scenario.shipped(name)
    days = round(scenario.duration / 24.0)
    assert doses_of(drawn(scenario).dosing(), days) == doses_of(scenario.dosing, days)
    assert len(drawn(scenario).dosing()) == len(scenario.dosing)


def test_what_cannot_be_drawn_is_kept() -> None:
    """An infusion, a dose where one is, an odd interval, another unit or condition: nothing may vanish on opening."""
    tables = [
        {"dose": "0.1 mg/kg", "every": "24 h"},
        {"infusion": "1 mg/kg/d"},
        {"dose": "0.1 mg/kg", "every": "7 h"},
        {"dose": "0.1 mg/kg", "every": "3.43 h"},
        {"dose": "0.01 mg", "every": "once", "start": "30 h"},
        {"dose": "0.1 mg/kg", "every": "24 h", "at": "03:00", "while_burden_above": 5},
    ]
    phases = MOUSE.with_overrides({"regimen": tables}).dosing
    plan = drawn(MOUSE, phases)
    assert plan.kept == (phases[1], phases[2], phases[3], phases[4], phases[5])
    assert set(plan.kept) <= set(plan.dosing())


@given(
    hour=st.integers(0, 20 * 24),
    made=st.lists(rows, min_size=1, max_size=2),
    given_before=st.sampled_from([(), MOUSE.dosing]),
)
def test_from_an_hour_on_the_doses_that_are_still_to_come_are_given(
    hour: int, made: list[tuple[int, int, int, float]], given_before: tuple[Dosing, ...]
) -> None:
    """And taken as they are by a running model; catches a dose given twice at the hour of the change."""
    doses = {q: amount for first, every, n, amount in made for q in range(first, min(END, first + every * n), every)}
    phases = Plan(DAYS, True, doses).dosing_from(hour, given_before)
    due = hour > 0 and bool(given_before) and hour % 24 == 0
    assert doses_of(phases) == {quarter: each for quarter, each in doses.items() if quarter >= hour * 4 + due}
    assert doses_of(begun(phases, float(hour))) == doses_of(phases)


def test_kept_phases_go_on_from_an_hour_with_their_next_dose() -> None:
    phases = MOUSE.with_overrides(
        {
            "regimen": [
                {"dose": "0.1 mg/kg", "every": "3.43 h", "for": "20 d"},
                {"infusion": "1 mg/kg/d", "for": "2 d"},
                {"dose": "0.01 mg", "every": "once", "start": "30 h"},
            ]
        }
    ).dosing
    (left,) = drawn(MOUSE, phases).dosing_from(100)
    times = [event.time for event in events([phases[0].phase(1.0)], 100.0)]
    assert [event.time for event in events([left.phase(1.0)])] == pytest.approx(times)


@given(chosen=st.tuples(st.integers(0, 30), st.integers(1, 9)), clock=st.integers(0, 95), to=st.integers(0, 95))
def test_moving_there_and_back_and_adding_and_removing_leave_the_plan(
    chosen: tuple[int, int], clock: int, to: int
) -> None:
    days = range(chosen[0], sum(chosen))
    plan = Plan(DAYS, True, {40: 1.0})
    with_dose = plan.add(days, clock, 0.5)
    assert len(with_dose.quarters(days, clock)) == len(days)
    if to != clock and not plan.quarters(days, to):
        moved = with_dose.move(days, clock, to)
        assert moved.quarters(days, clock) == []
        assert moved.move(days, to, clock) == with_dose
    if not plan.quarters(days, clock):
        assert with_dose.remove(days, clock) == plan
    assert {*with_dose.set_amount(days, clock, 0.7).doses.values()} <= {0.7, 1.0}


def test_two_doses_moved_together_become_one() -> None:
    plan = Plan(2, True, {10: 0.1, 20: 0.2}).move(range(1), 10, 20)
    assert plan.doses == {20: pytest.approx(0.3)}


@pytest.mark.parametrize("scenario", [MOUSE, HUMAN], ids=["mouse", "human"])
def test_presets_are_one_phase_at_most(scenario: Scenario) -> None:
    for preset in PRESETS:
        phases = applied(preset, drawn(scenario)).dosing()
        assert len(phases) == (preset.name != "No drug")
        assert tomllib.loads(regimen_text(phases)).get("regimen", []) == [each.table() for each in phases]


def test_the_free_window_is_that_of_the_kinetics() -> None:
    """0.1 mg/kg blocks 3 of 4 receptors for 5 h and half of them longer, by ln 3 / ln 2 half-lives of 2.86 h."""
    seen = preview(MOUSE, MOUSE.dosing, 10)
    assert 24.0 - seen.free[5] == pytest.approx(5.0 + 2.86 * math.log2(3.0), abs=0.1)
    assert seen.concentration.max() == pytest.approx(3.18, rel=0.01)
    assert np.all(preview(MOUSE, (), 3).free == 24.0)


def test_sentences() -> None:
    def said(scenario: Scenario, *tables: dict[str, object]) -> str:
        return schedule_sentence(scenario.with_overrides({"regimen": tables}))

    assert schedule_sentence(Scenario.shipped("control-mouse")) == "No drug."
    assert schedule_sentence(MOUSE) == (
        "0.1 mg/kg of naltrexone injected every night at 00:00; most receptors are free for 14.5 h of each day."
    )
    assert said(HUMAN, {"dose": "4.5 mg", "every": "24 h", "at": "22:00"}) == (
        "4.5 mg of naltrexone by mouth every night at 22:00; half of the receptors or more are blocked at all hours."
    )
    low = {"dose": "0.1 mg/kg", "every": "24 h"}
    assert "every day at 08:00, 14:00 and 22:00" in said(
        MOUSE, *({**low, "at": at} for at in ("08:00", "14:00", "22:00"))
    )
    assert "5 days on and 2 days off in turn" in said(MOUSE, {**low, "on_days": 5, "off_days": 2})
    assert "while there are more than 2,000 tumor cells" in said(MOUSE, {**low, "while_burden_above": 2000})
    assert "once, on day 3 at 06:00" in said(MOUSE, {"dose": "1 mg", "every": "once", "start": "78 h"})
    assert "for 5 days; then 0.1 mg/kg" in said(MOUSE, {**low, "for": "5 d"}, {**low, "start": "10 d"})


@pytest.mark.parametrize("hour", ["00:00", "14:30"])
def test_a_schedule_beside_another_begins_at_its_clock_hour(hour: str) -> None:
    """Catches an arm around the clock that has no drug for its first 22 hours while the first one has."""
    scenario = MOUSE.with_overrides({"regimen": [{"dose": "0.1 mg/kg", "every": "24 h", "at": hour}]})
    choices = {preset.name: plan for preset, plan in beside(drawn(scenario))}
    clock = drawn(scenario).doses.keys()
    assert choices["Around the clock"].doses.keys() == clock
    assert all(set(plan.doses) <= set(clock) for plan in choices.values())
    assert "Nightly low dose" not in choices  # it is what the scenario does already


def test_the_head_of_an_arm_says_dose_hour_and_free_time() -> None:
    high = Scenario.shipped("hdn-mouse")
    assert schedule_brief(MOUSE) == "0.1 mg/kg every night at 00:00, free 14.5 h a day"
    assert schedule_brief(high) == "10 mg/kg every night at 00:00, free 0 h a day"
    assert schedule_brief(Scenario.shipped("control-mouse")) == "no drug, free 24 h a day"


def test_the_texts_of_the_shipped_scenarios_say_what_is_computed() -> None:
    """Catches a card that speaks of five blocked hours above a sentence that means 9.5."""
    constants, high = MOUSE.parameters(Pharmacokinetics), Scenario.shipped("hdn-mouse")
    course = drug_course(constants, MOUSE.regimen, np.arange(24 * 4 + 1) / 4.0)
    half, three_of_four = course.hours_blocked(1.0), course.hours_blocked(3.0)
    said = f"Here {three_of_four:.0f} hours (three of four receptors) or {round(2 * half) / 2:g} (half of them)"
    assert said in MOUSE.about
    assert "blocked at all hours" in high.about
    assert preview(high, high.dosing, 10).free[3:].max() == 0.0
