"""The well-mixed curve beside the agents' and the sentence on the gap."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from immune_sim.app.dashboard import mixed
from immune_sim.app.dashboard.replay import Run
from immune_sim.model.meanfield import mean_field

BURDEN = np.array([100.0, 50.0, 0.1])


@pytest.mark.parametrize(
    ("hour", "cells", "says"),
    [
        (0, 100, "little difference"),
        (1, 200, "4.0 times as many"),
        (1, 5, "10 times fewer"),
        (1, 0, "Cleared here and not there"),
        (2, 30, "Cleared there and not here"),
        (2, 0, "little difference"),
        (3, 10, "ends with the scenario"),
    ],
)
def test_the_gap_is_said_as_it_is(hour: int, cells: int, says: str) -> None:
    """Catches a sentence that takes the tissue for the equation, and a division by a cleared tumor."""
    assert says in mixed.gap(BURDEN, float(hour), cells, changed=False)
    assert "by hand" not in mixed.gap(BURDEN, float(hour), cells, changed=False)


def test_changes_by_hand_are_said_not_to_be_in_the_curve() -> None:
    assert "by hand left out" in mixed.gap(BURDEN, 1.0, 60, changed=True)


def test_the_curve_stands_at_its_own_hours_and_ends_with_the_scenario() -> None:
    """Catches a curve that is shifted by an hour, and an index beyond its end."""
    np.testing.assert_array_equal(mixed.at_hours(BURDEN, np.array([1.0, 2.0, 3.0])), [50.0, 0.1, np.nan])
    assert np.isnan(mixed.at_hours(None, np.array([0.0]))).all()


def test_only_what_is_still_wanted_is_solved_and_told() -> None:
    """Catches a curve of the scenario before the present one."""
    run = Run("axis-only", 1, 0, {"duration": "1 d"})
    told = threading.Event()
    found: list[np.ndarray] = []

    def take(burden: np.ndarray) -> None:
        found.append(burden)
        told.set()

    mixed.solve_later(run, lambda: False, take)
    mixed.solve_later(run, lambda: True, take)
    assert told.wait(60.0)
    assert len(found) == 1
    np.testing.assert_array_equal(found[0], mean_field(run.scenario)["tumor_cells"])
