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
        (0, 100, "here about as many."),
        (1, 200, "day 0, 01:00: 50 cells; here 200, 4.0 times as many."),
        (1, 5, "here 5."),  # a ratio to so few would only alarm
        (1, 12, "here 12, 4.2 times fewer."),
        (1, 0, "50 cells; cleared here."),
        (2, 30, "0 cells; here 30."),
        (2, 0, "cleared here too."),
        (3, 10, "ends with the scenario"),
    ],
)
def test_the_gap_is_said_as_it_is(hour: int, cells: int, says: str) -> None:
    """Catches a sentence that takes the tissue for the equation, a division by a cleared tumor, and a cause that nobody
    measured."""
    words = mixed.gap(BURDEN, float(hour), cells, changed=False)
    assert says in words
    assert not any(claim in words for claim in ("by hand", "space", "chance", "favor", "luck"))


@pytest.mark.parametrize(
    ("cells", "others", "says"),
    [
        (200, [60.0] * 20, "20 of 20 other seeds lie above that too, so it is not luck alone."),
        (200, [60.0] * 13 + [40.0] * 7, "13 of 20 other seeds lie above that too."),
        (0, [0.0] * 5 + [np.inf], "5 of 6 other seeds lie below that too."),
        (200, [60.0] * 4, "as many."),
        (50, [60.0] * 20, "about as many."),
    ],
)
def test_whether_luck_makes_the_gap_is_counted(cells: int, others: list[float], says: str) -> None:
    """Catches a verdict from too few seeds, or one that counts the seeds of the other side."""
    assert mixed.gap(BURDEN, 1.0, cells, changed=False, others=np.array(others)).endswith(says)


def test_equations_without_a_solution_are_said() -> None:
    assert "could not be solved" in mixed.gap(mixed.UNSOLVED, 1.0, 5, changed=False)
    assert np.isnan(mixed.at_hours(mixed.UNSOLVED, np.array([0.0]))).all()


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
