"""A model as the canvas takes it: the codes of one slice, the key to them, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from immune_sim.app.dashboard import cards
from immune_sim.model.layers import KINDS, SHADES, Codes, Kind, kind, layer


@dataclass(frozen=True)
class Look:
    """What the dashboard adds to a way of coloring: the word on its button, the unit of counting in its legend."""

    name: str
    label: str
    noun: str = "cells"


LOOKS = (
    Look("type", "Type"),
    Look("receptor", "Receptors"),
    Look("signal", "Signal"),
    Look("antigenicity", "Antigenicity"),
    Look("oxygen", "Oxygen", "sites"),
    Look("chemokine", "Chemokine", "sites"),
)
_BY_NAME = {look.name: look for look in LOOKS}
ABOUT = {each.name: each.about for each in KINDS}


@dataclass(frozen=True)
class Sign:
    """A code of the type layer close up and in the legend: word, shape, the outcome that counts it, meaning."""

    label: str
    shape: str
    outcome: str
    about: str


SIGNS = {
    1: Sign("cycling", "circle", "cycling", "tumor cells that divide"),
    2: Sign("quiescent", "circle", "quiescent", "tumor cells that are crowded or lack oxygen"),
    3: Sign("apoptotic", "cross", "apoptotic", "tumor cells that are dying; they hold their place for some hours"),
    4: Sign("necrotic", "square", "necrotic", "tumor cells killed by lack of oxygen"),
    5: Sign("NK cell", "diamond", "nk_cells", "natural killer cells"),
    6: Sign("T cell", "triangle", "ctl_cells", "cytotoxic T cells"),
    7: Sign("vessel", "ring", "", "where oxygen and immune cells come in"),
}


@dataclass(frozen=True)
class Picture:
    """codes (rows, columns) of one slice; counts by code as text, of the whole tissue; words for the ear."""

    codes: Codes
    counts: dict[str, int] = field(default_factory=dict)
    description: str = ""


def picture(model: Any, name: str, z: int) -> Picture:
    """The slice z of the tissue in the colors of the layer of this name."""
    latest = model.recorder.latest
    # An immune cell hides the tumor cell below it, so cells are counted in their tables, not in the picture.
    counts = (
        {str(code): int(latest[sign.outcome]) for code, sign in SIGNS.items() if sign.outcome} if name == "type" else {}
    )
    return Picture(layer(model, name, z=z).codes, counts, describe(model, _BY_NAME[name]))


def key(model: Any, name: str, z: int) -> dict[str, Any]:
    """What the codes of a layer mean, as the canvas takes it: palettes for light and dark, shapes, legend."""
    look, drawn = _BY_NAME[name], layer(model, name, z=z)
    palette = {"light": list(drawn.palette[0]), "dark": list(drawn.palette[1])}
    scale = drawn.kind.scale
    if scale is None:
        entries = [
            {
                "code": each.code,
                "label": SIGNS[each.code].label,
                "shape": SIGNS[each.code].shape,
                "about": SIGNS[each.code].about,
            }
            for each in drawn.legend
        ]
        return {
            "kind": "classes",
            "title": look.label,
            "palette": palette,
            "shapes": ["", *(SIGNS[each.code].shape for each in drawn.legend)],
            "entries": entries,
        }
    ticks = [{"at": float(scale.place(each.value)), "text": each.label} for each in drawn.legend]
    shape = "square" if drawn.kind.field else "circle"
    return {
        "kind": "scale",
        "title": _scale_title(drawn.kind),
        "about": drawn.kind.about,
        "noun": look.noun,
        "palette": palette,
        "shapes": ["", *[shape] * SHADES],
        "ticks": ticks,
    }


def _scale_title(chosen: Kind) -> str:
    note = chosen.unit or ("1 is rest" if "1 is rest" in chosen.about else "")
    return f"{chosen.title}, {note}" if note else chosen.title


def look(name: str) -> Look:
    """The way of coloring of this name."""
    return _BY_NAME[name]


def describe(model: Any, chosen: Look) -> str:
    """The picture in words, for those who listen to it."""
    latest = model.recorder.latest
    day, hour = divmod(round(model.time), 24)
    cells = ("tumor_cells", "apoptotic", "necrotic", "nk_cells", "ctl_cells")
    tumor, apoptotic, necrotic, nk, ctl = (int(latest[name]) for name in cells)
    return (
        f"Tissue on day {day}, {hour:02d}:00, colored by {chosen.label.lower()}: {tumor:,} living tumor cells, "
        f"{apoptotic + necrotic:,} dying, {nk:,} NK cells, {ctl:,} cytotoxic T cells; "
        f"tumor radius {float(latest['radius']):.0f} micrometers."
    )


def ending(model: Any) -> str:
    """Why the run is over."""
    day = model.time / 24.0
    cells = int(model.recorder.latest["tumor_cells"])
    if cells == 0:
        return f"The tumor is cleared: no living tumor cell is left on day {day:.1f}."
    if not model.running:
        return f"The tumor reached the endpoint size on day {day:.1f}, with {cells:,} cells. Play goes on all the same."
    return f"End of the scenario: day {day:.0f}, {cells:,} tumor cells. Play goes on all the same."


def depth(model: Any) -> int:
    """How many slices the tissue has, 1 for a flat one."""
    shape = model.tissue.lattice.shape
    return int(shape[0]) if len(shape) == 3 else 1


def flat_site(model: Any, site: int, z: int) -> int | None:
    """The flat lattice site of a site of the picture, None outside."""
    lattice = model.tissue.lattice
    per_slice = lattice.shape[-1] * lattice.shape[-2]
    return int(lattice.interior[site + z * per_slice]) if 0 <= site < per_slice and z < depth(model) else None


def picture_site(model: Any, flat: int, z: int) -> int:
    """The site of the picture of a flat lattice site, -1 where it lies on another slice."""
    lattice = model.tissue.lattice
    *above, row, column = (int(each) for each in lattice.coordinates(np.array([flat]))[0])
    return row * int(lattice.shape[-1]) + column if not above or above[0] == z else -1


def tip(model: Any, name: str, flat: int) -> list[str]:
    """What lies on a flat lattice site, in a few short lines for the tip beside the pointer."""
    chosen = kind(name)
    lines = cards.summary(model.tissue, flat)
    if chosen.field:
        fields = model.tissue.fields
        block = fields.oxygen_block if chosen.field == "oxygen" else fields.block
        value = float(getattr(fields, chosen.field)[block[flat]])
        lines.insert(0, f"{_BY_NAME[name].label} {value:.3g} {chosen.unit}".strip())
    return lines
