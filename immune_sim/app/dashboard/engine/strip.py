"""What the strip of hours shows of a timeline, as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.engine.branches import BranchSaid
from immune_sim.app.dashboard.engine.snapshots import Arrays
from immune_sim.app.dashboard.engine.timeline import Timeline
from immune_sim.app.dashboard.in_phases import in_phases
from immune_sim.mechanisms.regimen import events

MOST_DOSES = 2_000  # beyond that they are no longer told apart on a page


@dataclass(frozen=True)
class Mark:
    """Something done by hand. kind: "dose" or "value" (another schedule counts as a value)."""

    hour: int
    kind: str
    words: str


@dataclass(frozen=True)
class Course:
    """The branch on the screen and its tree; told when something of it has changed, besides the growing hours.

    doses: hours of the schedule's doses, given and to come. note: what the kept hours take, and what it costs to stay
    within the budget of memory.
    """

    end: int
    doses: tuple[float, ...]
    marks: tuple[Mark, ...]
    branches: tuple[BranchSaid, ...]
    note: str


def course(timeline: Timeline) -> Course:
    """The present course of a timeline."""
    scenario, changes = timeline.model.scenario, timeline.here.changes
    marks = tuple(
        Mark(round(each.hour), "value" if each.address else "dose", replay.said(each, scenario)) for each in changes
    )
    return Course(round(scenario.duration), doses(timeline), marks, timeline.tree(), memory(timeline))


def doses(timeline: Timeline) -> tuple[float, ...]:
    """Hours of the doses of this branch: given up to its tip, planned after that.

    A dose that asks for the burden is left out where it was not given; after the tip nobody knows, and it is kept.
    """
    scenario = in_phases(timeline.run.scenario, timeline.here.changes)
    columns, tip = timeline.columns(), timeline.here.tip
    burden = columns["tumor_cells"]
    end = max(scenario.duration, tip)
    found = []
    for event in events(scenario.regimen, 0.0, end if math.isfinite(end) else tip):
        known = event.time <= tip and int(event.time) < len(burden)
        if event.kind == "bolus" and (not known or event.happens(float(burden[int(event.time)]))):
            found.append(event.time)
        if len(found) >= MOST_DOSES:
            break
    return tuple(found)


def blocked(columns: Arrays) -> bytes:
    """The share of receptors that the drug blocks, one byte an hour, 255 where it is all."""
    blockade = np.asarray(columns["blockade"], dtype=float)
    return np.rint(255.0 * blockade / (1.0 + blockade)).astype(np.uint8).tobytes()


def memory(timeline: Timeline) -> str:
    """What the kept hours take, in words."""
    taken = f"Kept hours take {max(timeline.size / 1e6, 1):,.0f} of at most {timeline.budget / 1e6:,.0f} MB."
    return f"{taken} {timeline.note}".strip()
