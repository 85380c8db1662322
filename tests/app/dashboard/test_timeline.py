"""Time travel: any hour comes back bit for bit, and branches share their past."""

from __future__ import annotations

import json

import numpy as np
import pytest

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.engine import snapshots, strip
from immune_sim.app.dashboard.engine.timeline import Timeline
from immune_sim.app.dashboard.replay import Change, Run
from immune_sim.core.errors import ScenarioError
from immune_sim.model import frozen
from immune_sim.model.model import TumorImmuneModel

SMALL = {"space.width": 40, "space.height": 40}
RUN = Run("ldn-mouse", 3, 0, dict(SMALL))
LINK = "links.tumor_proliferation"
TWICE = [{"drug": "naltrexone", "dose": "0.1 mg/kg", "every": "12 h"}]


def begun(run: Run = RUN, every: int = 12) -> Timeline:
    return Timeline(TumorImmuneModel(run.scenario, rng=run.seed), run, every=every)


def played(changes: tuple[Change, ...], hour: int) -> TumorImmuneModel:
    """The same run from its beginning, without any time travel."""
    model = TumorImmuneModel(RUN.scenario, rng=RUN.seed)
    Run(RUN.name, RUN.seed, hour, RUN.overrides, changes).play(model)
    return model


def same(one: TumorImmuneModel, other: TumorImmuneModel) -> None:
    """Every array of the state and of the time course, and all that is not an array."""
    (text, arrays), (other_text, other_arrays) = frozen.freeze(one), frozen.freeze(other)
    for each in (text, other_text):
        each["interventions"] = replay.merged(each["interventions"])
    assert arrays.keys() == other_arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, other_arrays[name], err_msg=name, strict=True)
    assert json.dumps(text, default=str) == json.dumps(other_text, default=str)


def on(timeline: Timeline, hours: int) -> None:
    for _ in range(hours):
        timeline.step()


@pytest.fixture(scope="module")
def travelled() -> Timeline:
    """Sixty hours with a dose at 20, another schedule at 24 and a live value at 36, hours of snapshots, at the tip."""
    timeline = begun()
    on(timeline, 20)
    timeline.change(lambda tissue: tissue.give_dose("0.3 mg/kg"))
    on(timeline, 4)
    timeline.change(lambda tissue: tissue.set_regimen(TWICE))
    on(timeline, 12)
    timeline.change(lambda tissue: tissue.set_parameter(LINK, -1.0))
    timeline.change(lambda tissue: tissue.set_parameter(LINK, -1.5))
    on(timeline, 24)
    return timeline


@pytest.mark.parametrize("hour", [0, 1, 11, 12, 20, 21, 24, 25, 36, 37, 59, 60])
def test_an_hour_comes_back_bit_for_bit(travelled: Timeline, hour: int) -> None:
    """State and time course equal those of a run that was never turned back.

    Catches a snapshot that shares its arrays with the model, a change that is lost, made twice or made an hour early
    (the changes stand at and between snapshots), and rows of the recorder that are missing or doubled.
    """
    travelled.go_to(hour)
    made = tuple(each for each in travelled.here.changes if each.hour < hour)
    same(travelled.model, played(made, hour))
    travelled.go_to(60)
    same(travelled.model, played(travelled.here.changes, 60))
    assert len(travelled.branches) == 1


def test_going_hither_and_thither_leaves_no_trace(travelled: Timeline) -> None:
    for hour in (50, 13, 36, 14, 2, 49, 60):
        travelled.go_to(hour)
    same(travelled.model, played(travelled.here.changes, 60))


def test_the_time_course_stays_whole_behind_the_tip(travelled: Timeline) -> None:
    """The curves go on to the tip while the tissue stands behind it; catches rows lost since the last snapshot."""
    whole = played(travelled.here.changes, 60).recorder.columns
    travelled.go_to(5)
    for name, column in travelled.columns().items():
        np.testing.assert_array_equal(column, whole[name], err_msg=name)


def test_playing_on_from_an_earlier_hour_goes_over_the_same_ground() -> None:
    """No branch without a change, and the change of the first time is made again."""
    timeline = begun()
    on(timeline, 5)
    timeline.change(lambda tissue: tissue.give_dose(0.01))
    on(timeline, 25)
    timeline.go_to(3)
    assert timeline.behind
    on(timeline, 40)
    assert len(timeline.tree()) == 1
    assert not timeline.behind
    same(timeline.model, played((Change(5.0, 0.01),), 43))


def test_a_change_behind_the_tip_begins_a_branch_and_the_old_one_stays() -> None:
    """Both ends equal runs of their own; catches a branch that inherits what its parent did later, or spoils it."""
    timeline = begun()
    on(timeline, 15)
    timeline.change(lambda tissue: tissue.give_dose(0.01))
    on(timeline, 25)
    timeline.go_to(15)
    timeline.change(lambda tissue: tissue.set_parameter(LINK, -2.0))
    on(timeline, 30)
    first, second = timeline.tree()
    assert (second.parent, second.fork, second.tip, second.here) == (0, 15, 45, True)
    assert (first.tip, first.changes) == (40, (Change(15.0, 0.01),))
    assert (first.title, second.title) == ("First run", "Links: tumor proliferation to -2")
    same(timeline.model, played((Change(15.0, -2.0, LINK),), 45))
    timeline.show(0)
    same(timeline.model, played((Change(15.0, 0.01),), 40))
    timeline.show(1)
    same(timeline.model, played((Change(15.0, -2.0, LINK),), 40))
    assert timeline.run_of(1, 99) == Run("ldn-mouse", 3, 45, dict(SMALL), (Change(15.0, -2.0, LINK),))


