"""A model as a canvas takes it: the codes of one slice, what they count, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard import cards
from immune_sim.app.dashboard.looks import SIGNS, Look, look
from immune_sim.model.layers import EMPTY, OTHER_CODE, Codes, kind, layer, tally

AXES = ("z", "y", "x")  # what a slice lies across, in the order of the lattice's axes


@dataclass(frozen=True)
class Slice:
    """Where a solid tissue is cut: across axis 0 (z), 1 (y) or 2 (x), at this site of it. A flat one has one slice."""

    axis: int = 0
    at: int = 0

    def fitted(self, shape: tuple[int, ...]) -> Slice:
        """The nearest slice that a tissue of this shape has."""
        if len(shape) == 2:
            return Slice()
        return Slice(self.axis, min(max(self.at, 0), shape[self.axis] - 1))


FIRST_SLICE = Slice()


@dataclass(frozen=True)
class Picture:
    """codes (rows, columns) of one slice; tally (256,): cells (or sites) of each code in the whole tissue; words."""

    codes: Codes
    tally: NDArray[np.int64]
    description: str = ""


def picture(model: Any, name: str, where: Slice) -> Picture:
    """The slice of the tissue in the colors of the layer of this name."""
    codes = layer(model, name, where.at, where.axis).codes
    return Picture(codes, tally(model, name), describe(model, look(name)))


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


def shape_of(model: Any) -> tuple[int, ...]:
    """Sites along (z, y, x); z is 1 for a flat tissue."""
    shape = tuple(int(each) for each in model.tissue.lattice.shape)
    return shape if len(shape) == 3 else (1, *shape)


def flat_site(model: Any, site: int, where: Slice) -> int | None:
    """The flat lattice site of a site of the picture, None outside."""
    lattice = model.tissue.lattice
    extents = [each for axis, each in enumerate(shape_of(model)) if axis != where.axis]
    if not 0 <= site < extents[0] * extents[1] or not 0 <= where.at < shape_of(model)[where.axis]:
        return None
    place = [*divmod(site, extents[1])]
    place.insert(where.axis, where.at)
    return int(lattice.site_of(np.array([place[-lattice.dims :]]))[0])


def on_picture(model: Any, flat: NDArray[np.integer[Any]], where: Slice) -> NDArray[np.int16]:
    """Where flat lattice sites (n,) lie in the picture: (n, 3) column, row, and distance from the slice."""
    lattice = model.tissue.lattice
    places = lattice.coordinates(flat)
    if lattice.dims == 2:
        places = np.insert(places, 0, 0, axis=1)
    row, column = (axis for axis in range(3) if axis != where.axis)
    off = places[:, where.axis] - where.at
    return np.stack([places[:, column], places[:, row], off], axis=1).astype(np.int16)


def picture_site(model: Any, flat: int, where: Slice) -> int:
    """The site of the picture of a flat lattice site, -1 where it lies on another slice."""
    column, row, off = (int(each) for each in on_picture(model, np.array([flat]), where)[0])
    width = [each for axis, each in enumerate(shape_of(model)) if axis != where.axis][1]
    return -1 if off else row * width + column


def tip(model: Any, name: str, flat: int) -> list[str]:
    """What lies on a flat lattice site, in a few short lines for the tip beside the pointer."""
    chosen = kind(name)
    lines = cards.summary(model.tissue, flat)
    if chosen.field:
        fields = model.tissue.fields
        block = fields.oxygen_block if chosen.field == "oxygen" else fields.block
        value = float(getattr(fields, chosen.field)[block[flat]])
        lines.insert(0, f"{look(name).label} {value:.3g} {chosen.unit}".strip())
    elif chosen.trait:
        lines[2:2] = _trait(model, name, flat)
    return lines


def _trait(model: Any, name: str, flat: int) -> list[str]:
    """By what the cell on a flat lattice site is colored, as one line; none where the layer says nothing of it."""
    whole, chosen = layer(model, name).codes, kind(name)
    code = int(whole[tuple(model.tissue.lattice.coordinates(np.array([flat]))[0])])
    if code == EMPTY or (chosen.has_others and code == OTHER_CODE):
        return []
    if name in SIGNS:
        return [f"{chosen.title}: {SIGNS[name][code].label}"]
    return cards.trait_at(model.tissue, flat, chosen)
