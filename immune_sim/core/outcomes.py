"""How an outcome is declared: what a run reports every hour, with unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """One column of the time course.

    name: the column. unit: "" for a pure number. about: the meaning in one sentence.
    dtype: "int64" or "float64". group: the heading under which tables and pages show it.
    """

    name: str
    unit: str
    about: str
    dtype: str = "float64"
    group: str = "tissue"
