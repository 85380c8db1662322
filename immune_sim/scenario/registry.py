"""Every parameter of the package, found where it is declared: adding a mechanism is adding its file.

``GROUPS`` are the classes of parameters, ``PARAMETERS`` their declarations by address. Both are made when they are
first asked for, because the declarations stand beside kernels and importing those costs a second.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from types import ModuleType
from typing import Any

from immune_sim.core.parameters import Parameter, Value, declared_in
from immune_sim.scenario.hints import RefusedError, did_you_mean

FLOORS = ("immune_sim.core", "immune_sim.mechanisms")
# the order in which a person meets the groups; a group that is not named here follows, by its name
ORDER = (
    "space",
    "time",
    "inoculum",
    "pharmacokinetics",
    "receptors",
    "links",
    "tumor",
    "death",
    "heredity",
    "recruitment",
    "motility",
    "nk",
    "ctl",
    "exhaustion",
    "priming",
    "oxygen",
    "signals",
    "endpoints",
)

GROUPS: tuple[type, ...]
PARAMETERS: dict[str, Parameter]


class Registry:
    """Some classes of parameters and what they declare; the package's own are ``installed()``.

    groups: name of the table -> class. parameters: "group.name" -> declaration. Both in the order of reading.
    Raises TypeError where two classes claim one group name.
    """

    def __init__(self, groups: Iterable[type]):
        self.groups: dict[str, type] = {}
        for each in sorted(groups, key=_rank):
            name: str = each.group  # type: ignore[attr-defined]
            if self.groups.setdefault(name, each) is not each:
                raise TypeError(f"two classes declare the parameters of {name!r}: {self.groups[name]!r} and {each!r}")
        self.parameters = {each.address: each for group in self.groups.values() for each in declared_in(group)}

    @cached_property
    def defaults(self) -> dict[str, Value]:
        """The value of every address without any scenario."""
        return {address: each.default for address, each in self.parameters.items()}

    def presets(self, group: str) -> dict[str, dict[str, Value]]:
        """The named sets of values that a group offers: name -> parameter name -> value."""
        return self.groups[group].presets  # type: ignore[attr-defined,no-any-return]

    def in_preset(self, group: str, preset: str | None) -> dict[str, Parameter]:
        """What a preset declares instead of the defaults, with its own grades and sources; nothing without a preset."""
        declared: dict[str, dict[str, Parameter]] = self.groups[group].preset_declared  # type: ignore[attr-defined]
        return declared[preset] if preset else {}

    def names_in(self, group: str) -> list[str]:
        """Names of the parameters of one group."""
        return [each.name for each in declared_in(self.groups[group])]

    def unknown(self, group: str, name: str) -> RefusedError:
        """Why a parameter is not known, with the nearest name or the group that has it."""
        elsewhere = [other for other in self.groups if f"{other}.{name}" in self.parameters]
        if elsewhere:
            return RefusedError(f'no parameter "{name}" in [{group}]; [{elsewhere[0]}] has one. Write it there.')
        known = self.names_in(group)
        return RefusedError(f'no parameter "{name}". {did_you_mean(name, known, "Known: " + ", ".join(known) + ".")}')

    def unknown_address(self, address: str) -> RefusedError:
        """Why an address "group.name" is not known, with the nearest one."""
        group, _, name = address.partition(".")
        if group in self.groups and name:
            return self.unknown(group, name)
        if group in self.groups:
            return RefusedError(
                f'this is a table. Name one parameter in it, for example "{group}.{self.names_in(group)[0]}".'
            )
        same_name = [each for each in self.parameters if each.partition(".")[2] == (name or group)]
        known = same_name or [*self.parameters]
        near = (
            f'Did you mean "{same_name[0]}"?'
            if same_name
            else did_you_mean(address, known, "`immune-sim parameters` lists all.")
        )
        return RefusedError(f"no such parameter. {near}")


@lru_cache(maxsize=1)
def installed() -> Registry:
    """The parameters of the package's own mechanisms."""
    return Registry(_found())


def _found() -> Iterator[type]:
    for floor in FLOORS:
        package = importlib.import_module(floor)
        for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__)):
            yield from _classes(importlib.import_module(f"{floor}.{module}"))


def _classes(module: ModuleType) -> Iterator[type]:
    for each in vars(module).values():
        if isinstance(each, type) and each.__module__ == module.__name__ and "declared" in vars(each):
            yield each


def _rank(group: Any) -> tuple[int, str]:
    return (ORDER.index(group.group) if group.group in ORDER else len(ORDER), group.group)


def __getattr__(name: str) -> Any:
    if name == "GROUPS":
        return tuple(installed().groups.values())
    if name == "PARAMETERS":
        return installed().parameters
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
