"""Reading the factors and the design of an experiment file."""

from __future__ import annotations


import math
from collections.abc import Sequence
from typing import Any

from immune_sim.mechanisms.links import LINKS
from immune_sim.runs.experiments import keys
from immune_sim.runs.experiments.declared import SAMPLED, Arm, Design, Factor, Level
from immune_sim.runs.experiments.dimensions import Dimension, dimension
from immune_sim.runs.experiments.overriding import read_overrides
from immune_sim.runs.experiments.reading_tools import Tools
from immune_sim.scenario import checking
from immune_sim.scenario.document import Path
from immune_sim.scenario.hints import RefusedError, listed, quoted
from immune_sim.scenario.scenario import Scenario

LINK_NAMES = tuple(each.name for each in LINKS)
MOST_POINTS = 1_000_000


def read_factors(tools: Tools, content: dict[str, Any], base: Scenario, arms: Sequence[Arm]) -> list[Factor]:
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
    if "parameter" not in table:
        tools.problem(
            path,
            'what is varied? Write for example parameter = "nk.kill_rate", or [factor.levels] with named overrides.',
        )
        return None
    address = tools.text((*path, "parameter"), table["parameter"])
    given = table.get("values", [table.get("low")])
    try:
        varied = dimension(tools.registry, address, given[0] if isinstance(given, list) and given else None)
    except RefusedError as refused:
        tools.problem((*path, "parameter"), refused)
        return None
    label = tools.text((*path, "label"), table["label"]) if "label" in table else address
    if "values" in table:
        levels = _values(tools, (*path, "values"), varied, table["values"])
        if any(key in table for key in ("low", "high", "steps", "scale")):
            tools.problem(
                (*path, "values"), "a factor has values, or low and high, and this one has both. Leave out one."
            )
        return Factor(label, address, varied.unit, levels=levels, arms=arms)
    return _range(tools, path, table, varied, Factor(label, address, varied.unit, arms=arms))


def _values(tools: Tools, path: Path, varied: Dimension, given: object) -> tuple[Level, ...]:
    if not isinstance(given, list) or not given:
        tools.problem(path, f"{quoted(given)} is not a list of values. Write them in brackets, with their units.")
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
    if len(missing) == 2:
        return factor  # the values stand in the points of a list
    if missing or not varied.is_number:
        tools.problem(path, "which values? Write values = [...], or low and high of a number.")
        return None
    ends = _values(tools, path, varied, [table["low"], table["high"]])
    scale = (tools.declared((*path, "scale"), "scale", table["scale"]) if "scale" in table else "linear") or "linear"
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


def read_design(
    tools: Tools, content: dict[str, Any], base: Scenario, factors: list[Factor]
) -> tuple[Design | None, list[Factor]]:
    """The [design] table; a factorial over links makes factors of its own."""
    table = tools.table(("design",), content.get("design", {}))
    kind = tools.declared(("design", "kind"), "kind", table["kind"]) if "kind" in table else "grid"
    if kind is None:
        return None, factors
    tools.known(("design",), table, (*keys.DESIGN_ALL, *keys.DESIGN[kind]))
    settings: dict[str, Any] = {"kind": kind}
    for key in ("same_exposure", "seed", "samples", "second_order", "trajectories", "which"):
        if key in table:
            settings[key] = tools.declared(("design", key), key, table[key])
    if kind == "list":
        settings["rows"] = _rows(tools, table.get("points"), factors)
    elif kind == "latin hypercube":
        settings["points"] = tools.declared(("design", "points"), "points", table.get("points", 64))
    elif kind == "sobol":
        settings["samples"] = settings.get("samples", 64)
        if settings["samples"] and settings["samples"] & (settings["samples"] - 1):
            tools.problem(
                ("design", "samples"), f"{settings['samples']} is not a power of 2. Write for example 64, 128 or 256."
            )
    elif kind == "morris":
        settings["trajectories"] = settings.get("trajectories", 10)
        settings["grid_levels"] = tools.declared(("design", "levels"), "levels", table.get("levels", 4)) or 4
        if settings["grid_levels"] % 2:
            tools.problem(("design", "levels"), f"{settings['grid_levels']} is odd. Write an even number, usually 4.")
    elif kind == "factorial":
        factors = [*factors, *_switches(tools, table, base)]
    _check_fit(tools, kind, factors, settings)
    return Design(**{key: value for key, value in settings.items() if value is not None}), factors


