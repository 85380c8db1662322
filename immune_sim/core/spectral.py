"""Steady diffusion on a regular grid with closed or periodic edges, solved with transforms.

    D lap(c) - (k + u(x)) c + s(x) = 0

Without u, one pair of cosine (closed) or Fourier (periodic) transforms with the eigenvalues of the discrete Laplacian
solves it, so that secretion equals decay to rounding. With u, conjugate gradients do, preconditioned with that solution
for a constant decay and started from the last solution, which is all that is carried from hour to hour.

Any consistent units of length and time will do. Fields are float32: transforms then cost two thirds, and rounding stays
far below what a model of this kind can tell. Transforms keep to one thread, so that bits never depend on how many there
are; independent fields are solved side by side instead.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import scipy.fft

from immune_sim.core.errors import ImmuneSimError
from immune_sim.core.jit import inline, kernel

TOLERANCE = 0.007  # largest change of a block in the last step, as a share of its value; it leaves 0.2 % as a rule
FLOOR = 0.01  # share of the largest value that is added to a block's own before its change is judged
MOST_STEPS = 200


class RegularGrid(Protocol):
    """What the operator asks of a grid: blocks along each axis, periodic rather than closed, distance of blocks."""

    shape: tuple[int, ...]
    wraps: bool
    spacing: float


class Diffusion:
    """The operator D lap on a grid, in the space of its transform; safe to use from several threads.

    per_square: coefficient / spacing**2, a rate. eigenvalues: of -D lap, float32 in the shape of the transform.
    """

    def __init__(self, grid: RegularGrid, coefficient: float):
        self.shape = grid.shape
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

    def loss(self, decay: np.ndarray, c: np.ndarray) -> np.ndarray:
        """What blocks lose to decay and to neighbors, (decay - D lap) c; arrays of the grid's shape and one type."""
        solid = (*(1,) * (3 - len(self.shape)), *self.shape)
        out = np.empty_like(c)
        _loss(self.wraps, c.dtype.type(self.per_square), decay.reshape(solid), c.reshape(solid), out.reshape(solid))
        return out


def solve_variable(
    diffusion: Diffusion, decay: np.ndarray, source: np.ndarray, start: np.ndarray, tolerance: float = TOLERANCE
) -> tuple[np.ndarray, int]:
    """Solve (decay(x) - D lap) c = source by preconditioned conjugate gradients.

    decay, source, start: of the grid's shape and one type of float; decay >= 0, positive somewhere; source >= 0.
    Ends with a step that changes no block by more than tolerance x (value + FLOOR x largest value): what is left to do
    is less than that step. Then the result is adjusted by a hair, so that source equals decay to rounding.
    Returns the solution, >= 0, and the number of steps, each of which costs one pair of transforms.
    Raises ImmuneSimError if it does not get there.
    """
    if not source.any():
        return np.zeros_like(start), 0
    kind = source.dtype.type
    inverse, weight = _preconditioner(diffusion, decay)
    lost = diffusion.loss(decay, start)
    energy = _dot(start, lost)
    scale = kind(_dot(start, source) / energy) if energy > 0.0 else kind(0)  # of the start, fits the source best
    c = scale * start
    residual = weight * (source - scale * lost)
    direction = np.zeros_like(c)
    last = math.inf
    for steps in range(MOST_STEPS):
        if not residual.any():
            return _balanced(decay, source, weight, c), steps
        z = diffusion.divide(residual, inverse)
        product = _dot(residual, z)
        _turn(kind(product / last), weight.ravel(), z.ravel(), direction.ravel())
        lost = diffusion.loss(decay, direction)
        curvature = _dot(direction, lost)
        if not (product > 0.0 and curvature > 0.0):  # something is not a number, or too small for one
            break
        step = product / curvature
        last = product
        floor = kind(FLOOR * float(c.max()))
        flat = (each.ravel() for each in (weight, direction, lost, c, residual))
        if _advance(kind(step), kind(tolerance), floor, *flat) == 0:
            return _balanced(decay, source, weight, c), steps + 1
    ranges = f"decay {_range(decay)}, secretion {_range(source)}, values before {_range(start)}"
    raise ImmuneSimError(f"a field did not settle in {MOST_STEPS} steps: {ranges}")


