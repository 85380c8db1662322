"""Single values of a scenario changed by address, as a sweep, a command line or a slider does it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.scenario import checking
from immune_sim.scenario.consistency import contradictions
from immune_sim.scenario.dosing import DOSE, DOSE_PER_KG, INFUSION, INFUSION_PER_KG, PLAIN_KEYS, Dosing, read_table
from immune_sim.scenario.hints import RefusedError, quoted
from immune_sim.scenario.reading import DURATION, PRESET, REGIMEN, preset_values, read_duration, read_preset
from immune_sim.scenario.registry import Registry

if TYPE_CHECKING:
    from immune_sim.scenario.scenario import Scenario

_PHASE_KEY = re.compile(rf"{REGIMEN}(?:\[(\d+)\]|\.(\d+))?\.(\w+)")


def apply[S: Scenario](scenario: S, changes: Mapping[str, Any], origin: str) -> S:
    """The scenario with the changes; see Scenario.with_overrides. Raises ScenarioError with every mistake."""
    editor = _Editor(scenario, origin)
    for address, given in sorted(changes.items(), key=lambda change: not change[0].endswith(f".{PRESET}")):
        editor.change(address, given)  # presets first: single values stand above them
    if not editor.problems:
        editor.problems += [
            editor.problem(address, what) for address, what in contradictions(scenario.registry, editor.values)
        ]
    if editor.problems:
        raise ScenarioError(editor.problems)
    return replace(
        scenario, duration=editor.duration, dosing=editor.dosing, presets=editor.presets, values=editor.values
    )


def read_settings(texts: Iterable[str]) -> dict[str, Any]:
    """Settings of a command line, address -> value; raises ScenarioError with every one that cannot be read."""
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    for text in texts:
        try:
            address, given = parse_setting(text)
        except ScenarioError as error:
            problems += error.problems
            continue
        if address in read:
            problems.append(Problem(f"--set: {address}", "this is set twice. Leave one of them out."))
        read[address] = given
    if problems:
        raise ScenarioError(problems)
    return read


def parse_setting(text: str) -> tuple[str, Any]:
    """Address and value of a setting on a command line, "nk.kill_rate=0.2 1/h"; raises ScenarioError."""
    address, equals, given = text.partition("=")
    if not equals or not address.strip():
        raise ScenarioError(
            f'{quoted(text)} is not a setting. Write group.name=value, for example "nk.kill_rate=0.2 1/h".'
        )
    given = given.strip()
    if address.strip() == REGIMEN:
        return REGIMEN, _phases(given)
    if len(given) > 1 and given[0] == given[-1] and given[0] in "\"'":
        given = given[1:-1]
    return address.strip(), given


def _phases(given: str) -> object:
    """A regimen written as JSON; the text itself where it is not, which the check of a regimen then refuses."""
    try:
        return json.loads(given)
    except ValueError:
        return given


class _Editor:
    """The parts of a scenario while they are being changed."""

    def __init__(self, scenario: Scenario, origin: str):
        self.registry: Registry = scenario.registry
        self.origin = origin
        self.duration, self.dosing = scenario.duration, scenario.dosing
        self.presets, self.values = dict(scenario.presets), dict(scenario.values)
        self.problems: list[Problem] = []

    def problem(self, address: str, what: object) -> Problem:
        """A problem with one address."""
        return Problem(f"{self.origin}: {address}" if self.origin else address, str(what))

    def change(self, address: str, given: object) -> None:
        """Make one change, or note why it cannot be made."""
        try:
            self._change(address, given)
        except RefusedError as refused:
            self.problems.append(self.problem(address, refused))

    def _change(self, address: str, given: object) -> None:
        group, _, name = address.partition(".")
        if address in self.registry.parameters:
            self.values[address] = checking.from_python(self.registry.parameters[address], given)
        elif name == PRESET and group in self.registry.groups:
            self.presets[group] = read_preset(self.registry, group, given)
            self.values |= preset_values(self.registry, group, self.presets[group])
        elif address == DURATION.name:
            self.duration = read_duration(given, checking.from_python)
        elif address == REGIMEN:
            self._replace_regimen(given)
        elif found := _PHASE_KEY.fullmatch(address):
            self._change_phase(found[1] or found[2], found[3], given)
        else:
            raise self.registry.unknown_address(address)

    def _replace_regimen(self, given: object) -> None:
        if isinstance(given, Mapping) or not isinstance(given, Iterable) or isinstance(given, (str, bytes)):
            raise RefusedError(
                f"{quoted(given)} is not a list of phases. Give [] for no drug, "
                'or for example [{"dose": "4.5 mg", "every": "24 h"}].'
            )
        self.dosing = tuple(
            each if isinstance(each, Dosing) else self._phase(number, each) for number, each in enumerate(given)
        )

    def _change_phase(self, number: str | None, key: str, given: object) -> None:
        at = int(number or 0)
        if number is None and len(self.dosing) != 1:
            raise RefusedError(
                f'the regimen has {len(self.dosing)} phases. Name one, for example "{REGIMEN}[0].{key}".'
            )
        if at >= len(self.dosing):
            there = f"phases 0 to {len(self.dosing) - 1}" if self.dosing else "no phase"
            raise RefusedError(f'the regimen has {there}. Change one of those, or give "{REGIMEN}" as a whole list.')
        now = self.dosing[at]
        new = self._phase(at, now.table() | {key: _with_unit(now, key, given)}, only=key)
        self.dosing = (*self.dosing[:at], new, *self.dosing[at + 1 :])

    def _phase(self, number: int, table: object, only: str = "") -> Dosing:
        if not isinstance(table, Mapping):
            raise RefusedError(
                f'{quoted(table)} is not a phase. Give for example {{"dose": "4.5 mg", "every": "24 h"}}.'
            )
        phase, mistakes = read_table(dict(table))
        if phase is None:
            raise RefusedError(
                " ".join(
                    what if key == only or not key else f"{REGIMEN}[{number}].{key}: {what}" for key, what in mistakes
                )
            )
        return phase


def _with_unit(phase: Dosing, key: str, given: object) -> object:
    """A bare number with the unit in which the phase holds it now; text on a command line without its quotes."""
    given = given.item() if hasattr(given, "item") else given
    if key in PLAIN_KEYS and not PLAIN_KEYS[key].unit and isinstance(given, str):
        return checking.from_python(PLAIN_KEYS[key], given)
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return given
    amounts = {"dose": (DOSE, DOSE_PER_KG), "infusion": (INFUSION, INFUSION_PER_KG)}
    declared = amounts[key][phase.per_kg] if key in amounts else PLAIN_KEYS.get(key)
    return checking.show(declared, float(given)) if declared and declared.unit else given
