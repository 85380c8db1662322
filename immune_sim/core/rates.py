"""From rates to events: the one place where a rate becomes a probability, and where a signal changes a rate."""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.jit import inline

SCALE = np.float64(2.0**24)  # fixed-point unit of sums that must not depend on the order of cells


@inline
def happens(word, hazard):
    """Whether an event of this hazard (rate x time) happens, given a uniform draw in [0, 1).

    The probability is 1 - exp(-hazard). It never exceeds the hazard, so the exponential is needed for few draws only.
    """
    return word < hazard and word < np.float32(1.0) - np.float32(math.exp(-hazard))


@inline
def link_factor(gain, signal, bound):
    """exp(gain (signal - 1)) bounded to [1/bound, bound], as float32."""
    factor = np.float32(math.exp(np.float32(gain) * (np.float32(signal) - np.float32(1.0))))
    return min(max(factor, np.float32(1.0) / np.float32(bound)), np.float32(bound))


@inline
def largest_factor(gain, bound):
    """What ``link_factor`` cannot exceed for any signal from 0 up, and a hair for rounding."""
    most = np.float32(1.0)
    if gain > 0:
        most = np.float32(bound)
    elif gain < 0:
        most = min(np.float32(bound), np.float32(math.exp(-np.float32(gain))))
    return np.float32(1.001) * most


@inline
def fixed(value):
    """A number as fixed-point int64; sums of these are exact, so any order of cells gives the same bits."""
    return np.int64(np.float64(value) * SCALE + 0.5)


def from_fixed(total: int) -> float:
    """The number that a fixed-point sum stands for."""
    return float(total) / float(SCALE)


def mean_factor(gain: float, signal: np.ndarray | float, bound: float) -> np.ndarray:
    """``link_factor`` for an array of signals, float64 of the same shape; for reports, the host and the mean field."""
    return np.clip(np.exp(gain * (np.asarray(signal, dtype=np.float64) - 1.0)), 1.0 / bound, bound)
