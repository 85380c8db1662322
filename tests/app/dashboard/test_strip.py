"""What the strip of hours shows: doses that were given and will be, marks of what was done, blockade."""

from __future__ import annotations

import numpy as np
import pytest

from immune_sim.app.dashboard.engine import strip
from immune_sim.app.dashboard.engine.timeline import Timeline
from immune_sim.app.dashboard.replay import Run
from immune_sim.model.model import TumorImmuneModel

NIGHTLY = {"drug": "naltrexone", "dose": "0.1 mg/kg", "every": "24 h", "at": "22:00"}


def played(*phases: dict[str, object], hours: int = 30) -> Timeline:
    overrides = {"space.width": 40, "space.height": 40, "duration": "4 d", "regimen": [*phases]}
    run = Run("ldn-mouse", 1, 0, overrides)
    timeline = Timeline(TumorImmuneModel(run.scenario, rng=1), run)
    timeline.go_to(hours)
    return timeline


def test_doses_are_shown_as_given_and_as_planned() -> None:
    """After a change of schedule too, and from behind the tip; catches the first schedule drawn over the second."""
    timeline = played(NIGHTLY)
    assert strip.doses(timeline) == (22.0, 46.0, 70.0, 94.0)
    timeline.change(lambda tissue: tissue.set_regimen([NIGHTLY | {"at": "10:00"}]))
    expected = (22.0, 34.0, 58.0, 82.0)
    assert strip.doses(timeline) == expected
    timeline.go_to(35)
    timeline.go_to(3)
    assert strip.doses(timeline) == expected


def test_a_dose_that_was_not_given_is_not_shown() -> None:
    """While burden exceeds a threshold: past doses as they were, later ones as planned."""
    assert strip.doses(played(NIGHTLY | {"while_burden_above": 10_000_000}, hours=50)) == (70.0, 94.0)


def test_what_was_done_by_hand_is_marked_and_branches_are_listed() -> None:
    timeline = played(NIGHTLY)
    timeline.change(lambda tissue: tissue.give_dose("0.01 mg"))
    timeline.go_to(40)
    timeline.go_to(10)
    timeline.change(lambda tissue: tissue.set_parameter("nk.kill_rate", 0.3))
    course = strip.course(timeline)
    assert [(each.hour, each.kind) for each in course.marks] == [(10, "value")]
    assert "NK" in course.marks[0].words
    assert [(each.fork, each.tip, each.here) for each in course.branches] == [(0, 40, False), (10, 10, True)]
    assert course.end == 96
    timeline.show(0)
    assert [(each.hour, each.kind, each.words) for each in strip.course(timeline).marks] == [
        (30, "dose", "dose by hand, 0.5 mg/kg (0.01 mg)")
    ]


@pytest.mark.parametrize(("blockade", "byte"), [(0.0, 0), (1.0, 128), (1e9, 255)])
def test_blockade_is_drawn_as_the_share_that_is_blocked(blockade: float, byte: int) -> None:
    assert strip.blocked({"blockade": np.array([blockade])}) == bytes([byte])
