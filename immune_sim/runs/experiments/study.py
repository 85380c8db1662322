"""A study: the folder of an experiment, what is in it, and its tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from immune_sim.core.errors import OutputError
from immune_sim.runs.experiments import manifest as manifests
from immune_sim.runs.experiments.rows import ordered, unique_rows
from immune_sim.runs.experiments.shards import COURSES, FRAMES, RUNS, Condition, check, read

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
        """The runs, one row each, by point, arm and replicate; raises OutputError naming a damaged shard."""
        needed = None if columns is None else list(dict.fromkeys(["run_id", "point", "arm", "replicate", *columns]))
        table = read(self.folder, RUNS, needed)
        if table is None:
            return pd.DataFrame(columns=needed or ["run_id", "point", "arm", "replicate", "seed", "status", "hash"])
        made = ordered(unique_rows(table).to_pandas(), {name: rank for rank, name in enumerate(self.arms)})
        made["arm"] = pd.Categorical(made["arm"], categories=self.arms)
        return pd.DataFrame(made if columns is None else made[list(columns)])

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
        return pd.DataFrame(made)

    @property
    def design(self) -> pd.DataFrame:
        """Every design point and arm: the factors, and the overrides as JSON."""
        path = self.folder / DESIGN
        try:
            return pd.DataFrame(pq.read_table(path).to_pandas())
        except (OSError, pa.ArrowException) as error:
            what = "cannot be read" if path.exists() else "is missing"
            raise OutputError(f"{path} {what}. Run the same experiment again: it writes this file anew.") from error

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
