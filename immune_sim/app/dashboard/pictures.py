"""A model as a picture: one code a site, the legend of the codes, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard import cards, palettes
from immune_sim.app.dashboard.palettes import Ink
from immune_sim.core.codes import CTL, STATES

Codes = NDArray[np.uint8]
Floats = NDArray[np.float32]
NK_CODE, CTL_CODE, VESSEL_CODE = 5, 6, 7  # 1 to 4 are the states of tumor cells, 0 is an empty site
SHADES = 255  # codes 1 to 255 are the shades of a scale


@dataclass(frozen=True)
class Kind:
    """One entry of a legend: code, words, ink, shape close up, and the outcome that counts it."""

    code: int
    label: str
    ink: Ink
    shape: str = "circle"
    outcome: str = ""
    about: str = ""


@dataclass(frozen=True)
class Scale:
    """A range of values that is drawn in shades. low, high: ends; logarithmic or linear between them."""

    title: str
    low: float
    high: float
    anchors: tuple[str, ...]
    ticks: tuple[float, ...]
    unit: str = ""
    logarithmic: bool = False
    noun: str = "cells"
    shape: str = "circle"

    def place(self, values: Any) -> NDArray[np.float64]:
        """Where values lie between the ends, 0 to 1, held to them."""
        values = np.asarray(values, dtype=np.float64)
        low, high = self.low, self.high
        if self.logarithmic:
            values, low, high = np.log(np.maximum(values, low)), float(np.log(low)), float(np.log(high))
        return np.clip((values - low) / (high - low), 0.0, 1.0)

    def codes(self, values: Floats) -> Codes:
        """Shades 1 to 255 of values."""
        return (1.0 + np.rint((SHADES - 1) * self.place(values))).astype(np.uint8)


@dataclass(frozen=True)
class Layer:
    """A way to color the tissue. scale: None for the types of cells. trait: column of the cell tables; field: of the fields."""

    name: str
    label: str
    about: str
    scale: Scale | None = None
    trait: str = ""
    field: str = ""
    immune_too: bool = False


@dataclass(frozen=True)
class Picture:
    """codes (rows, columns) of one slice; counts by code as text where the tissue's are to be shown; words for the ear."""

    codes: Codes
    counts: dict[str, int] = field(default_factory=dict)
    description: str = ""


TYPES = (
    Kind(1, "cycling", palettes.TUMOR, "circle", "cycling", "tumor cells that divide"),
    Kind(2, "quiescent", palettes.QUIET, "circle", "quiescent", "tumor cells that are crowded or lack oxygen"),
    Kind(3, "apoptotic", palettes.APOPTOTIC, "cross", "apoptotic", "tumor cells that are dying; they hold their place for some hours"),
    Kind(4, "necrotic", palettes.NECROTIC, "square", "necrotic", "tumor cells killed by lack of oxygen"),
    Kind(NK_CODE, "NK cell", palettes.NK, "diamond", "nk_cells", "natural killer cells"),
    Kind(CTL_CODE, "cytotoxic T", palettes.CTL, "triangle", "ctl_cells", "cytotoxic T cells"),
    Kind(VESSEL_CODE, "vessel", palettes.VESSEL, "ring", "", "where oxygen and immune cells come in"),
)
_REST = "1 is rest"
LAYERS = (
    Layer("type", "Type", "cells by type and state"),
    Layer("receptor", "Receptors", "receptor level of every cell", Scale(f"Receptor level, {_REST}", 0.0, 5.0, palettes.MAGENTAS, (0, 1, 2, 3, 4, 5)), trait="receptor_level", immune_too=True),
    Layer("signal", "Signal", "receptor signal of every cell, mean over the hour", Scale(f"Signal, {_REST}", 0.125, 8.0, palettes.REST, (0.125, 0.5, 1, 2, 8), logarithmic=True), trait="signal", immune_too=True),
    Layer("antigenicity", "Antigenicity", "how visible tumor cells are to T cells", Scale("Antigenicity of tumor cells", 0.0, 1.0, palettes.CIVIDIS, (0, 0.25, 0.5, 0.75, 1)), trait="antigenicity"),
    Layer("oxygen", "Oxygen", "oxygen in the tissue", Scale("Oxygen", 0.0, 40.0, palettes.CIVIDIS, (0, 5, 10, 20, 30, 40), "mmHg", noun="sites", shape="square"), field="oxygen"),
    Layer("chemokine", "Chemokine", "chemokine that attracts immune cells", Scale("Chemokine, 1 if every site held a secreting cell", 1e-4, 1.0, palettes.TEALS, (1e-4, 1e-3, 0.01, 0.1, 1), logarithmic=True, noun="sites", shape="square"), field="chemokine"),
)  # fmt: skip
_BY_NAME = {layer.name: layer for layer in LAYERS}


