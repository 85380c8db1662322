"""From the text of a scenario file to checked content; every mistake becomes a Problem, none stops the reading."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from immune_sim.core.errors import Problem
from immune_sim.core.parameters import Parameter, Value
from immune_sim.scenario import checking
from immune_sim.scenario.document import Document, Path, parse
from immune_sim.scenario.dosing import KEYS, Dosing, read_table
from immune_sim.scenario.hints import RefusedError, did_you_mean, listed, nearest, quoted
from immune_sim.scenario.registry import Registry

REGIMEN = "regimen"
PRESET = "preset"
DURATION = Parameter(
    "",
    "duration",
    60.0 * 24.0,
    float,
    "h",
    1.0,
    10.0 * 365.0 * 24.0,
    "setting",
    "assumed: as long as the published experiments",
    "how long the run lasts",
)
DURATION_EXAMPLE = "60 d"
TEXT_KEYS = {
    "name": ("ldn-mouse", "short name; the name of the file where it is not given"),
    "title": ("Low-dose naltrexone, mouse", "what a person reads above the figures"),
    "about": (
        "0.1 mg/kg once a day blocks the receptors for some hours.",
        "one or two sentences on what the scenario is for",
    ),
    "extends": ("control-mouse", "a shipped scenario, or a file beside this one, from which this one differs"),
}
LONGEST_TEXT = 2000


@dataclass
class Content:
    """What a scenario file says, checked: only what it says, in inside units.

    texts: name, title, about and extends. presets: group -> name of the preset. values: address -> value.
    dosing: the phases, or None where the file is silent about the regimen. refused: addresses whose value was.
    """

    texts: dict[str, str] = field(default_factory=dict)
    duration: float | None = None
    presets: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    dosing: tuple[Dosing, ...] | None = None
    refused: set[str] = field(default_factory=set)


def read(text: str, origin: str, registry: Registry) -> tuple[Content, Document, list[Problem]]:
    """Read a scenario text; the problems are all that was found, broken lines first."""
    document = parse(text, origin)
    reader = _Reader(document, registry)
    reader.read()
    problems = [*document.problems, *reader.problems]
    return reader.content, document, problems


class _Reader:
    """Walks through one document; ``content`` and ``problems`` grow as it goes."""

    def __init__(self, document: Document, registry: Registry):
        self.document, self.registry = document, registry
        self.content = Content()
        self.problems: list[Problem] = []

    def read(self) -> None:
        """Read every key of the document."""
        for key, given in self.document.content.items():
            if key == REGIMEN:
                self._regimen(given)
            elif key in self.registry.groups:
                self._group(key, given)
            elif key == DURATION.name:
                self._duration(given)
            elif key in TEXT_KEYS:
                self._text(key, given)
            else:
                self._problem((key,), self._unknown(key, given))

    def _problem(self, path: Path, what: object, said: Path | None = None) -> None:
        self.problems.append(Problem(self.document.where(path, said), str(what)))

    def _text(self, key: str, given: object) -> None:
        if not isinstance(given, str) or not given.strip():
            self._problem((key,), f'{quoted(given)} is not a text. Write for example {key} = "{TEXT_KEYS[key][0]}".')
        elif len(given) > LONGEST_TEXT:
            self._problem((key,), f"the text has {len(given)} characters. Allowed: {LONGEST_TEXT}.")
        else:
            self.content.texts[key] = " ".join(given.split())

    def _duration(self, given: object) -> None:
        try:
            self.content.duration = read_duration(given)
        except RefusedError as refused:
            self._problem((DURATION.name,), refused)

    def _group(self, group: str, given: Any) -> None:
        if isinstance(given, list) and given and all(isinstance(each, dict) for each in given):
            self._problem((group,), f"this table stands once, in single brackets. Write [{group}].")
            given = given[0]
        elif not isinstance(given, dict):
            self._problem(
                (group,),
                f"{quoted(given)} is not a table. Write [{group}] and below it, for example, {self._example(group)}.",
            )
            return
        for name, value in given.items():
            self._parameter(group, name, value)

    def _parameter(self, group: str, name: str, given: object) -> None:
        address = f"{group}.{name}"
        try:
            if name == PRESET and address not in self.registry.parameters:
                self.content.presets[group] = read_preset(self.registry, group, given)
            elif address in self.registry.parameters:
                self.content.values[address] = checking.from_file(self.registry.parameters[address], given)
            elif name in (DURATION.name, *TEXT_KEYS):
                self._problem(
                    (group, name), f'"{name}" belongs to the head of the file, above the first [table].', (group,)
                )
            else:
                self._problem((group, name), self.registry.unknown(group, name), (group,))
        except RefusedError as refused:
            self._problem((group, name), refused)
            self.content.refused.add(address)

    def _regimen(self, given: object) -> None:
        if isinstance(given, dict):
            self._problem((REGIMEN,), "a phase stands in double brackets. Write [[regimen]], once for each phase.")
            given = [given]
        if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
            self._problem(
                (REGIMEN,),
                f'{quoted(given)} is not a list of phases. Write [[regimen]] and below it, say, dose = "4.5 mg".',
            )
            return
        phases = [self._phase(number, table) for number, table in enumerate(given)]
        self.content.dosing = tuple(phase for phase in phases if phase)

    def _phase(self, number: int, table: dict[str, Any]) -> Dosing | None:
        phase, mistakes = read_table(table, complete=not self.document.dropped)
        for key, what in mistakes:
            phase_path: Path = (REGIMEN, number)
            self._problem((*phase_path, key), what, (*phase_path, key) if key in KEYS else phase_path)
        return phase

    def _unknown(self, key: str, given: object) -> str:
        groups = self.registry.groups
        if isinstance(given, (dict, list)):
            near = nearest(key, [*groups, REGIMEN])
            written = f"[[{near}]]" if near == REGIMEN else f"[{near}]"
            return (
                f"no such table. Did you mean {written}?"
                if near
                else f"no such table. Known: {', '.join([*groups, REGIMEN])}."
            )
        home = [group for group in groups if f"{group}.{key}" in self.registry.parameters]
        if home:
            return f"a parameter stands in its table. Write it below {' or '.join(f'[{group}]' for group in home)}."
        known = [*TEXT_KEYS, DURATION.name]
        if key in KEYS:
            return "this key belongs to a phase. Write it below [[regimen]]."
        return f"no such key. {did_you_mean(key, known, f'The head of a scenario has {listed(known, "and")}.')}"

    def _example(self, group: str) -> str:
        first = next(each for each in self.registry.parameters.values() if each.group == group)
        return written(first, first.default)


def read_duration(given: object, read: Callable[[Parameter, object], Value] = checking.from_file) -> float:
    """The duration in h of a text such as "60 d"; raises RefusedError."""
    try:
        return float(read(DURATION, given))
    except RefusedError as refused:
        raise RefusedError(str(refused).replace(f'"{checking.example(DURATION)}"', f'"{DURATION_EXAMPLE}"')) from None


def read_preset(registry: Registry, group: str, given: object) -> str:
    """The name of a preset that the group offers; raises RefusedError."""
    presets = registry.presets(group)
    if not presets:
        raise RefusedError(f"[{group}] has no presets. Leave the line out.")
    if isinstance(given, str) and given in presets:
        return given
    raise RefusedError(f"{quoted(given)} is not a preset of [{group}]. Write {listed(presets)}.")


def combined(registry: Registry, base: Mapping[str, Value], content: Content) -> dict[str, Value]:
    """Every address with its value: the base, over it the presets of the content, over them its single keys."""
    values = dict(base)
    for group, preset in content.presets.items():
        values |= preset_values(registry, group, preset)
    return {address: content.values.get(address, value) for address, value in values.items()}


def preset_values(registry: Registry, group: str, preset: str | None) -> dict[str, Value]:
    """Every address of a group with its value under a preset, or without one."""
    named = registry.presets(group)[preset] if preset else {}
    return {
        f"{group}.{name}": named.get(name, registry.defaults[f"{group}.{name}"]) for name in registry.names_in(group)
    }


def written(parameter: Parameter, value: Value) -> str:
    """The line of a scenario file that gives a parameter this value."""
    shown = checking.show(parameter, value)
    return f'{parameter.name} = "{shown}"' if parameter.unit or parameter.kind is str else f"{parameter.name} = {shown}"


def line_of(problem: Problem, origin: str) -> float:
    """Line of a problem in the text with this origin, infinite where none is known; to sort by."""
    number = problem.where.removeprefix(f"{origin}:").partition(":")[0]
    return int(number) if number.isdigit() else math.inf
