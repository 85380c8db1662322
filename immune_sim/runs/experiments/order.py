"""Which run comes next: replicate by replicate through all points and arms, so that a stopped study is balanced.

With a stopping rule every point goes on in steps: when all runs of a step are in, the interval of the endpoint is
looked at in every arm, and the point ends when all are narrow. So what is computed depends neither on speed nor on
workers.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from immune_sim.runs.experiments.declared import Arm, Experiment
from immune_sim.runs.experiments.design import Point
from immune_sim.runs.experiments.estimate import estimate, restricted
from immune_sim.runs.experiments.rows import run_id

Values = Mapping[tuple[int, str], Mapping[int, float]]


@dataclass(frozen=True)
class Wanted:
    """A run that is to be computed."""

    point: Point
    arm: Arm
    replicate: int

    @property
    def run_id(self) -> str:
        """Its name."""
        return run_id(self.point.number, self.arm.name, self.replicate)


@dataclass
class _Progress:
    """How far a point is: the replicates up to ``until`` are asked for, ``open`` of their runs are not in yet."""

    point: Point
    asked: int = 0
    until: int = 0
    open: set[str] = field(default_factory=set)


class Queue:
    """Hands out runs. shard: (i, n), this is the i-th of n parts, counted from 1."""

    def __init__(
        self,
        experiment: Experiment,
        points: Sequence[Point],
        finished: Collection[str],
        values: Values,
        shard: tuple[int, int] = (1, 1),
    ):
        self.experiment, self.finished, self.shard = experiment, finished, shard
        self.horizon = max(each.scenario.duration for each in experiment.arms)
        self.values = {key: dict(each) for key, each in values.items()}
        self._stopping = experiment.replicates.half_width is not None
        mine = [each for each in points if not self._stopping or each.number % shard[1] == shard[0] - 1]
        self._points = [_Progress(each) for each in mine]
        self._by_number = {each.point.number: each for each in self._points}
        self._ready: deque[Wanted] = deque()
        for each in self._points:
            each.until = experiment.replicates.at_least
        self._rounds = self._fixed() if not self._stopping else iter(())
        if self._stopping:
            self._settle(self._points)

    @property
    def most(self) -> int:
        """How many runs there may be in all, finished ones included; with a stopping rule an upper bound."""
        arms, replicates = len(self.experiment.arms), self.experiment.replicates
        if self._stopping:
            return len(self._points) * arms * replicates.at_most
        pairs = len(self._points) * replicates.at_most
        i, n = self.shard
        return arms * len(range(i - 1, pairs, n))

    def next(self) -> Wanted | None:
        """The next run, or None where there is none now; more may come when results are in."""
        if self._stopping:
            return self._ready.popleft() if self._ready else None
        return next(self._rounds, None)

    def note(self, wanted: Wanted, value: float | None) -> None:
        """A run is in; value: of the endpoint that decides when a point may end, None for a failed run."""
        if value is not None:
            self.values.setdefault((wanted.point.number, wanted.arm.name), {})[wanted.replicate] = value
        if self._stopping:
            progress = self._by_number[wanted.point.number]
            progress.open.discard(wanted.run_id)
            self._settle([progress])

    def _fixed(self) -> Iterator[Wanted]:
        i, n = self.shard
        for replicate in range(self.experiment.replicates.at_most):
            for at, progress in enumerate(self._points):
                if (replicate * len(self._points) + at) % n != i - 1:
                    continue
                for arm in self.experiment.arms:
                    wanted = Wanted(progress.point, arm, replicate)
                    if wanted.run_id not in self.finished:
                        yield wanted

    def _settle(self, which: Sequence[_Progress]) -> None:
        """Ask for the runs of the present step, and go to the next one while all is in and too wide."""
        rule, active = self.experiment.replicates, list(which)
        while active:
            rows: list[list[Wanted]] = []
            for each in active:
                step = [
                    Wanted(each.point, arm, replicate)
                    for replicate in range(each.asked, each.until)
                    for arm in self.experiment.arms
                ]
                each.asked = each.until
                rows.append([wanted for wanted in step if wanted.run_id not in self.finished])
                each.open |= {wanted.run_id for wanted in rows[-1]}
            for replicate in sorted({wanted.replicate for row in rows for wanted in row}):
                self._ready.extend(wanted for row in rows for wanted in row if wanted.replicate == replicate)
            active = [each for each in active if not each.open and each.until < rule.at_most and not self._narrow(each)]
            for each in active:
                each.until = min(each.until + rule.step, rule.at_most)

    def _narrow(self, progress: _Progress) -> bool:
        rule = self.experiment.replicates
        assert rule.half_width is not None
        for arm in self.experiment.arms:
            known = self.values.get((progress.point.number, arm.name), {})
            values = [
                restricted(rule.endpoint, known.get(each, math.nan), self.horizon) if each in known else math.nan
                for each in range(progress.until)
            ]
            if estimate(rule.endpoint, values).half_width > rule.half_width:
                return False
        return True
