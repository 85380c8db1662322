"""Who watches a tissue hour by hour must forget what happened on a branch that is no longer shown."""

from __future__ import annotations

from typing import Protocol

from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.branches import Branch
from immune_sim.model.model import TumorImmuneModel


class Witness(Protocol):
    """Sees a model once an hour and remembers; seeing an earlier hour, it forgets what had not happened yet."""

    def __call__(self, model: TumorImmuneModel) -> None:
        """Look at the present hour."""

    def forget_after(self, hour: int) -> None:
        """Keep what was seen up to this hour."""


def look(witness: Witness, arm: Arm, name: str) -> None:
    """Let a witness, by a name of its own, see the present hour of an arm, on whichever branch that is."""
    here, before = arm.timeline.here, arm.notes.get(f"{name} saw")
    if before is not None and before is not here:
        witness.forget_after(common(before, here))
    arm.notes[f"{name} saw"] = here
    witness(arm.model)


def common(one: Branch, other: Branch) -> int:
    """The last hour that two branches share."""
    hours = []
    for branch, line in ((one, [*other.line()]), (other, [*one.line()])):
        at, hour = branch, branch.tip
        while at not in line and at.parent is not None:
            at, hour = at.parent, at.fork
        hours.append(hour)
    return min(hours)
