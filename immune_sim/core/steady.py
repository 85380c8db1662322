"""The steady state of what diffuses, decays and is secreted, where decay differs from place to place.

    D lap(c) - k(x) c + s(x) = 0

Conjugate gradients, preconditioned with the solution for a constant decay (``spectral``) and started from the last
solution, which is all that is carried from hour to hour. What lies between two transforms is one kernel: on a grid of
some thousand blocks, calls cost more than arithmetic.
"""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.errors import ImmuneSimError
from immune_sim.core.jit import inline, kernel
from immune_sim.core.spectral import Diffusion

TOLERANCE = 0.007  # largest change of a block in the last step, as a share of its value; it leaves 0.2 % as a rule
FLOOR = 0.01  # share of the largest value that is added to a block's own before its change is judged
MOST_STEPS = 200
LANES = 16  # partial sums of an inner product, which make it vector code in an order of its own


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
    kind, solid = source.dtype.type, diffusion.solid
    decay, source = np.ascontiguousarray(decay), np.ascontiguousarray(source)
    c, lost, direction = np.array(start, order="C"), np.empty_like(source), np.zeros_like(source)
    if not source.any():
        return np.zeros_like(c), 0
    operator = (diffusion.wraps, kind(diffusion.per_square), decay.reshape(solid))
    weight, residual = np.empty_like(source), np.empty_like(source)
    tie = len(diffusion.shape) * diffusion.per_square
    level = _begin(
        *operator,
        tie,
        source.reshape(solid),
        c.reshape(solid),
        *(each.reshape(solid) for each in (lost, weight, residual)),
    )
    if not 0.0 < level < math.inf:
        raise ImmuneSimError(f"a field needs decay somewhere, and nowhere a negative one; here it is {_range(decay)}")
    inverse = diffusion.eigenvalues + np.float32(level)
    last, steps, late = math.inf, 0, 1
    while late and residual.any():
        z = diffusion.divide(residual, inverse)
        arrays = (each.reshape(solid) for each in (z, weight, direction, lost, c, residual))
        last, late = _step(*operator, last, kind(tolerance), *arrays)
        steps += 1
        if not last > 0.0 or (late and steps == MOST_STEPS):
            ranges = f"decay {_range(decay)}, secretion {_range(source)}, values before {_range(start)}"
            raise ImmuneSimError(f"a field did not settle in {MOST_STEPS} steps: {ranges}")
    if not _balance(*(each.ravel() for each in (decay, source, weight, c))):
        raise ImmuneSimError(f"a field cannot be negative; its secretion is {_range(source)}")
    return c, steps


def _range(values: np.ndarray) -> str:
    return f"{values.min():.3g} to {values.max():.3g}"


@inline
def _inner(a, b):
    """Inner product of two flat arrays, summed in float64."""
    lanes = np.zeros(LANES)
    whole = a.size - a.size % LANES
    for i in range(0, whole, LANES):
        for k in range(LANES):
            lanes[k] += np.float64(a[i + k] * b[i + k])
    total = 0.0
    for i in range(whole, a.size):
        total += np.float64(a[i] * b[i])
    for k in range(LANES):
        total += lanes[k]
    return total


@inline
def _before(i, n, wraps):
    """The index below i; at a closed wall a block sees itself, and nothing flows."""
    return i - 1 if i > 0 else (n - 1 if wraps else i)


@inline
def _after(i, n, wraps):
    """The index above i; at a closed wall a block sees itself, and nothing flows."""
    return i + 1 if i < n - 1 else (0 if wraps else i)


@kernel
def loss(wraps, per_square, decay, c, out):
    """Write what blocks lose to decay and to neighbors, (decay - D lap) c; all are (nz, ny, nx)."""
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
def _begin(wraps, per_square, decay, tie, source, c, lost, weight, residual):
    """Scale the start c to fit the source, and write the weight of each block and the weighted residual.

    A vessel may exchange so fast that nothing nearby can change its value. Weights take that out of the equation; what
    is left is close to a constant decay, the harmonic mean of what ties a block to its own value and to its neighbors
    (tie). Returns that decay, nan where there is none. Arrays are (nz, ny, nx).
    """
    eased, ease, lowest = 0.0, 0.0, np.inf
    for each in decay.flat:
        share = 1.0 / (np.float64(each) + tie)
        eased += each * share
        ease += share
        lowest = min(lowest, np.float64(each))
    level = eased / ease
    if not lowest >= 0.0:
        return np.nan
    loss(wraps, per_square, decay, c, lost)
    energy = _inner(c.reshape(c.size), lost.reshape(c.size))
    scale = c.dtype.type(_inner(c.reshape(c.size), source.reshape(c.size)) / energy if energy > 0.0 else 0.0)
    to, left, given = c.reshape(c.size), residual.reshape(c.size), source.reshape(c.size)
    heavy, away, fades = weight.reshape(c.size), lost.reshape(c.size), decay.reshape(c.size)
    for i in range(to.size):
        heavy[i] = math.sqrt((level + tie) / (fades[i] + tie))
        to[i] *= scale
        left[i] = heavy[i] * (given[i] - scale * away[i])
    return level


@kernel
def _step(wraps, per_square, decay, last, tolerance, z, weight, direction, lost, c, residual):
    """One step down the preconditioned residual z; all arrays are (nz, ny, nx).

    Returns the inner product of residual and z, which the next step wants as ``last``, or nan where something is not a
    number or too small for one; and how many blocks changed by more than tolerance x (value + FLOOR x largest value).
    """
    n = c.size
    to, left, down, away = c.reshape(n), residual.reshape(n), direction.reshape(n), lost.reshape(n)
    heavy, turned = weight.reshape(n), z.reshape(n)
    product = _inner(left, turned)
    share = c.dtype.type(product / last)
    for i in range(n):
        down[i] = heavy[i] * turned[i] + share * down[i]
    loss(wraps, per_square, decay, direction, lost)
    curvature = _inner(down, away)
    if not (product > 0.0 and curvature > 0.0):
        return np.nan, n
    step = c.dtype.type(product / curvature)
    floor = c.dtype.type(FLOOR * c.max())
    late = 0
    for i in range(n):
        change = step * down[i]
        to[i] += change
        left[i] -= step * (heavy[i] * away[i])
        late += not abs(change) <= tolerance * (abs(to[i]) + floor)
    return product, late


@kernel
def _balance(decay, source, weight, c):
    """Make the solution not negative and adjust it by a hair, so that decay takes away just what is secreted.

    What is missing or too much goes to the blocks that decay ties more than neighbors do: they answer for it as a rule.
    Returns whether that can be done. Arrays are flat.
    """
    missing, answering, largest = 0.0, 0.0, 0.0
    for i in range(c.size):
        c[i] = max(c[i], 0)
        share = decay[i] * (weight[i] * weight[i])
        missing += np.float64(source[i]) - np.float64(decay[i] * c[i])
        answering += np.float64(decay[i] * share * c[i])
        largest = max(largest, np.float64(share))
    relative = missing / answering if answering > 0.0 else math.inf
    if not -1.0 < relative * largest < math.inf:
        return False
    for i in range(c.size):
        c[i] += c[i] * (decay[i] * (weight[i] * weight[i])) * relative
    return True
