"""A scenario: one condition, complete and checked, that a model can run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.core.parameters import Parameter, Value, declared_in
from immune_sim.mechanisms.regimen import Phase
from immune_sim.scenario import opening, overrides, writing
from immune_sim.scenario.dosing import BODY_MASS, Dosing
from immune_sim.scenario.hints import quoted
from immune_sim.scenario.registry import Registry, installed

HASHED = "immune-sim scenario 1"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One condition, everything in inside units (h, um, mg, nM as declared).

    name: short, for files. title, about: for people. based_on: the scenario that a file extends, or None.
    duration: h. dosing: the regimen as written, phase by phase; ``regimen`` is the same in mg and absolute hours.
    presets: group -> name of the preset in use. values: every address "group.name" -> value, complete, read only.
    Two scenarios are equal when all of this is; ``hash`` looks only at what the run depends on.
    """

    name: str
    title: str
    about: str = ""
    based_on: str | None = None
    duration: float
    dosing: tuple[Dosing, ...] = ()
    presets: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Value]
    registry: Registry = field(default_factory=installed, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        object.__setattr__(self, "presets", MappingProxyType(dict(self.presets)))

    def parameters[C](self, group: type[C]) -> C:
        """The values of one class of parameters, as an instance of that class."""
        return group(**{each.name: self.values[each.address] for each in declared_in(group)})

    @property
    def regimen(self) -> tuple[Phase, ...]:
        """The phases in mg and absolute hours, per body mass converted with the body mass of this scenario."""
        body_mass = float(self.values.get(BODY_MASS, 1.0))
        return tuple(each.phase(body_mass) for each in self.dosing)

    @property
    def changed(self) -> dict[str, Value]:
        """The values that differ from the defaults of the package: address -> value."""
        return {address: value for address, value in self.values.items() if value != self.registry.defaults[address]}

    def origin(self, address: str) -> Parameter:
        """The declaration that a value goes back to, with grade and source: of the preset in use, or its own."""
        own = self.registry.parameters[address]
        return self.registry.in_preset(own.group, self.presets.get(own.group)).get(own.name, own)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what the run depends on: values, regimen and duration; not name, text, units or layout."""
        content = {
            "format": HASHED,
            "duration": repr(self.duration),
            "regimen": [
                {name: repr(value) for name, value in sorted(vars(phase).items()) if value is not None}
                for phase in self.regimen
            ],
            "values": {address: repr(value) for address, value in sorted(self.values.items())},
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def __hash__(self) -> int:
        return int(self.hash[:15], 16)

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {each: getattr(self, each) for each in ("name", "title", "about", "based_on", "duration", "dosing")}
        registry = None if self.registry is installed() else self.registry
        return _rebuilt, (kept | {"presets": dict(self.presets), "values": dict(self.values)}, registry)

    def with_overrides(self, changes: Mapping[str, Any], *, origin: str = "") -> Self:
        """The same scenario with some values changed by address.

        changes: "nk.kill_rate": "0.2 1/h", or 0.2, a bare number in the declared unit; "duration": "30 d";
        "regimen": () for no drug or a list of tables; "regimen[0].dose": "1 mg/kg"; "pharmacokinetics.preset": a name.
        origin: where the changes come from, for messages. Raises ScenarioError with every mistake.
        """
        return overrides.apply(self, changes, origin)

    def to_toml(self) -> str:
        """The scenario as a file: what differs from the defaults, quantities with units; it reads back bit for bit."""
        return writing.to_toml(self)

    @classmethod
    def default(cls) -> Self:
        """The scenario of an empty file: the defaults of the package, the conditions of the control mouse."""
        return cls.from_text("", origin="defaults")

    @classmethod
    def from_text(
        cls,
        text: str,
        origin: str = "scenario",
        *,
        name: str = "",
        folder: Path | None = None,
        registry: Registry | None = None,
    ) -> Self:
        """Read the text of a scenario file.

        origin: what messages call it. name: its name where the text gives none. folder: where a file named by
        ``extends`` is looked for; without it only shipped scenarios can be extended.
        Raises ScenarioError with every mistake found.
        """
        return opening.from_text(cls, text, origin, name or "unnamed", folder, registry or installed())

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a scenario file; raises ScenarioError with every mistake, also for a file that cannot be opened."""
        return opening.from_file(cls, Path(path), installed())

    @classmethod
    def shipped(cls, name: str) -> Self:
        """A scenario that comes with the package, by its name; raises ScenarioError with the nearest name."""
        return opening.shipped(cls, name, installed())

    @classmethod
    def load(cls, given: object) -> Scenario:
        """A scenario from whatever names one: a Scenario, the name of a shipped one, a path, or the text of a file."""
        if isinstance(given, Scenario):
            return given
        if isinstance(given, Path):
            return cls.from_file(given)
        if not isinstance(given, str):
            what = 'Give a shipped name such as "control-mouse", a path, the text of a file or a Scenario.'
            raise ScenarioError(Problem("scenario", f"{quoted(given)} is not a scenario. {what}"))
        if "\n" in given or "=" in given:
            return cls.from_text(given)
        if given.endswith(".toml") or "/" in given or "\\" in given:
            return cls.from_file(given)
        return cls.shipped(given)


def _rebuilt(kept: dict[str, Any], registry: Registry | None) -> Scenario:
    return Scenario(**kept, registry=registry or installed())
