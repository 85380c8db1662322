"""Following one cell, and counting clones: nothing invented, nothing missed, cheap, and true after turning back."""

from __future__ import annotations

import copy
import pickle
import time

import numpy as np
import pytest

from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.clones import NAMED, CloneCounter, living_by_clone
from immune_sim.app.dashboard.engine.follow import Follower
from immune_sim.app.dashboard.engine.witnesses import common, look
from immune_sim.app.dashboard.replay import Run
from immune_sim.core.codes import CTL_KILL, DYING, NK_KILL
from immune_sim.model.model import TumorImmuneModel

SMALL = {"space.width": 60, "space.height": 60, "inoculum.tumor_cells": 400}


def grown(scenario: str = "axis-only", hours: int = 0) -> TumorImmuneModel:
    model = TumorImmuneModel(scenario, rng=3, **SMALL)
    for _ in range(hours):
        model.run_for(1)
    return model


def follow_all(model: TumorImmuneModel, table: str, hours: int) -> list[Follower]:
    ids = getattr(model.tissue, table)["cell_id"].copy()
    followers = [Follower(table, int(each)) for each in ids]
    for hour in range(hours + 1):
        if hour:
            model.run_for(1)
        for each in followers:
            each(model)
    return followers


def test_every_division_has_one_daughter_and_nobody_else_claims_her() -> None:
    """All cells of the first hour are followed. Catches a wrong lineage, or one that two mothers share."""
    model = grown()
    before = model.tissue.next_number[0]
    followers = follow_all(model, "tumor", 36)
    daughters = [each.daughter for one in followers for each in one.happenings if each.what == "division"]
    assert len(daughters) > 100
    assert len(set(daughters)) == len(daughters)
    assert min(daughters) >= 2 * before
    first = [one for one in followers if one.happenings and one.happenings[0].what == "division"]
    tumor = model.tissue.tumor
    for one in first:
        for daughter in one.story(model).daughters:
            row, mother = tumor.row_of(daughter), tumor.rows_of(np.array([one.cell_id]))[0]
            assert mother < 0 or tumor["clone"][row] == tumor["clone"][mother]


def test_the_track_and_the_history_are_those_of_the_cell() -> None:
    """Read anew from the tables every hour, by another way of finding the cell."""
    model = grown("control-mouse")
    ids = model.tissue.immune["cell_id"][:5].copy()
    followers = [Follower("immune", int(each)) for each in ids]
    seen: dict[int, list[tuple[int, float, float]]] = {int(each): [] for each in ids}
    for _ in range(20):
        model.run_for(1)
        immune = model.tissue.immune
        for each in followers:
            each(model)
            for row in np.flatnonzero(immune["cell_id"] == each.cell_id):
                seen[each.cell_id].append(
                    (int(immune["site"][row]), float(immune["receptor_level"][row]), float(immune["signal"][row]))
                )
    for each in followers:
        assert list(zip(each.sites, each.receptor, each.signal, strict=True)) == seen[each.cell_id]
        assert each.track(3).tolist() == each.sites[-3:]


def test_kills_deaths_and_their_causes_are_told() -> None:
    """Kills of all immune cells of the first hour sum to their columns; every dying cell says of what it died."""
    model = grown("control-mouse")
    tumor = [Follower("tumor", int(each)) for each in model.tissue.tumor["cell_id"]]
    immune = [Follower("immune", int(each)) for each in model.tissue.immune["cell_id"]]
    told = 0
    for each in (*tumor, *immune):
        each(model)
    for _ in range(48):
        model.run_for(1)
        for each in (*tumor, *immune):
            each(model)
        cells = model.tissue.tumor
        for one in tumor:
            if one.row >= 0 and cells["state"][one.row] >= DYING:
                cause = int(cells["cause"][one.row])
                assert one.fate.startswith("Killed by") == (cause in {NK_KILL, CTL_KILL})
                told += 1
    assert told > 50
    living = [each for each in immune if each.row >= 0]
    kills = model.tissue.immune["kills"]
    assert sum(kills[each.row] > 0 for each in living) == sum(each.story(model).count("kill") > 0 for each in living)
    gone = [each for each in immune if each.row < 0]
    assert gone
    assert all("left the tissue" in each.fate for each in gone)


