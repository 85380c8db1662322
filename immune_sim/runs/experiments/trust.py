"""Whether stored results can be believed: runs computed again and compared bit for bit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from immune_sim.core.errors import OutputError, Problem, ScenarioError
from immune_sim.runs.experiments.declared import Arm, Design, Experiment, Frames, Measure, seed_of
from immune_sim.runs.experiments.executors import Executor, InProcess
from immune_sim.runs.experiments.rows import run_id as name_of
from immune_sim.runs.experiments.schedules import vary
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.experiments.task import Plan, Result, Task
from immune_sim.scenario.scenario import Scenario

SAMPLE = 10


@dataclass(frozen=True)
class Compared:
    """A stored run beside the same one computed again."""

    run_id: str
    stored: str
    computed: str
    message: str = ""

    @property
    def same(self) -> bool:
        """Whether both are the same, bit for bit."""
        return self.stored == self.computed


@dataclass(frozen=True)
class Stored:
    """What a study folder holds of its experiment: enough to compute any of its runs again.

    changes: the overrides of every point and arm. keys: of the points, by number.
    """

    experiment: Experiment
    keys: tuple[str, ...]
    changes: Mapping[tuple[int, str], Mapping[str, Any]]


def experiment_of(study: Study, experiment: Experiment | None = None) -> Stored:
    """The experiment of a stored study, from its folder alone: scenario files may have changed or gone.

    experiment: the one it was computed from, needed where it holds functions. Raises ScenarioError without them.
    """
    told = study.manifest
    if experiment is None and (told["functions"] or any(each["prepare"] for each in told["arms"].values())):
        what = (
            "this study uses functions of its author, which a folder cannot hold. "
            "Call it from Python with the same experiment."
        )
        raise ScenarioError(Problem(str(study.folder), what))
    known = {each.name: each for each in experiment.arms} if experiment else {}
    arms = [
        Arm(name, Scenario.from_text(each["scenario"]), prepare=known[name].prepare if name in known else None)
        for name, each in told["arms"].items()
    ]
    frames = told["frames"]
    made = Experiment(
        name=told["name"],
        arms=tuple(arms),
        design=Design(same_exposure=told["design"]["same_exposure"]),
        seed=told["seed"],
        independent_arms=told["independent_arms"],
        outcomes=tuple(told["outcomes"]),
        every=told["every"],
        measures=tuple(Measure(**each) for each in told["measures"]),
        frames=Frames(frames["every"], tuple(frames["layers"])) if frames else None,
        outcome_functions=experiment.outcome_functions if experiment else {},
        endpoint_functions=experiment.endpoint_functions if experiment else {},
    )
    rows = study.design[["point", "arm", "overrides"]].to_dict("records")
    return Stored(
        made, tuple(told["points"]), {(each["point"], each["arm"]): json.loads(each["overrides"]) for each in rows}
    )


def task_of(stored: Stored, run_id: str) -> Task:
    """The task of a run by its id; raises OutputError with what an id looks like."""
    at = {f"p{point:04d}-{arm}": (point, arm) for point, arm in stored.changes}
    head, _, replicate = run_id.rpartition("-r")
    if head not in at or not replicate.isdigit():
        example = f"{next(iter(at))}-r0000"
        raise OutputError(
            f'"{run_id}" is no run of this study. An id is point, arm and replicate, for example "{example}".'
        )
    point, arm = at[head]
    experiment, changes = stored.experiment, stored.changes[point, arm]
    scenario = experiment.arm(arm).scenario
    if changes:
        scenario = vary(scenario, changes, same_exposure=experiment.design.same_exposure)
    seed = seed_of(experiment, stored.keys[point], int(replicate), arm)
    name = name_of(point, arm, int(replicate))
    return Task(name, point, arm, int(replicate), seed, scenario, Plan.of(experiment).packed())


def verify(
    study: Study,
    sample: int = SAMPLE,
    *,
    executor: Executor | None = None,
    experiment: Experiment | None = None,
    seed: int = 1,
    watch: Callable[[Compared], None] | None = None,
) -> list[Compared]:
    """Compute a random sample of the good runs again and compare their hashes.

    Raises OutputError where no run is stored, or a shard is damaged.
    """
    runs = study.read_runs(["run_id", "status", "hash"])
    good = runs[runs["status"] == "ok"]
    if not len(good):
        raise OutputError(f"{study.folder} holds no finished run to verify. Compute some first.")
    chosen = np.sort(np.random.default_rng(seed).choice(len(good), size=min(sample, len(good)), replace=False))
    opened = experiment_of(study, experiment)
    stored = {str(row["run_id"]): str(row["hash"]) for row in good.iloc[chosen].to_dict("records")}
    found = []
    for result in _computed(executor or InProcess(), [task_of(opened, each) for each in stored]):
        message = f"{result.failure.kind}: {result.failure.message}" if result.failure else ""
        found.append(Compared(result.run_id, stored[result.run_id], result.hash, message))
        if watch:
            watch(found[-1])
    return sorted(found, key=lambda each: each.run_id)


def _computed(executor: Executor, tasks: Sequence[Task]) -> list[Result]:
    left, results = list(tasks), []
    with executor:
        under_way = 0
        while left or under_way:
            while left and under_way < executor.slots:
                executor.submit(left.pop(0))
                under_way += 1
            got = executor.collect(0.25)
            under_way -= len(got)
            results += got
    return results
