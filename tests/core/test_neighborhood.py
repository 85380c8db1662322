"""Maps that save the kernels a look around, against coordinates."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immune_sim.core.lattice import Lattice, Space
from immune_sim.core.neighborhood import Neighborhood
from immune_sim.core.parallel import Threads

SPACES = st.builds(
    Space,
    width=st.integers(8, 12),
    height=st.integers(8, 12),
    depth=st.sampled_from([1, 2, 5]),
    boundary=st.sampled_from(["closed", "periodic"]),
)


def seen(marked: np.ndarray, reach: int, wraps: bool) -> np.ndarray:
    """Whether a marked place lies on a straight line from a site, up to reach away; by shifting the whole picture."""
    found = np.zeros_like(marked)
    for step in itertools.product((-1, 0, 1), repeat=marked.ndim):
        moved = marked
        for _ in range(reach if any(step) else 0):
            moved = np.roll(moved, step, axis=tuple(range(marked.ndim)))
            for axis, d in enumerate(step):
                if d and not wraps:
                    edge = [slice(None)] * marked.ndim
                    edge[axis] = slice(0, 1) if d > 0 else slice(-1, None)
                    moved = moved.copy()
                    moved[tuple(edge)] = False
            found = found | moved
    return found


def check(space: Space, reach: int, share: float, luck: int, threads: Threads) -> None:
    """Both maps of a random tissue, site by site, and again after the tissue changed."""
    lattice = Lattice(space)
    maps = Neighborhood(lattice, reach)
    for change in range(2):
        taken = np.random.default_rng(luck + change).random(lattice.shape) < share
        lattice.tumor_at[lattice.interior] = np.where(taken.ravel(), 3, -1)
        near, room = np.full(lattice.size, 7, dtype=np.uint8), np.full(lattice.size, 7, dtype=np.uint8)
        maps.near_tumor(near, threads)
        maps.room(room, threads)
        assert np.array_equal(near[lattice.interior], (taken | seen(taken, reach, lattice.wraps)).ravel())
        assert np.array_equal(room[lattice.interior], seen(~taken, reach, lattice.wraps).ravel())


@settings(max_examples=30)
@given(
    space=SPACES,
    reach=st.sampled_from([1, 2, 4, 21]),
    luck=st.integers(0, 1000),
    share=st.sampled_from([0.0, 0.05, 0.5, 0.95, 1.0]),
)
def test_maps_agree_with_coordinates(space: Space, reach: int, luck: int, share: float) -> None:
    """A tumor cell or a free place within reach. Catches a forgotten diagonal, a wall to look through, a border."""
    check(space, reach, share, luck, Threads(1))


@pytest.mark.parametrize("boundary", ["closed", "periodic"])
def test_maps_of_large_tissues_are_cut_without_a_seam(boundary: str) -> None:
    """Several stretches and threads. Catches a site between two ranges that nobody writes."""
    threads = Threads(3)
    for share in (0.02, 0.97):
        check(Space(width=190, height=210, boundary=boundary), 1, share, 1, threads)
    threads.close()
