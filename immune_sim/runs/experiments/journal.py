"""The journal of a study: one line of JSON for every finished run and every shard; only ever added to.

A line about a shard, with its SHA-256, is on disk before the shard has its name, so that every shard can be checked. A
line that a crash or a full disk cut short is passed over; whatever follows it begins on a line of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from immune_sim.runs.files import cannot_write

NAME = "journal"


@dataclass
class Told:
    """What the journals of a folder say. shards: name -> what was written of it. runs: id -> hash. failed: of them."""

    shards: dict[str, dict[str, Any]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    runs: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    broken: int = 0


class Journal:
    """The journal of one writer."""

    def __init__(self, folder: Path, writer: str):
        self.path = folder / (f"{NAME}-{writer}.jsonl" if writer else f"{NAME}.jsonl")

    def add(self, lines: Sequence[dict[str, Any]], *, lasting: bool = True) -> None:
        """Write some lines; lasting ones are on disk when this returns. Raises OutputError."""
        if not lines:
            return
        text = "".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in lines)
        try:
            with self.path.open("ab+") as file:
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    text = text if file.read(1) == b"\n" else "\n" + text
                file.write(text.encode())
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(self.path, error) from error


def read_journals(folder: Path) -> Told:
    """What all journals of a folder say together."""
    told = Told()
    for path in sorted(folder.glob(f"{NAME}*.jsonl")):
        for line in path.read_bytes().splitlines():
            try:
                _note(told, json.loads(line))
            except (ValueError, KeyError, TypeError):
                told.broken += bool(line.strip())
    return told


def _note(told: Told, entry: dict[str, Any]) -> None:
    if "run" in entry:
        told.runs[entry["run"]] = entry["hash"]
        (told.failed.add if entry.get("failed") else told.failed.discard)(entry["run"])
    elif "shard" in entry:
        told.shards[entry["shard"]] = entry
        told.removed.discard(entry["shard"])
    elif "removed" in entry:
        told.removed.add(entry["removed"])
    elif "session" in entry:
        told.sessions.append(entry["session"])
