"""Reading the factors of an experiment file: what is varied, and over which values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from immune_sim.runs.experiments import keys
from immune_sim.runs.experiments.declared import Arm, Factor, Level
from immune_sim.runs.experiments.dimensions import Dimension, dimension
from immune_sim.runs.experiments.naming import label_fault
from immune_sim.runs.experiments.overriding import read_overrides
from immune_sim.runs.experiments.reading_tools import Tools
from immune_sim.scenario.document import Path
from immune_sim.scenario.hints import RefusedError, quoted


def read_factors(tools: Tools, content: dict[str, Any], arms: Sequence[Arm]) -> list[Factor]:
    """The [[factor]] tables as factors."""
    made: list[Factor] = []
    for number, table in enumerate(tools.tables(("factor",), content.get("factor", []))):
        path: Path = ("factor", number)
        tools.known(path, table, keys.FACTOR)
        names = (
            tools.names((*path, "arms"), table["arms"], [each.name for each in arms], "arm")
            if "arms" in table
            else None
        )
        factor = _with_levels(tools, path, table, names) if "levels" in table else _varied(tools, path, table, names)
        if factor and factor.label in {each.label for each in made}:
            tools.problem(path, f'two factors are called "{factor.label}". Give one a label.')
        elif factor and (fault := label_fault(factor.label, factor.address)):
            tools.problem((*path, "label"), fault)
        elif factor:
            made.append(factor)
            if factor.of_schedule and not any(
                each.scenario.dosing for each in arms if names is None or each.name in names
            ):
                tools.problem(
                    path, f"{factor.address} varies a schedule, and no arm has one. Write a regimen for an arm."
                )
    return made


def _with_levels(tools: Tools, path: Path, table: dict[str, Any], arms: tuple[str, ...] | None) -> Factor | None:
    """A factor whose values are named sets of overrides."""
    label = tools.text((*path, "label"), table.get("label", ""))
    levels = []
    for name, given in tools.table((*path, "levels"), table["levels"]).items():
        changes, mistakes = read_overrides(tools.registry, tools.table((*path, "levels", name), given))
        for below, what in mistakes:
            tools.problem((*path, "levels", name, *below), what)
        levels.append(Level(name, name, changes))
    if len(levels) < 2:
        tools.problem((*path, "levels"), "a factor needs two levels or more.")
    return Factor(label, "", levels=tuple(levels), arms=arms) if label else None


def _varied(tools: Tools, path: Path, table: dict[str, Any], arms: tuple[str, ...] | None) -> Factor | None:
    """A factor that varies one address, by values or between two ends."""
    if "parameter" not in table and tools.misspelled(table, "parameter", keys.FACTOR):
        return None
    if "parameter" not in table:
        tools.problem(
            path,
            'what is varied? Write for example parameter = "nk.kill_rate", or [factor.levels] with named overrides.',
        )
        return None
    address = tools.text((*path, "parameter"), table["parameter"])
    if not address:
        return None
    given = table.get("values", [table.get("low")])
    try:
        varied = dimension(tools.registry, address, given[0] if isinstance(given, list) and given else None)
    except RefusedError as refused:
        tools.problem((*path, "parameter"), refused)
        return None
    label = tools.text((*path, "label"), table["label"]) if "label" in table else address
    if "values" in table:
        levels = _values(tools, (*path, "values"), varied, table["values"])
        if any(key in table for key in keys.RANGE):
            tools.problem(
                (*path, "values"), "a factor has values, or low and high, and this one has both. Leave out one."
            )
        return Factor(label, address, varied.unit, levels=levels, arms=arms) if levels else None
    return _range(tools, path, table, varied, Factor(label, address, varied.unit, arms=arms))


def _values(tools: Tools, path: Path, varied: Dimension, given: object) -> tuple[Level, ...]:
    if not isinstance(given, list) or not given:
        what = "the list is empty" if given == [] else f"{quoted(given)} is not a list of values"
        tools.problem(path, f"{what}. Write the values in brackets, with their units.")
        return ()
    made = []
    for each in given:
        try:
            made.append(varied.level(each))
        except RefusedError as refused:
            tools.problem(path, refused)
    if len({repr(each.value) for each in made}) < len(made):
        tools.problem(path, "a value is given twice. Keep one of them.")
    return tuple(made)


def _range(tools: Tools, path: Path, table: dict[str, Any], varied: Dimension, factor: Factor) -> Factor | None:
    missing = [key for key in ("low", "high") if key not in table]
    if len(missing) == 2 and tools.misspelled(table, "values", keys.FACTOR):
        return None
    if len(missing) == 2:
        return factor  # the values stand in the points of a list
    if missing or not varied.is_number:
        tools.problem(path, "which values? Write values = [...], or low and high of a number.")
        return None
    ends = _values(tools, path, varied, [table["low"], table["high"]])
    scale: Literal["linear", "log"] = (
        tools.declared((*path, "scale"), "scale", table["scale"]) if "scale" in table else "linear"
    ) or "linear"
    if len(ends) < 2:
        return None
    low, high = float(ends[0].value), float(ends[1].value)
    if low >= high or (scale == "log" and low <= 0):
        rule = "low must be above 0 on a log scale" if low < high else "low must be below high"
        tools.problem((*path, "low"), f"{ends[0].text} to {ends[1].text} is no range: {rule}.")
        return None
    made = Factor(factor.label, factor.address, factor.unit, (), low, high, scale, factor.arms, varied.of)
    if "steps" not in table:
        return made
    steps = tools.declared((*path, "steps"), "steps", table["steps"])
    levels = (
        tuple(varied.of(_rounded(_between(low, high, i / (steps - 1), scale))) for i in range(steps)) if steps else ()
    )
    return Factor(
        made.label,
        made.address,
        made.unit,
        tuple({repr(each.value): each for each in levels}.values()),
        low,
        high,
        scale,
        made.arms,
        made.read,
    )


def _between(low: float, high: float, share: float, scale: str) -> float:
    if scale == "log":
        return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    return low + share * (high - low)


def _rounded(value: float) -> float:
    return float(f"{value:.12g}")
