"""The table behind a figure as text, and which tissues each of its rows stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from immune_sim.app.dashboard.studies.words import HOURS_PER_DAY, cell, endpoint_words, head_of
from immune_sim.app.study_report.drawing import Drawing
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.showing import key_of
from immune_sim.app.study_report.words import rows_of

MOST_ROWS = 400  # of a table on the page; all are in the files of the study
STAND_FOR_RUNS = ("runs", "times", "arms", "map", "courses")  # parts whose marks stand for tissues
FIRST = ("arm", "endpoint")  # columns that say what a row is about


@dataclass(frozen=True)
class Table:
    """Heads and rows as text. left_out: rows that are not shown.

    marks: what a click on the mark of each row would tell; none where rows do not stand for tissues.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0
    marks: tuple[dict[str, Any], ...] = ()


def table_of(told: Told, drawing: Drawing) -> Table:
    """The table of a drawing, its values in the words of the study."""
    table = drawing.table
    if table is None:
        return Table((), ())
    thinned = _whole_days(table)
    rows, names, say = rows_of(thinned.head(MOST_ROWS)), _columns(table), _sayings(told)
    said = tuple(
        tuple(say[name](row[name]) if name in say else cell(name, row[name], row) for name in names) for row in rows
    )
    marks = tuple(_mark(drawing, row) for row in rows) if drawing.part in STAND_FOR_RUNS else ()
    return Table(tuple(head_of(each) for each in names), said, len(table) - len(rows), marks)


def _columns(table: pd.DataFrame) -> list[str]:
    """Those to show, the ones that say what a row is about first; not the one that the title says."""
    names = [str(each) for each in table.columns if not str(each).startswith("rank ") and str(each) != "outcome"]
    return [each for each in FIRST if each in names] + [each for each in names if each not in FIRST]


def _sayings(told: Told) -> dict[str, Callable[[Any], str]]:
    """How columns are said that only this study knows: arms by their titles, factors with their units."""
    made: dict[str, Callable[[Any], str]] = {
        "effect": lambda value: str(value).replace("_", " "),
        "arm": lambda value: str(told.labels.get(str(value), value)),
        "endpoint": lambda value: endpoint_words(str(value)),
    }
    return made | {each.label: each.said for each in told.factors}


def _whole_days(table: pd.DataFrame) -> pd.DataFrame:
    """A time course that is too long for the page: whole days, so that the last arm is not cut off."""
    if len(table) <= MOST_ROWS or "hour" not in table:
        return table
    return table[table["hour"] % HOURS_PER_DAY == 0]


def _mark(drawing: Drawing, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the figure would tell of a click on the mark of this row (see ``behind.Click``)."""
    if drawing.part == "runs":
        return {"custom": [row["run_id"]]}
    arm = str(row.get("arm", ""))
    if drawing.part in ("times", "courses"):
        return {"x": float(row["time" if "time" in row else "hour"]) / HOURS_PER_DAY, "group": arm}
    return {"custom": [key_of(row.get("point"), arm)]}
