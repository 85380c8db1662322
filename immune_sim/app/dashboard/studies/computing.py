"""Computing a study in a process beside the server, with the engine of the command line."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from immune_sim.app.dashboard.limits import Limits
from immune_sim.app.dashboard.studies.checking import Asked
from immune_sim.app.experiment_progress import words_of
from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.executors import make_executor
from immune_sim.runs.experiments.running import Run
from immune_sim.runs.experiments.standing import Standing
from immune_sim.runs.experiments.writing import OpenStudy
from immune_sim.runs.run import Interruption

PAUSE = 0.3  # s between two messages
MOST_ARMS = 8


@dataclass(frozen=True)
class Progress:
    """Where a study stands. seconds_left: nan where not known. estimates: arm and its first endpoint in words."""

    planned: int
    done: int = 0
    failed: int = 0
    seconds_left: float = math.nan
    estimates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Finished:
    """How it ended. damaged: shards that were set aside and computed again."""

    ended: Literal["complete", "interrupted"]
    progress: Progress
    damaged: tuple[str, ...] = ()


def compute(
    asked: Asked,
    studies: Path,
    allowed: Limits,
    workers: int,
    *,
    tell: Callable[[Progress], None],
    interruption: Interruption,
) -> Finished:
    """Compute what is missing of a study into its folder; an interruption finishes what runs, and keeps it.

    Raises ScenarioError for an experiment that cannot run, OutputError where results cannot be written.
    """
    experiment = asked.experiment(allowed)
    opened = OpenStudy.at(experiment, asked.folder(experiment, studies))
    last = 0.0

    def watch(standing: Standing) -> None:
        nonlocal last
        if time.perf_counter() - last > PAUSE:
            last = time.perf_counter()
            tell(_progress(experiment, standing))

    with make_executor(workers) as executor:
        ended, standing = Run(opened, executor, watch=watch, interruption=interruption).work()
    return Finished(ended, _progress(experiment, standing), tuple(standing.damaged))


def _progress(experiment: Experiment, standing: Standing) -> Progress:
    titles = {each.name: each.title for each in experiment.arms}
    found = list(standing.estimates().items())[:MOST_ARMS]
    said = tuple((titles.get(arm, arm), words_of(standing, arm, each)) for arm, each in found)
    return Progress(standing.planned, standing.done, standing.failed, standing.seconds_left, said)