def _preconditioner(diffusion: Diffusion, decay: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A constant decay that stands for all, in the space of the transform, and the weight of each block.

    A vessel may exchange so fast that nothing nearby can change its value. Weights take that out of the equation; what
    is left is close to a constant decay, the harmonic mean of what ties a block to its own value and to its neighbors.
    """
    tie = decay.dtype.type(len(diffusion.shape) * diffusion.per_square)
    ease = 1.0 / (decay + tie)
    level = float((decay * ease).sum(dtype=np.float64) / ease.sum(dtype=np.float64))
    if not (decay.min() >= 0.0 and 0.0 < level < math.inf):
        raise ImmuneSimError(f"a field needs decay somewhere, and nowhere a negative one; here it is {_range(decay)}")
    weight = np.sqrt(decay.dtype.type(level + float(tie)) * ease)
    return diffusion.eigenvalues + np.float32(level), weight


def _balanced(decay: np.ndarray, source: np.ndarray, weight: np.ndarray, c: np.ndarray) -> np.ndarray:
    """The solution, not negative and adjusted by a hair, so that decay takes away just what is secreted.

    What is missing or too much goes to the blocks that decay ties more than neighbors do: they answer for it as a rule.
    """
    np.maximum(c, 0, out=c)
    share = decay * (weight * weight)
    missing = float(source.sum(dtype=np.float64)) - float((decay * c).sum(dtype=np.float64))
    answering = float((decay * share * c).sum(dtype=np.float64))
    relative = missing / answering if answering > 0.0 else math.inf
    if not -1.0 < relative * float(share.max()) < math.inf:
        raise ImmuneSimError(f"a field cannot be negative; its secretion is {_range(source)}")
    c += c * (share * c.dtype.type(relative))
    return c


def _range(values: np.ndarray) -> str:
    return f"{values.min():.3g} to {values.max():.3g}"


def _dot(a: np.ndarray, b: np.ndarray) -> float:
    """Inner product in an order of its own; that of BLAS changes with its number of threads."""
    return float((a * b).sum())


@inline
def _before(i, n, wraps):
    """The index below i; at a closed wall a block sees itself, and nothing flows."""
    return i - 1 if i > 0 else (n - 1 if wraps else i)


@inline
def _after(i, n, wraps):
    """The index above i; at a closed wall a block sees itself, and nothing flows."""
    return i + 1 if i < n - 1 else (0 if wraps else i)


@kernel
def _loss(wraps, per_square, decay, c, out):
    """Write (decay - D lap) c to out; all are (nz, ny, nx), with nz = 1 in two dimensions."""
    nz, ny, nx = c.shape
    for z in range(nz):
        for y in range(ny):
            row, lost, to = c[z, y], decay[z, y], out[z, y]
            up, down = c[_before(z, nz, wraps), y], c[_after(z, nz, wraps), y]
            front, back = c[z, _before(y, ny, wraps)], c[z, _after(y, ny, wraps)]
            for x in range(1, nx - 1):
                here = row[x]
                flow = (here - up[x]) + (here - down[x]) + (here - front[x]) + (here - back[x])
                to[x] = lost[x] * here + per_square * (flow + (here - row[x - 1]) + (here - row[x + 1]))
            for x in (0, nx - 1):
                here = row[x]
                flow = (here - up[x]) + (here - down[x]) + (here - front[x]) + (here - back[x])
                left, right = row[_before(x, nx, wraps)], row[_after(x, nx, wraps)]
                to[x] = lost[x] * here + per_square * (flow + (here - left) + (here - right))


@kernel
def _turn(share, weight, z, direction):
    """The new direction: down the weighted, preconditioned residual z, plus a share of the direction before."""
    for i in range(direction.size):
        direction[i] = weight[i] * z[i] + share * direction[i]


@kernel
def _advance(step, tolerance, floor, weight, direction, lost, c, residual):
    """Go a step and count the blocks that it changed by more than tolerance x (value + floor)."""
    late = 0
    for i in range(c.size):
        change = step * direction[i]
        c[i] += change
        residual[i] -= step * (weight[i] * lost[i])
        late += not abs(change) <= tolerance * (abs(c[i]) + floor)
    return late
