"""Small rules that the plain model uses everywhere: what a drawn word means, and how a value relaxes."""

from __future__ import annotations

import math

type Place = tuple[int, ...]
WORD = 2**32


def uniform(word: int) -> float:
    """The upper 24 bits of a word as a number in [0, 1)."""
    return (word >> 8) / 2**24


def below(word: int, count: int) -> int:
    """A word as a whole number from 0 to count - 1."""
    return (word % WORD) * count // WORD


def normal(one: int, other: int) -> float:
    """Two words as a standard normal number (Box and Muller)."""
    return math.sqrt(-2.0 * math.log((one + 1) / WORD)) * math.cos(2.0 * math.pi * other / WORD)


def happens(word: int, hazard: float) -> bool:
    """Whether an event of this hazard happens."""
    return uniform(word) < 1.0 - math.exp(-hazard)


def poisson(luck: float, mean: float, most: int = 50) -> int:
    """A Poisson number by inversion: the smallest number whose cumulative probability exceeds the draw."""
    number, term = 0, math.exp(-mean)
    reached = term
    while luck >= reached and number < most:
        number += 1
        term *= mean / number
        reached += term
    return number


def relax(value: float, target: float, tau_up: float, tau_down: float, dt: float) -> float:
    """Approach a target exponentially, with one time constant upwards and another downwards."""
    return target + (value - target) * math.exp(-dt / (tau_up if target > value else tau_down))


def bounded(factor: float, bound: float) -> float:
    """A factor kept within [1/bound, bound]."""
    return min(max(factor, 1.0 / bound), bound)
