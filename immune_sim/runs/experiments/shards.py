"""The shards of a study: Parquet files of many runs each, moved to their place when whole, checked when read.

runs/part-00001.parquet, courses/part-00001.parquet and frames/part-00001.parquet belong together: they hold the same
runs, and the one in runs/ is written last, so a run that is in it is complete.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from immune_sim.core.errors import OutputError
from immune_sim.runs.experiments.journal import Journal, Told, read_journals
from immune_sim.runs.files import make_folder, write_atomically

RUNS, COURSES, FRAMES, DAMAGED = "runs", "courses", "frames", "damaged"
KINDS = (FRAMES, COURSES, RUNS)  # in the order of writing
MISSING = "it is missing"
MERGED_RUNS = 1000
MERGED_BYTES = 64_000_000


@dataclass
class Condition:
    """What a check of the shards found. finished: run -> whether it failed; damaged: shard -> what is wrong with it."""

    finished: set[str] = field(default_factory=set)
    damaged: dict[str, str] = field(default_factory=dict)
    told: Told = field(default_factory=Told)


def encode(table: pa.Table) -> bytes:
    """A table as the bytes of a Parquet file, each page with a checksum."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue()


class Shards:
    """The shards of one folder; writer tells apart those who write at the same time."""

    def __init__(self, folder: Path, writer: str = ""):
        self.folder, self.writer = folder, writer
        self.journal = Journal(folder, writer)
        self._prefix = f"part-{writer}-" if writer else "part-"

    def write(self, tables: dict[str, pa.Table], ids: Sequence[str]) -> str:
        """Write the tables of some finished runs under the next free number; raises OutputError."""
        name = self._next_name()
        for kind in KINDS:
            if kind in tables:
                self._write_one(kind, name, tables[kind], ids)
        return name

    def _write_one(self, kind: str, name: str, table: pa.Table, ids: Sequence[str]) -> None:
        make_folder(self.folder / kind)
        raw = encode(table)
        entry = {
            "shard": f"{kind}/{name}",
            "sha256": hashlib.sha256(raw).hexdigest(),
            "bytes": len(raw),
            "ids": list(ids),
        }
        self.journal.add([entry])
        write_atomically(self.folder / kind / name, raw)

    def _next_name(self) -> str:
        taken = [
            path.stem.removeprefix(self._prefix)
            for kind in (*KINDS, DAMAGED)
            for path in (self.folder / kind).glob(f"{self._prefix}*.parquet")
        ]
        number = max((int(each) for each in taken if each.isdigit()), default=0)
        return f"{self._prefix}{number + 1:05d}.parquet"

    def merge(self) -> None:
        """Put small shards of this writer together; a crash in between leaves runs twice, which readers see through."""
        told = read_journals(self.folder)
        small = [
            path.name
            for path in sorted((self.folder / RUNS).glob(f"{self._prefix}*.parquet"))
            if self._ours(path.name) and len(told.shards.get(f"{RUNS}/{path.name}", {"ids": []})["ids"]) < MERGED_RUNS
        ]
        for group in _groups(small, told, self.folder):
            ids = [each for name in group for each in told.shards[f"{RUNS}/{name}"]["ids"]]
            tables = {kind: _joined([self.folder / kind / name for name in group]) for kind in KINDS}
            self.write({kind: table for kind, table in tables.items() if table is not None}, ids)
            gone = [f"{kind}/{name}" for name in group for kind in KINDS if (self.folder / kind / name).exists()]
            self.journal.add([{"removed": each} for each in gone])
            for each in gone:
                (self.folder / each).unlink(missing_ok=True)

    def _ours(self, name: str) -> bool:
        return name.removeprefix(self._prefix).removesuffix(".parquet").isdigit()

    def set_aside(self, names: Iterable[str]) -> None:
        """Move damaged shards out of the tables, into damaged/."""
        for name in names:
            path = self.folder / name
            if path.exists():
                make_folder(self.folder / DAMAGED)
                path.replace(self.folder / DAMAGED / name.replace("/", "-"))
            self.journal.add([{"removed": name}])


