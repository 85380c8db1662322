"""The studies of the folder, at a glance: read from their manifests and journals, nothing outside the folder."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from immune_sim.app.dashboard.studies.checking import Asked
from immune_sim.core.errors import ImmuneSimError
from immune_sim.runs.experiments.journal import read_journals
from immune_sim.runs.experiments.manifest import NAME, read_manifest
from immune_sim.runs.experiments.study import EXPERIMENT

MOST_SHOWN = 200


@dataclass(frozen=True)
class Kept:
    """A study of the folder. planned: runs at most. stamp: changes when something was written. bytes: on the disk."""

    folder: str
    title: str
    planned: int
    done: int
    failed: int
    at_most: bool
    quick: bool
    changed: datetime.datetime
    bytes: int
    stamp: float

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, as far as can be known without a stopping rule."""
        return self.done >= self.planned


def studies_in(folder: Path) -> list[Kept]:
    """All studies directly in a folder, the newest first; what cannot be read is passed over."""
    found = []
    for place in _places(folder):
        try:
            found.append(_read(place, _stamp(place)))
        except (ImmuneSimError, KeyError, TypeError, ValueError, OSError):
            continue
    return sorted(found, key=lambda each: each.stamp, reverse=True)[:MOST_SHOWN]


def place_in(folder: Path, name: str) -> Path | None:
    """The place of a study by the name of its folder, None where there is none in here."""
    return next((each for each in _places(folder) if each.name == name), None)


def asked_again(place: Path) -> Asked:
    """The experiment of a stored study, to go on with it."""
    told = read_manifest(place)
    rule = told["replicates"]
    fixed = rule["at_most"] if rule["half_width"] is None else None
    content = (place / EXPERIMENT).read_bytes()
    return Asked(f"{told['name']}.toml", content, quick=bool(told["quick"]), replicates=fixed, place=place.name)


def size_words(count: int) -> str:
    """Bytes as a person says them."""
    return f"{max(1, round(count / 1e3)):,} kB" if count < 1e6 else f"{count / 1e6:,.1f} MB"


def _places(folder: Path) -> list[Path]:
    """Folders with a study in them; what only points elsewhere is left alone."""
    try:
        return [each for each in sorted(folder.iterdir()) if not each.is_symlink() and (each / NAME).is_file()]
    except OSError:
        return []


def _stamp(place: Path) -> float:
    return max(each.stat().st_mtime for each in (place / NAME, *place.glob("journal*.jsonl")))


@lru_cache(maxsize=512)
def _read(place: Path, stamp: float) -> Kept:
    told, journal = read_manifest(place), read_journals(place)
    rule = told["replicates"]
    return Kept(
        folder=place.name,
        title=str(told.get("title") or told["name"]),
        planned=len(told["points"]) * len(told["arms"]) * rule["at_most"],
        done=len(journal.runs),
        failed=len(journal.failed),
        at_most=rule["half_width"] is not None,
        quick=bool(told.get("quick")),
        changed=datetime.datetime.fromtimestamp(stamp),
        bytes=sum(each.stat().st_size for each in place.rglob("*") if each.is_file() and not each.is_symlink()),
        stamp=stamp,
    )
