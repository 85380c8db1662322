"""Clones: the largest ones now, and how their shares went; their counts are kept with the hours of a branch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.clone_counts import living_by_clone
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.engine.timeline import Timeline
from immune_sim.app.dashboard.looks import CLONE, clone_shape
from immune_sim.model.layers import CLONE_COLORS

NAMED = 7  # clones that the legend names
MOST_TIMES = 400  # of counts that are drawn


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


def course(timeline: Timeline) -> Course:
    """The largest clones of the present hour, and their shares on this branch so far."""
    tissue, hour = timeline.model.tissue, round(timeline.model.time)
    now = living_by_clone(tissue)
    order = np.argsort(-now, kind="stable")[:NAMED]
    named = order[now[order] > 0]
    clones = tuple(Clone(int(i), int(i) % CLONE_COLORS + 1, int(now[i])) for i in named)
    others = Clone(int(np.count_nonzero(now)) - len(named), 0, int(now.sum() - now[named].sum()))
    counted = [(at, counts) for at, counts in timeline.here.counted(hour) if at < hour]
    counted = [*counted[:: -(-len(counted) // MOST_TIMES) or 1], (hour, now)]
    hours, counts = zip(*counted, strict=True)
    return Course(clones, others, np.array(hours, dtype=np.int32), _shares([*counts], named))


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

    def show(self, slow: bool) -> None:
        """Tell how the largest ones went."""
        if not slow or self.workshop.view.color_by != CLONE:
            return
        for arm in self.workshop.arms.values():
            self._tell(arm)

    def _tell(self, arm: Arm) -> None:
        found = course(arm.timeline)
        entries = [
            {
                "code": each.code,
                "label": f"#{each.founder}",
                "shape": clone_shape(each.code),
                "count": each.cells,
                "about": f"living descendants of founder {each.founder}",
            }
            for each in found.clones
        ]
        rest = found.others
        about = f"{rest.founder} smaller clones together"
        entries.append({"code": 0, "label": "others", "shape": "square", "count": rest.cells, "about": about})
        self.say("clones", arm.number, entries, [int(each) for each in found.hours], found.shares)