def check(folder: Path) -> Condition:
    """Compare every shard with the journal: what is damaged, and which runs are complete."""
    told = read_journals(folder)
    found = Condition(told=told)
    whole: dict[str, set[str]] = {kind: set() for kind in KINDS}
    expected = {kind: any(name.startswith(f"{kind}/") for name in told.shards) for kind in KINDS}
    for name, entry in told.shards.items():
        if name in told.removed and not (folder / name).exists():
            continue
        wrong = _fault(folder / name, entry)
        if wrong:
            found.damaged[name] = wrong
        else:
            whole[name.partition("/")[0]].update(entry["ids"])
    for name in [each for each, what in found.damaged.items() if what == MISSING]:
        if whole[name.partition("/")[0]].issuperset(told.shards[name]["ids"]):
            del found.damaged[name]  # announced, never written (a full disk): the runs of it are in other shards
    for path in sorted(path for kind in KINDS for path in (folder / kind).glob("*.parquet")):
        name = path.relative_to(folder).as_posix()
        if name not in told.shards:
            found.damaged[name] = "the journal does not know it"
    found.finished = set.intersection(*(whole[kind] for kind in KINDS if expected[kind])) if whole[RUNS] else set()
    return found


def _fault(path: Path, entry: dict[str, Any]) -> str:
    """What is wrong with a shard, "" if nothing."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return MISSING
    except OSError as error:
        return f"it cannot be read: {(error.strerror or str(error)).lower()}"
    if len(raw) != entry["bytes"]:
        return (
            f"it is cut short: {len(raw):,} of {entry['bytes']:,} bytes"
            if len(raw) < entry["bytes"]
            else "bytes were added to it"
        )
    return (
        ""
        if hashlib.sha256(raw).hexdigest() == entry["sha256"]
        else "its content was changed: the SHA-256 does not match the journal"
    )


def remedy(faults: Iterable[str]) -> str:
    """What to do about shards with these faults, in words."""
    there = [each for each in faults if each != MISSING]
    aside = f"sets {'these files' if len(there) > 1 else 'this file'} aside and " if there else ""
    return f"Run the same experiment again: it {aside}computes the runs of it anew."


def read(folder: Path, kind: str, columns: Sequence[str] | None = None) -> pa.Table | None:
    """All shards of one kind as one table, in the order of their writing; None where there are none.

    Raises OutputError with the name of a shard that cannot be read.
    """
    paths = sorted((folder / kind).glob("*.parquet"))
    tables = []
    for path in paths:
        try:
            tables.append(pq.read_table(path, columns=columns, page_checksum_verification=True))
        except (OSError, pa.ArrowException) as error:
            known = read_journals(folder).shards.get(f"{kind}/{path.name}")
            what = (known and _fault(path, known)) or "it is no Parquet file that can be read"
            raise OutputError(f"{path} is damaged: {what}.\n{remedy([what])}") from error
    return pa.concat_tables(tables, promote_options="default") if tables else None


def _joined(paths: Sequence[Path]) -> pa.Table | None:
    tables = [pq.read_table(path, page_checksum_verification=True) for path in paths if path.exists()]
    return pa.concat_tables(tables, promote_options="default") if tables else None


def _groups(names: Sequence[str], told: Told, folder: Path) -> Iterable[list[str]]:
    """Neighbors that together have a good size; a group of one is left as it is."""
    group: list[str] = []
    runs = size = 0
    for name in names:
        more = len(told.shards[f"{RUNS}/{name}"]["ids"]) if f"{RUNS}/{name}" in told.shards else MERGED_RUNS
        heavy = sum((folder / kind / name).stat().st_size for kind in KINDS if (folder / kind / name).exists())
        if group and (runs + more > MERGED_RUNS or size + heavy > MERGED_BYTES):
            if len(group) > 1:
                yield group
            group, runs, size = [], 0, 0
        group, runs, size = [*group, name], runs + more, size + heavy
    if len(group) > 1:
        yield group
