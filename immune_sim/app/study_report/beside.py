"""Published figures and simulated ones in words, line by line; the page and the terminal show the same lines."""

from __future__ import annotations

from typing import NamedTuple

from immune_sim.analysis.tables import FEWEST
from immune_sim.app.study_report.drawings import pairs_of
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.published import MEASURES, arms_of
from immune_sim.app.study_report.words import HOURS_PER_DAY, interval, percent, times

HEADS = ("arm", "figure", "published", "simulated (95 %)", "runs", "of the control")
SIDES = {None: "", True: "same side", False: "other side"}
LEVEL = "receptor_p50"


class Line(NamedTuple):
    """One figure of one arm; see HEADS."""

    arm: str
    figure: str
    published: str
    simulated: str
    runs: str
    side: str


def lines(told: Told) -> list[Line]:
    """All lines of a study that names a published one; else none."""
    found = []
    for each in pairs_of(told):
        if each.measure != "take" and each.arm == told.arms[0]:
            continue  # the control is 1 by definition
        say = percent if each.measure == "take" else times
        simulated = interval(*each.simulated, say)
        if not each.n:
            simulated = f"above {times(each.at_least)}: in no run within {told.horizon / HOURS_PER_DAY:g} days"
        count = ("only " if 0 < each.n < FEWEST else "") + (
            f"{each.n} of {each.of}" if each.n != each.of else str(each.n)
        )
        found.append(
            Line(each.arm, MEASURES[each.measure], say(each.published), simulated, count, SIDES[each.same_side])
        )
    return found + (_receptors(told) if found else [])


def _receptors(told: Told) -> list[Line]:
    """Receptor level over that of the control, mean over time; published is only that both schedules raised it."""
    bands = told.analysis.tables.get("bands")
    if bands is None or LEVEL not in set(bands["outcome"]):
        return []
    of_arm = bands[bands["outcome"] == LEVEL].groupby("arm")["median"].mean()
    control = float(of_arm[told.arms[0]])
    named = arms_of(told.scenarios)
    return [
        Line(arm, "receptor level", "raised", times(ratio), "", SIDES[ratio > 1.0])
        for arm in told.arms[1:]
        if arm in named and arm in of_arm and (ratio := float(of_arm[arm]) / control)
    ]
