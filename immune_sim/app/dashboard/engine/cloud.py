"""A solid tissue as points: its surface, and what a cut through it lays open. Everything else would be hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard.looks import ghosts, look
from immune_sim.app.dashboard.pictures import Slice, describe
from immune_sim.model.layers import layer, tally

MOST = 25_000  # points; with four bytes each, a frame stays below 100 kB even where nothing can be compressed
FINEST = 256  # places along an axis that one byte can tell apart


@dataclass(frozen=True)
class Cloud:
    """points (4, n) uint8: x, y, z in steps of ``step`` sites, and the code of the color.

    extent: sites along x, y, z. shown: one of so many points is sent. tally, description: as of a Picture.
    """

    points: NDArray[np.uint8]
    extent: tuple[int, int, int]
    step: int
    shown: int
    tally: NDArray[np.int64]
    description: str = ""


def cloud(model: Any, name: str, cut: Slice | None = None) -> Cloud:
    """The tissue in the colors of the layer of this name, without what lies beyond a cut.

    A cut takes away the sites beyond ``cut.at`` along its axis. Cells that the layer does not color are left out; those
    of which it says nothing are sent too, and drawn small (``looks.ghosts``).
    """
    whole = layer(model, name).codes
    codes = whole if whole.ndim == 3 else whole[None]
    solid = codes > 0
    if look(name).noun == "sites":
        solid &= _occupied(model).reshape(codes.shape)
    if cut is not None:
        solid[tuple(slice(cut.at + 1, None) if axis == cut.axis else slice(None) for axis in range(3))] = False
    small = solid & np.logical_or.reduce([codes == code for code in ghosts(name)], initial=False)
    seen = _surface(solid & ~small) | (_surface(solid) & small)
    z, y, x = np.nonzero(seen)
    every = -(-len(x) // MOST)
    step = -(-max(codes.shape) // FINEST)
    points = np.stack([x // step, y // step, z // step, codes[seen]])[:, :: max(every, 1)].astype(np.uint8)
    depth, height, width = codes.shape
    return Cloud(points, (width, height, depth), step, max(every, 1), tally(model, name), describe(model, look(name)))


def _occupied(model: Any) -> NDArray[np.bool_]:
    lattice = model.tissue.lattice
    return np.asarray((lattice.tumor_at[lattice.interior] >= 0) | (lattice.immune_at[lattice.interior] >= 0))


def _surface(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Sites that are not closed in on all six sides."""
    padded = np.pad(solid, 1)
    closed = np.ones_like(solid)
    for axis in range(3):
        for side in (0, 2):
            inner = tuple(slice(side, side + n) if a == axis else slice(1, -1) for a, n in enumerate(solid.shape))
            closed &= padded[inner]
    return np.asarray(solid & ~closed)
