"""Computing a study: runs are handed out, taken in and written down, until all is done or somebody stops it."""

from __future__ import annotations

import datetime
import shlex
import time
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Literal

from immune_sim.runs.experiments.declared import Experiment, seed_of
from immune_sim.runs.experiments.design import scenario_at
from immune_sim.runs.experiments.estimate import restricted
from immune_sim.runs.experiments.executors import Executor
from immune_sim.runs.experiments.order import Queue, Wanted
from immune_sim.runs.experiments.rows import tables_of
from immune_sim.runs.experiments.shards import RUNS, Shards, check
from immune_sim.runs.experiments.standing import Standing, Watch, locked, never_came
from immune_sim.runs.experiments.task import Plan, Result, Task
from immune_sim.runs.experiments.writing import OpenStudy
from immune_sim.runs.run import Interruption
from immune_sim.scenario.scenario import Scenario

FLUSH_RUNS, FLUSH_SECONDS, FLUSH_BYTES = 250, 15.0, 32_000_000
KEPT_SCENARIOS = 4096
PATIENCE = 0.25  # s between two looks at the results
Ended = Literal["complete", "interrupted"]


class Run:
    """One session of computing a study; ``work`` does it."""

    def __init__(
        self,
        study: OpenStudy,
        executor: Executor,
        *,
        shard: tuple[int, int] = (1, 1),
        watch: Watch | None = None,
        interruption: Interruption | None = None,
        retry_failed: bool = False,
    ):
        self.study, self.executor, self.shard = study, executor, shard
        self.experiment: Experiment = study.experiment
        self.watch, self.interruption = watch or (lambda _: None), interruption or Interruption()
        self.shards = Shards(study.folder, f"{shard[0]}of{shard[1]}" if shard[1] > 1 else "")
        self._retry = retry_failed
        self._points = {each.number: each for each in study.points}
        self._plan = Plan.of(self.experiment).packed()
        self._scenario = lru_cache(maxsize=KEPT_SCENARIOS)(self._scenario_at)
        self._waiting: dict[str, Wanted] = {}
        self._buffer: list[Result] = []
        self._size, self._flushed = 0, time.perf_counter()

    def work(self) -> tuple[Ended, Standing]:
        """Compute what is missing; raises OutputError where results cannot be written."""
        with locked(self.study.folder, self.shards.writer):
            queue, standing = self._prepare()
            try:
                self._loop(queue, standing)
            finally:
                self._flush()
            self.shards.merge()
            if self.shard[1] == 1:
                self.study.write_catalogue()
        return ("complete" if queue.next() is None else "interrupted"), standing

    def _prepare(self) -> tuple[Queue, Standing]:
        """See what is there, set damaged shards aside, and find what is missing."""
        found = check(self.study.folder)
        mine = {
            name: what
            for name, what in found.damaged.items()
            if self.shard[1] == 1 or Path(name).name.startswith(f"part-{self.shards.writer}-")
        }
        self.shards.set_aside(mine)
        lost = {each for name in mine for each in found.told.shards.get(name, {"ids": []})["ids"]} - found.finished
        runs = self.study.study.read_runs() if (self.study.folder / RUNS).exists() else None
        values: dict[tuple[int, str], dict[int, float]] = defaultdict(dict)
        standing = Standing(
            0, endpoint=self.experiment.main[0] if self.experiment.main else "", damaged=mine, again=len(lost)
        )
        standing.values |= {each.name: [] for each in self.experiment.arms}  # told in their order
        standing.horizon = max(each.scenario.duration for each in self.experiment.arms)
        deciding = self.experiment.replicates.endpoint
        finished = found.finished
        if runs is not None and len(runs):
            runs = runs[runs["run_id"].isin(finished)]
            if self._retry:
                finished = finished - set(runs.loc[runs["status"] == "failed", "run_id"])
                runs = runs[runs["run_id"].isin(finished)]
            for row in runs.to_dict("records"):
                standing.failed += row["status"] == "failed"
                if row["status"] == "ok":
                    self._estimate(standing, row["arm"], row[standing.endpoint])
                    if deciding:
                        values[row["point"], row["arm"]][row["replicate"]] = row[deciding]
        queue = Queue(self.experiment, self.study.points, finished, values, self.shard)
        standing.planned, standing.done = queue.most, self._done_of(queue, finished)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        self.shards.journal.add([{"session": {"at": now, "workers": self.executor.workers, "finished": len(finished)}}])
        return queue, standing

    def _done_of(self, queue: Queue, finished: set[str]) -> int:
        if self.shard[1] == 1:
            return len(finished)
        fresh = Queue(self.experiment, self.study.points, (), {}, self.shard)
        count = 0
        while wanted := fresh.next():
            count += wanted.run_id in finished
        return count

    def _loop(self, queue: Queue, standing: Standing) -> None:
        """Until nothing is left, or, once somebody asks for an end, until what was handed out is back."""
        self._show(standing)
        while True:
            while not self.interruption.asked and len(self._waiting) < self.executor.slots:
                wanted = queue.next()
                if wanted is None:
                    break
                self._waiting[wanted.run_id] = wanted
                self.executor.submit(self._task(wanted))
            if not self._waiting:
                return
            for result in self.executor.collect(PATIENCE):
                self._take(queue, standing, result)
            if (
                len(self._buffer) >= FLUSH_RUNS
                or self._size >= FLUSH_BYTES
                or (self._buffer and time.perf_counter() - self._flushed > FLUSH_SECONDS)
            ):
                self._flush()
            self._show(standing)

    def _show(self, standing: Standing) -> None:
        standing.under_way, standing.stopping = len(self._waiting), self.interruption.asked
        standing.workers = self.executor.workers
        self.watch(standing)

    def _task(self, wanted: Wanted) -> Task:
        point, arm = wanted.point, wanted.arm
        seed = seed_of(self.experiment, point.key, wanted.replicate, arm.name)
        return Task(
            wanted.run_id,
            point.number,
            arm.name,
            wanted.replicate,
            seed,
            self._scenario(point.number, arm.name),
            self._plan,
        )

    def _scenario_at(self, number: int, arm: str) -> Scenario:
        return scenario_at(self.experiment, self._points[number], self.experiment.arm(arm))

    def _take(self, queue: Queue, standing: Standing, result: Result) -> None:
        wanted = self._waiting.pop(result.run_id)
        self._buffer.append(result)
        self._size += sum(each.nbytes for each in result.course.values()) + sum(
            codes.nbytes for *_, codes in result.pictures
        )
        self.shards.journal.add(
            [{"run": result.run_id, "hash": result.hash, "failed": result.failure is not None}], lasting=False
        )
        deciding = self.experiment.replicates.endpoint
        queue.note(wanted, result.endpoints.get(deciding) if result.failure is None else None)
        standing.done += 1
        standing.new += 1
        standing.failed += result.failure is not None
        if result.failure is None:
            self._estimate(standing, result.arm, result.endpoints[standing.endpoint])
            standing.seconds.append(result.seconds)
            self.executor.note_speed(result.seconds)

    def _estimate(self, standing: Standing, arm: str, value: float) -> None:
        horizon = self.experiment.arm(arm).scenario.duration
        standing.values[arm].append(restricted(standing.endpoint, value, horizon))
        standing.never[arm] += never_came(standing.endpoint, value)

    def _flush(self) -> None:
        """Write what has come in since the last time; it stays in memory if that fails."""
        if self._buffer:
            self.shards.write(
                tables_of(self.experiment, self._points, self._buffer, self._repeat),
                [each.run_id for each in self._buffer],
            )
        self._buffer, self._size, self._flushed = [], 0, time.perf_counter()

    def _repeat(self, run_id: str) -> str:
        return shlex.join(["immune-sim", "experiment", "repeat", str(self.study.folder), run_id])
