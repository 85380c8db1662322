"""The tissue as pictures: one byte a site, and what the bytes mean. Nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.core import palette
from immune_sim.core.codes import CTL, NK, STATES
from immune_sim.core.errors import ImmuneSimError
from immune_sim.core.palette import Ink
from immune_sim.scenario.hints import did_you_mean

if TYPE_CHECKING:
    from immune_sim.model.state import Tissue

type Codes = NDArray[np.uint8]

EMPTY = 0
NK_CODE, CTL_CODE, VESSEL_CODE = 5, 6, 7  # 1 to 4 are the states of tumor cells
SHADES = 255  # codes 1 to 255 are the shades of a scale


@dataclass(frozen=True)
class Entry:
    """One line of a legend: a code and what it stands for.

    ink: its color on light and on dark pages. value: what a shade of a scale stands for; count: sites of a class that
    have this code in the picture.
    """

    code: int
    label: str
    ink: Ink
    value: float | None = None
    count: int | None = None


@dataclass(frozen=True)
class Scale:
    """A range of values drawn in shades; values beyond the ends get the shade of the end."""

    low: float
    high: float
    anchors: tuple[str, ...]
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def place(self, values: Any) -> NDArray[np.float32]:
        """Where values lie between the ends, 0 to 1."""
        values = np.asarray(values, dtype=np.float32)
        low, high = np.float32(self.low), np.float32(self.high)
        if self.logarithmic:
            values, low, high = np.log(np.maximum(values, low)), np.log(low), np.log(high)
        return np.asarray(np.clip((values - low) / (high - low), 0.0, 1.0), dtype=np.float32)

    def codes(self, values: Any) -> Codes:
        """Shades 1 to 255 of values."""
        return np.asarray(1.5 + (SHADES - 1) * self.place(values)).astype(np.uint8)


@dataclass(frozen=True)
class Kind:
    """One way of coloring. trait: a column of the cell tables, or field: one of the fields; neither: cells by type."""

    name: str
    title: str
    about: str
    unit: str = ""
    scale: Scale | None = None
    trait: str = ""
    field: str = ""
    immune_too: bool = False


@dataclass(frozen=True)
class Layer:
    """A picture: codes uint8, 0 where there is nothing, and their meaning.

    palette: for light and for dark pages, the color of every code ("" for 0). legend: the classes with their counts, or
    the ticks of the scale with their values, from low to high.
    """

    kind: Kind
    codes: Codes
    palette: tuple[tuple[str, ...], tuple[str, ...]]
    legend: tuple[Entry, ...]

    @property
    def unit(self) -> str:
        """Unit of the values; "" for classes and pure numbers."""
        return self.kind.unit


_STATE_INKS = (palette.TUMOR, palette.QUIET, palette.APOPTOTIC, palette.NECROTIC)
_TYPES = (
    *(Entry(code, state, ink) for code, state, ink in zip(range(1, 5), STATES, _STATE_INKS, strict=True)),
    Entry(NK_CODE, "NK cell", palette.NK),
    Entry(CTL_CODE, "cytotoxic T cell", palette.CTL),
    Entry(VESSEL_CODE, "vessel", palette.VESSEL),
)
_RECEPTORS = Scale(0.0, 5.0, palette.MAGENTAS, (0, 1, 2, 3, 4, 5))
_SIGNAL = Scale(0.125, 8.0, palette.REST, (0.125, 0.5, 1, 2, 8), logarithmic=True)
_SHARE = Scale(0.0, 1.0, palette.CIVIDIS, (0, 0.25, 0.5, 0.75, 1))
_OXYGEN = Scale(0.0, 40.0, palette.OXYGEN, (0, 5, 10, 20, 30, 40))
_SECRETED = Scale(1e-4, 1.0, palette.TEALS, (1e-4, 1e-3, 1e-2, 1e-1, 1), logarithmic=True)
_IFNG = Scale(1e-4, 1.0, palette.MAGENTAS, _SECRETED.ticks, logarithmic=True)
_FULL = "1 if every site held a secreting cell"
KINDS = (
    Kind("type", "Cells", "cells by type and state"),
    Kind(
        "receptor", "Receptor level", "receptors of every cell, 1 is rest", "", _RECEPTORS, "receptor_level", "", True
    ),
    Kind("signal", "Signal", "receptor signal of every cell, 1 is rest", "", _SIGNAL, "signal", "", True),
    Kind("antigenicity", "Antigenicity", "how visible tumor cells are to T cells", "", _SHARE, "antigenicity"),
    Kind("oxygen", "Oxygen", "oxygen in the tissue", "mmHg", _OXYGEN, field="oxygen"),
    Kind("chemokine", "Chemokine", f"what attracts immune cells, {_FULL}", "", _SECRETED, field="chemokine"),
    Kind("ifng", "IFN-gamma", f"interferon of engaged immune cells, {_FULL}", "", _IFNG, field="ifng"),
)
NAMES = tuple(each.name for each in KINDS)


def kind(name: str) -> Kind:
    """The way of coloring of this name; raises ImmuneSimError with the nearest one."""
    for each in KINDS:
        if each.name == name:
            return each
    raise ImmuneSimError(
        f'There is no layer "{name}". {did_you_mean(name, NAMES, "Layers: " + ", ".join(NAMES) + ".")}'
    )


def layer(model: Any, name: str, z: int | None = None) -> Layer:
    """The tissue of a model colored in one way.

    name: one of NAMES. z: slice of a three-dimensional tissue, codes (height, width) then; without it codes have the
    shape of the lattice. Raises ImmuneSimError for an unknown name or slice.
    """
    chosen, tissue = kind(name), model.tissue
    codes = _inside(tissue, _painted(tissue, chosen))
    if z is not None and codes.ndim == 3:
        if not 0 <= z < len(codes):
            raise ImmuneSimError(f"There is no slice {z}; this tissue has the slices 0 to {len(codes) - 1}.")
        codes = codes[z]
    return described(chosen.name, codes)


def described(name: str, codes: Codes) -> Layer:
    """Codes that were kept from a layer, with their meaning again."""
    chosen = kind(name)
    return Layer(chosen, codes, _palette(name), _scale_legend(name) if chosen.scale else _class_legend(codes))


def _painted(tissue: Tissue, chosen: Kind) -> Codes:
    """Codes of all padded sites."""
    if chosen.scale is None:
        return _by_type(tissue)
    if chosen.field:
        fields = tissue.fields
        block = fields.oxygen_block if chosen.field == "oxygen" else fields.block
        return chosen.scale.codes(getattr(fields, chosen.field))[block]
    codes = np.zeros(tissue.lattice.size, dtype=np.uint8)
    for table in (tissue.tumor, tissue.immune) if chosen.immune_too else (tissue.tumor,):
        codes[table["site"]] = chosen.scale.codes(table[chosen.trait])
    return codes


def _by_type(tissue: Tissue) -> Codes:
    codes = np.zeros(tissue.lattice.size, dtype=np.uint8)
    codes[tissue.vessels] = VESSEL_CODE
    codes[tissue.tumor["site"]] = tissue.tumor["state"] + 1
    of_kind = np.zeros(max(NK, CTL) + 1, dtype=np.uint8)
    of_kind[NK], of_kind[CTL] = NK_CODE, CTL_CODE
    codes[tissue.immune["site"]] = of_kind[tissue.immune["kind"]]
    return codes


def _inside(tissue: Tissue, padded: Codes) -> Codes:
    """Codes without the guard border."""
    whole = padded.reshape(tissue.lattice.padded_shape)
    return np.ascontiguousarray(whole[tuple(slice(1, -1) for _ in tissue.lattice.shape)])


@cache
def _palette(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    scale = kind(name).scale
    if scale is None:
        return (("", *(each.ink[0] for each in _TYPES)), ("", *(each.ink[1] for each in _TYPES)))
    shades = ("", *palette.ramp(scale.anchors, SHADES))
    return shades, shades


@cache
def _scale_legend(name: str) -> tuple[Entry, ...]:
    scale, shades = kind(name).scale, _palette(name)
    assert scale is not None
    codes = [int(each) for each in scale.codes(np.array(scale.ticks))]
    return tuple(
        Entry(code, f"{tick:g}", (shades[0][code], shades[1][code]), value=tick)
        for code, tick in zip(codes, scale.ticks, strict=True)
    )


def _class_legend(codes: Codes) -> tuple[Entry, ...]:
    counts = np.bincount(codes.ravel(), minlength=VESSEL_CODE + 1)
    return tuple(Entry(each.code, each.label, each.ink, count=int(counts[each.code])) for each in _TYPES)
