"""One thing that can be varied by its address: reading its values, and the override that a value stands for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from immune_sim.core.parameters import Parameter, Value
from immune_sim.runs.experiments.declared import Level
from immune_sim.runs.experiments.schedules import KEY, OWN
from immune_sim.scenario import checking
from immune_sim.scenario.dosing import (
    DOSE,
    DOSE_PER_KG,
    DRUG,
    INFUSION,
    INFUSION_PER_KG,
    KEYS,
    ONCE,
    PLAIN_KEYS,
    read_table,
)
from immune_sim.scenario.hints import RefusedError, did_you_mean
from immune_sim.scenario.registry import Registry

SCHEDULE_KEYS = (*KEYS, *OWN)


@dataclass(frozen=True)
class Dimension:
    """What is varied. parameter: its declaration; None for a clock time, which is held in minutes after midnight."""

    address: str
    parameter: Parameter | None

    @property
    def unit(self) -> str:
        """The unit in which tables hold it."""
        return self.parameter.unit if self.parameter else "min"

    @property
    def is_number(self) -> bool:
        """Whether it can be sampled between two ends."""
        return self.parameter is None or self.parameter.kind in (int, float)

    def level(self, given: object) -> Level:
        """The level of a value as it stands in a file; raises RefusedError."""
        if self.parameter is None:
            phase, mistakes = read_table({"dose": "1 mg", "every": "24 h", "at": given})
            if phase is None or phase.at is None:
                raise RefusedError(" ".join(what for _, what in mistakes))
            return self.of(phase.at)
        if self.address.endswith(".every") and isinstance(given, str) and given.strip().lower() == ONCE:
            raise RefusedError('"once" is no interval that can be varied. Write an arm for the single dose.')
        return self.of(checking.from_file(self.parameter, given))

    def of(self, value: Value) -> Level:
        """The level of a value in inside units, whole where it must be."""
        if self.parameter is None:
            minutes = round(float(value)) % 1440
            text = f"{minutes // 60:02d}:{minutes % 60:02d}"
            return Level(minutes, text, {self.address: text})
        if self.parameter.kind is int:
            value = round(float(value))
        text = checking.show(self.parameter, value)
        return Level(value, text, {self.address: text if self.parameter.unit else value})


def dimension(registry: Registry, address: str, example: Any) -> Dimension:
    """The dimension of an address; example: a value given for it, which tells mg from mg/kg. Raises RefusedError."""
    if address in registry.parameters:
        return Dimension(address, registry.parameters[address])
    found = KEY.fullmatch(address)
    if not found:
        if address.startswith("regimen"):
            raise RefusedError(
                f'name one key of the schedule, for example "regimen.dose". There are: {", ".join(SCHEDULE_KEYS)}.'
            )
        raise registry.unknown_address(address)
    key = found[3]
    if key == "at":
        return Dimension(address, None)
    if key in ("dose", "infusion"):
        per_kg = isinstance(example, str) and "/" in example and "kg" in example
        declared = {"dose": (DOSE, DOSE_PER_KG), "infusion": (INFUSION, INFUSION_PER_KG)}[key][per_kg]
        return Dimension(address, declared)
    declared_keys = {**PLAIN_KEYS, **OWN, "drug": DRUG}
    if key not in declared_keys:
        raise RefusedError(
            f'no key "{key}" in a schedule. {did_you_mean(key, SCHEDULE_KEYS, f"Known: {', '.join(SCHEDULE_KEYS)}.")}'
        )
    return Dimension(address, dataclasses.replace(declared_keys[key]))
