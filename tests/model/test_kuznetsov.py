"""The published fixed points of Kuznetsov 1994 and what happens near them."""

from __future__ import annotations

import numpy as np
import pytest

from immune_sim.model.kuznetsov import HOURS_PER_DAY, Kuznetsov

MODEL = Kuznetsov()


def test_the_three_states_with_a_tumor_are_where_they_were_published() -> None:
    """Dormant E 1.61e6, T 8.19e6; saddle T 2.68e8; large tumor T 4.47e8. Three digits; any parameter 1 % off shows."""
    free, dormant, saddle, large = MODEL.fixed_points()
    assert free.tumor == 0.0
    assert free.effectors == pytest.approx(1.3e4 / 0.0412)
    assert dormant.effectors == pytest.approx(1.61e6, rel=3e-3)
    assert dormant.tumor == pytest.approx(8.19e6, rel=3e-3)
    assert saddle.tumor == pytest.approx(2.68e8, rel=3e-3)
    assert large.tumor == pytest.approx(4.47e8, rel=3e-3)


def test_dormant_and_large_are_stable_and_what_lies_between_is_a_saddle() -> None:
    """A sign error in the jacobian turns one of them around. Free of tumor is a saddle too: a single cell grows."""
    free, dormant, saddle, large = MODEL.fixed_points()
    assert dormant.stable
    assert large.stable
    assert saddle.saddle
    assert free.saddle
    assert dormant.eigenvalues[0].imag != 0.0  # it is approached in waves


def test_nothing_moves_at_the_fixed_points() -> None:
    """The equations themselves, not the cubic made from them."""
    for point in MODEL.fixed_points():
        slope = MODEL.slope(0.0, np.array([point.effectors, point.tumor]))
        assert np.all(np.abs(slope) <= 1e-9 * np.array([MODEL.s, max(1.0, point.tumor)]))


def test_the_jacobian_is_the_derivative_of_the_slope() -> None:
    """Central differences; a wrong entry is off by more than 1e-6."""
    state = np.array([1.2e6, 3.0e7])
    steps = state * 1e-4
    for k in range(2):
        shift = np.zeros(2)
        shift[k] = steps[k]
        difference = (MODEL.slope(0.0, state + shift) - MODEL.slope(0.0, state - shift)) / (2.0 * steps[k])
        np.testing.assert_allclose(difference * HOURS_PER_DAY, MODEL.jacobian(*state)[:, k], rtol=1e-6)


def test_the_saddle_parts_dormancy_from_escape() -> None:
    """Ten percent below the saddle the tumor falls back into dormancy, ten percent above it becomes large."""
    _, dormant, saddle, large = MODEL.fixed_points()
    hours = np.array([0.0, 4000.0 * HOURS_PER_DAY])
    below = MODEL.course(saddle.effectors, 0.9 * saddle.tumor, hours)
    above = MODEL.course(saddle.effectors, 1.1 * saddle.tumor, hours)
    assert below[1, -1] == pytest.approx(dormant.tumor, rel=1e-3)
    assert above[1, -1] == pytest.approx(large.tumor, rel=1e-3)
