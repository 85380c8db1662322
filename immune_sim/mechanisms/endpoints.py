"""What a whole run comes to: tumor take, time to take, survival time, clearance, peak and final burden."""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.outcomes import Outcome
from immune_sim.core.parameters import param, parameters

ENDPOINTS = (
    Outcome("take", "", "1 if the tumor reached the detectable size", "int64", "endpoints"),
    Outcome("time_to_take", "h", "time at which it first did; missing if never", "float64", "endpoints"),
    Outcome(
        "survival_time",
        "h",
        "time at which it first reached the endpoint size; missing if never",
        "float64",
        "endpoints",
    ),
    Outcome("cleared", "", "1 if no living tumor cell was left", "int64", "endpoints"),
    Outcome("time_to_clearance", "h", "time at which none was left; missing if never", "float64", "endpoints"),
    Outcome("peak_burden", "", "largest number of living tumor cells", "int64", "endpoints"),
    Outcome("final_burden", "", "living tumor cells at the last hour", "int64", "endpoints"),
    Outcome("hours", "h", "hours computed", "float64", "endpoints"),
)


@parameters("endpoints", title="Endpoints")
class Endpoints:
    """Sizes at which a tumor counts as detectable and as lethal, and when a run ends early."""

    detectable_cells: int = param(
        4000,
        low=1,
        high=100_000_000,
        grade="setting",
        source="assumed: 4,000 cells, a disc of about 1 mm",
        about="living tumor cells at which a tumor is detected (take)",
    )
    endpoint_cells: int = param(
        8000,
        low=1,
        high=100_000_000,
        grade="setting",
        source="assumed: twice the detectable size",
        about="living tumor cells at which survival ends",
    )
    stop_at_endpoint: bool = param(
        True,
        grade="setting",
        source="assumed: nothing is asked after it",
        about="end the run when the endpoint size is reached",
    )
    stop_when_cleared: bool = param(
        True,
        grade="setting",
        source="assumed: nothing is asked after it",
        about="end the run when no living tumor cell is left",
    )


def summarize(p: Endpoints, hours: np.ndarray, tumor_cells: np.ndarray) -> dict[str, float]:
    """The endpoints of a run from its hours (n,) and living tumor cells (n,); nan where something never happened."""
    started = tumor_cells[0] > 0
    detected = _first(hours, tumor_cells >= p.detectable_cells)
    cleared = _first(hours, tumor_cells == 0) if started else math.nan
    return {
        "take": int(not math.isnan(detected)),
        "time_to_take": detected,
        "survival_time": _first(hours, tumor_cells >= p.endpoint_cells),
        "cleared": int(not math.isnan(cleared)),
        "time_to_clearance": cleared,
        "peak_burden": int(tumor_cells.max()),
        "final_burden": int(tumor_cells[-1]),
        "hours": float(hours[-1]),
    }


def _first(hours: np.ndarray, reached: np.ndarray) -> float:
    where = np.flatnonzero(reached)
    return float(hours[where[0]]) if len(where) else math.nan
