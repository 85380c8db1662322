"""One run as a worker sees it: what to compute, and what came of it. A failed run is a result like any other."""

from __future__ import annotations

import hashlib
import math
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cloudpickle
import numpy as np
from numpy.typing import NDArray

from immune_sim.runs.experiments.declared import STANDARD, Experiment, Frames, Measure, ModelFunction
from immune_sim.runs.run import advance
from immune_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from immune_sim.model.model import TumorImmuneModel

Columns = dict[str, NDArray[Any]]
MOST_TRACEBACK = 8000


@dataclass(frozen=True)
class Plan:
    """What is kept of every run of a study; sent to workers by value, with the user's own functions in it."""

    outcomes: tuple[str, ...]
    every: int
    measures: tuple[Measure, ...]
    frames: Frames | None
    outcome_functions: Mapping[str, ModelFunction]
    endpoint_functions: Mapping[str, ModelFunction]
    prepare: Mapping[str, Callable[[TumorImmuneModel], Any]]

    @classmethod
    def of(cls, experiment: Experiment) -> Plan:
        """The plan of an experiment."""
        prepare = {arm.name: arm.prepare for arm in experiment.arms if arm.prepare is not None}
        functions = dict(experiment.outcome_functions), dict(experiment.endpoint_functions)
        return cls(experiment.outcomes, experiment.every, experiment.measures, experiment.frames, *functions, prepare)

    def packed(self) -> bytes:
        """The plan as bytes that any worker can open, also where functions stand in a notebook."""
        return bytes(cloudpickle.dumps(self))


@lru_cache(maxsize=4)
def unpacked(plan: bytes) -> Plan:
    """The plan of some bytes."""
    made: Plan = cloudpickle.loads(plan)
    return made


@dataclass(frozen=True)
class Task:
    """One run to compute."""

    run_id: str
    point: int
    arm: str
    replicate: int
    seed: int
    scenario: Scenario
    plan: bytes


@dataclass(frozen=True)
class Failure:
    """Where a run failed (stage), with what, and how Python tells it."""

    stage: str
    kind: str
    message: str
    traceback: str = ""


@dataclass
class Result:
    """What came of a run. course: kept outcomes by name, each (hours,). pictures: (hour, layer, codes)."""

    run_id: str
    point: int
    arm: str
    replicate: int
    seed: int
    endpoints: dict[str, float] = field(default_factory=dict)
    course: Columns = field(default_factory=dict)
    pictures: list[tuple[int, str, NDArray[np.uint8]]] = field(default_factory=list)
    hash: str = ""
    seconds: float = 0.0
    failure: Failure | None = None

    @classmethod
    def failed(cls, task: Task, failure: Failure, seconds: float = 0.0) -> Result:
        """The result of a run that failed."""
        return cls(task.run_id, task.point, task.arm, task.replicate, task.seed, seconds=seconds, failure=failure)


class _Watch:
    """Looks on while a run goes on: the user's own outcomes, and pictures."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.own: dict[str, list[float]] = {name: [] for name in plan.outcome_functions}
        self.pictures: list[tuple[int, str, NDArray[np.uint8]]] = []
        self.stage = "setup"

    def __call__(self, model: TumorImmuneModel) -> None:
        for name, function in self.plan.outcome_functions.items():
            self.stage = f'outcome "{name}" at hour {model.time:g}'
            self.own[name].append(float(function(model)))
        frames = self.plan.frames
        if frames and frames.every and round(model.time) % frames.every == 0:
            self.take_pictures(model, frames)
        self.stage = f"hour {model.time + 1:g}"

    def take_pictures(self, model: TumorImmuneModel, frames: Frames) -> None:
        """Keep the present tissue in every layer that is asked for."""
        from immune_sim.model.layers import layer

        self.pictures += [(round(model.time), name, layer(model, name).codes) for name in frames.layers]


def execute(task: Task) -> Result:
    """Compute a run; whatever goes wrong in it becomes part of the result."""
    from immune_sim.model.model import TumorImmuneModel  # only who computes waits for Mesa

    began, plan = time.perf_counter(), unpacked(task.plan)
    watch = _Watch(plan)
    try:
        model = TumorImmuneModel(task.scenario, rng=task.seed)
        if task.arm in plan.prepare:
            plan.prepare[task.arm](model)
        result = _computed(task, plan, model, watch)
    except Exception as error:  # noqa: BLE001 a failed run is data
        told = "".join(traceback.format_exception(error))[-MOST_TRACEBACK:]
        result = Result.failed(task, Failure(watch.stage, type(error).__name__, str(error), told))
    result.seconds = time.perf_counter() - began
    return result


def _computed(task: Task, plan: Plan, model: TumorImmuneModel, watch: _Watch) -> Result:
    try:
        advance(model, watchers=[watch])
        if plan.frames and not plan.frames.every:
            watch.take_pictures(model, plan.frames)
        watch.stage = "endpoints"
        columns = dict(model.recorder.columns)
        endpoints = {name: float(value) for name, value in model.summary().items() if name in STANDARD}
        endpoints |= {each.name: reduced(each, columns) for each in plan.measures}
        for name, function in plan.endpoint_functions.items():
            watch.stage = f'endpoint "{name}"'
            endpoints[name] = float(function(model))
    finally:
        model.tissue.threads.close()
    columns |= {name: np.asarray(values) for name, values in watch.own.items()}
    kept = (columns["hour"] % plan.every == 0) | (np.arange(len(columns["hour"])) == len(columns["hour"]) - 1)
    course = (
        {name: columns[name][kept] for name in dict.fromkeys(("hour", *plan.outcomes, *watch.own))}
        if plan.outcomes or watch.own
        else {}
    )
    return Result(
        task.run_id,
        task.point,
        task.arm,
        task.replicate,
        task.seed,
        endpoints,
        course,
        watch.pictures,
        fingerprint(columns, endpoints),
    )


def fingerprint(columns: Mapping[str, NDArray[Any]], endpoints: Mapping[str, float]) -> str:
    """SHA-256 of all that a run reports: every hour of every outcome, kept or not, and the endpoints."""
    digest = hashlib.sha256(b"immune-sim result 1")
    for name in sorted(columns):
        values = np.ascontiguousarray(columns[name])
        digest.update(f"\n{name} {values.dtype.str} {values.shape}\n".encode())
        digest.update(values.tobytes())
    digest.update(repr(sorted((name, repr(value)) for name, value in endpoints.items())).encode())
    return digest.hexdigest()


def reduced(measure: Measure, columns: Mapping[str, NDArray[Any]]) -> float:
    """The number that a measure makes of a course; nan for an hour that the run did not reach."""
    hours, values = columns["hour"], np.asarray(columns[measure.outcome], dtype=np.float64)
    if measure.reduction == "at":
        there = np.flatnonzero(hours >= measure.hour)
        return float(values[there[0]]) if len(there) else math.nan
    if measure.reduction == "area":
        return float(np.trapezoid(values, hours))
    if measure.reduction == "mean":
        return float(values.mean())
    if measure.reduction == "minimum":
        return float(values.min())
    return float(values.max() if measure.reduction == "maximum" else values[-1])
