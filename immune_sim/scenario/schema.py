"""JSON Schema of a scenario file, made from the declarations: editors complete and check with it.

A schema cannot convert units: of a quantity it checks the form, its range stands in the description.
"""

from __future__ import annotations

import json
import math
from typing import Any

from immune_sim.core.parameters import Parameter
from immune_sim.scenario import checking
from immune_sim.scenario.catalog import shipped_scenarios
from immune_sim.scenario.dosing import (
    AT_ABOUT,
    DOSE,
    DOSE_PER_KG,
    DRUG,
    EVERY,
    FOR,
    INFUSION,
    INFUSION_PER_KG,
    OFF_DAYS,
    ON_DAYS,
    ONCE,
    START,
    WHILE_BURDEN_ABOVE,
)
from immune_sim.scenario.reading import DURATION, DURATION_EXAMPLE, LONGEST_TEXT, PRESET, REGIMEN, TEXT_KEYS
from immune_sim.scenario.registry import Registry, installed

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
QUANTITY = rf"^\s*{NUMBER}\s*[A-Za-zµμ/%1][^\n]*$"
PERCENT = rf"^\s*{NUMBER}\s*(%|percent)\s*$"
CLOCK = r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"


def schema(registry: Registry | None = None) -> dict[str, Any]:
    """The schema as JSON data."""
    registry = registry or installed()
    texts: dict[str, Any] = {
        key: {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "description": about, "examples": [example]}
        for key, (example, about) in TEXT_KEYS.items()
    }
    texts["extends"]["examples"] = [entry.name for entry in shipped_scenarios()]
    duration = _property(DURATION) | {"default": DURATION_EXAMPLE, "examples": [DURATION_EXAMPLE]}
    groups = {name: _group(registry, name) for name in registry.groups}
    return {
        "$schema": DIALECT,
        "title": "immune-sim scenario",
        "description": "One condition: only what differs from the defaults, each quantity with its unit.",
        "type": "object",
        "additionalProperties": False,
        "properties": {**texts, DURATION.name: duration, REGIMEN: _regimen(), **groups},
    }


def schema_text(registry: Registry | None = None) -> str:
    """The schema as the text of a file."""
    return json.dumps(schema(registry), indent=2, ensure_ascii=False) + "\n"


def _group(registry: Registry, name: str) -> dict[str, Any]:
    group: Any = registry.groups[name]
    properties = {each.name: _property(each) for each in group.declared}
    presets = registry.presets(name)
    if presets:
        about = "named set of values that replaces the defaults of this table; single keys still override it"
        properties = {PRESET: {"enum": list(presets), "description": about}, **properties}
    return {"type": "object", "title": group.title, "additionalProperties": False, "properties": properties}


def _property(each: Parameter) -> dict[str, Any]:
    """The schema of one declared value, as it stands in a file."""
    default = checking.show(each, each.default) if each.unit else each.default
    described = f"{each.about} [{checking.range_words(each)}; {each.grade}; {each.source}]"
    return {**_form(each), "description": described, "default": default}


def _form(each: Parameter) -> dict[str, Any]:
    if each.kind is str:
        return {"enum": list(each.choices)}
    if each.kind is bool:
        return {"type": "boolean"}
    if each.unit:
        return {"type": "string", "pattern": QUANTITY, "examples": [checking.example(each)]}
    bounds = {name: bound for name, bound in (("minimum", each.low), ("maximum", each.high)) if math.isfinite(bound)}
    if each.kind is int:
        return {"type": "integer", **bounds}
    return {"anyOf": [{"type": "number", **bounds}, {"type": "string", "pattern": PERCENT}]}


def _regimen() -> dict[str, Any]:
    amounts = {"dose": (DOSE, DOSE_PER_KG), "infusion": (INFUSION, INFUSION_PER_KG)}
    properties: dict[str, Any] = {
        "drug": _form(DRUG) | {"description": DRUG.about},
        **{key: _amount(*declared) for key, declared in amounts.items()},
        "every": _form(EVERY) | {"description": EVERY.about, "examples": [checking.example(EVERY), ONCE]},
        "at": {"type": "string", "pattern": CLOCK, "description": AT_ABOUT, "examples": ["22:00"]},
        **{
            each.name: _form(each) | {"description": each.about}
            for each in (START, FOR, ON_DAYS, OFF_DAYS, WHILE_BURDEN_ABOVE)
        },
    }
    properties["every"]["pattern"] = rf"{QUANTITY}|^{ONCE}$"
    phase = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "oneOf": [
            {"required": ["dose", "every"], "not": {"required": ["infusion"]}},
            {
                "required": ["infusion"],
                "not": {"anyOf": [{"required": [key]} for key in ("dose", "every", WHILE_BURDEN_ABOVE.name)]},
            },
        ],
        "dependentRequired": {"on_days": ["off_days"], "off_days": ["on_days"]},
    }
    return {"type": "array", "items": phase, "description": "the phases of the regimen; none is no drug"}


def _amount(absolute: Parameter, per_mass: Parameter) -> dict[str, Any]:
    examples = [checking.example(absolute), checking.example(per_mass)]
    return {"type": "string", "pattern": QUANTITY, "description": absolute.about, "examples": examples}
