"""Endpoints, schedules and times as a person says them; the terminal and the report share these words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from immune_sim.mechanisms.endpoints import Endpoints
from immune_sim.scenario import checking
from immune_sim.scenario.dosing import DOSE, DOSE_PER_KG, EVERY, INFUSION, INFUSION_PER_KG, Dosing, days_or_hours

HOURS_PER_DAY = 24.0


def endpoint_rows(summary: Mapping[str, Any], rules: Endpoints) -> list[tuple[str, str]]:
    """Name and value of every endpoint of a run."""
    return [
        (f"detected ({rules.detectable_cells:,} cells)", day(summary["time_to_take"], "no")),
        (f"endpoint size ({rules.endpoint_cells:,} cells)", day(summary["survival_time"], "not reached")),
        ("cleared", day(summary["time_to_clearance"], "no")),
        ("peak burden", f"{summary['peak_burden']:,} cells"),
        ("final burden", f"{summary['final_burden']:,} cells"),
        ("computed", length(float(summary["hours"]))),
    ]


def length(hours: float) -> str:
    """How long a run is, in words: in days, below two of them in hours."""
    if hours < 2.0 * HOURS_PER_DAY:
        return f"{hours:g} hour{'' if hours == 1.0 else 's'}"
    return f"{hours / HOURS_PER_DAY:.4g} days"


def day(hours: float | None, never: str) -> str:
    """A time of the run in days, or the word for never (None or nan)."""
    return never if hours is None or math.isnan(hours) else f"day {hours / HOURS_PER_DAY:.1f}"


def regimen_sentence(dosing: Sequence[Dosing]) -> str:
    """The schedule in one sentence: "naltrexone 0.1 mg/kg every 24 h"."""
    return "; then ".join(_phase(each) for each in dosing) if dosing else "no drug"


def _phase(each: Dosing) -> str:
    if each.infusion:
        said = f"{each.drug} {checking.show(INFUSION_PER_KG if each.per_kg else INFUSION, each.amount)} as an infusion"
    else:
        amount = checking.show(DOSE_PER_KG if each.per_kg else DOSE, each.amount)
        often = "once" if math.isinf(each.every) else f"every {checking.show(EVERY, each.every)}"
        said = f"{each.drug} {amount} {often}"
    if each.at is not None:
        said += f" at {each.at // 60:02d}:{each.at % 60:02d}"
    if each.start:
        said += f", from {days_or_hours(each.start)} on"
    if math.isfinite(each.length):
        said += f", for {days_or_hours(each.length)}"
    if each.on_days is not None:
        said += f", {each.on_days:g} days with and {each.off_days or 0:g} days without"
    if each.while_burden_above is not None:
        said += f", while there are more than {each.while_burden_above:,} tumor cells"
    return said
