"""The folder of one run: made once, never overwritten, and complete when its summary says so."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from immune_sim.core.errors import OutputError
from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs.files import cannot_write, make_folder, sha256, write_atomically
from immune_sim.runs.provenance import provenance
from immune_sim.runs.run import ENDINGS, Ending

FORMAT = "immune-sim run 1"
SUMMARY, SCENARIO, REPORT = "summary.json", "scenario.toml", "report.html"


@dataclass(frozen=True)
class RunFolder:
    """Where the results of one run go."""

    path: Path

    @classmethod
    def create(cls, path: Path) -> RunFolder:
        """Make a new folder, or take an empty one.

        Raises OutputError where there is something already, or where nothing can be written.
        """
        try:
            taken = path.exists() and (not path.is_dir() or any(path.iterdir()))
        except OSError as error:  # a name that is too long, a folder that may not be read
            raise cannot_write(path, error) from error
        if taken:
            what = "is not empty" if path.is_dir() else "is a file"
            raise OutputError(
                f"{path} {what}, and results are never overwritten. Give another place with --out, or remove it first."
            )
        make_folder(path)
        return cls(path)

    @classmethod
    def of_checkpoint(cls, checkpoint: Path) -> RunFolder | None:
        """The unfinished run to which a checkpoint belongs, None where it lies elsewhere or the run is complete."""
        folder = cls(checkpoint.absolute().parent.parent)
        is_run = checkpoint.absolute().parent.name == "checkpoints" and (folder.path / SCENARIO).is_file()
        return folder if is_run and not folder.complete else None

    @property
    def complete(self) -> bool:
        """Whether a run came to its end here."""
        path = self.path / SUMMARY
        return path.is_file() and json.loads(path.read_text(encoding="utf-8"))["status"] == "complete"

    @property
    def summarized(self) -> bool:
        """Whether a summary, complete or not, was written here."""
        return (self.path / SUMMARY).is_file()

    def write_scenario(self, text: str) -> None:
        """Write the scenario in effect, at the start, so that a run that is cut off can be told apart."""
        write_atomically(self.path / SCENARIO, text)

    def write_results(self, model: TumorImmuneModel, ending: Ending, started: Mapping[str, Any]) -> dict[str, Any]:
        """Write time course and summary and return the summary.

        started: what only the caller knows: "command", "overrides", "began_at_hour", "wall_seconds_before".
        """
        from immune_sim.runs.tables import CSV, PARQUET, write_timecourse  # pyarrow would keep the first hour waiting

        write_timecourse(self.path, model.recorder.columns)
        told = summary(model, ending, started)
        told["files"] = {name: {"sha256": sha256(self.path / name)} for name in (PARQUET, CSV, SCENARIO)}
        write_atomically(self.path / SUMMARY, json.dumps(told, indent=2, allow_nan=False, ensure_ascii=False) + "\n")
        return told

    def read_summary(self) -> dict[str, Any]:
        """What write_results wrote; raises OutputError where there is nothing readable."""
        path = self.path / SUMMARY
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise OutputError(f"{path} cannot be read: {error}") from error
        return told


def summary(model: TumorImmuneModel, ending: Ending, started: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that is worth knowing about a run, ready for JSON; a value that does not exist is null."""
    scenario = model.scenario
    return {
        "format": FORMAT,
        "status": "complete" if ending.complete else "incomplete",
        "ending": {"reason": ending.reason, "words": ENDINGS[ending.reason]},
        "scenario": {
            "name": scenario.name,
            "title": scenario.title,
            "about": scenario.about,
            "duration_h": scenario.duration,
            "hash": scenario.hash,
            "text": scenario.to_toml(),
        },
        "seed": model.seed,
        "interventions": [dict(each) for each in model.interventions],
        "endpoints": without_nan(model.summary()),
        "last_hour": without_nan(model.recorder.latest),
        "wall_seconds": round(ending.seconds, 3),
        "hours_computed": ending.hours,
        **started,
        "provenance": provenance(model.threads.count),
    }


def without_nan(values: Mapping[str, float]) -> dict[str, float | None]:
    """Numbers as plain Python, None for nan."""
    plain = {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in plain.items()}
