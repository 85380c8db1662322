"""A figure for a light and a dark page in little more than the space of one: the dark one as what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from immune_sim.app.study_report.drawing import Drawing

Place = list[str | int]


def both(drawing: Drawing) -> dict[str, Any]:
    """The light figure, and the places at which the dark one holds something else: [[path, value], ...]."""
    light, dark = (json.loads(drawing.draw(theme).to_json()) for theme in ("light", "dark"))
    return {"figure": light, "dark": list(differences(light, dark))}


def differences(one: Any, other: Any, path: Place | None = None) -> Iterator[tuple[Place, Any]]:
    """Every place in a tree of JSON at which another one differs, with the value there."""
    path = path or []
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from differences(one[name], other[name], [*path, name])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (here, there) in enumerate(zip(one, other, strict=True)):
            yield from differences(here, there, [*path, i])
    elif one != other:
        yield path, other
