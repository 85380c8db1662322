"""The fan of other seeds: its band, the place of a run in it, and what is told of it."""

from __future__ import annotations

import numpy as np
import pytest

from immune_sim.app.dashboard.fan import EVERY, NO_HOUR, Fan, other_seeds, sentence

HOURS = 4 * EVERY
SEEDS = tuple(range(2, 22))


def fan(stop: int = HOURS + 1) -> Fan:
    """Seed s has s * (hour + 1) cells."""
    made = Fan(HOURS)
    for seed in SEEDS:
        made.add(seed, 0, (seed * (1.0 + np.arange(stop))).astype(np.float32), "duration" if stop > HOURS else "")
    return made


def test_other_seeds_are_never_the_run_itself() -> None:
    assert other_seeds(1, 3) == (2, 3, 4)
    assert other_seeds(3, 4) == (1, 2, 4, 5)
    assert other_seeds(99, 2) == (1, 2)
    assert other_seeds(1, 0) == ()


def test_the_band_is_made_of_ranks() -> None:
    """Of twenty seeds the second, the tenth and the eighteenth; catches edges that are swapped, and means for ranks."""
    days, (low, middle, high) = fan().band(SEEDS)
    hours = days * 24 + 1
    np.testing.assert_allclose(low, 3 * hours)
    np.testing.assert_allclose(middle, 11 * hours)
    np.testing.assert_allclose(high, 19 * hours)


def test_a_band_needs_seeds_at_its_hour() -> None:
    """Hours that only some seeds have reached are drawn from those, and from none where they are too few."""
    made = fan(EVERY + 1)
    for seed in SEEDS[:5]:
        made.add(seed, EVERY + 1, np.full(EVERY, 7.0, dtype=np.float32), "")
    _, (low, _, high) = made.band(SEEDS)
    assert (low[2], high[2]) == (7.0, 7.0)
    assert np.isnan(low[3:]).all()
    assert np.isnan(fan().band(SEEDS[:4])[1]).all()


def test_runs_that_stopped_keep_their_place() -> None:
    """A cleared tumor stays the smallest, one at the endpoint the largest; catches seeds that drop out of the count."""
    made = fan(EVERY + 1)
    made.add(2, EVERY + 1, np.array([0.0], dtype=np.float32), "cleared")
    made.add(3, EVERY + 1, np.array([900.0], dtype=np.float32), "endpoint")
    np.testing.assert_array_equal(made.at(HOURS, SEEDS), [0.0, np.inf])
    assert sentence(made, (2, 3), HOURS, 10, False).startswith("Larger than 1 of 2 other seeds on day 1.")
    assert made.complete(2)
    assert not made.complete(4)
    rows = made.table(HOURS, (2, 3, 4, 77))
    assert [each.ending for each in rows] == ["cleared", "endpoint", "", ""]
    assert rows[3].last == NO_HOUR


def test_a_run_that_stopped_early_waits_for_those_before_it() -> None:
    """Five cleared tumors are known to their end at once; catches a band of nothing but them."""
    made = fan(EVERY + 1)
    for seed in (10, 11, 12, 13, 14):
        made.add(seed, EVERY + 1, np.array([0.0], dtype=np.float32), "cleared")
    assert len(made.at(HOURS, SEEDS)) == 0
    assert np.isnan(made.band(SEEDS)[1][1][2:]).all()


@pytest.mark.parametrize(
    ("hour", "cells", "says"),
    [
        (0, 11, "Larger than 9 of 20 other seeds on day 0, inside the band."),
        (0, 1, "Larger than 0 of 20 other seeds on day 0, below the band."),
        (HOURS, 10_000, "Larger than 20 of 20 other seeds on day 1, above the band."),
        (0, 0, "Cleared here; so are 0 of 20"),
        (HOURS + 1, 5, "end with the scenario"),
    ],
)
def test_the_place_of_a_run_is_said(hour: int, cells: int, says: str) -> None:
    words = sentence(fan(), SEEDS, hour, cells, False)
    assert says in words
    assert "by hand" not in words


def test_seeds_still_to_come_and_changes_by_hand_are_said() -> None:
    """Catches eight seeds that are sold as twenty, and a run that is compared with what it is not."""
    assert "computed so far" in sentence(fan(), (*SEEDS, 99), 0, 5, False)
    assert sentence(Fan(HOURS), SEEDS, 0, 5, False) == "20 other seeds are being computed \u2026 day 0 so far."
    assert sentence(fan(25), SEEDS, HOURS, 5, False).startswith("Larger than 0 of 20 other seeds on day 1")
    assert "being computed" in sentence(fan(EVERY), SEEDS, HOURS, 5, False)
    assert sentence(fan(), SEEDS, 0, 5, True).endswith("Changes by hand left out.")
