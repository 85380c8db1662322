"""Concentrations at steady state: diffusion, decay and secretion on a regular grid, in two or three dimensions.

    D lap(c) - (k + u(x)) c + s(x) = 0

Without u the equation is solved by one pair of cosine (closed) or Fourier (periodic) transforms with the eigenvalues of
the discrete Laplacian, so that secretion equals decay to rounding. With u it is solved by conjugate gradients,
preconditioned with that solution for a constant decay and started from the last solution. One transform pair per
iteration is all it costs: the preconditioned system keeps its own image of the search direction, so no stencil is applied.
Any consistent unit of length and time will do. Fields are float32: transforms then cost half, and what rounding does is
far below what a model of this kind can tell.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.fft

from immune_sim.core.errors import ImmuneSimError
from immune_sim.core.jit import kernel
from immune_sim.core.lattice import Lattice

TOLERANCE = 1e-3  # of the residual; leaves an error of about 0.3 % where it is largest
MOST_ITERATIONS = 200


class Grid:
    """Blocks of sites on which a field lives.

    edge: sites along an edge of a block. shape: blocks along each axis; where an extent is no multiple of the edge, the
    last block holds fewer sites and counts as a whole one. spacing: um. block (lattice.size,) int32: block of each site.
    places (dims, g): middles of the blocks in sites. sites_in (g,) int64: true sites in each block.
    """

    def __init__(self, lattice: Lattice, edge: int):
        self.edge = edge
        self.wraps = lattice.wraps
        self.spacing = lattice.site_size * edge
        self.shape = tuple(-(-extent // edge) for extent in lattice.shape)
        self.size = math.prod(self.shape)
        within = np.ravel_multi_index(tuple((lattice.coordinates(lattice.interior) // edge).T), self.shape)
        self.block = np.zeros(lattice.size, dtype=np.int32)
        self.block[lattice.interior] = within
        self.sites_in = np.bincount(within, minlength=self.size)
        self.places = np.stack([(each.ravel() + 0.5) * edge - 0.5 for each in np.indices(self.shape)])

    @property
    def sites_per_block(self) -> int:
        """Sites of a whole block."""
        return int(self.edge ** len(self.shape))


class Diffusion:
    """The operator D lap on a grid, in the space of its transform; safe to use from several threads."""

    def __init__(self, grid: Grid, coefficient: float):
        self.shape = grid.shape
        self.wraps = grid.wraps
        self._axes = tuple(range(-len(grid.shape), 0))
        self._per_square = np.float32(coefficient / grid.spacing**2)
        factor = 2.0 if grid.wraps else 1.0
        total = np.zeros(())
        for axis, n in enumerate(grid.shape):
            modes = np.arange(n // 2 + 1 if grid.wraps and axis == len(grid.shape) - 1 else n)
            along = 2.0 * self._per_square * (1.0 - np.cos(factor * np.pi * modes / n))
            total = total[..., None] + along
        self.eigenvalues = total.astype(np.float32)

    def inverse(self, decay: float, source: np.ndarray) -> np.ndarray:
        """Solve (decay - D lap) c = source for a constant decay; source and result have the shape of the grid."""
        return self.divide(source, self.eigenvalues + np.float32(decay))

    def divide(self, source: np.ndarray, by: np.ndarray) -> np.ndarray:
        """Divide the transform of source by numbers in its space; both may hold several fields along a first axis."""
        if self.wraps:
            modes = scipy.fft.rfftn(source, axes=self._axes) / by
            return np.asarray(scipy.fft.irfftn(modes, s=self.shape, axes=self._axes))
        modes = scipy.fft.dctn(source, axes=self._axes, norm="ortho") / by
        return np.asarray(scipy.fft.idctn(modes, axes=self._axes, norm="ortho"))

    def apply(self, c: np.ndarray) -> np.ndarray:
        """-D lap(c), by the flows between neighboring blocks."""
        out = np.zeros_like(c)
        for axis, n in enumerate(self.shape):
            flow = np.diff(c, axis=axis)
            out[_cut(axis, 0, n - 1)] -= flow
            out[_cut(axis, 1, n)] += flow
            if self.wraps:
                across = c[_cut(axis, 0, 1)] - c[_cut(axis, n - 1, n)]
                out[_cut(axis, n - 1, n)] -= across
                out[_cut(axis, 0, 1)] += across
        return out * self._per_square


def _cut(axis: int, first: int, end: int) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, slice(first, end))


def solve_variable(diffusion: Diffusion, decay: np.ndarray, source: np.ndarray, start: np.ndarray, tolerance: float = TOLERANCE) -> tuple[np.ndarray, int]:
    """Solve (decay(x) - D lap) c = source by preconditioned conjugate gradients.

    decay, source, start: of the grid's shape; decay > 0 somewhere. Ends when the residual is below tolerance x source.
    Returns the solution and the number of iterations. Raises ImmuneSimError if it does not get there.
    """
    if not source.any():
        return np.zeros_like(source), 0  # nothing comes in, so nothing is there; the tolerance would be 0 too
    level = float(decay.mean())
    excess = decay - np.float32(level)
    by = diffusion.eigenvalues + np.float32(level)
    c = start.copy()
    residual = source - diffusion.apply(c) - decay * c
    enough = tolerance * math.sqrt(float(np.vdot(source, source))) + 1e-30
    direction = image = np.zeros_like(c)
    last = 1.0
    for iteration in range(MOST_ITERATIONS):
        if math.sqrt(float(np.vdot(residual, residual))) <= enough:
            return c, iteration
        z = diffusion.divide(residual, by)
        product = float(np.vdot(residual, z))
        share = np.float32(product / last if iteration else 0.0)
        direction = z + share * direction
        image = residual + share * image  # (level - D lap) of the direction
        moved = image + excess * direction
        step = np.float32(product / float(np.vdot(direction, moved)))
        c += step * direction
        residual -= step * moved
        last = product
    raise ImmuneSimError(f"a field did not settle in {MOST_ITERATIONS} iterations; its decay ranges from {decay.min():.3g} to {decay.max():.3g}")


@kernel
def sample(first, end, values, block, site, out):
    """Write the value at the block of each cell's site to rows first to end of out (n,) float32."""
    for i in range(first, end):
        out[i] = values[block[site[i]]]
