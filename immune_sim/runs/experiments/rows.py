"""Results as tables: the runs, their courses, their pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from immune_sim.model.outcomes import OUTCOMES
from immune_sim.runs.experiments.shards import COURSES, FRAMES, RUNS

if TYPE_CHECKING:  # readers of tables do not wait for what makes them
    from immune_sim.runs.experiments.declared import Experiment
    from immune_sim.runs.experiments.design import Point
    from immune_sim.runs.experiments.task import Result

Repeat = Callable[[str], str]
DTYPES = {each.name: each.dtype for each in OUTCOMES}  # also of a shard in which no run was good


def run_id(point: int, arm: str, replicate: int) -> str:
    """The name of a run: it stays, whatever is added to the study."""
    return f"p{point:04d}-{arm}-r{replicate:04d}"


def tables_of(
    experiment: Experiment, points: Mapping[int, Point], results: Sequence[Result], repeat: Repeat
) -> dict[str, pa.Table]:
    """The tables of some finished runs. repeat: the command that repeats the run of an id."""
    made = {RUNS: _runs(experiment, points, results, repeat)}
    if experiment.outcomes or experiment.outcome_functions:
        made[COURSES] = _courses(experiment, results)
    if experiment.frames:
        made[FRAMES] = _frames(results)
    return made


def _runs(experiment: Experiment, points: Mapping[int, Point], results: Sequence[Result], repeat: Repeat) -> pa.Table:
    columns: dict[str, Any] = {
        "run_id": [each.run_id for each in results],
        "point": pa.array([each.point for each in results], pa.int64()),
        "arm": [each.arm for each in results],
        "replicate": pa.array([each.replicate for each in results], pa.int64()),
        "seed": pa.array([each.seed for each in results], pa.int64()),
        "status": ["failed" if each.failure else "ok" for each in results],
        "hash": [each.hash for each in results],
    }
    for factor in experiment.factors:
        columns[factor.label] = factor_column([points[each.point] for each in results], factor.label)
    for name in experiment.endpoints:
        columns[name] = pa.array([each.endpoints.get(name, math.nan) for each in results], pa.float64())
    columns["wall_seconds"] = pa.array([each.seconds for each in results], pa.float64())
    faults = [each.failure for each in results]
    columns |= {
        "stage": pa.array([each.stage if each else None for each in faults], pa.string()),
        "error": pa.array([each.kind if each else None for each in faults], pa.string()),
        "message": pa.array([each.message if each else None for each in faults], pa.string()),
        "traceback": pa.array([each.traceback if each else None for each in faults], pa.string()),
        "command": pa.array([repeat(each.run_id) if each.failure else None for each in results], pa.string()),
    }
    return pa.table(columns)


def factor_column(points: Sequence[Point], label: str) -> pa.Array:
    """The values of a factor: numbers in inside units, or texts."""
    values = [each.levels[label].value if label in each.levels else None for each in points]
    if any(isinstance(each, str) for each in values):
        return pa.array([None if each is None else str(each) for each in values], pa.string())
    return pa.array([math.nan if each is None else float(each) for each in values], pa.float64())


def _courses(experiment: Experiment, results: Sequence[Result]) -> pa.Table:
    good = [each for each in results if each.course]
    lengths = [len(each.course["hour"]) for each in good]
    names = tuple(dict.fromkeys(("hour", *experiment.outcomes, *experiment.outcome_functions)))
    columns: dict[str, Any] = {
        "run_id": _repeated([each.run_id for each in good], lengths),
        "point": np.repeat(np.array([each.point for each in good], dtype=np.int64), lengths),
        "arm": _repeated([each.arm for each in good], lengths),
        "replicate": np.repeat(np.array([each.replicate for each in good], dtype=np.int64), lengths),
    }
    for name in names:
        parts = [np.asarray(each.course[name]) for each in good]
        columns[name] = np.concatenate([np.empty(0, dtype=DTYPES.get(name, "float64")), *parts])
    return pa.table(columns)


def _repeated(texts: Sequence[str], lengths: Sequence[int]) -> pa.Array:
    codes = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(texts, pa.string())).cast(pa.string())


def _frames(results: Sequence[Result]) -> pa.Table:
    rows = [(each, *picture) for each in results for picture in each.pictures]
    shapes = [(1, *codes.shape)[-3:] for *_, codes in rows]
    return pa.table(
        {
            "run_id": pa.array([each.run_id for each, *_ in rows], pa.string()),
            "point": pa.array([each.point for each, *_ in rows], pa.int64()),
            "arm": pa.array([each.arm for each, *_ in rows], pa.string()),
            "replicate": pa.array([each.replicate for each, *_ in rows], pa.int64()),
            "hour": pa.array([hour for _, hour, *_ in rows], pa.int64()),
            "layer": pa.array([name for *_, name, _ in rows], pa.string()),
            **{
                axis: pa.array([shape[i] for shape in shapes], pa.int64())
                for i, axis in enumerate(("depth", "height", "width"))
            },
            "codes": pa.array([codes.tobytes() for *_, codes in rows], pa.binary()),
        }
    )


def unique_rows(table: pa.Table) -> pa.Table:
    """Each run once, the one written last: a crash while shards are merged, or a repeated run, leaves it twice."""
    ids = table["run_id"].to_pylist()
    last = {each: row for row, each in enumerate(ids)}
    return table if len(last) == len(ids) else table.take(pa.array(sorted(last.values())))


def ordered(frame: Any, arms: Mapping[str, int], by: Sequence[str] = ("point", "arm", "replicate")) -> Any:
    """A pandas table in the order of points, arms and replicates."""
    rank = frame.assign(arm=frame["arm"].map(arms)) if "arm" in frame else frame
    order = rank.sort_values([each for each in by if each in rank], kind="stable").index
    return frame.loc[order].reset_index(drop=True)
