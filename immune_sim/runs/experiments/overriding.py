"""Overrides as they stand in an experiment file, read as strictly as a scenario: addresses, tables, a regimen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from immune_sim.runs.experiments.schedules import KEY, OWN
from immune_sim.scenario import checking
from immune_sim.scenario.dosing import PLAIN_KEYS, Dosing, read_table
from immune_sim.scenario.hints import RefusedError, quoted
from immune_sim.scenario.reading import DURATION, PRESET, REGIMEN, read_duration, read_preset
from immune_sim.scenario.registry import Registry

Found = tuple[tuple[str | int, ...], str]  # path below the table, what is wrong


def read_overrides(registry: Registry, table: Mapping[str, Any]) -> tuple[dict[str, Any], list[Found]]:
    """The overrides of a table as address -> value, and every mistake.

    Takes "nk.kill_rate" = "0.2 1/h" as well as the table nk with kill_rate in it.
    """
    changes: dict[str, Any] = {}
    mistakes: list[Found] = []
    for path, address, given in _flat(registry, table):
        try:
            changes[address] = _checked(registry, address, given)
        except RefusedError as refused:
            mistakes.append((path, str(refused)))
    return changes, mistakes


def read_regimen(given: object) -> tuple[tuple[Dosing, ...], list[Found]]:
    """The phases of a regimen and every mistake; an empty list is no drug."""
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        return (), [
            (
                (),
                f'{quoted(given)} is not a list of phases. Write regimen = [{{ dose = "0.1 mg/kg", every = "24 h" }}], '
                "or [] for no drug.",
            )
        ]
    phases: list[Dosing] = []
    mistakes: list[Found] = []
    for number, table in enumerate(given):
        phase, wrong = read_table(table)
        mistakes += [((number, key) if key else (number,), what) for key, what in wrong]
        if phase:
            phases.append(phase)
    return tuple(phases), mistakes


def _flat(registry: Registry, table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    for key, given in table.items():
        if isinstance(given, Mapping) and (key in registry.groups or key == REGIMEN):
            for name, value in given.items():
                yield (key, name), f"{key}.{name}", value
        else:
            yield (key,), key, given


def _checked(registry: Registry, address: str, given: Any) -> Any:
    """The value of one override as Scenario.with_overrides takes it; raises RefusedError."""
    group, _, name = address.partition(".")
    found = KEY.fullmatch(address)
    if address in registry.parameters:
        checking.from_file(registry.parameters[address], given)
    elif name == PRESET and group in registry.groups:
        read_preset(registry, group, given)
    elif address == DURATION.name:
        read_duration(given)
    elif address == REGIMEN:
        raise RefusedError(
            "a whole regimen stands in an arm. Write it below [[arm]], or name one key such as regimen.dose."
        )
    elif found and found[3] in OWN:
        checking.from_file(OWN[found[3]], given)
    elif found and found[3] in PLAIN_KEYS and given != "once":
        checking.from_file(PLAIN_KEYS[found[3]], given)
    elif not found:
        raise registry.unknown_address(address)
    return given
