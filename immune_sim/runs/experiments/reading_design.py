"""Reading the design of an experiment file: how the values of its factors are combined."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from immune_sim.mechanisms.links import LINKS
from immune_sim.runs.experiments import keys
from immune_sim.runs.experiments.declared import SAMPLED, Design, Factor, Level
from immune_sim.runs.experiments.dimensions import dimension
from immune_sim.runs.experiments.reading_tools import Tools
from immune_sim.scenario import checking
from immune_sim.scenario.document import Path
from immune_sim.scenario.hints import RefusedError, listed, quoted
from immune_sim.scenario.scenario import Scenario

LINK_NAMES = tuple(each.name for each in LINKS)
FOLDED_POINTS = 32


def read_design(
    tools: Tools, content: dict[str, Any], base: Scenario, factors: list[Factor]
) -> tuple[Design | None, list[Factor]]:
    """The [design] table; a factorial over links makes factors of its own."""
    table = tools.table(("design",), content.get("design", {}))
    kind = tools.declared(("design", "kind"), "kind", table["kind"]) if "kind" in table else "grid"
    of_kind = keys.DESIGN[kind] if kind else tuple(dict.fromkeys(key for each in keys.DESIGN.values() for key in each))
    tools.known(("design",), table, (*keys.DESIGN_ALL, *of_kind))
    settings: dict[str, Any] = {"kind": kind}
    for key in ("same_exposure", "seed", "samples", "second_order", "trajectories", "which"):
        if key in table:
            settings[key] = tools.declared(("design", key), key, table[key])
    if kind is None:
        return None, factors
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
    count = count_points(kind, factors, settings)
    if count > tools.most_points:
        what = f"{count:,} design points are too many. Allowed: {tools.most_points:,}."
        sample = " Sample them with a Latin hypercube." if kind in ("grid", "factorial") else " Ask for fewer."
        tools.problem(("design", "kind"), what + sample)


def count_points(kind: str, factors: Sequence[Factor], settings: Mapping[str, Any]) -> int:
    """How many design points come of this, without making them."""
    if kind == "list":
        return len(settings["rows"])
    if kind == "latin hypercube":
        return int(settings["points"] or 0)
    if kind == "sobol":
        twice = 2 if settings.get("second_order") else 1
        return int(settings["samples"] or 0) * (twice * len(factors) + 2)
    if kind == "morris":
        return int(settings["trajectories"] or 0) * (len(factors) + 1)
    if kind == "factorial" and settings.get("which", "full") != "full":
        return FOLDED_POINTS if settings["which"] == "folded" else len(factors) + 1
    return math.prod(len(each.levels) or 1 for each in factors)


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
                "the link is off in the base scenario, so there is nothing to switch. "
                f"Write links = {{ {name} = 0.5, ... }} with its gain when on.",
            )
            continue
        levels = (Level(0.0, "off", {declared.address: 0.0}), Level(float(on), "on", {declared.address: on}))
        made.append(Factor(name, declared.address, levels=levels))
    return made


def _rows(tools: Tools, given: object, factors: list[Factor]) -> tuple[dict[str, Level], ...]:
    """The points of a list, each a table of label or address -> value."""
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
        what = "the list is empty" if given == [] else f"{quoted(given)} is not a list of points"
        tools.problem(
            ("design", "points"),
            f'{what}. Write points = [{{ dose = "0.1 mg/kg", every = "24 h" }}, ...].',
        )
        return ()
    rows = []
    for number, table in enumerate(given):
        path: Path = ("design", "points", number)
        row: dict[str, Level] = {}
        for factor in factors:
            if factor.label not in table:
                tools.problem(
                    path,
                    f"point {number} has no {factor.label}. "
                    f"Every point gives every factor: {listed([each.label for each in factors], 'and')}.",
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
