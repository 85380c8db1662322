"""Sites, neighbors and borders; two and three dimensions alike.

Sites carry a flat index into an array that is padded by one guard site on every side, so that ``site + offset`` is
always in bounds. ``home`` maps a guard site to where it leads: to itself behind a closed wall (held by WALL, so
nothing enters), to the opposite side of a periodic tissue. Kernels therefore never ask how many dimensions there are;
behind closed walls ``home`` changes nothing, so kernels that are told ``wraps`` is false spare themselves reading it.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from immune_sim.core.jit import inline, kernel
from immune_sim.core.parameters import param, parameters

EMPTY = -1
WALL = -2
SMALLEST, LARGEST = 8, 4000


@parameters("space", title="Space")
class Space:
    """Extent of the tissue and what happens at its edge."""

    width: int = param(
        200,
        low=SMALLEST,
        high=LARGEST,
        grade="setting",
        source="assumed: 3 mm of tissue",
        about="sites from left to right",
        live=False,
    )
    height: int = param(
        200,
        low=SMALLEST,
        high=LARGEST,
        grade="setting",
        source="assumed: 3 mm of tissue",
        about="sites from top to bottom",
        live=False,
    )
    depth: int = param(
        1,
        low=1,
        high=LARGEST,
        grade="setting",
        source="assumed: a two-dimensional section",
        about="layers of sites; 1 is a two-dimensional tissue",
        live=False,
    )
    site_size: float = param(
        15.0,
        unit="um",
        low=5.0,
        high=50.0,
        grade="model",
        source="doi:10.1371/journal.pcbi.1005991",
        about="distance of two sites, one cell diameter",
        live=False,
    )
    boundary: str = param(
        "closed",
        choices=("closed", "periodic"),
        grade="setting",
        source="assumed: nothing crosses the edge",
        about="closed: cells and molecules stay inside; periodic: what leaves on one side enters on the other",
        live=False,
    )
    well_mixed: bool = param(
        False,
        grade="setting",
        source="assumed: cells have places",
        about="every hop and every daughter goes to a random site: the limit in which the mean-field equations hold",
        live=False,
    )

    @property
    def shape(self) -> tuple[int, ...]:
        """(height, width), or (depth, height, width) where there is more than one layer."""
        flat = (self.height, self.width)
        return flat if self.depth == 1 else (self.depth, *flat)


class Lattice:
    """The geometry of a tissue and the two layers that say which row of a cell table sits on a site.

    shape: extents without the guard. size: number of padded sites. interior (sites,) int32: the true sites in C order.
    stride: sites in one layer of the first axis.
    offsets (k,) int32: steps to the k = 3**dims - 1 Moore neighbors; steps (k, dims) the same as vectors;
    step_length (k,) float32 in um. home (size,) int32: where a site index leads.
    tumor_at, immune_at (size,) int32: row of the cell on the site, EMPTY or WALL.
    """

    def __init__(self, space: Space):
        self.shape = space.shape
        self.dims = len(self.shape)
        self.site_size = space.site_size
        self.wraps = space.boundary == "periodic"
        self.padded_shape = tuple(extent + 2 for extent in self.shape)
        self.size = math.prod(self.padded_shape)
        inside = tuple(slice(1, -1) for _ in self.shape)
        index = np.arange(self.size, dtype=np.int32).reshape(self.padded_shape)
        self.interior = np.ascontiguousarray(index[inside]).ravel()
        self.stride = math.prod(self.padded_shape[1:])
        self.home = (np.pad(index[inside], 1, mode="wrap") if self.wraps else index).ravel().astype(np.int32)
        self._set_neighbors()
        self.tumor_at = np.full(self.size, WALL, dtype=np.int32)
        self.tumor_at[self.interior] = EMPTY
        self.immune_at = self.tumor_at.copy()

    def _set_neighbors(self) -> None:
        strides = [math.prod(self.padded_shape[axis + 1 :]) for axis in range(self.dims)]
        around = [step for step in itertools.product((-1, 0, 1), repeat=self.dims) if any(step)]
        self.steps = np.array(around, dtype=np.int32)
        self.offsets = (self.steps @ np.array(strides)).astype(np.int32)
        self.step_length = (np.sqrt((self.steps**2).sum(axis=1)) * self.site_size).astype(np.float32)

    @property
    def sites(self) -> int:
        """Number of true sites."""
        return len(self.interior)

    @property
    def mean_step(self) -> float:
        """Mean length of a hop to a random neighbor, in um; it turns a speed into hops per hour."""
        return float(self.step_length.mean())

    @property
    def area(self) -> float:
        """Area of the tissue in mm2; for three dimensions that of all layers, so that a density keeps its meaning."""
        return self.sites * (self.site_size / 1000.0) ** 2

    def coordinates(self, site: np.ndarray) -> np.ndarray:
        """Coordinates (n, dims) int64 of flat sites (n,), counted from 0 without the guard, in the order of shape."""
        return np.stack(np.unravel_index(np.asarray(site), self.padded_shape), axis=-1) - 1

    def site_of(self, coordinates: np.ndarray) -> np.ndarray:
        """Flat sites (n,) int32 of coordinates (n, dims); the reverse of ``coordinates``."""
        shifted = np.asarray(coordinates) + 1
        flat = np.ravel_multi_index(tuple(np.moveaxis(shifted, -1, 0)), self.padded_shape)
        return np.asarray(flat, dtype=np.int32)

    def slabs(self, thickness: int) -> np.ndarray:
        """Cut the first axis into an even number of slabs of at least this thickness, or into a single one.

        Returns the slab of each padded place along the first axis, (shape[0] + 2,) int32. Cells of every second slab
        can be moved at the same time, as long as none travels further than half the thickness. The cut depends on the
        tissue only, never on the number of threads, so that any number of them computes the same.
        """
        count = max(self.shape[0] // thickness // 2 * 2, 1)
        place = np.clip(np.arange(-1, self.shape[0] + 1), 0, self.shape[0] - 1)
        return (place * count // self.shape[0]).astype(np.int32)


@inline
def neighbor(site, offset, wraps, home):
    """The site that lies one offset away."""
    at = np.int64(site) + np.int64(offset)
    if wraps:
        at = np.int64(home[at])
    return at


@kernel
def in_order_of_sites(cell_at, order):
    """Write the rows of all cells of a layer, cell_at (size,) int32, to order (n,) int64, first site to last."""
    filled = 0
    for site in range(cell_at.size):
        if cell_at[site] >= 0:
            order[filled] = cell_at[site]
            filled += 1
