"""The tissues behind a mark of a figure: a run, a step of a survival curve, a cell of a map, an arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from immune_sim.analysis.tables import good, values_of
from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.studies.showing import told_of
from immune_sim.app.dashboard.studies.words import HOURS_PER_DAY, outcome_of
from immune_sim.app.study_report.gather import Told
from immune_sim.core.errors import OutputError, Problem, ScenarioError
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.experiments.trust import Stored, experiment_of, task_of

MOST_SHOWN = 5  # replicates behind one mark: from the lowest to the highest
RANKS = {0.0: "lowest", 0.5: "median", 1.0: "highest"}
EVENTS = {"survival": "survival_time", "latency": "time_to_take"}
CLOSE = 1.0  # h, within which an event belongs to a step


@dataclass(frozen=True)
class Click:
    """A mark of a figure as the page knows it. x: its place; group: legend group; custom: what is kept beside it."""

    figure: str
    x: float | str | None = None
    group: str = ""
    custom: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Tissue:
    """One run. code: brings it back in the Lab at ``hour``; start: the same at hour 0."""

    arm: str
    said: str
    seed: int
    hour: int
    code: str
    start: str


@dataclass(frozen=True)
class Replicate:
    """The runs of one replicate, one per arm; with the same luck unless arms were made independent. rank: in words."""

    number: int
    rank: str
    tissues: tuple[Tissue, ...]


@dataclass(frozen=True)
class Behind:
    """What stands behind a mark. title: the mark in words; count: of replicates, of which some are shown."""

    title: str
    count: int
    replicates: tuple[Replicate, ...]


def behind(folder: Path, stamp: float, click: Click) -> Behind:
    """The tissues of a mark; raises ScenarioError where none stand behind it, or where they cannot be shown."""
    told = told_of(folder, stamp)
    runs, hour = good(told.runs), None
    if click.figure == "runs":
        chosen, title = runs[runs["run_id"] == str(click.custom[0])], "One run"
    elif click.figure in EVENTS:
        chosen, hour, title = _of_step(told, runs, click)
    elif click.figure.startswith("course_"):
        chosen, hour, title = _of_course(told, runs, click)
    else:
        chosen, title = _of_key(told, runs, click)
    if not len(chosen):
        raise _nothing()
    return Behind(title, int(chosen["replicate"].nunique()), tuple(_replicates(told, folder, chosen, hour)))


def _of_step(told: Told, runs: pd.DataFrame, click: Click) -> tuple[pd.DataFrame, int, str]:
    """The runs whose event is the step; between two steps, those of the next one before."""
    event, of_arm = EVENTS[click.figure], runs[runs["arm"] == click.group]
    at = float(click.x or 0.0) * HOURS_PER_DAY
    past = of_arm.loc[of_arm[event] <= at + CLOSE, event]
    if not len(past):
        return of_arm, round(at), f"{told.labels.get(click.group, click.group)}: no run has come so far by then"
    hour = float(past.max())
    which = (of_arm[event] - hour).abs() < CLOSE
    return of_arm[which], round(hour), f"{told.labels[click.group]}: the step on day {hour / HOURS_PER_DAY:.1f}"


def _of_course(told: Told, runs: pd.DataFrame, click: Click) -> tuple[pd.DataFrame, int, str]:
    """The runs of an arm that still go on at the hour."""
    hour = round(float(click.x or 0.0) * HOURS_PER_DAY)
    chosen = runs[(runs["arm"] == click.group) & (runs["hours"] >= hour)]
    return chosen, hour, f"{told.labels.get(click.group, click.group)} on day {hour / HOURS_PER_DAY:.1f}"


def _of_key(told: Told, runs: pd.DataFrame, click: Click) -> tuple[pd.DataFrame, str]:
    """The runs of a design point, of an arm, or of an arm at a point."""
    if not click.custom:
        raise _nothing()
    key = click.custom[-1]
    point, _, arm = key.partition("|") if isinstance(key, str) else (str(int(key)), "", "")
    title = []
    if point:
        runs = runs[runs["point"] == int(point)]
        title.append(told.place(int(point)))
    if arm and len(told.arms) > 1 and not point:
        runs = runs[runs["arm"] == arm]
        title.append(told.labels.get(arm, arm))
    return runs, "; ".join(title) or "All runs"


def _replicates(told: Told, folder: Path, chosen: pd.DataFrame, hour: int | None) -> list[Replicate]:
    """Some replicates from the lowest to the highest, by the last of their arms."""
    stored, name = experiment_of(Study(folder)), told.plan.endpoints[0]
    last = chosen[chosen["arm"] == [each for each in told.arms if (chosen["arm"] == each).any()][-1]]
    values = pd.Series(values_of(last, name, told.horizon), index=last["replicate"].to_numpy()).groupby(level=0).mean()
    order = values.sort_values(kind="stable").index.to_numpy()
    shares = np.linspace(0.0, 1.0, min(MOST_SHOWN, len(order))) if len(order) > 1 else np.array([0.5])
    made = []
    for share in shares:
        number = int(order[round(share * (len(order) - 1))])
        rows = chosen[chosen["replicate"] == number].to_dict("records")
        rank = RANKS.get(float(share), "") if len(order) > 2 else ""
        made.append(Replicate(number, rank, tuple(_tissue(told, stored, row, hour) for row in _first_point(rows))))
    return made


def _first_point(rows: Sequence[Mapping[Any, Any]]) -> list[Mapping[Any, Any]]:
    return [each for each in rows if each["point"] == rows[0]["point"]]


def _tissue(told: Told, stored: Stored, row: Mapping[Any, Any], hour: int | None) -> Tissue:
    task = task_of(stored, str(row["run_id"]))
    run = replay.Run.of(task.scenario, task.seed)
    if run.scenario.hash != task.scenario.hash:
        what = "its scenario cannot be said as what differs from a shipped one, so the Lab cannot show it."
        raise ScenarioError(Problem(str(row["run_id"]), what))
    run = replace(run, title=f"{told.labels[str(row['arm'])]} ({told.title})", about=told.place(task.point))
    at = int(row["hours"] if hour is None else min(hour, row["hours"]))
    start, code = (replay.code(replace(run, hour=each)) for each in (0, at))
    return Tissue(told.labels[str(row["arm"])], outcome_of(row), task.seed, at, code, start)


def _nothing() -> OutputError:
    return OutputError("No single tissue stands behind this mark: it is an estimate over many design points.")
