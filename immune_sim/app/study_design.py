"""What ``--dry-run`` prints: arms, design points with the schedules they come to, how many runs, how long."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from immune_sim.app.console import console
from immune_sim.app.redrawn import duration_words
from immune_sim.app.words import regimen_sentence
from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.design import Point, scenario_at
from immune_sim.runs.experiments.estimate import seconds_per_run
from immune_sim.runs.experiments.order import Queue
from immune_sim.runs.experiments.reading_tools import HOURS
from immune_sim.runs.experiments.shards import check
from immune_sim.runs.experiments.writing import points_in

MOST_POINTS = 30  # design points that a dry run prints


def tell_design(
    experiment: Experiment, folder: Path, part: tuple[int, int], workers: int, *, other_code: bool = False
) -> None:
    """Print the design of a study; raises ScenarioError or OutputError where it could not go on in its folder."""
    points, _ = points_in(experiment, folder, other_code=other_code)
    to = console()
    to.print(Text(experiment.title, style="bold"))
    if experiment.about:
        to.print(Text(experiment.about, style="dim"))
    to.print(_arms(experiment))
    if experiment.factors:
        to.print(_points(experiment, points))
    if len(points) > MOST_POINTS:
        to.print(f"and {len(points) - MOST_POINTS:,} points more", style="dim")
    for name, what in _numbers(experiment, points, folder, part, workers):
        to.print(Text.assemble((f"{name:12}", "dim"), what), soft_wrap=True)


def _arms(experiment: Experiment) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("arm", "schedule"):
        table.add_column(name)
    for each in experiment.arms:
        table.add_row(each.name, regimen_sentence(each.scenario.dosing))
    return table


def _points(experiment: Experiment, points: Sequence[Point]) -> Table:
    """The factors of every point and, where they vary the schedule, what each arm with a drug is given there."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    timed = any(each.of_schedule for each in experiment.factors)
    dosed = [each for each in experiment.arms if each.scenario.dosing] if timed else []
    for name in ("point", *(each.label for each in experiment.factors), *(f"given in {each.name}" for each in dosed)):
        table.add_column(name)
    for point in points[:MOST_POINTS]:
        table.add_row(
            str(point.number),
            *(point.levels[each.label].text if each.label in point.levels else "" for each in experiment.factors),
            *(regimen_sentence(scenario_at(experiment, point, each).dosing) for each in dosed),
        )
    return table


def _numbers(
    experiment: Experiment, points: Sequence[Point], folder: Path, part: tuple[int, int], workers: int
) -> list[tuple[str, str]]:
    runs, there = Queue(experiment, points, (), {}, part).most, len(check(folder).finished)
    rule, seconds = experiment.replicates, seconds_per_run(experiment)
    at_most = "" if rule.half_width is None else "at most "
    time = f"{at_most}about {duration_words(runs * seconds / workers)} with {workers} worker{'s'[: workers != 1]}"
    said = [
        ("points", f"{len(points):,}, {_kind(experiment)}"),
        ("replicates", _replicates(experiment)),
        ("endpoints", ", ".join(experiment.main)),
        ("runs", f"{at_most}{runs:,}" + (f" in part {part[0]} of {part[1]}" if part[1] > 1 else "")),
        ("time", f"{time}, {seconds:.2g} s a run; longer where tumors grow large"),
        ("folder", f"{folder}" + (f", holds {there:,} runs already; they are not computed again" if there else "")),
    ]
    return said if experiment.factors else said[1:]


def _kind(experiment: Experiment) -> str:
    held = "; doses scaled so that the area under the blockade curve is that of the arm"
    return experiment.design.kind + (held if experiment.design.same_exposure else "")


def _replicates(experiment: Experiment) -> str:
    rule = experiment.replicates
    if rule.half_width is None:
        return f"{rule.at_most:,}"
    width = f"{rule.half_width:g}" + (" h" if rule.endpoint in HOURS else "")
    return f"{rule.at_least:,} to {rule.at_most:,}, until the 95 % interval of {rule.endpoint} is within {width}"