def _check_fit(tools: Tools, kind: str, factors: list[Factor], settings: dict[str, Any]) -> None:
    """Whether the factors are such as this kind of design can combine, and not too many points come of them."""
    if kind in SAMPLED and not factors:
        tools.problem(
            ("design", "kind"), f'"{kind}" samples factors, and there is none. Write [[factor]] with low and high.'
        )
    for number, each in enumerate(factors):
        if kind == "grid" and not each.levels:
            tools.problem(
                ("factor", number), "a grid needs values. Write values = [...], or add steps to low and high."
            )
        if kind == "latin hypercube" and not each.levels and each.read is None:
            tools.problem(("factor", number), "which values? Write values = [...], or low and high of a number.")
        if kind in ("sobol", "morris") and each.read is None:
            tools.problem(
                ("factor", number), f"{kind} samples numbers between two ends. Write low and high in place of values."
            )
        if kind == "factorial" and len(each.levels) != 2:
            tools.problem(
                ("factor", number), f"a factorial has two levels of each factor; {each.label} has {len(each.levels)}."
            )
    if kind == "factorial" and settings.get("which") == "folded" and len(factors) > 16:
        tools.problem(("design", "which"), f"a folded factorial holds 16 switches, not {len(factors)}. Leave some out.")
    count = (
        math.prod(len(each.levels) or 1 for each in factors)
        if kind in ("grid", "factorial") and settings.get("which", "full") == "full"
        else 1
    )
    if count > MOST_POINTS:
        tools.problem(
            ("design", "kind"),
            f"{count:,} design points are too many. Allowed: {MOST_POINTS:,}. Sample them with a Latin hypercube.",
        )


def _switches(tools: Tools, table: dict[str, Any], base: Scenario) -> list[Factor]:
    """A factor for every link that is switched: 0 is off, its gain is on."""
    given = table.get("links", [])
    if isinstance(given, dict):
        gains: dict[str, Any] = given
    else:
        gains = {
            name: base.values[f"links.{name}"] for name in tools.names(("design", "links"), given, LINK_NAMES, "link")
        }
    made = []
    for name, gain in gains.items():
        path: Path = ("design", "links", name)
        if name not in LINK_NAMES:
            tools.problem(path, tools.no_such(name, LINK_NAMES, "link"))
            continue
        declared = tools.registry.parameters[f"links.{name}"]
        try:
            on = checking.from_file(declared, gain)
        except RefusedError as refused:
            tools.problem(path, refused)
            continue
        if on == 0:
            tools.problem(
                path,
                f"the link is off in the base scenario, so there is nothing to switch. Write links = {{ {name} = 0.5, ... }} with its gain when on.",
            )
            continue
        levels = (Level(0.0, "off", {declared.address: 0.0}), Level(float(on), "on", {declared.address: on}))
        made.append(Factor(name, declared.address, levels=levels))
    return made


def _rows(tools: Tools, given: object, factors: list[Factor]) -> tuple[dict[str, Level], ...]:
    """The points of a list, each a table of label or address -> value."""
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
        tools.problem(
            ("design", "points"),
            f'{quoted(given)} is not a list of points. Write points = [{{ dose = "0.1 mg/kg", every = "24 h" }}, ...].',
        )
        return ()
    rows = []
    for number, table in enumerate(given):
        path: Path = ("design", "points", number)
        row = {}
        for factor in factors:
            if factor.label not in table:
                tools.problem(
                    path,
                    f"point {number} has no {factor.label}. Every point gives every factor: {listed([each.label for each in factors], 'and')}.",
                )
                continue
            row |= _row_value(tools, path, factor, table[factor.label])
        tools.known(path, table, [each.label for each in factors])
        rows.append(row)
    return tuple(rows)


def _row_value(tools: Tools, path: Path, factor: Factor, value: object) -> dict[str, Level]:
    if factor.address:
        try:
            return {factor.label: dimension(tools.registry, factor.address, value).level(value)}
        except RefusedError as refused:
            tools.problem(path, f"{factor.label}: {refused}")
            return {}
    named = {each.text: each for each in factor.levels}
    if value not in named:
        tools.problem(path, tools.no_such(value, list(named), "level"))
        return {}
    return {factor.label: named[str(value)]}
