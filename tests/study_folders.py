"""Folders of studies whose results are invented by a formula: everything but the model is real."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from immune_sim.runs.experiments.declared import STANDARD, Experiment, seed_of
from immune_sim.runs.experiments.reading import read_experiment
from immune_sim.runs.experiments.rows import run_id, tables_of
from immune_sim.runs.experiments.shards import Shards
from immune_sim.runs.experiments.task import Failure, Result
from immune_sim.runs.experiments.writing import OpenStudy

HORIZON = 1440.0
ENDPOINT_CELLS = 8000.0
Growth = Callable[[str, dict[str, float]], float]  # arm, values of the factors -> hours until the endpoint size


def study_folder(
    folder: Path,
    text: str,
    growth: Growth,
    *,
    spread: float = 60.0,
    fails: Callable[[int], bool] = lambda _: False,
    cured: float = 0.0,
) -> Path:
    """Write a study of the experiment text into the folder: times from the formula plus luck shared by the arms.

    spread: h, standard deviation of the luck. fails: whether the run of this running number failed. cured: share of
    the replicates of all arms but the first whose tumor is cleared.
    """
    opened = OpenStudy.at(read_experiment(text, name="invented"), folder)
    experiment, results = opened.experiment, []
    for point in opened.points:
        values = {label: level.value for label, level in point.levels.items()}
        for replicate in range(experiment.replicates.at_most):
            for arm in experiment.arms:
                seed = seed_of(experiment, point.key, replicate, arm.name)
                rng = np.random.default_rng(seed_of(experiment, point.key, replicate, ""))
                luck, chance = rng.normal(0.0, spread), rng.random()
                head = (run_id(point.number, arm.name, replicate), point.number, arm.name, replicate, seed)
                if fails(len(results)):
                    failure = Failure("hour 17", "ValueError", "a cell left the tissue", "Traceback: here")
                    results.append(Result(*head, failure=failure))
                    continue
                clears = arm.name != experiment.arms[0].name and chance < cured
                time = (
                    growth(arm.name, values)
                    + luck
                    + np.random.default_rng(seed + len(arm.name)).normal(0.0, spread / 3)
                )
                results.append(_result(head, time, clears, experiment))
    shards = Shards(folder)
    shards.write(
        tables_of(experiment, opened.points, results, lambda name: f"immune-sim experiment repeat DIR {name}"),
        [each.run_id for each in results],
    )
    return folder


def _result(head: tuple[str, int, str, int, int], time: float, clears: bool, experiment: Experiment) -> Result:
    reached, take = (time < HORIZON and not clears), 0.6 * time
    end = 400.0 if clears else math.floor(min(time, HORIZON))
    hours = np.append(np.arange(0, end, experiment.every, dtype=float), end)
    cells = np.round(200 * (1 - hours / end) if clears else 200 * (ENDPOINT_CELLS / 200) ** (hours / time))
    endpoints = dict.fromkeys(STANDARD, math.nan) | {
        "take": float(take < HORIZON and not clears),
        "time_to_take": take if take < HORIZON and not clears else math.nan,
        "survival_time": end if reached else math.nan,
        "cleared": float(clears),
        "time_to_clearance": end if clears else math.nan,
        "peak_burden": float(cells.max()),
        "final_burden": float(cells[-1]),
        "hours": end,
    }
    course = dict.fromkeys(experiment.outcomes, 1 + np.sin(hours / 24)) | {"hour": hours, "tumor_cells": cells}
    return Result(*head, endpoints=endpoints, course=course, hash=f"{head[-1]:064x}", seconds=1.0)
