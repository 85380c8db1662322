"""What a whole run comes to."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.mechanisms.endpoints import ENDPOINTS, Endpoints, summarize


def of(cells: list[int], **rules: int) -> dict[str, float]:
    return summarize(Endpoints(**rules), np.arange(len(cells), dtype=float), np.array(cells))


def test_a_tumor_that_grows_and_kills() -> None:
    """Catches a time that is one hour off, and the last crossing in place of the first."""
    made = of([10, 3999, 4000, 3000, 5000, 8000, 9000, 7000])
    assert (made["take"], made["time_to_take"], made["survival_time"]) == (1, 2.0, 5.0)
    assert (made["cleared"], made["peak_burden"], made["final_burden"], made["hours"]) == (0, 9000, 7000, 7.0)
    assert math.isnan(made["time_to_clearance"])


def test_a_tumor_that_is_cleared() -> None:
    """Catches a take that is taken back, and a clearance that needs the end of the run."""
    made = of([10, 4500, 0, 0])
    assert (made["take"], made["cleared"], made["time_to_clearance"], made["final_burden"]) == (1, 1, 2.0, 0)
    assert math.isnan(made["survival_time"])


def test_a_run_without_a_tumor_cleared_nothing() -> None:
    """Catches a healthy tissue that is reported as cured."""
    made = of([0, 0, 0])
    assert (made["take"], made["cleared"], made["peak_burden"]) == (0, 0, 0)


@given(cells=st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_every_endpoint_is_reported_and_consistent(cells: list[int]) -> None:
    """Catches an endpoint that is declared and not given, and survival before take."""
    made = of(cells)
    assert set(made) == {each.name for each in ENDPOINTS}
    assert made["peak_burden"] == max(cells)
    assert made["take"] == int(max(cells) >= 4000)
    assert not made["survival_time"] < made["time_to_take"]
