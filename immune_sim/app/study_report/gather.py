"""Everything a report says of a study, read from its folder once: words, tables, what was computed from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from immune_sim.analysis.plan import Plan
from immune_sim.analysis.study import Analysis, analyze
from immune_sim.analysis.tables import good
from immune_sim.app.study_report.words import plain
from immune_sim.figures.arms import Styles, styles
from immune_sim.model.outcomes import OUTCOMES
from immune_sim.runs.experiments.study import Study
from immune_sim.scenario.scenario import Scenario

SURVIVAL, LATENCY = "survival_time", "time_to_take"
LONGEST = 46  # letters of a title that still fits into a legend


@dataclass(frozen=True)
class Level:
    """One value of a factor as tables hold it and as a person reads it."""

    value: Any
    text: str


@dataclass(frozen=True)
class Factor:
    """Something that is varied between design points. levels: empty for a sampled one, which has low and high."""

    label: str
    unit: str
    address: str
    levels: tuple[Level, ...] = ()
    low: float | None = None
    high: float | None = None
    logarithmic: bool = False

    @property
    def name(self) -> str:
        """The label in words."""
        return plain(self.label)

    def said(self, value: Any) -> str:
        """A value in words."""
        for level in self.levels:
            if level.value == value:
                return level.text
        number = f"{value:.4g}" if isinstance(value, (int, float)) else str(value)
        return f"{number} {self.unit}".strip()


@dataclass
class Told:
    """A study as the report tells it. frames: stored pictures, empty where none were kept."""

    folder: Path
    manifest: Mapping[str, Any]
    runs: pd.DataFrame
    design: pd.DataFrame
    courses: pd.DataFrame
    frames: pd.DataFrame
    provenance: Mapping[str, Any]
    text: str = ""
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)

    @classmethod
    def of(cls, study: Study) -> Told:
        """Read a study; raises OutputError naming what cannot be read."""
        manifest = study.manifest
        scenarios = {name: Scenario.from_text(each["scenario"]) for name, each in manifest["arms"].items()}
        path = study.folder / "experiment.toml"
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        frames = study.frames if manifest.get("frames") else pd.DataFrame()
        tables = (study.runs, study.design, study.courses, frames)
        return cls(study.folder, manifest, *tables, study.provenance, text, scenarios)

    @property
    def title(self) -> str:
        """What the study is called."""
        return str(self.manifest.get("title") or self.manifest["name"])

    @property
    def arms(self) -> list[str]:
        """The arms in their order; the first one is the control."""
        return list(self.manifest["arms"])

    @property
    def labels(self) -> dict[str, str]:
        """What an arm is called in figures and tables."""
        said = {name: each["title"] or name for name, each in self.manifest["arms"].items()}
        return {name: title if len(title) <= LONGEST else name for name, title in said.items()}

    @property
    def styles(self) -> Styles:
        """How the arms are drawn."""
        return styles(self.arms, self.labels)

    @property
    def horizon(self) -> float:
        """The horizon, h."""
        return float(self.manifest["horizon"])

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """What was varied."""
        return tuple(_factor(each) for each in self.manifest["factors"])

    @property
    def points(self) -> int:
        """How many design points there are."""
        return int(self.design["point"].nunique())

    @property
    def replicates(self) -> tuple[int, int]:
        """The fewest and most replicates that an arm has at a point, finished ones only."""
        done = self.runs[self.runs["status"] == "ok"] if len(self.runs) else self.runs
        sizes = done.groupby(["arm", "point"], observed=True).size()
        return (int(sizes.min()), int(sizes.max())) if len(sizes) else (0, 0)

    @cached_property
    def plan(self) -> Plan:
        """How the tables are to be read."""
        design = self.manifest["design"]
        return Plan(
            control=self.arms[0],
            endpoints=tuple(self.manifest.get("main") or ("survival_time", "take")),
            factors=tuple(each.label for each in self.factors),
            kind=design["kind"],
            horizon=self.horizon,
            logarithmic=frozenset(each.label for each in self.factors if each.logarithmic),
            levels=int(design.get("grid_levels") or 4),
            second_order=bool(design.get("second_order")),
            paired=not self.manifest.get("independent_arms"),
            outcomes=tuple(self.manifest["outcomes"]),
        )

    @cached_property
    def analysis(self) -> Analysis:
        """All tables that the design makes sense of."""
        return analyze(self.runs, self.design, self.plan, self.courses)

    def came(self, name: str, *arms: str) -> bool:
        """Whether a time came in any run, of these arms or of all: where it never did, there is nothing to compare."""
        done = good(self.runs)
        of_arms = done[done["arm"].isin(arms)] if arms else done
        return name in of_arms and bool(of_arms[name].notna().any())

    @property
    def spoken(self) -> tuple[str, ...]:
        """The endpoints that the study asks for, in its order; survival too where an endpoint size was reached."""
        asked = self.plan.endpoints
        return asked if SURVIVAL in asked or not self.came(SURVIVAL) else (*asked, SURVIVAL)

    def unit_of(self, outcome: str) -> str:
        """The unit of an outcome, "" for a number or one of the user's own."""
        return next((each.unit for each in OUTCOMES if each.name == outcome), "")

    def about(self, outcome: str) -> str:
        """The meaning of an outcome."""
        return next((each.about for each in OUTCOMES if each.name == outcome), outcome.replace("_", " "))

    def overrides(self, point: int, arm: str) -> dict[str, Any]:
        """The overrides of a design point for an arm."""
        rows = self.design[(self.design["point"] == point) & (self.design["arm"] == arm)]
        return dict(json.loads(rows["overrides"].iloc[0])) if len(rows) else {}

    def place(self, point: int) -> str:
        """A design point in words."""
        row = self.design[self.design["point"] == point].iloc[0]
        return ", ".join(f"{each.name} {each.said(row[each.label])}" for each in self.factors)


def _factor(told: Mapping[str, Any]) -> Factor:
    levels = tuple(Level(each["value"], each["text"]) for each in told["levels"])
    ends = told.get("low"), told.get("high")
    return Factor(told["label"], told["unit"], told["address"], levels, *ends, told["scale"] == "log")
