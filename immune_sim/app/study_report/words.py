"""Numbers as a reader wants them: days, intervals, p-values, shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from immune_sim.analysis.endpoints import endpoint

HOURS_PER_DAY = 24.0
MINUS = "\N{MINUS SIGN}"
Say = Callable[[float], str]
NONE = "\N{EN DASH}"

ABBREVIATED = {"nk": "NK", "ctl": "T cell", "pd": "PD", "mhc": "MHC"}


def plain(name: str) -> str:
    """The name of a factor, switch or parameter in words: "links.nk_recruitment" as "NK recruitment"."""
    words = name.removeprefix("links.").replace("_", " ").split(" ")
    return " ".join(ABBREVIATED.get(each, each) for each in words)


def number(value: float, digits: int = 3) -> str:
    """A number with so many digits that count; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NONE
    said = f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"
    return said.replace("-", MINUS)


def days(hours: float) -> str:
    """Hours as days with one decimal."""
    return NONE if hours is None or not math.isfinite(hours) else f"{hours / HOURS_PER_DAY:.1f}".replace("-", MINUS)


def times(ratio: float) -> str:
    """A ratio: "x1.98"."""
    return f"x{ratio:.2f}" if math.isfinite(ratio) else NONE


def percent(share: float) -> str:
    """A share as a percentage."""
    return NONE if share is None or not math.isfinite(share) else f"{round(100 * share):d} %".replace("-", MINUS)


def span(row: Mapping[str, Any], name: str, say: Say = number) -> str:
    """An estimate of a table's row with its interval: "12.3 (9.8 to 14.9)"."""
    return interval(float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"]), say)


def interval(value: float, low: float, high: float, say: Say = number) -> str:
    """The same of three numbers; an end that is not known is said to be open."""
    if not math.isfinite(value):
        return NONE
    if not (math.isfinite(low) or math.isfinite(high)):
        return say(value)
    ends = [say(each) if math.isfinite(each) else "open" for each in (low, high)]
    return f"{say(value)} ({ends[0]} to {ends[1]})"


def p_value(p: float) -> str:
    """A p-value: "0.03", "< 0.001"."""
    if not math.isfinite(p):
        return NONE
    return "< 0.001" if p < 0.001 else f"{p:.2g}"


def say_of(name: str) -> Say:
    """How the values of an endpoint are said."""
    return {"time": days, "share": percent, "number": number}[endpoint(name).kind]


def scale_of(name: str) -> float:
    """By what a value of an endpoint is divided for a figure: hours become days."""
    return HOURS_PER_DAY if endpoint(name).kind == "time" else 1.0


def rows_of(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    """The rows of a table by column name; none of no table."""
    rows = [] if table is None else table.to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def luck(noise: pd.DataFrame | None) -> str:
    """How much of what single runs differ by is luck, of every endpoint in which anything happened.

    noise: one row per ``endpoint`` and ``contrast``, with ``of_one_run``, nan where all runs are alike.
    """
    rows = [row for row in rows_of(noise) if math.isfinite(row["of_one_run"])]
    if not rows:
        return ""
    several = len({row["contrast"] for row in rows}) > 1
    shares = []
    for row in rows:
        of = endpoint(row["endpoint"]).label + (f", {row['contrast']}" if several else "")
        shares.append(f"{percent(row['of_one_run'])} ({of})")
    said = " and ".join([", ".join(shares[:-1]), shares[-1]]) if len(shares) > 1 else shares[0]
    return f"Of the variance of single runs, {said} is luck: what two replicates of one design point differ by."
