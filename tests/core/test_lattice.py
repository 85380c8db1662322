"""Sites, neighbors and borders against a naive computation with coordinates."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immune_sim.core.lattice import EMPTY, WALL, Lattice, Space

EXTENT = st.integers(8, 14)
SPACES = st.builds(
    Space,
    width=EXTENT,
    height=EXTENT,
    depth=st.sampled_from([1, 2, 3, 9]),
    site_size=st.sampled_from([5.0, 15.0, 20.0]),
    boundary=st.sampled_from(["closed", "periodic"]),
)


@settings(max_examples=12)
@given(space=SPACES)
def test_neighbors_are_those_of_the_coordinates(space: Space) -> None:
    """Every site and direction, 2-D and 3-D.

    Catches a wrong stride, a border that leaks and a wrap to the wrong row.
    """
    lattice = Lattice(space)
    for where in itertools.product(*(range(extent) for extent in lattice.shape)):
        site = int(lattice.site_of(np.array([where]))[0])
        for step, offset, length in zip(lattice.steps, lattice.offsets, lattice.step_length, strict=True):
            at = int(lattice.home[site + offset])
            wanted = [x + int(d) for x, d in zip(where, step, strict=True)]
            if space.boundary == "periodic":
                wanted = [x % extent for x, extent in zip(wanted, lattice.shape, strict=True)]
            if all(0 <= x < extent for x, extent in zip(wanted, lattice.shape, strict=True)):
                assert lattice.coordinates(np.array([at]))[0].tolist() == wanted
                assert lattice.tumor_at[at] == EMPTY
            else:
                assert lattice.tumor_at[at] == lattice.immune_at[at] == WALL
            assert length == pytest.approx(space.site_size * math.sqrt(sum(int(d) ** 2 for d in step)))


@settings(max_examples=25)
@given(space=SPACES)
def test_there_are_all_moore_directions_once(space: Space) -> None:
    """Catches a missing diagonal and a direction of length zero."""
    lattice = Lattice(space)
    dims = 2 if space.depth == 1 else 3
    steps = {tuple(step) for step in lattice.steps.tolist()}
    assert len(steps) == len(lattice.offsets) == 3**dims - 1
    assert (0,) * dims not in steps
    assert {tuple(-x for x in step) for step in steps} == steps
    assert lattice.mean_step == pytest.approx(
        np.mean([math.dist(step, [0] * dims) for step in steps]) * space.site_size
    )


@settings(max_examples=25)
@given(space=SPACES)
def test_coordinates_round_trip_in_c_order(space: Space) -> None:
    """Catches an interior that contains guard sites, and an order other than that of a picture."""
    lattice = Lattice(space)
    where = lattice.coordinates(lattice.interior)
    assert np.array_equal(where, np.array(list(itertools.product(*(range(extent) for extent in lattice.shape)))))
    assert np.array_equal(lattice.site_of(where), lattice.interior)
    assert lattice.sites == math.prod(lattice.shape) == np.count_nonzero(lattice.tumor_at == EMPTY)
    assert lattice.area == pytest.approx(lattice.sites * (space.site_size / 1000) ** 2)


@settings(max_examples=60)
@given(space=SPACES, thickness=st.integers(1, 20))
def test_slabs_are_thick_enough_and_even_in_number(space: Space, thickness: int) -> None:
    """In the order of places, each of at least this thickness, an even number or one; the guard goes with its neighbor.

    Catches a slab that is a row short, and an odd number (the first and last would meet through a periodic border).
    """
    lattice = Lattice(space)
    slab_of = lattice.slabs(thickness)
    assert len(slab_of) == lattice.shape[0] + 2
    inside = slab_of[1:-1]
    assert (slab_of[0], slab_of[-1]) == (inside[0], inside[-1])
    count = inside.max() + 1
    assert count == 1 or count % 2 == 0
    assert (np.diff(inside) >= 0).all()
    sizes = np.bincount(inside, minlength=count)
    assert count == 1 or sizes.min() >= thickness
    first = lattice.interior // lattice.stride
    assert np.array_equal(slab_of[first], inside[lattice.coordinates(lattice.interior)[:, 0]])


@pytest.mark.parametrize("extent", [200, 1400, 997, 4000])
@pytest.mark.parametrize("thickness", [6, 14, 23])
def test_slabs_of_large_tissues(extent: int, thickness: int) -> None:
    """Rounding of the cuts must not make a slab too thin, nor leave too few. Catches cuts in floating point."""
    sizes = np.bincount(Lattice(Space(width=8, height=extent)).slabs(thickness)[1:-1])
    assert sizes.min() >= thickness
    assert len(sizes) == extent // thickness // 2 * 2
    assert sizes.max() - sizes.min() <= 1
