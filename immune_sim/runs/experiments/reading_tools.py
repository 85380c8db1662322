"""What the readers of an experiment file share: problems with their lines, tables, names, declared values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from immune_sim.core.errors import Problem
from immune_sim.mechanisms.endpoints import ENDPOINTS
from immune_sim.runs.experiments import keys
from immune_sim.scenario import checking
from immune_sim.scenario.document import Document, Path
from immune_sim.scenario.hints import RefusedError, did_you_mean, nearest, quoted
from immune_sim.scenario.reading import LONGEST_TEXT
from immune_sim.scenario.registry import Registry

MOST_POINTS = 1_000_000
HOURS = {each.name for each in ENDPOINTS if each.unit == "h"}


class Tools:
    """One document and the problems found in it so far; what it may ask for is in ``read_experiment``."""

    def __init__(self, document: Document, registry: Registry, alone: bool = False, most_points: int = MOST_POINTS):
        self.document, self.registry = document, registry
        self.alone, self.most_points = alone, most_points
        self.problems: list[Problem] = list(document.problems)
        self.moved: dict[Path, Path] = {}  # key -> where the value that took its place stands

    def problem(self, path: Path, what: object) -> None:
        """Note what is wrong at a key."""
        heads = [path[:length] for length in range(len(path), 0, -1) if path[:length] in self.moved]
        place = (*self.moved[heads[0]], *path[len(heads[0]) :]) if heads else path
        self.problems.append(Problem(self.document.where(place), str(what)))

    def known(self, path: Path, table: Mapping[str, Any], names: Iterable[str]) -> None:
        """Note every key that is not known here, with the nearest one."""
        for key in table:
            if key not in names:
                self.problem((*path, key), f"no such key. {did_you_mean(key, names, _known(names))}")

    def misspelled(self, table: Mapping[str, Any], key: str, names: Iterable[str]) -> bool:
        """Whether a key of the table is most likely this one with a slip in it, which ``known`` has told already."""
        unknown = [each for each in table if each not in names]
        return key not in table and any(nearest(each, names) == key for each in unknown)

    def text(self, path: Path, given: object) -> str:
        """A text of one line, "" where it is refused."""
        if not isinstance(given, str) or not given.strip():
            self.problem(path, f"{quoted(given)} is not a text. Write it in quotes.")
            return ""
        if len(given) > LONGEST_TEXT:
            self.problem(path, f"the text has {len(given)} characters. Allowed: {LONGEST_TEXT}.")
        return " ".join(given.split())

    def table(self, path: Path, given: object) -> dict[str, Any]:
        """A table, empty where it is refused."""
        if isinstance(given, dict):
            return dict(given)
        name = ".".join(each for each in path if isinstance(each, str))
        self.problem(path, f"{quoted(given)} is not a table. Write [{name}] and its keys below.")
        return {}

    def tables(self, path: Path, given: object) -> list[dict[str, Any]]:
        """A list of tables, empty where it is refused."""
        name = ".".join(map(str, path))
        if isinstance(given, list) and all(isinstance(each, dict) for each in given):
            return given
        self.problem(path, f"this stands in double brackets. Write [[{name}]], once for each.")
        return []

    def declared(self, path: Path, name: str, given: object) -> Any:
        """A value of a declared key, None where it is refused."""
        try:
            return checking.from_file(keys.DECLARED[name], given)
        except RefusedError as refused:
            self.problem(path, refused)
            return None

    def whole_hours(self, path: Path, name: str, given: object) -> int:
        """The whole hours of a declared time, 0 where it is refused: a run is recorded once an hour."""
        hours = self.declared(path, name, given)
        if hours is not None and not float(hours).is_integer():
            self.problem(
                path, f'{quoted(given)} is no whole number of hours. Write for example "{math.ceil(hours)} h".'
            )
            return 0
        return int(hours or 0)

    def names(self, path: Path, given: object, known: Iterable[str], kind: str) -> tuple[str, ...]:
        """The names of a list that are known; the others are noted."""
        if not isinstance(given, list):
            self.problem(path, f'{quoted(given)} is not a list. Write for example ["{next(iter(known))}"].')
            return ()
        for each in given:
            if each not in known:
                self.problem(path, self.no_such(each, known, kind))
        return tuple(each for each in dict.fromkeys(map(str, given)) if each in known)

    def no_such(self, given: object, known: Iterable[str], kind: str) -> str:
        """There is no such name, and the nearest one."""
        return f"no {kind} {quoted(given)}. {did_you_mean(str(given), known, _known(known))}"

    def width(self, path: Path, given: object, endpoint: str) -> float | None:
        """The half width at which replicates stop: hours for a time, otherwise a number."""
        unit = "h" if endpoint in HOURS else ""
        declared = keys.DECLARED["hour"] if unit else keys.DECLARED["until_half_width"]
        if given is None:
            self.problem(
                path[:1],
                f"until_half_width is missing. Write for example until_half_width = {'"24 h"' if unit else 0.05}.",
            )
            return None
        try:
            return float(checking.from_file(declared, given))
        except RefusedError as refused:
            self.problem(path, refused)
            return None


def _known(names: Iterable[str]) -> str:
    return f"Known: {', '.join(names)}." if [*names] else "None is known here."
