"""Time travel: going back to any hour that was computed, and branches where something else was done there.

Once a day a snapshot is kept. Any hour is the nearest snapshot before it and the hours after that computed again, with
the changes that were made in them; the draws of the model are addressed by seed and hour, so this is the same tissue,
bit for bit. A change made behind the tip begins a branch by itself, and the old one stays.

An hour that lies behind the tip is shown as it was reached, before what was done in that hour; so whoever goes back to
the hour of a dose can leave it out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.engine import snapshots
from immune_sim.app.dashboard.engine.branches import Branch, BranchSaid
from immune_sim.app.dashboard.engine.clone_counts import living_by_clone
from immune_sim.app.dashboard.engine.snapshots import Arrays
from immune_sim.app.dashboard.replay import Run
from immune_sim.model.model import TumorImmuneModel

EVERY = 24  # h between snapshots
COUNTED = 6  # h between counts of the clones
BUDGET = 256_000_000  # bytes that the branches of one tissue may take
FIRST_TITLE = "First run"


class Timeline:
    """The hours of one tissue.

    model: the tissue as it stands; going anywhere may put a new one in its place. run: how it began, without hour and
    changes. here: the branch on which the model stands. every: h between snapshots now. budget: bytes. note: what it
    costs to stay within the budget, in words; "" while it costs nothing. repeated: how often a change was made again.
    """

    def __init__(self, model: TumorImmuneModel, run: Run, *, every: int = EVERY, budget: int = BUDGET):
        """Begin at hour 0 with the new model of a run; the changes of the run are done as its hours are passed."""
        self.model = model
        self.run = dataclasses.replace(run, hour=0, changes=())
        self.every, self.budget, self.note = every, budget, ""
        self._counted = COUNTED
        self.repeated = 0
        self.here = Branch(0, None, 0, run.hour, changes=run.changes, name=FIRST_TITLE)
        self.branches = {0: self.here}
        self._number = 0
        self._done = 0  # of the changes of this branch, those that the model has gone through
        self._threads, self._scenario = model.threads.count, model.scenario
        self.here.clones[0] = living_by_clone(model.tissue)
        self._keep()

    # ---- one hour, one change ----------------------------------------------------------------------------------

    @property
    def behind(self) -> bool:
        """Whether the model stands before the tip of its branch; going on is then going over known ground."""
        return round(self.model.time) < self.here.tip or self._done < len(self.here.changes)

    def step(self) -> None:
        """Compute one hour; on known ground with what was done in it."""
        self._repeat()
        self.model.run_for(1)
        hour = round(self.model.time)
        self.here.tip = max(self.here.tip, hour)
        owner = self.here.owner(hour)
        if hour % self._counted == 0 and hour not in owner.clones:
            owner.clones[hour] = living_by_clone(self.model.tissue)
        if hour % self.every == 0 and hour not in owner.snapshots:
            self._keep()

    def change[T](self, act: Callable[[TumorImmuneModel], T]) -> T:
        """Do something to the model, for example give a dose; behind the tip this begins a branch.

        What ``act`` raises comes through, and nothing is kept of it.
        """
        behind, before = self.behind, len(self.model.interventions)
        answer = act(self.model)
        if len(self.model.interventions) > before:
            if behind:
                self._fork()
            self.here.changes = replay.merged(self.model.interventions)
            self._done = len(self.here.changes)
        return answer

    # ---- travelling --------------------------------------------------------------------------------------------

    def go_to(self, hour: int, given_up: Callable[[], bool] = lambda: False) -> None:
        """Take the model to an hour of this branch; beyond the tip it is computed on.

        given_up: asked after every hour; if true, the model stays at the hour it has reached.
        """
        self.here.keep_rows(self.model)
        if not self.here.nearest(hour).hour <= round(self.model.time) <= hour:
            self._restore(hour)
        self._go_on(hour, given_up)

    def show(self, number: int, given_up: Callable[[], bool] = lambda: False) -> None:
        """Take the model to another branch, to the same hour or to that branch's tip if it is not as long."""
        self.here.keep_rows(self.model)
        self.here = self.branches[number]
        hour = min(round(self.model.time), self.here.tip)
        self._restore(hour)
        self._go_on(hour, given_up)

    def remove(self, number: int) -> None:
        """Forget a branch and those that grew from it; in place of one on the screen its parent is shown.

        The first branch stays.
        """
        gone = self.branches[number]
        if gone.parent is None:
            return
        if gone in self.here.line():
            self.show(gone.parent.number)
        self.branches = {each: branch for each, branch in self.branches.items() if gone not in branch.line()}

    def rename(self, number: int, title: str) -> None:
        """Call a branch something else."""
        self.branches[number].name = title.strip() or self.branches[number].name

    # ---- what others read --------------------------------------------------------------------------------------

    def tree(self) -> tuple[BranchSaid, ...]:
        """All branches, in the order in which they began."""
        return tuple(
            BranchSaid(
                each.number,
                None if each.parent is None else each.parent.number,
                each.fork,
                each.tip,
                self._title(each),
                each.changes,
                each is self.here,
            )
            for each in self.branches.values()
        )

    def columns(self) -> Arrays:
        """The time course of this branch up to its tip, also where the model stands behind it."""
        columns = self.model.recorder.columns
        return columns if len(columns["hour"]) > self.here.tip else self.here.columns(self.here.tip)

    def again(self, hour: int) -> Iterator[TumorImmuneModel]:
        """A second tissue at every hour of this branch, from the latest snapshot at or before an hour up to the tip.

        The model stays where it is.
        """
        branch = self.here
        snapshot = branch.nearest(hour)
        model = snapshots.restore(snapshot, branch.columns(snapshot.hour), self._threads)
        waiting = [each for each in branch.changes if each.hour >= snapshot.hour]
        while True:
            yield model
            if round(model.time) >= branch.tip:
                return
            waiting = waiting or [each for each in branch.changes if each.hour >= model.time]  # made meanwhile
            while waiting and waiting[0].hour <= model.time:
                replay.make(model, waiting.pop(0))
            model.run_for(1)

    def last_kept_without(self, ids: str, cell_id: int, hour: int) -> int:
        """The latest hour kept, at or before an hour, at which a cell had not come yet; otherwise the first.

        ids: name of the array of the cell's table.
        """
        for branch in self.here.line():
            for kept in sorted(branch.snapshots, reverse=True):
                if kept <= hour and not np.any(branch.snapshots[kept].arrays[ids] == cell_id):
                    return kept
            hour = min(hour, branch.fork)
        return 0

    def run_of(self, number: int, hour: int) -> Run:
        """A branch as a run at an hour, or at its tip if that is earlier, to be opened elsewhere; all its changes."""
        branch = self.branches[number]
        return dataclasses.replace(self.run, hour=min(hour, branch.tip), changes=branch.changes)

    @property
    def size(self) -> int:
        """Bytes that all branches take."""
        return sum(branch.size for branch in self.branches.values())

    # ---- parts -------------------------------------------------------------------------------------------------

    def _go_on(self, hour: int, given_up: Callable[[], bool]) -> None:
        while round(self.model.time) < hour:
            self.step()
            if given_up() and round(self.model.time) < hour:
                return
        if round(self.model.time) >= self.here.tip:
            self._repeat()

    def _repeat(self) -> None:
        """Do again what was done on this branch in the hour at which the model stands."""
        for change in self.here.changes[self._done :]:
            if change.hour > self.model.time:
                return
            replay.make(self.model, change)
            self._done += 1
            self.repeated += 1

    def _restore(self, hour: int) -> None:
        """Put the latest snapshot at or before an hour in the model's place."""
        snapshot = self.here.nearest(hour)
        self.model = snapshots.restore(snapshot, self.here.columns(snapshot.hour), self._threads)
        self._done = sum(change.hour < snapshot.hour for change in self.here.changes)

    def _fork(self) -> None:
        hour = round(self.model.time)
        self.here.keep_rows(self.model)
        self._number += 1
        self.here = self.branches[self._number] = Branch(
            self._number, self.here.owner(hour), hour, hour, shared=self._done
        )

    def _title(self, branch: Branch) -> str:
        """A branch is called by what was done first on it, unless it was given a name."""
        return branch.name or replay.said(branch.changes[branch.shared], self._scenario)

    def _keep(self) -> None:
        self.here.keep_rows(self.model)
        hour = round(self.model.time)
        self.here.owner(hour).snapshots[hour] = snapshots.take(self.model)
        while self.size > self.budget and self._thin():
            pass

    def _thin(self) -> bool:
        """Keep every second snapshot only; False if there is nothing left to drop."""
        if not any(branch.snapshots.keys() - {0} for branch in self.branches.values()):
            return False
        self.every, self._counted = 2 * self.every, 2 * self._counted
        for branch in self.branches.values():
            branch.snapshots = {hour: each for hour, each in branch.snapshots.items() if hour % self.every == 0}
            branch.clones = {hour: each for hour, each in branch.clones.items() if hour % self._counted == 0}
        self.note = f"To stay within them, a tissue is kept every {self.every} h, and going back takes longer."
        return True