def picture(model: Any, name: str, z: int) -> Picture:
    """The slice z of the tissue in the colors of the layer of this name."""
    layer, tissue = _BY_NAME[name], model.tissue
    shape = tissue.lattice.shape
    sites = tissue.lattice.interior.reshape(shape)
    sites = sites if len(shape) == 2 else sites[z]
    if layer.scale is None:
        codes = _by_type(tissue, sites)
    elif layer.field:
        codes = layer.scale.codes(_field(tissue, layer.field, sites))
    else:
        codes = _by_trait(tissue, layer, sites)
    counts = {} if layer.scale else {str(kind.code): int(model.recorder.latest[kind.outcome]) for kind in TYPES if kind.outcome}
    return Picture(codes, counts, describe(model, layer))


def _by_type(tissue: Any, sites: NDArray[np.int32]) -> Codes:
    codes = np.zeros(tissue.lattice.size, dtype=np.uint8)
    codes[tissue.vessels] = VESSEL_CODE
    codes[tissue.tumor["site"]] = tissue.tumor["state"] + 1
    codes[tissue.immune["site"]] = np.where(tissue.immune["kind"] == CTL, CTL_CODE, NK_CODE)
    return codes[sites]


def _by_trait(tissue: Any, layer: Layer, sites: NDArray[np.int32]) -> Codes:
    assert layer.scale is not None
    codes = np.zeros(tissue.lattice.size, dtype=np.uint8)
    for table in (tissue.tumor, tissue.immune) if layer.immune_too else (tissue.tumor,):
        codes[table["site"]] = layer.scale.codes(table[layer.trait])
    return codes[sites]


def _field(tissue: Any, name: str, sites: NDArray[np.int32]) -> Floats:
    """Values of a field at flat sites; it is kept on a coarser grid, a block for several sites."""
    fields = tissue.fields
    block = fields.oxygen_block if name == "oxygen" else fields.block
    return np.asarray(getattr(fields, name)[block[sites]], dtype=np.float32)


def key(model: Any, name: str) -> dict[str, Any]:
    """What the codes of a layer mean, as the canvas takes it: palettes for light and dark, shapes, legend."""
    layer = _BY_NAME[name]
    if layer.scale is None:
        return {
            "kind": "classes",
            "title": "Type",
            "palette": {theme: ["", *(kind.ink[i] for kind in TYPES)] for i, theme in enumerate(("light", "dark"))},
            "shapes": ["", *(kind.shape for kind in TYPES)],
            "entries": [{"code": kind.code, "label": kind.label, "shape": kind.shape, "about": kind.about} for kind in TYPES],
        }
    scale = layer.scale
    colors = ["", *palettes.ramp(scale.anchors, SHADES)]
    ticks = [{"at": float(scale.place(tick)), "text": f"{tick:g}"} for tick in scale.ticks]
    title = scale.title + (f", {scale.unit}" if scale.unit else "")
    return {"kind": "scale", "title": title, "noun": scale.noun, "palette": {"light": colors, "dark": colors}, "shapes": ["", *[scale.shape] * SHADES], "ticks": ticks}


def describe(model: Any, layer: Layer) -> str:
    """The picture in words, for those who listen to it."""
    latest = model.recorder.latest
    day, hour = divmod(round(model.time), 24)
    dying = int(latest["apoptotic"] + latest["necrotic"])
    return (
        f"Tissue on day {day}, {hour:02d}:00, colored by {layer.label.lower()}: {int(latest['tumor_cells']):,} living tumor cells, {dying:,} dying, "
        f"{int(latest['nk_cells']):,} NK cells, {int(latest['ctl_cells']):,} cytotoxic T cells; tumor radius {float(latest['radius']):.0f} micrometers."
    )


def ending(model: Any) -> str:
    """Why the run is over."""
    day = model.time / 24.0
    cells = int(model.recorder.latest["tumor_cells"])
    if cells == 0:
        return f"The tumor is cleared: no living tumor cell is left on day {day:.1f}."
    if not model.running:
        return f"The tumor reached the endpoint size on day {day:.1f} with {cells:,} cells. Play goes on all the same."
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
    layer = _BY_NAME[name]
    lines = cards.summary(model.tissue, flat)
    if layer.field:
        value = float(_field(model.tissue, layer.field, np.array([flat]))[0])
        unit = layer.scale.unit if layer.scale else ""
        lines.insert(0, f"{layer.label} {value:.3g} {unit}".strip())
    return lines


