"""Steady diffusion on a regular grid with closed or periodic edges, solved with transforms.

    D lap(c) - k c + s(x) = 0

One pair of cosine (closed) or Fourier (periodic) transforms with the eigenvalues of the discrete Laplacian solves it,
so that secretion equals decay to rounding. ``steady`` solves it where decay differs from place to place.

Any consistent units of length and time will do. Fields are float32: transforms then cost two thirds, and rounding stays
far below what a model of this kind can tell. Transforms keep to one thread, so that bits never depend on how many there
are; independent fields are solved side by side instead.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import scipy.fft


class RegularGrid(Protocol):
    """What the operator asks of a grid: blocks along each axis, periodic rather than closed, distance of blocks."""

    shape: tuple[int, ...]
    wraps: bool
    spacing: float


class Diffusion:
    """The operator D lap on a grid, in the space of its transform; safe to use from several threads.

    per_square: coefficient / spacing**2, a rate. eigenvalues: of -D lap, float32 in the shape of the transform. solid:
    the shape with three axes; those that are missing come first and have extent 1.
    """

    def __init__(self, grid: RegularGrid, coefficient: float):
        self.shape = grid.shape
        self.solid = (*(1,) * (3 - len(grid.shape)), *grid.shape)
        self.wraps = grid.wraps
        self.per_square = coefficient / grid.spacing**2
        self._axes = tuple(range(-len(grid.shape), 0))
        turn = 2.0 * np.pi if grid.wraps else np.pi
        total = np.zeros(())
        for axis, n in enumerate(grid.shape):
            modes = np.arange(n // 2 + 1 if grid.wraps and axis == len(grid.shape) - 1 else n)
            total = total[..., None] + 2.0 * self.per_square * (1.0 - np.cos(turn * modes / n))
        self.eigenvalues = total.astype(np.float32)

    def inverse(self, decay: float, source: np.ndarray) -> np.ndarray:
        """Solve (decay - D lap) c = source for a constant decay > 0; source and result have the shape of the grid."""
        return self.divide(source, self.eigenvalues + np.float32(decay))

    def divide(self, source: np.ndarray, by: np.ndarray) -> np.ndarray:
        """Divide the transform of source by numbers in its space; both may hold several fields along a first axis."""
        if self.wraps:
            modes = scipy.fft.rfftn(source, axes=self._axes, workers=1) / by
            return np.asarray(scipy.fft.irfftn(modes, s=self.shape, axes=self._axes, workers=1))
        modes = scipy.fft.dctn(source, axes=self._axes, norm="ortho", workers=1) / by
        return np.asarray(scipy.fft.idctn(modes, axes=self._axes, norm="ortho", workers=1, overwrite_x=True))
