"""Following one cell, and counting clones: nothing invented, nothing missed, cheap, and true after turning back."""

from __future__ import annotations

import copy
import pickle
import time

import numpy as np
import pytest

from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.clone_counts import living_by_clone
from immune_sim.app.dashboard.engine.clones import MOST_TIMES, NAMED, course
from immune_sim.app.dashboard.engine.follow import Follower
from immune_sim.app.dashboard.engine.looking_back import LookingBack
from immune_sim.app.dashboard.engine.timeline import Timeline
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
        assert each.track(19, 3).tolist() == [
            site for hour, site in zip(each.hours, each.sites, strict=True) if 17 <= hour <= 19
        ]


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
                assert one.fate(int(model.time)).startswith("Killed by") == (cause in {NK_KILL, CTL_KILL})
                told += 1
    assert told > 50
    living = [each for each in immune if each.row >= 0]
    kills = model.tissue.immune["kills"]
    assert sum(kills[each.row] > 0 for each in living) == sum(each.story(model).count("kill") > 0 for each in living)
    gone = [each for each in immune if each.row < 0]
    assert gone
    assert all("left the tissue" in each.fate(48) for each in gone)


def test_a_clock_that_is_turned_back_and_forth_takes_nothing_away() -> None:
    """The story of an hour is that of a clock that was never turned; what comes later is not told. Catches a track that
    is lost by scrubbing, and a death that is told before it happens."""
    model = grown("control-mouse")
    followers = follow_all(model, "tumor", 12)
    early = grown("control-mouse", 6)
    fresh = follow_all(grown("control-mouse"), "tumor", 6)
    for each, other in zip(followers, fresh, strict=True):
        whole = copy.deepcopy(each)
        each(early)
        assert each == whole
        one, two = each.story(early), other.story(early)
        assert (one.happenings, one.fate, one.daughters) == (two.happenings, two.fate, two.daughters)
        np.testing.assert_array_equal(one.receptor, two.receptor)
        np.testing.assert_array_equal(each.track(6, 72), other.track(6, 72))
    assert any(each.happened(12) != each.happened(6) for each in followers)


def test_before_it_was_born_a_cell_is_not_there_and_not_dead() -> None:
    model, early = grown(hours=30), grown(hours=4)
    follower = Follower("tumor", int(model.tissue.tumor["cell_id"].max()))
    follower(early)
    assert follower.fate(4).startswith("Not in the tissue")
    follower(model)
    assert (follower.fate(30), follower.born, follower.hours) == ("", None, [30])


def timeline(hours: int, every: int = 12) -> Timeline:
    run = Run("control-mouse", 3, 0, SMALL)
    made = Timeline(TumorImmuneModel(run.scenario, rng=run.seed), run, every=every)
    for _ in range(hours):
        made.step()
    return made


@pytest.mark.parametrize(("table", "every"), [("tumor", 6), ("immune", 1)])
def test_looking_back_finds_the_whole_life_of_a_cell(table: str, every: int) -> None:
    """Many of the cells that are there at hour 20 of 40, against followers that watched from hour 0 on.

    Catches a past that begins too late (at the last snapshot, where the cell is there already), one that ends at the
    hour that is shown, and a second tissue that moves the first.
    """
    made = timeline(40)
    made.go_to(20)
    ids = getattr(made.model.tissue, table)["cell_id"][::every]
    witnesses = {int(each): Follower(table, int(each)) for each in ids}
    model = made.model
    for again in made.again(0):
        for each in witnesses.values():
            each(again)
    assert len({each.born for each in witnesses.values()}) > 1
    assert any(each.left is not None for each in witnesses.values())
    for cell_id, witness in witnesses.items():
        looking = LookingBack(made, table, cell_id, 20)
        while not looking.go_on():
            pass
        witness.whole = True
        assert looking.follower.sites == witness.sites
        assert looking.follower.happenings == witness.happenings
        assert (looking.follower.born, looking.follower.left) == (witness.born, witness.left)
        assert looking.follower.knows(40)
    assert made.model is model
    assert model.time == 20
    assert made.here.tip == 40


