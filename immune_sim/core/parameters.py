"""How a parameter is declared: once, with everything that anybody needs to know about it.

A mechanism writes a class of parameters; the decorator makes it a frozen dataclass. The same declaration serves the
check of scenario files, the sliders of the dashboard, the range of a sweep, docs/parameters.md and the evidence page.

    @parameters("nk", title="Killing by NK cells")
    class KillingByNK:
        kill_rate: float = param(0.1, unit="1/h", low=0, high=10, grade="model", source="fitted: ...",
                                 about="hazard of death of a target per NK cell in contact")
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, cast, dataclass_transform, get_args

Grade = Literal["in vivo", "in vitro", "secondary", "model", "assumption", "setting"]
GRADES: tuple[str, ...] = get_args(Grade)
SOURCE_KINDS = ("doi:", "pmid:", "cite:", "fitted:", "derived:", "assumed:")
Value = bool | int | float | str


@dataclass(frozen=True)
class Parameter:
    """One declared parameter.

    group, name: its address in a scenario file is ``[group] name = ...``; as an override "group.name". default: the
    value without any scenario, in the declared unit. kind: bool, int, float or str (a choice). unit: "" for a pure
    number, otherwise a unit that pint reads. low, high: allowed range, both inclusive. grade: evidence grade of the
    default ("setting" is a choice of the experiment, no statement about nature). source: where the default comes
    from: "doi:...", "pmid:...", "cite: ..." (a paper known without either), "fitted: ...", "derived: ..." or
    "assumed: ...". about: the meaning in one sentence. choices: the allowed words of a str parameter. live: True
    where a running model takes a new value at once; False where it needs a reset.
    """

    group: str
    name: str
    default: Value
    kind: type
    unit: str
    low: float
    high: float
    grade: Grade
    source: str
    about: str
    choices: tuple[str, ...] = ()
    live: bool = True

    @property
    def address(self) -> str:
        """The name under which overrides, sweeps and tables know this parameter."""
        return f"{self.group}.{self.name}"


@dataclass(frozen=True)
class _Declaration:
    unit: str
    low: float
    high: float
    grade: Grade
    source: str
    about: str
    choices: tuple[str, ...]
    live: bool


def param(
    default: Any,
    *,
    about: str,
    grade: Grade,
    source: str,
    unit: str = "",
    low: float = float("-inf"),
    high: float = float("inf"),
    choices: tuple[str, ...] = (),
    live: bool = True,
) -> Any:
    """Declare one parameter in a class decorated with ``parameters``; see Parameter for the meaning of each word."""
    _check_origin(grade, source)
    declaration = _Declaration(unit, low, high, grade, source, about, choices, live)
    return field(default=default, metadata={"declaration": declaration})


class Stated(NamedTuple):
    """What a preset says instead of a default: the value, and where this one comes from."""

    value: Value
    grade: Grade
    source: str


@dataclass_transform(field_specifiers=(param,), frozen_default=True, kw_only_default=True)
def parameters[C](
    group: str, *, title: str, presets: Mapping[str, Mapping[str, Stated]] | None = None
) -> Callable[[type[C]], type[C]]:
    """Make a class of ``param`` fields a frozen dataclass that knows its declarations.

    group: the table of the scenario file. title: what a person reads above the group.
    presets: named sets of values, each with its own grade and source; ``preset = "name"`` in a scenario's table
    replaces the defaults by them. The class keeps the values as ``presets``, the declarations as ``preset_declared``.
    """

    def decorate(cls: type[C]) -> type[C]:
        made: Any = dataclass(frozen=True, kw_only=True)(cls)
        made.group, made.title = group, title
        made.declared = tuple(_declared(group, each) for each in dataclasses.fields(made))
        made.preset_declared = {name: _stated(made.declared, name, stated) for name, stated in (presets or {}).items()}
        made.presets = {
            preset: {name: each.default for name, each in stated.items()}
            for preset, stated in made.preset_declared.items()
        }
        return cast("type[C]", made)

    return decorate


def _declared(group: str, each: dataclasses.Field[Any]) -> Parameter:
    declaration: _Declaration = each.metadata["declaration"]
    kind = {"bool": bool, "int": int, "float": float, "str": str}[str(each.type)]
    default: Any = each.default
    parameter = Parameter(group, each.name, default, kind, **vars(declaration))
    if not _in_range(parameter, parameter.default):
        raise TypeError(f"{parameter.address}: the default {parameter.default!r} is outside its own range")
    return parameter


def _stated(declared: tuple[Parameter, ...], preset: str, stated: Mapping[str, Stated]) -> dict[str, Parameter]:
    """The declarations of a preset's parameters; a mistake in them fails when the module is imported."""
    known = {each.name: each for each in declared}
    if unknown := sorted(set(stated) - set(known)):
        raise TypeError(f"preset {preset!r}: there is no parameter {', '.join(unknown)}")
    for name, (value, grade, source) in stated.items():
        if not _in_range(known[name], value):
            raise TypeError(f"preset {preset!r}: {known[name].address} = {value!r} is out of range")
        _check_origin(grade, source)
    return {
        name: dataclasses.replace(known[name], default=value, grade=grade, source=source)
        for name, (value, grade, source) in stated.items()
    }


def _check_origin(grade: str, source: str) -> None:
    if not source.startswith(SOURCE_KINDS):
        raise TypeError(f"source {source!r} must begin with one of {', '.join(SOURCE_KINDS)}")
    if grade not in GRADES:
        raise TypeError(f"grade {grade!r} must be one of {', '.join(GRADES)}")


def _in_range(parameter: Parameter, value: Value) -> bool:
    if parameter.kind is str:
        return value in parameter.choices
    return isinstance(value, (int, float)) and parameter.low <= value <= parameter.high


def declared_in(group: type) -> tuple[Parameter, ...]:
    """The declarations of one class of parameters, in the order in which they were written."""
    return group.declared  # type: ignore[attr-defined,no-any-return]
