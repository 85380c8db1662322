"""A scenario back to a file that a colleague can read aloud: only what differs from the defaults, with units."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from immune_sim.core.parameters import Value, declared_in
from immune_sim.scenario.dosing import Dosing, days_or_hours
from immune_sim.scenario.reading import PRESET, preset_values, written

if TYPE_CHECKING:
    from immune_sim.scenario.scenario import Scenario


def to_toml(scenario: Scenario) -> str:
    """The file of a scenario; what it was based on is written out, so the text stands alone."""
    blocks = [_head(scenario), *([regimen_text(scenario.dosing)] if scenario.dosing else [])]
    for group in scenario.registry.groups:
        lines = list(_group_lines(scenario, group))
        if lines:
            blocks.append(_table(f"[{group}]", lines))
    return "\n\n".join(blocks) + "\n"


def regimen_text(dosing: Iterable[Dosing]) -> str:
    """The [[regimen]] tables of some phases."""
    return "\n\n".join(_table("[[regimen]]", _keys(each.table())) for each in dosing)


def quoted(text: str) -> str:
    """A text as a basic string of TOML; JSON escapes the same characters, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _head(scenario: Scenario) -> str:
    texts = {"name": scenario.name, "title": scenario.title, "about": scenario.about}
    lines = [f"{key} = {quoted(text)}" for key, text in texts.items() if text]
    return "\n".join([*lines, f"duration = {quoted(days_or_hours(scenario.duration))}"])


def _group_lines(scenario: Scenario, group: str) -> Iterator[str]:
    preset = scenario.presets.get(group)
    if preset:
        yield f"{PRESET} = {quoted(preset)}"
    unchanged = preset_values(scenario.registry, group, preset)
    for each in declared_in(scenario.registry.groups[group]):
        if scenario.values[each.address] != unchanged[each.address]:
            yield written(each, scenario.values[each.address])


def _keys(table: dict[str, Value]) -> list[str]:
    return [f"{key} = {quoted(value) if isinstance(value, str) else _number(value)}" for key, value in table.items()]


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(value)


def _table(header: str, lines: list[str]) -> str:
    return "\n".join([header, *lines])
