"""The tissue as pictures: one byte a site, and what the bytes mean. Nothing is drawn here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.core import palette
from immune_sim.core.cells import CellTable
from immune_sim.core.codes import CTL, DYING, NK
from immune_sim.core.errors import ImmuneSimError
from immune_sim.model.layer_kinds import (
    ALL,
    CLONE_COLORS,
    CTL_CODE,
    EMPTY,
    KINDS,
    MORE,
    NAMES,
    NK_CODE,
    OTHER_CODE,
    SHADES,
    VESSEL_CODE,
    Codes,
    Entry,
    Kind,
    Scale,
)
from immune_sim.scenario.hints import did_you_mean

if TYPE_CHECKING:
    from immune_sim.model.state import Tissue

__all__ = [
    "ALL", "CLONE_COLORS", "CTL_CODE", "EMPTY", "KINDS", "MORE", "NAMES", "NK_CODE", "OTHER_CODE", "SHADES",
    "VESSEL_CODE", "Codes", "Entry", "Kind", "Layer", "Scale", "described", "kind", "layer", "tally",
    "trait_values",
]  # fmt: skip
type Ints = NDArray[np.integer[Any]]


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


def kind(name: str) -> Kind:
    """The way of coloring of this name; raises ImmuneSimError with the nearest one."""
    if name not in ALL:
        listed = "Layers: " + ", ".join(ALL) + "."
        raise ImmuneSimError(f'There is no layer "{name}". {did_you_mean(name, tuple(ALL), listed)}')
    return ALL[name]


def layer(model: Any, name: str, z: int | None = None, axis: int = 0) -> Layer:
    """The tissue of a model colored in one way.

    name: one of ALL. z: slice of a three-dimensional tissue across ``axis`` (0 depth, 1 height, 2 width), codes are
    two-dimensional then; without it they have the shape of the lattice. Raises ImmuneSimError for an unknown name or
    slice.
    """
    chosen, tissue = kind(name), model.tissue
    codes = _inside(tissue, _painted(tissue, chosen))
    if z is not None and codes.ndim == 3:
        last = codes.shape[axis] - 1
        if not 0 <= z <= last:
            raise ImmuneSimError(f"There is no slice {z}; this tissue has the slices 0 to {last}.")
        codes = np.ascontiguousarray(codes.take(z, axis))
    return described(chosen.name, codes)


def described(name: str, codes: Codes) -> Layer:
    """Codes that were kept from a layer, with their meaning again."""
    chosen = kind(name)
    return Layer(chosen, codes, _palette(name), _scale_legend(name) if chosen.scale else _class_legend(chosen, codes))


def tally(model: Any, name: str) -> NDArray[np.int64]:
    """How many cells (sites, for a field) of the whole tissue have each code, (256,).

    Every cell counts, also one that is hidden in the picture by an immune cell on the same site.
    """
    chosen, tissue = kind(name), model.tissue
    counts = np.zeros(256, dtype=np.int64)
    if chosen.field:
        grid = tissue.fields.oxygen_grid if chosen.field == "oxygen" else tissue.fields.grid
        np.add.at(counts, _field_codes(tissue, chosen), grid.sites_in)
        return counts
    for _, codes in _cells(tissue, chosen):
        counts += np.bincount(codes, minlength=256)
    return counts


def _painted(tissue: Tissue, chosen: Kind) -> Codes:
    """Codes of all padded sites."""
    if chosen.field:
        block = tissue.fields.oxygen_block if chosen.field == "oxygen" else tissue.fields.block
        return _field_codes(tissue, chosen)[block]
    codes = np.zeros(tissue.lattice.size, dtype=np.uint8)
    for sites, shades in _cells(tissue, chosen):
        codes[sites] = shades
    return codes


def _field_codes(tissue: Tissue, chosen: Kind) -> Codes:
    assert chosen.scale is not None
    return chosen.scale.codes(getattr(tissue.fields, chosen.field))


def _cells(tissue: Tissue, chosen: Kind) -> Iterator[tuple[Ints, Codes]]:
    """Sites and codes of the cells to draw, in the order of drawing."""
    if chosen.name == "type":
        yield from _by_type(tissue)
        return
    of = {"tumor": (tissue.tumor,), "immune": (tissue.immune,), "all": (tissue.tumor, tissue.immune)}[chosen.cells]
    if chosen.cells == "immune":
        yield tissue.tumor["site"], np.full(tissue.tumor.n, OTHER_CODE, dtype=np.uint8)
    for table in of:
        codes = _coded(chosen, trait_values(tissue, table, chosen.trait))
        if chosen.only:
            codes = np.where(_ONLY[chosen.only](table), codes, np.uint8(OTHER_CODE))
        yield table["site"], codes


def _coded(chosen: Kind, values: NDArray[Any]) -> Codes:
    if chosen.scale is not None:
        return chosen.scale.codes(values, chosen.shades)
    colors = CLONE_COLORS if chosen.name == "clone" else OTHER_CODE - 1
    return np.asarray(values % colors + 1).astype(np.uint8)


_ONLY: dict[str, Callable[[CellTable], NDArray[np.bool_]]] = {
    "dying": lambda table: np.asarray(table["state"] >= DYING),
    "hit": lambda table: np.asarray(table["damage"] > 0),
    "nk": lambda table: np.asarray(table["kind"] == NK),
    "ctl": lambda table: np.asarray(table["kind"] == CTL),
}


def trait_values(tissue: Tissue, table: CellTable, trait: str) -> NDArray[Any]:
    """The trait of all cells of a table, (n,): a column, or damage after repair, or the time since the last hit."""
    if trait not in {"damage", "hours_since_hit"}:
        return table[trait]
    since = np.maximum(np.float32(tissue.hour) - table["damage_hour"], np.float32(0.0))
    return np.asarray(table["damage"] * np.exp(-tissue.constants.repair_rate * since)) if trait == "damage" else since


def _by_type(tissue: Tissue) -> Iterator[tuple[Ints, Codes]]:
    yield tissue.vessels, np.full(len(tissue.vessels), VESSEL_CODE, dtype=np.uint8)
    yield tissue.tumor["site"], tissue.tumor["state"] + np.uint8(1)
    of_kind = np.zeros(max(NK, CTL) + 1, dtype=np.uint8)
    of_kind[NK], of_kind[CTL] = NK_CODE, CTL_CODE
    yield tissue.immune["site"], of_kind[tissue.immune["kind"]]


def _inside(tissue: Tissue, padded: Codes) -> Codes:
    """Codes without the guard border."""
    whole = padded.reshape(tissue.lattice.padded_shape)
    return np.ascontiguousarray(whole[tuple(slice(1, -1) for _ in tissue.lattice.shape)])


@cache
def _palette(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    chosen = kind(name)
    themes = []
    for theme in (0, 1):
        if chosen.scale is None:
            inks = {each.code: each.ink[theme] for each in chosen.classes}
            themes.append(tuple(inks.get(code, "") for code in range(max(inks) + 1)))
        else:
            others = (palette.OTHER[theme],) if chosen.has_others else ()
            themes.append(("", *palette.ramp(chosen.scale.ramp[theme], chosen.shades), *others))
    return themes[0], themes[1]


@cache
def _scale_legend(name: str) -> tuple[Entry, ...]:
    chosen, inks = kind(name), _palette(name)
    assert chosen.scale is not None
    codes = [int(each) for each in chosen.scale.codes(np.array(chosen.scale.ticks), chosen.shades)]
    return tuple(
        Entry(code, f"{tick:g}", (inks[0][code], inks[1][code]), value=tick)
        for code, tick in zip(codes, chosen.scale.ticks, strict=True)
    )


def _class_legend(chosen: Kind, codes: Codes) -> tuple[Entry, ...]:
    counts = np.bincount(codes.ravel(), minlength=256)
    return tuple(Entry(each.code, each.label, each.ink, count=int(counts[each.code])) for each in chosen.classes)
