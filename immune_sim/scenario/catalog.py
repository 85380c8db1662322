"""What the shipped scenarios are called, for lists and menus: read from their heads alone, in milliseconds."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from immune_sim.scenario.shipped import shipped_folder

# the order in which a person meets them; others follow by name
ORDER = (
    "control-mouse",
    "ldn-mouse",
    "hdn-mouse",
    "ldn-human",
    "naltrexone-50mg-human",
    "every-link-off",
    "axis-only",
    "nk-only",
    "ctl-only",
    "spheroid-3d",
    "pancreas-like",
    "lymphoma-like",
)


@dataclass(frozen=True)
class Entry:
    """One shipped scenario: its name, title, what it is for, and its file."""

    name: str
    title: str
    about: str
    path: Path


def shipped_scenarios() -> tuple[Entry, ...]:
    """All shipped scenarios, in the order in which they are presented."""
    files = sorted(shipped_folder().glob("*.toml"), key=lambda path: (_rank(path.stem), path.stem))
    return tuple(_entry(path) for path in files)


def _entry(path: Path) -> Entry:
    head = tomllib.loads(path.read_text(encoding="utf-8"))
    return Entry(path.stem, head.get("title", path.stem), head.get("about", ""), path)


def _rank(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)
