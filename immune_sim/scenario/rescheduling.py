"""A regimen that is replaced while a run goes on, as one regimen from hour 0 on: what was given, then what is to come.

So a run with a change of schedule is a scenario like any other: it can be saved, read, hashed and run from its start.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from immune_sim.scenario.dosing import Dosing


def replaced(before: Sequence[Dosing], after: Iterable[Dosing], hour: float) -> tuple[Dosing, ...]:
    """The regimen of a run that followed ``before`` to an hour and follows ``after`` from there on."""
    return (*until(before, hour), *begun(after, hour))


def until(dosing: Iterable[Dosing], hour: float) -> tuple[Dosing, ...]:
    """What of a regimen was given by an hour.

    A dose due at that hour was given with it; but at hour 0, where nothing has run yet, none was. An infusion stops.
    """
    kept = (_until(each, hour) for each in dosing) if hour > 0.0 else ()
    return tuple(each for each in kept if each is not None)


def begun(dosing: Iterable[Dosing], hour: float) -> tuple[Dosing, ...]:
    """A regimen that is begun at an hour.

    A phase that would have started earlier starts then, and its first clock time and its cycle of days count from
    there; it ends when it would have ended, and one that would be over is left out.
    """
    return tuple(made for each in dosing if (made := _begun(each, hour)) is not None)


def _begun(each: Dosing, hour: float) -> Dosing | None:
    if each.start >= hour:
        return each
    first, end = each.phase(1.0).first_h, each.phase(1.0).until_h
    made = replace(each, start=hour)
    if math.isinf(end) or made.phase(1.0).first_h == first:
        return made
    left = end - made.phase(1.0).first_h
    return replace(made, length=left) if left > 0.0 else None


def _until(each: Dosing, hour: float) -> Dosing | None:
    first = each.phase(1.0).first_h
    if each.infusion:
        return replace(each, length=min(each.length, hour - first)) if first < hour else None
    if first > hour:
        return None
    if math.isinf(each.every):
        return each
    given = max(0, math.floor((hour - first) / each.every) - 1)  # safely too few, rounding considered
    while first + given * each.every <= hour:
        given += 1
    return replace(each, length=min(each.length, given * each.every))
