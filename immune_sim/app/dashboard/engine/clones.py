"""Clones: the largest ones now, and how their shares went, one count every few hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.engine.witnesses import look
from immune_sim.app.dashboard.looks import CLONE, clone_shape
from immune_sim.core.codes import DYING
from immune_sim.model.layers import CLONE_COLORS

NAMED = 7  # clones that the legend names
LONGEST = 400  # counts that are kept; when there are more, every second one goes and the spacing doubles


@dataclass(frozen=True)
class Clone:
    """One clone: number of its founder, code of its color, living cells now."""

    founder: int
    code: int
    cells: int


@dataclass(frozen=True)
class Course:
    """How the named clones went. hours (t,); shares (clones + 1, t) uint8, 255 is all, the last row is all others."""

    clones: tuple[Clone, ...]
    others: Clone
    hours: NDArray[np.int32]
    shares: NDArray[np.uint8]


@dataclass
class CloneCounter:
    """Counts the living cells of every clone each ``spacing`` hours; call it with the model once an hour.

    Plain values only, so that it can be pickled. A clock that was turned back takes away what had not happened yet.
    """

    spacing: int = 6
    hours: list[int] = field(default_factory=list)
    counts: list[NDArray[np.int32]] = field(default_factory=list)

    def __call__(self, model: Any) -> None:
        """Count, if it is time to."""
        hour = int(model.tissue.hour)
        self.forget_after(hour - 1)
        if hour % self.spacing and self.hours:
            return
        self.hours.append(hour)
        self.counts.append(living_by_clone(model.tissue))
        if len(self.hours) > LONGEST:
            self.spacing *= 2
            kept = [i for i, each in enumerate(self.hours) if i == 0 or each % self.spacing == 0]
            self.hours, self.counts = [self.hours[i] for i in kept], [self.counts[i] for i in kept]

    def forget_after(self, hour: int) -> None:
        """Keep the counts up to this hour."""
        while self.hours and self.hours[-1] > hour:
            self.hours.pop()
            self.counts.pop()

    def course(self, model: Any) -> Course:
        """The largest clones of the present hour and their shares so far."""
        now = living_by_clone(model.tissue)
        order = np.argsort(-now, kind="stable")[:NAMED]
        named = order[now[order] > 0]
        clones = tuple(Clone(int(i), int(i) % CLONE_COLORS + 1, int(now[i])) for i in named)
        others = Clone(int(np.count_nonzero(now)) - len(named), 0, int(now.sum() - now[named].sum()))
        hours, counts = [*self.hours], [*self.counts]
        if not hours or hours[-1] != int(model.tissue.hour):
            hours.append(int(model.tissue.hour))
            counts.append(now)
        return Course(clones, others, np.array(hours, dtype=np.int32), _shares(counts, named))


def living_by_clone(tissue: Any) -> NDArray[np.int32]:
    """Living tumor cells of every founder's clone, (founders,)."""
    tumor = tissue.tumor
    living = tumor["clone"][tumor["state"] < DYING]
    return np.bincount(living, minlength=int(tissue.founders)).astype(np.int32)


def _shares(counts: list[NDArray[np.int32]], named: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Shares of the named clones, then of all others, as bytes that sum to 255 or, where no cell lives, to 0."""
    edges = np.zeros((len(named) + 1, len(counts)))
    for i, each in enumerate(counts):  # cells added by hand found clones later on
        edges[:-1, i] = (
            each[named] if len(each) > named.max(initial=0) else [each[n] if n < len(each) else 0 for n in named]
        )
    whole = np.array([each.sum() for each in counts])
    edges[-1] = whole - edges[:-1].sum(axis=0)
    rounded = np.round(255 * np.cumsum(edges, axis=0) / np.maximum(whole, 1))
    return np.asarray(np.diff(rounded, axis=0, prepend=0.0), dtype=np.uint8)


class CountingClones(Part):
    """Clones of every tissue. Event: clones(arm, entries, hours, shares), while the tissue is colored by clone."""

    def opened(self, arm: Arm) -> None:
        """Begin with the clones that are there."""
        arm.notes["clones"] = CloneCounter()
        look(arm.notes["clones"], arm, "clones")

    def hour(self) -> None:
        """Count, one quick count every few hours."""
        for arm in self.workshop.arms.values():
            look(arm.notes["clones"], arm, "clones")

    def show(self, slow: bool) -> None:
        """Tell how the largest ones went."""
        if not slow or self.workshop.view.color_by != CLONE:
            return
        for arm in self.workshop.arms.values():
            look(arm.notes["clones"], arm, "clones")  # the clock may have been turned back
            course = arm.notes["clones"].course(arm.model)
            entries = [
                {
                    "code": each.code,
                    "label": f"#{each.founder}",
                    "shape": clone_shape(each.code),
                    "count": each.cells,
                    "about": f"living descendants of founder {each.founder}",
                }
                for each in course.clones
            ]
            rest = course.others
            about = f"{rest.founder} smaller clones together"
            entries.append({"code": 0, "label": "others", "shape": "square", "count": rest.cells, "about": about})
            self.say("clones", arm.number, entries, [int(each) for each in course.hours], course.shares)
