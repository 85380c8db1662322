"""A study that is being written: its folder made or gone on in, its design, its catalogue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from immune_sim.core.errors import OutputError
from immune_sim.runs.experiments import manifest as manifests
from immune_sim.runs.experiments.comparing import joined
from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.design import Point, changes_at, points_of, scenario_at
from immune_sim.runs.experiments.naming import check_names
from immune_sim.runs.experiments.rows import factor_column, ordered, unique_rows
from immune_sim.runs.experiments.shards import RUNS, encode, read
from immune_sim.runs.experiments.study import CATALOGUE, DESIGN, EXPERIMENT, PROVENANCE, Study
from immune_sim.runs.files import make_folder, write_atomically
from immune_sim.runs.provenance import provenance


@dataclass
class OpenStudy:
    """A study that is being written: the experiment with the numbers that its points have in this folder."""

    experiment: Experiment
    folder: Path
    points: list[Point]

    @classmethod
    def at(cls, experiment: Experiment, folder: Path, *, other_code: bool = False) -> OpenStudy:
        """Make a new folder, or go on in one.

        Raises ScenarioError where names cannot be used or the folder holds a different experiment (with what changed),
        OutputError where it holds something else or cannot be written.
        """
        points, told = points_in(experiment, folder, other_code=other_code)
        make_folder(folder)
        made = cls(experiment, folder, points)
        write_atomically(folder / EXPERIMENT, experiment.text)
        write_atomically(folder / DESIGN, encode(made.design_table()))
        write_atomically(folder / PROVENANCE, json.dumps(provenance(), indent=2) + "\n")
        write_atomically(folder / manifests.NAME, json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        return made

    @property
    def study(self) -> Study:
        """The same folder for reading."""
        return Study(self.folder)

    def design_table(self) -> pa.Table:
        """One row for every point and arm: point, arm, factors, overrides as JSON."""
        rows = [(point, arm) for point in self.points for arm in self.experiment.arms]
        columns: dict[str, Any] = {
            "point": pa.array([point.number for point, _ in rows], pa.int64()),
            "arm": [arm.name for _, arm in rows],
        }
        for factor in self.experiment.factors:
            columns[factor.label] = factor_column([point for point, _ in rows], factor.label)
        columns["overrides"] = [json.dumps(changes_at(self.experiment, point, arm), default=str) for point, arm in rows]
        return pa.table(columns)

    def write_catalogue(self) -> None:
        """Write the catalogue: every run with seed, hash, status, endpoints and the value of every parameter."""
        table = read(self.folder, RUNS)
        if table is None:
            return
        known = {name: rank for rank, name in enumerate(self.study.arms)}
        runs = ordered(unique_rows(table).to_pandas(), known).drop(columns=["traceback", "wall_seconds"])
        parameters = self._parameters()
        twice = [
            each.label for each in self.experiment.factors if each.label in parameters
        ]  # labels that are addresses
        made = runs.drop(columns=twice).merge(parameters, on=["point", "arm"], how="left")
        write_atomically(self.folder / CATALOGUE, encode(pa.Table.from_pandas(made, preserve_index=False)))

    def _parameters(self) -> pd.DataFrame:
        rows = []
        for point in self.points:
            texts = {f"{label} (text)": level.text for label, level in point.levels.items()}
            for arm in self.experiment.arms:
                scenario = scenario_at(self.experiment, point, arm)
                schedule = json.dumps([each.table() for each in scenario.dosing])
                rows.append(
                    {
                        "point": point.number,
                        "arm": arm.name,
                        **texts,
                        "scenario_hash": scenario.hash,
                        "duration": scenario.duration,
                        "regimen": schedule,
                        **scenario.values,
                    }
                )
        return pd.DataFrame(rows)


def points_in(experiment: Experiment, folder: Path, *, other_code: bool = False) -> tuple[list[Point], dict[str, Any]]:
    """The points with the numbers they have, or will have, in a folder, and the manifest; writes nothing.

    Raises what ``OpenStudy.at`` raises where the experiment cannot go on there.
    """
    check_names(experiment)
    points = points_of(experiment)
    told = manifests.manifest_of(experiment, points)
    if (folder / manifests.NAME).exists():
        old = manifests.read_manifest(folder)
        keys = joined(old, told, folder, other_code=other_code)
        points = numbered(points, keys)
        told["points"] = keys
        told["arms"] = {
            name: told["arms"][name]
            for name in [*old["arms"], *(each for each in told["arms"] if each not in old["arms"])]
        }
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(
            f"{folder} is not empty and holds no experiment. Give another place with --out, or remove it first."
        )
    return points, told


def numbered(points: Sequence[Point], keys: Sequence[str]) -> list[Point]:
    """The points with the numbers that they have in the folder."""
    number = {key: each for each, key in enumerate(keys)}
    return sorted((replace(each, number=number[each.key]) for each in points), key=lambda each: each.number)
