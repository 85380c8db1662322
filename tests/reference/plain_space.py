"""Places and neighbors of the plain model: coordinates in dictionaries."""

from __future__ import annotations

import itertools
import math

from immune_sim.core.lattice import Lattice, Space
from tests.reference.plain_rules import Place


class PlainSpace:
    """All places, their neighbors in the order of directions, and the flat index that addresses a founder's luck."""

    def __init__(self, space: Space):
        self.shape, self.boundary = space.shape, space.boundary
        self.directions = [step for step in itertools.product((-1, 0, 1), repeat=len(self.shape)) if any(step)]
        self.mean_step = space.site_size * sum(math.hypot(*step) for step in self.directions) / len(self.directions)
        self.places: list[Place] = list(itertools.product(*map(range, self.shape)))
        self._around = {place: [self._step(place, step) for step in self.directions] for place in self.places}
        self.area = len(self.places) * (space.site_size / 1000.0) ** 2
        self.flat = dict(zip(self.places, Lattice(space).interior.tolist(), strict=True))

    def _step(self, place: Place, step: Place) -> Place | None:
        there = tuple(x + d for x, d in zip(place, step, strict=True))
        if self.boundary == "periodic":
            return tuple(x % extent for x, extent in zip(there, self.shape, strict=True))
        return there if all(0 <= x < extent for x, extent in zip(there, self.shape, strict=True)) else None

    def beyond(self, place: Place, direction: int) -> Place | None:
        """The neighbor in a direction, None behind the wall."""
        return self._around[place][direction]

    def around(self, place: Place) -> list[Place | None]:
        """All neighbors in the order of directions, None behind the wall."""
        return self._around[place]

    def line(self, place: Place, direction: int, reach: int) -> list[Place]:
        """Up to ``reach`` sites in a straight line, cut off by the wall."""
        line: list[Place] = []
        at: Place | None = place
        for _ in range(reach):
            at = self._around[at][direction]
            if at is None:
                break
            line.append(at)
        return line
