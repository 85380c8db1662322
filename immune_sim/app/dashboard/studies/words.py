"""Tables and runs of studies in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from immune_sim.analysis.endpoints import endpoint
from immune_sim.app.study_report.words import number, percent, scale_of

HOURS_PER_DAY = 24.0
DAYS = {"hour": "day", "time": "day"}  # columns of hours that are shown as days
OF_AN_ENDPOINT = ("control_mean", "arm_mean", "difference", "difference_low", "difference_high")
PERCENT = {"share", "share_low", "share_high", "survival", "benefit", "saved", "explained"}
ENDS = ("low", "high")  # of an interval of what else the row holds


def head_of(name: str) -> str:
    """The head of a column."""
    return DAYS.get(name, name.replace("_", " "))


def cell(name: str, value: Any, row: Mapping[str, Any]) -> str:
    """A value of a table: times in days, shares in percent, other numbers with four digits."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return "" if value is None else str(value)
    if name in ("seed", "replicate", "point"):
        return str(int(value))
    if not math.isfinite(value):
        return number(value)
    if name in DAYS:
        return f"{value / HOURS_PER_DAY:.2f}"
    if name in PERCENT or (name in ENDS and "survival" in row):
        return percent(value)
    if name in OF_AN_ENDPOINT and "endpoint" in row:
        value = value / scale_of(str(row["endpoint"]))
    return number(value, 4)


def endpoint_words(name: str) -> str:
    """An endpoint with its unit as a column of a table says it."""
    kind = endpoint(name)
    return f"{kind.label}, days" if kind.kind == "time" else kind.label


def outcome_of(row: Mapping[str, Any]) -> str:
    """What came of a run, in a few words."""
    if row.get("status") == "failed":
        return "failed"
    until = float(row["hours"]) / HOURS_PER_DAY
    if row.get("cleared") == 1:
        return f"cleared on day {until:.1f}"
    if not math.isnan(float(row.get("survival_time", math.nan))):
        return f"endpoint size on day {float(row['survival_time']) / HOURS_PER_DAY:.1f}"
    taken = float(row.get("time_to_take", math.nan))
    found = "never detectable" if math.isnan(taken) else f"detectable on day {taken / HOURS_PER_DAY:.1f}"
    return f"{found}, {int(row['final_burden']):,} cells on day {until:.1f}"