def test_the_letters_of_a_tissue_say_whether_two_are_the_same() -> None:
    """On a branch: those of the first run up to the fork, others after that, and those of a run of its own.

    Catches letters that leave out a part of the state, and letters that depend on the way to an hour.
    """
    timeline = begun()
    on(timeline, 30)
    timeline.go_to(15)
    shared = snapshots.fingerprint(timeline.model)
    timeline.go_to(30)
    first = snapshots.fingerprint(timeline.model)
    timeline.go_to(15)
    timeline.change(lambda tissue: tissue.give_dose(1e-9))
    assert snapshots.fingerprint(timeline.model) != shared
    on(timeline, 15)
    made = (Change(15.0, 1e-9),)
    assert snapshots.fingerprint(timeline.model) == snapshots.fingerprint(played(made, 30)) != first
    timeline.go_to(15)
    assert snapshots.fingerprint(timeline.model) == shared == snapshots.fingerprint(played((), 15))


def test_branches_of_branches_share_what_they_share() -> None:
    """A branch from the child's hours and one from the hours that the child shares; memory holds no hour twice."""
    timeline = begun()
    on(timeline, 40)
    for hour, dose in ((30, 0.01), (26, 0.02), (34, 0.03)):
        timeline.go_to(hour)
        timeline.change(lambda tissue, mg=dose: tissue.give_dose(mg))
        on(timeline, 40 - hour)
        timeline.show(1)
    assert [(each.parent, each.fork) for each in timeline.tree()] == [(None, 0), (0, 30), (0, 26), (1, 34)]
    for each in timeline.tree():
        timeline.show(each.number)
        same(timeline.model, played(each.changes, 40))
    own = {number: sorted(branch.snapshots) for number, branch in timeline.branches.items()}
    assert own == {0: [0, 12, 24, 36], 1: [36], 2: [36], 3: [36]}
    assert [branch.kept for branch in timeline.branches.values()] == [41, 10, 14, 6]


def test_a_refused_change_leaves_no_branch() -> None:
    timeline = begun()
    on(timeline, 10)
    timeline.go_to(4)
    with pytest.raises(ScenarioError):
        timeline.change(lambda tissue: tissue.give_dose("much"))
    assert len(timeline.tree()) == 1
    timeline.go_to(10)
    same(timeline.model, played((), 10))


def test_removing_a_branch_takes_its_offspring_and_never_the_first() -> None:
    timeline = begun()
    on(timeline, 10)
    for number in (0, 1):
        timeline.show(number)
        timeline.go_to(5 + number)
        timeline.change(lambda tissue: tissue.give_dose(0.01))
        on(timeline, 4)
    timeline.remove(1)
    assert [each.here for each in timeline.tree()] == [True]
    same(timeline.model, played((), 10))
    assert len(timeline.tree()) == len(timeline.branches) == 1
    timeline.remove(0)
    assert len(timeline.tree()) == 1


def test_giving_up_stops_between_two_hours_and_can_go_on() -> None:
    """While somebody drags only the newest hour is computed; catches half an hour, or a place nobody knows."""
    timeline = begun()
    on(timeline, 30)
    asked = iter([False, False, True])
    timeline.go_to(23, lambda: next(asked))
    assert timeline.model.time == 15
    same(timeline.model, played((), 15))
    timeline.go_to(30)
    same(timeline.model, played((), 30))


def test_a_run_that_is_brought_back_is_travelled_from_its_beginning() -> None:
    """Opening a run is going to its hour: all its hours are there then."""
    changes = (Change(4.0, 0.01), Change(20.0, -1.0, LINK))
    timeline = begun(Run(RUN.name, RUN.seed, 20, RUN.overrides, changes))
    timeline.go_to(20)
    same(timeline.model, played(changes, 20))
    assert not timeline.behind
    timeline.go_to(13)
    same(timeline.model, played(changes[:1], 13))


def test_the_budget_is_kept_and_said() -> None:
    """Catches memory that grows without end, and a tissue that is lost with its snapshot."""
    timeline = begun(every=4)
    on(timeline, 16)
    assert timeline.note == ""
    timeline.budget = timeline.size + timeline.here.snapshots[0].size
    on(timeline, 48)
    assert timeline.size <= timeline.budget
    assert f"every {timeline.every} h" in timeline.note
    assert f"of at most {timeline.budget / 1e6:,.0f} MB" in strip.memory(timeline)
    assert timeline.note in strip.memory(timeline)
    timeline.go_to(7)
    same(timeline.model, played((), 7))