def test_a_clock_that_is_turned_back_and_run_again_tells_the_same_story() -> None:
    model = grown("control-mouse")
    followers = follow_all(model, "tumor", 6)
    counter = CloneCounter()
    counter(model)
    early = copy.deepcopy((followers, counter))
    later = grown("control-mouse", 6)
    for _ in range(6):
        later.run_for(1)
        for each in (*followers, counter):
            each(later)
    back = grown("control-mouse", 6)
    for each in (*followers, counter):
        each(back)
    assert [each.hours for each in followers] == [each.hours for each in early[0]]
    assert [each.sites for each in followers] == [each.sites for each in early[0]]
    assert counter.hours == early[1].hours


def test_before_it_was_born_a_cell_is_not_there_and_not_dead() -> None:
    model, early = grown(hours=30), grown(hours=4)
    follower = Follower("tumor", int(model.tissue.tumor["cell_id"].max()))
    follower(model)
    assert follower.fate == ""
    follower(early)
    assert follower.fate.startswith("Not in the tissue")
    assert follower.happenings == []
    follower(model)
    assert follower.fate == ""
    assert follower.hours == [30]


def test_what_was_seen_on_a_branch_that_is_left_is_forgotten() -> None:
    """Two branches share their hours up to the fork. Catches a history that mixes them or loses what is shared."""
    arm = Arm(0, Run("control-mouse", 3, 0, SMALL))
    follower, counter = Follower("tumor", int(arm.model.tissue.tumor["cell_id"][9])), CloneCounter(spacing=1)

    def go_on(hours: int) -> None:
        for _ in range(hours):
            arm.timeline.step()
            look(follower, arm, "follower")
            look(counter, arm, "counter")

    go_on(10)
    first = arm.timeline.here
    arm.timeline.go_to(6)
    look(follower, arm, "follower")
    look(counter, arm, "counter")
    arm.timeline.change(lambda model: model.give_dose("1 mg"))
    assert arm.timeline.here is not first
    assert common(first, arm.timeline.here) == common(arm.timeline.here, first) == 6
    before = list(follower.signal)
    go_on(4)
    assert counter.hours == [*range(1, 11)]
    assert follower.hours[: len(before)] == [*range(1, 7)]
    assert follower.signal[: len(before)] == before
    arm.timeline.show(0)
    look(follower, arm, "follower")
    look(counter, arm, "counter")
    assert follower.hours == [10]  # what happened on this branch after the fork was not kept
    assert counter.hours == [*range(1, 7), 10]


def test_a_follower_can_be_sent_to_another_process() -> None:
    model = grown(hours=3)
    follower = Follower("tumor", int(model.tissue.tumor["cell_id"][0]))
    follower(model)
    again: Follower = pickle.loads(pickle.dumps(follower))
    model.run_for(1)
    again(model)
    follower(model)
    assert again == follower
    assert pickle.loads(pickle.dumps(again.story(model))).cell_id == follower.cell_id


@pytest.mark.parametrize("table", ["tumor", "immune"])
def test_following_costs_little(table: str) -> None:
    """Aim: 50 us an hour; ten times that is allowed here, on a busy machine. Catches a search of all cells per call."""
    model = TumorImmuneModel("control-mouse", rng=1, **{"inoculum.tumor_cells": 8000})
    follower = Follower(table, int(getattr(model.tissue, table)["cell_id"][7]))
    took = []
    for _ in range(40):
        model.run_for(1)
        begun = time.perf_counter()
        follower(model)
        took.append(time.perf_counter() - begun)
    assert sorted(took)[len(took) // 2] < 500e-6


def test_the_named_clones_are_the_largest_and_shares_add_up() -> None:
    model = grown()
    counter = CloneCounter()
    for _ in range(48):
        model.run_for(1)
        counter(model)
    course = counter.course(model)
    counts = living_by_clone(model.tissue)
    assert counts.sum() == model.recorder.latest["tumor_cells"]
    assert [each.cells for each in course.clones] == sorted(counts, reverse=True)[:NAMED]
    assert course.others.cells + sum(each.cells for each in course.clones) == counts.sum()
    assert course.others.founder + len(course.clones) == model.recorder.latest["clones"]
    assert course.shares.shape == (NAMED + 1, len(course.hours))
    assert np.all(course.shares.sum(axis=0) == 255)
    last = 255 * np.array([each.cells for each in course.clones]) / counts.sum()
    assert np.all(np.abs(course.shares[:-1, -1] - last) <= 1)


def test_a_long_course_is_thinned_and_stays_in_order() -> None:
    model = grown()
    counter = CloneCounter(spacing=1)
    tissue = model.tissue
    for hour in range(1000):
        tissue.hour = hour
        counter(model)
    assert len(counter.hours) <= 401
    assert counter.hours == sorted(counter.hours)
    assert counter.hours[0] == 0
