"""Numbers on the command line, refused with what was given, what is allowed and how it is written."""

from __future__ import annotations

from collections.abc import Callable

import typer


def whole(low: int, high: int | None = None) -> Callable[[str | int], int]:
    """A parser of whole numbers from low to high, or without an upper end."""
    allowed = f"Write a whole number from {low}" + (f" to {high}." if high is not None else " on.")

    def parse(given: str | int) -> int:
        try:
            value = int(given)
        except ValueError:
            raise typer.BadParameter(f'"{given}" is not a whole number. {allowed}') from None
        if value < low or (high is not None and value > high):
            raise typer.BadParameter(f"{value} is out of range. {allowed}")
        return value

    return parse


def days(given: str | float) -> float:
    """A parser of a number of days; the scenario says how many are allowed."""
    try:
        return float(given)
    except ValueError:
        raise typer.BadParameter(f'"{given}" is not a number. Write days without a unit, for example 30.') from None
