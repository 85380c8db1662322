"""What a study would be: its size and an estimate of its time, before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from immune_sim.app.dashboard.limits import Limits
from immune_sim.app.dashboard.studies.checking import Asked
from immune_sim.app.words import regimen_sentence
from immune_sim.runs.experiments.declared import Experiment, Factor
from immune_sim.runs.experiments.design import points_of
from immune_sim.runs.experiments.estimate import seconds_per_run
from immune_sim.runs.experiments.order import Queue
from immune_sim.runs.experiments.shards import check

HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Survey:
    """A study before it runs.

    arms: title and schedule of each. factors: each in words. runs: in all; done: of them stored. at_most: whether a
    stopping rule may end it earlier. seconds: of computing a run. has_quick: whether the file has a small version.
    """

    asked: Asked
    title: str
    about: str
    arms: tuple[tuple[str, str], ...]
    factors: tuple[str, ...]
    points: int
    replicates: int
    days: float
    runs: int
    done: int
    at_most: bool
    seconds: float
    folder: str
    has_quick: bool

    @property
    def missing(self) -> int:
        """Runs that would be computed."""
        return max(0, self.runs - self.done)

    def seconds_with(self, workers: int) -> float:
        """About how long the missing runs take."""
        return self.missing * self.seconds / max(1, workers)


def survey(asked: Asked, studies: Path, allowed: Limits) -> Survey:
    """Check an experiment and say what it would be; raises ScenarioError with every mistake."""
    experiment = asked.experiment(allowed)
    points, rule = points_of(experiment), experiment.replicates
    folder = asked.folder(experiment, studies)
    return Survey(
        asked=asked,
        title=experiment.title,
        about=experiment.about,
        arms=tuple((each.title, regimen_sentence(each.scenario.dosing)) for each in experiment.arms),
        factors=tuple(_said(each) for each in experiment.factors),
        points=len(points),
        replicates=rule.at_most,
        days=max(each.scenario.duration for each in experiment.arms) / HOURS_PER_DAY,
        runs=Queue(experiment, points, (), {}).most,
        done=_done(experiment, folder),
        at_most=rule.half_width is not None,
        seconds=seconds_per_run(experiment),
        folder=folder.name,
        has_quick="[quick]" in experiment.text or "[quick." in experiment.text,
    )


def _done(experiment: Experiment, folder: Path) -> int:
    """Stored runs of arms that the experiment has, up to its replicates."""
    if not folder.exists():
        return 0
    return sum(int(each.rpartition("-r")[2]) < experiment.replicates.at_most for each in check(folder).finished)


def _said(factor: Factor) -> str:
    name = factor.label.replace("_", " ")
    if factor.levels:
        return f"{name}: {', '.join(each.text for each in factor.levels)}"
    return f"{name}: {factor.low:g} to {factor.high:g} {factor.unit}".strip()
