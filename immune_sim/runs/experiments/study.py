"""A study: the folder of an experiment, what is in it, and its tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from immune_sim.core.errors import OutputError
from immune_sim.runs.experiments import manifest as manifests
from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.design import Point, changes_at, points_of, scenario_at
from immune_sim.runs.experiments.rows import factor_column, ordered, unique_rows
from immune_sim.runs.experiments.shards import COURSES, FRAMES, RUNS, Condition, check, encode, read
from immune_sim.runs.files import make_folder, write_atomically
from immune_sim.runs.provenance import provenance

EXPERIMENT, DESIGN, CATALOGUE, PROVENANCE = "experiment.toml", "design.parquet", "catalogue.parquet", "provenance.json"


@dataclass
class Study:
    """A study folder, for reading. Tables are pandas; columns of a table may be chosen, which reads only those."""

    folder: Path

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """The study of a folder; raises OutputError where there is none."""
        made = cls(Path(folder))
        _ = made.manifest
        return made

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the study is: name, arms, factors, design, points, replicates, code."""
        return manifests.read_manifest(self.folder)

    @property
    def arms(self) -> list[str]:
        """The names of the arms, in their order."""
        return list(self.manifest["arms"])

    def read_runs(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The runs, one row each, in the order of point, arm and replicate; raises OutputError naming a damaged shard."""
        needed = None if columns is None else list(dict.fromkeys(["run_id", "point", "arm", "replicate", *columns]))
        table = read(self.folder, RUNS, needed)
        if table is None:
            return pd.DataFrame(columns=needed or ["run_id", "point", "arm", "replicate", "seed", "status", "hash"])
        made = ordered(unique_rows(table).to_pandas(), {name: rank for rank, name in enumerate(self.arms)})
        made["arm"] = pd.Categorical(made["arm"], categories=self.arms)
        return made if columns is None else made[list(columns)]

    @property
    def runs(self) -> pd.DataFrame:
        """All columns of all runs."""
        return self.read_runs()

    @property
    def failures(self) -> pd.DataFrame:
        """The runs that failed: where, with what, and the command that repeats each."""
        runs = self.read_runs()
        return runs[runs["status"] == "failed"].reset_index(drop=True) if len(runs) else runs

    def read_courses(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The kept outcomes of all runs over time, one row an hour that was kept."""
        return self._long(COURSES, ("hour",), columns)

    @property
    def courses(self) -> pd.DataFrame:
        """All kept outcomes."""
        return self.read_courses()

    @property
    def frames(self) -> pd.DataFrame:
        """The pictures that were kept: codes are bytes of depth x height x width."""
        return self._long(FRAMES, ("hour", "layer"), None)

    def _long(self, kind: str, keys: tuple[str, ...], columns: Sequence[str] | None) -> pd.DataFrame:
        heads = ["run_id", "point", "arm", "replicate", *keys]
        table = read(self.folder, kind, None if columns is None else list(dict.fromkeys([*heads, *columns])))
        if table is None:
            return pd.DataFrame(columns=heads)
        made = table.to_pandas().drop_duplicates(["run_id", *keys], keep="last")
        made = ordered(made, {name: rank for rank, name in enumerate(self.arms)}, ("point", "arm", "replicate", *keys))
        made["arm"] = pd.Categorical(made["arm"], categories=self.arms)
        return made

    @property
    def design(self) -> pd.DataFrame:
        """Every design point and arm: the factors, and the overrides as JSON."""
        return pd.DataFrame(pq.read_table(self.folder / DESIGN).to_pandas())

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, machine and dates."""
        told: dict[str, Any] = json.loads((self.folder / PROVENANCE).read_text(encoding="utf-8"))
        return told

    def check(self) -> Condition:
        """Whether every shard is as it was written, and which runs are complete."""
        return check(self.folder)

    def digest(self) -> str:
        """One hash over the hashes of all runs: two studies with the same one hold the same results."""
        import hashlib

        runs = self.read_runs(["run_id", "seed", "status", "hash"])
        return hashlib.sha256(runs.to_csv(index=False).encode()).hexdigest()


@dataclass
class OpenStudy:
    """A study that is being written: the experiment with the numbers that its points have in this folder."""

    experiment: Experiment
    folder: Path
    points: list[Point]

    @classmethod
    def at(cls, experiment: Experiment, folder: Path, *, other_code: bool = False) -> OpenStudy:
        """Make a new folder, or go on in one.

        Raises ScenarioError where the folder holds a different experiment (with what changed), OutputError where it
        holds something else or cannot be written.
        """
        points = points_of(experiment)
        told = manifests.manifest_of(experiment, points)
        if (folder / manifests.NAME).exists():
            old = manifests.read_manifest(folder)
            keys = manifests.joined(old, told, folder, other_code=other_code)
            points = _numbered(points, keys)
            told["points"] = keys
            told["arms"] = {
                name: told["arms"][name]
                for name in [*old["arms"], *(each for each in told["arms"] if each not in old["arms"])]
            }
        elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise OutputError(
                f"{folder} is not empty and holds no experiment. Give another place with --out, or remove it first."
            )
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
        columns["overrides"] = [
            json.dumps({k: v for k, v in changes_at(self.experiment, point, arm).items()}, default=str)
            for point, arm in rows
        ]
        return pa.table(columns)

    def write_catalogue(self) -> None:
        """Write the catalogue: every run with seed, hash, status, endpoints and the value of every parameter."""
        table = read(self.folder, RUNS)
        if table is None:
            return
        known = {name: rank for rank, name in enumerate(self.study.arms)}
        runs = ordered(unique_rows(table).to_pandas(), known).drop(columns=["traceback", "wall_seconds"])
        write_atomically(
            self.folder / CATALOGUE,
            encode(
                pa.Table.from_pandas(
                    runs.merge(self._parameters(), on=["point", "arm"], how="left"), preserve_index=False
                )
            ),
        )

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


def _numbered(points: Sequence[Point], keys: Sequence[str]) -> list[Point]:
    """The points with the numbers that they have in the folder."""
    number = {key: each for each, key in enumerate(keys)}
    return sorted((replace(each, number=number[each.key]) for each in points), key=lambda each: each.number)
