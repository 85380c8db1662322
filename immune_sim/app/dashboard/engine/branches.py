"""A stretch of the past: what one branch of a run keeps of its own hours, and where it left its parent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard.engine.snapshots import Arrays, Snapshot
from immune_sim.app.dashboard.replay import Change
from immune_sim.model.model import TumorImmuneModel


@dataclass(frozen=True)
class BranchSaid:
    """A branch as the page shows it. fork: hour at which it left its parent (None for the first); tip: its last hour.

    changes: everything that was done on the way from hour 0 to its tip. here: whether this one is on the screen.
    """

    number: int
    parent: int | None
    fork: int
    tip: int
    title: str
    changes: tuple[Change, ...]
    here: bool


@dataclass
class Branch:
    """One line of hours. Its own hours are those after ``fork``; earlier ones are its parent's, shared bit for bit.

    tip: the last hour computed. changes: from hour 0 on, the first ``shared`` of them its parent's. name: given by a
    person, or "". snapshots: by hour, of its own hours. rows: the time course of its own hours, by outcome, as far as
    it was kept. clones: living cells by founder, of every few of its own hours.
    """

    number: int
    parent: Branch | None
    fork: int
    tip: int
    changes: tuple[Change, ...] = ()
    shared: int = 0
    name: str = ""
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    rows: Arrays = field(default_factory=dict)
    clones: dict[int, NDArray[np.int32]] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The first of its own hours."""
        return 0 if self.parent is None else self.fork + 1

    @property
    def kept(self) -> int:
        """How many of its own hours have their row kept."""
        return len(self.rows["hour"]) if self.rows else 0

    @property
    def size(self) -> int:
        """Bytes."""
        arrays = (*self.rows.values(), *self.clones.values())
        return sum(each.size for each in self.snapshots.values()) + sum(array.nbytes for array in arrays)

    def line(self) -> Iterator[Branch]:
        """This branch, its parent, and so on to the first."""
        branch: Branch | None = self
        while branch is not None:
            yield branch
            branch = branch.parent

    def owner(self, hour: int) -> Branch:
        """Whose own hour this is: this branch's or an ancestor's."""
        return next(each for each in self.line() if each.first <= hour)

    def nearest(self, hour: int) -> Snapshot:
        """The latest snapshot at or before an hour, of this branch or of the past it shares."""
        for branch in self.line():
            usable = [each for each in branch.snapshots if each <= hour]
            if usable:
                return branch.snapshots[max(usable)]
            hour = min(hour, branch.fork)
        raise LookupError(f"no tissue is kept at or before hour {hour}")

    def keep_rows(self, model: TumorImmuneModel) -> None:
        """Keep the time course of a model on this line up to its hour; each row where it belongs."""
        columns, hour = model.recorder.columns, round(model.time)
        for branch in self.line():
            if branch.first <= hour and (missing := branch.first + branch.kept) <= hour:
                new = {name: column[missing : hour + 1] for name, column in columns.items()}
                old = branch.rows or {name: rows[:0] for name, rows in new.items()}
                branch.rows = {name: np.concatenate([old[name], rows]) for name, rows in new.items()}
            hour = min(hour, branch.fork)

    def columns(self, hour: int) -> Arrays:
        """The time course from hour 0 up to an hour, as far as it was kept."""
        parts = []
        for branch in self.line():
            if branch.rows and branch.first <= hour:
                parts.append({name: rows[: hour + 1 - branch.first] for name, rows in branch.rows.items()})
            hour = min(hour, branch.fork)
        return {name: np.concatenate([part[name] for part in reversed(parts)]) for name in parts[0]}

    def counted(self, hour: int) -> list[tuple[int, NDArray[np.int32]]]:
        """Hours up to an hour at which clones were counted, and the counts, the oldest first."""
        found = []
        for branch in self.line():
            found += [(at, count) for at, count in branch.clones.items() if at <= hour]
            hour = min(hour, branch.fork)
        return sorted(found, key=lambda each: each[0])