def test_looking_back_goes_over_what_was_done() -> None:
    """Changes of a branch are made in the second tissue at their hours; catches one that is made late or left out."""
    made = timeline(10)
    made.change(lambda model: model.set_parameter("links.tumor_proliferation", -3.0))
    made.change(lambda model: model.give_dose("1 mg"))
    for _ in range(10):
        made.step()
    again = list(made.again(6))[-1]
    for name, column in again.recorder.columns.items():
        np.testing.assert_array_equal(column, made.model.recorder.columns[name], err_msg=name)


def test_what_was_seen_on_a_branch_that_is_left_is_forgotten() -> None:
    """Two branches share their hours up to the fork. Catches a history that mixes them or loses what is shared."""
    arm = Arm(0, Run("control-mouse", 3, 0, SMALL))
    follower = Follower("tumor", int(arm.model.tissue.tumor["cell_id"][9]))

    def go_on(hours: int) -> None:
        for _ in range(hours):
            arm.timeline.step()
            look(follower, arm, "follower")

    go_on(10)
    first = arm.timeline.here
    arm.timeline.go_to(6)
    look(follower, arm, "follower")
    arm.timeline.change(lambda model: model.give_dose("1 mg"))
    assert arm.timeline.here is not first
    assert common(first, arm.timeline.here) == common(arm.timeline.here, first) == 6
    before = follower.signal[:6]
    go_on(4)
    assert follower.hours == [*range(1, 11)]
    assert follower.signal[:6] == before
    assert follower.signal[6:] != before
    arm.timeline.show(0)
    look(follower, arm, "follower")
    assert follower.hours == [10]  # what happened on this branch after the fork was not kept, and is looked for again
    assert not follower.whole


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
    made = timeline(48)
    model, found = made.model, course(made)
    counts = living_by_clone(model.tissue)
    assert counts.sum() == model.recorder.latest["tumor_cells"]
    assert [each.cells for each in found.clones] == sorted(counts, reverse=True)[:NAMED]
    assert found.others.cells + sum(each.cells for each in found.clones) == counts.sum()
    assert found.others.founder + len(found.clones) == model.recorder.latest["clones"]
    assert found.hours.tolist() == [0, 6, 12, 18, 24, 30, 36, 42, 48]
    assert found.shares.shape == (NAMED + 1, len(found.hours))
    assert np.all(found.shares.sum(axis=0) == 255)
    last = 255 * np.array([each.cells for each in found.clones]) / counts.sum()
    assert np.all(np.abs(found.shares[:-1, -1] - last) <= 1)


def test_shares_of_clones_stay_with_the_hours_of_their_branch() -> None:
    """Going back tells what was then, coming home tells all again, and a branch has its own. Catches counts that are
    lost by scrubbing, so that a straight line stands for days."""
    made = timeline(36)
    whole = [counts for _, counts in made.here.counted(36)]
    made.go_to(15)
    assert course(made).hours.tolist() == [0, 6, 12, 15]
    made.change(lambda model: model.give_dose("1 mg"))
    for _ in range(9):
        made.step()
    assert course(made).hours.tolist() == [0, 6, 12, 18, 24]
    assert not np.array_equal(made.here.counted(24)[-1][1], whole[4])
    made.show(0)
    made.go_to(36)
    assert course(made).hours.tolist() == [0, 6, 12, 18, 24, 30, 36]
    for (_, counts), before in zip(made.here.counted(36), whole, strict=True):
        np.testing.assert_array_equal(counts, before)


def test_a_long_course_is_thinned_and_stays_in_order() -> None:
    made = timeline(3)
    made.here.clones = dict.fromkeys(range(-3000, 1), made.here.clones[0])
    found = course(made)
    assert len(found.hours) <= MOST_TIMES + 1
    assert found.hours.tolist() == sorted(found.hours)
    assert (found.hours[0], found.hours[-1]) == (-3000, 3)
