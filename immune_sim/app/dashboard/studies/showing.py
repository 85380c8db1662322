"""A stored study as plain data for the page: facts, cautions, figures for light and dark, the table behind each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from immune_sim.analysis.endpoints import endpoint
from immune_sim.analysis.tables import good, values_of
from immune_sim.app.dashboard.studies.tables import STAND_FOR_RUNS, Table, table_of
from immune_sim.app.dashboard.studies.words import outcome_of
from immune_sim.app.study_report.drawing import Drawing
from immune_sim.app.study_report.drawings import drawings
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.headline import sentences
from immune_sim.app.study_report.sections import facts
from immune_sim.app.study_report.themes import both
from immune_sim.app.study_report.words import rows_of, scale_of
from immune_sim.figures.runs import run_dots
from immune_sim.runs.experiments.study import Study

MOST_DOTS = 1_500
MOST_FAILURES = 20
PARTS = {
    "runs": "Runs",
    "times": "Survival",
    "arms": "Arms",
    "published": "Published",
    "map": "Map",
    "effects": "Effects",
    "sensitivity": "Sensitivity",
    "courses": "Time courses",
}


@dataclass(frozen=True)
class Picture:
    """One figure. figure: plotly, for a light page; dark: [[path, value], ...] where the dark one differs."""

    name: str
    part: str
    figure: dict[str, Any]
    dark: list[Any]
    caption: str
    wide: bool
    table: Table
    pickable: bool

    @property
    def title(self) -> str:
        """What is shown."""
        return str(self.figure["layout"]["title"]["text"])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.figure["layout"]["height"])


@dataclass(frozen=True)
class Shown:
    """A study as the page shows it."""

    title: str
    about: str
    facts: str
    findings: tuple[tuple[str, str], ...]
    cautions: tuple[str, ...]
    failures: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that have pictures, in the order of the page."""
        present = {each.part for each in self.pictures}
        return tuple(each for each in PARTS if each in present)


def show(folder: Path, stamp: float) -> Shown:
    """Read a study; raises OutputError naming what cannot be read. stamp: see ``shelf.Kept``."""
    told = told_of(folder, stamp)
    cautions = (*told.analysis.cautions, *(f"Not computed: {each}" for each in told.analysis.missing))
    broken = told.runs[told.runs["status"] == "failed"].head(MOST_FAILURES) if len(told.runs) else told.runs
    failures = tuple(
        (str(row["run_id"]), f"{row['stage']}: {row['error']}: {row['message']}") for row in broken.to_dict("records")
    )
    drawn = [*_runs(told), *drawings(told)] if len(good(told.runs)) else []
    pictures = tuple(_picture(told, each) for each in drawn)
    return Shown(
        told.title, str(told.manifest.get("about") or ""), facts(told), tuple(sentences(told)),
        tuple(map(str, cautions)), failures, pictures,
    )  # fmt: skip


@lru_cache(maxsize=2)
def told_of(folder: Path, stamp: float) -> Told:
    """The study, kept while nothing is written to it."""
    return Told.of(Study.open(folder))


def _picture(told: Told, drawing: Drawing) -> Picture:
    drawn = both(drawing)
    return Picture(
        drawing.name, drawing.part, drawn["figure"], drawn["dark"], drawing.caption, drawing.wide,
        table_of(told, drawing), drawing.part in STAND_FOR_RUNS,
    )  # fmt: skip


def _runs(told: Told) -> Iterator[Drawing]:
    """Every run as a dot, by the first endpoint of the study."""
    name = told.plan.endpoints[0]
    runs = good(told.runs)
    if told.points > 1 or len(runs) > MOST_DOTS:
        return
    kind = endpoint(name)
    values = values_of(runs, name, told.horizon) / scale_of(name)
    is_open = runs[name].isna() & (kind.kind == "time")
    said = [f"replicate {row['replicate']}: {outcome_of(row)}" for row in rows_of(runs)]
    table = runs[["run_id", "arm", "replicate", "seed"]].assign(value=values, open=is_open, said=said)
    title = f"Every run: {kind.label}"
    until = "; open circles had not come so far" if is_open.any() else ""
    unit = f"days{until}" if kind.kind == "time" else "share of runs" if kind.kind == "share" else kind.label
    text = "Each dot is one run: a tissue with its own seed. Click one to see it."
    shown = table.drop(columns=["value", "open"]).rename(columns={"said": "what came of it"})
    yield Drawing(
        "runs",
        "runs",
        lambda theme: run_dots(table, told.styles, title=title, x_title=unit, theme=theme),
        text,
        True,
        shown,
    )
