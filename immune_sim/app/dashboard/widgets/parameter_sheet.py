"""All declared parameters as sliders; made from the declarations, so a new parameter appears by being declared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from immune_sim.app.dashboard.words import spoken, unit_shown
from immune_sim.core.parameters import Parameter, Value, declared_in
from immune_sim.scenario.scenario import Scenario

SOURCE = Path(__file__).with_suffix(".js")
# Where on a slider the default of a wide range should lie.
COMFORTABLE = 0.4


class ParameterSheet(anywidget.AnyWidget):
    """Groups of parameters with their values.

    groups: see ``described``. values, base: address -> value wanted now, and value of the scenario; a difference is
    marked. waiting: addresses whose new value is used from the next reset on.
    """

    _esm = SOURCE.read_text(encoding="utf-8")

    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    base = traitlets.Dict().tag(sync=True)
    waiting = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._on_set: Callable[[str, Value], None] = lambda address, value: None
        self._on_undo: Callable[[str], None] = lambda address: None
        self.on_msg(self._received)

    def listen(self, on_set: Callable[[str, Value], None], on_undo: Callable[[str], None]) -> None:
        """Name who is told of a new value (address, value) and of a value put back (address)."""
        self._on_set, self._on_undo = on_set, on_undo

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("kind") == "set":
            self._on_set(str(content["address"]), content["value"])
        elif content.get("kind") == "undo":
            self._on_undo(str(content["address"]))


def described(groups: Iterable[type], scenario: Scenario) -> list[dict[str, Any]]:
    """The declarations of these parameter classes as the page needs them; groups without parameters are left out.

    Grade and source are those of the preset that the scenario uses, where it has one.
    """
    described_groups = []
    for group in groups:
        parameters = [_described(each, scenario.origin(each.address)) for each in declared_in(group)]
        if parameters:
            described_groups.append({"name": group.group, "title": group.title, "parameters": parameters})  # type: ignore[attr-defined]
    return described_groups


def _described(parameter: Parameter, origin: Parameter) -> dict[str, Any]:
    bounded = parameter.kind in (int, float) and math.isfinite(parameter.low) and math.isfinite(parameter.high)
    return {
        "address": parameter.address,
        "label": spoken(parameter.name),
        "unit": unit_shown(parameter.unit),
        "kind": parameter.kind.__name__,
        "about": parameter.about,
        "grade": origin.grade,
        "source": origin.source,
        "choices": list(parameter.choices),
        "live": parameter.live,
        "bounded": bounded,
        "low": parameter.low if math.isfinite(parameter.low) else None,
        "high": parameter.high if math.isfinite(parameter.high) else None,
        "power": _power(parameter) if bounded else 1.0,
    }


def _power(parameter: Parameter) -> float:
    """Exponent that bends a slider from 0 to 1 so that the default does not lie in a corner."""
    share = (float(parameter.default) - parameter.low) / (parameter.high - parameter.low)
    if not 0.0 < share < COMFORTABLE / 2:
        return 1.0
    return min(6.0, math.log(share) / math.log(COMFORTABLE))


def shown(values: Mapping[str, Value]) -> dict[str, Value | str]:
    """Values that JSON can carry: infinities become text."""
    return {
        address: value if not isinstance(value, float) or math.isfinite(value) else str(value)
        for address, value in values.items()
    }
