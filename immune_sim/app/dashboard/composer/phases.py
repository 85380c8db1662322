"""From doses on a grid of quarter hours to the fewest phases of a regimen that give exactly these doses.

The earliest dose that no phase gives yet must be the first of some phase. So the search takes it, tries the longest
phases that begin there (every so many hours, with or without a cycle of days), and goes on with what is left.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from immune_sim.scenario.dosing import Dosing

HOUR = 4  # quarters
DAY = 24 * HOUR
NEAR = 12  # of the next doses are tried as the second of a phase
DAYS = range(1, 15)  # between doses that are tried, too
ODD_ROW = 3  # doses that make an unusual interval worth saying
LONGEST_CYCLE = 90  # days
TRIED = 4  # ways to begin that are followed at each dose
SLIPS = 3  # times that another way than the longest is taken
MOST_ROWS = 12  # beyond so many a drawing has no pattern worth looking for
MOST_LOOKED_AT = 300  # doses at which ways are compared


@dataclass(frozen=True)
class Row:
    """Doses in a row, in quarters: every ``every`` from ``first``, in a cycle of on and off days where off is not 0.

    every: 0 for a single dose. stop: the quarter before which the last one lies; None for the end of the run.
    given: the quarters of the doses.
    """

    first: int
    every: int
    on: int
    off: int
    stop: int | None
    given: tuple[int, ...]

    def dosing(self, amount: float, per_kg: bool, above: int | None) -> Dosing:
        """The row as a phase."""
        day, clock = divmod(self.first, DAY)
        return Dosing(
            amount=amount,
            per_kg=per_kg,
            every=self.every / HOUR if self.every else math.inf,
            at=clock * 60 // HOUR,
            start=day * 24.0,
            length=math.inf if self.stop is None else (self.stop - self.first) / HOUR,
            on_days=float(self.on) if self.off else None,
            off_days=float(self.off) if self.off else None,
            while_burden_above=above,
        )


def fewest(
    doses: Mapping[int, float], end: int, *, per_kg: bool = False, above: int | None = None
) -> tuple[Dosing, ...]:
    """Phases that give these doses, and no others before the end of the run.

    doses: quarter hour of the run -> amount. end: quarter hour at which the run ends; phases that reach it are open.
    The fewest that the search finds: it follows the longest rows from each dose, and in very irregular drawings only
    the longest one. Phases come in the order of their first dose.
    """
    rows: list[tuple[Row, float]] = []
    for amount in sorted({*doses.values()}):
        times = {quarter for quarter, each in doses.items() if each == amount and quarter < end}
        rows += [(row, amount) for row in _Search(end).rows(times)]
    return tuple(row.dosing(amount, per_kg, above) for row, amount in sorted(rows, key=lambda each: each[0].first))


class _Search:
    """Looks for the cheapest set of rows; cycles and odd intervals cost a little more, they are harder to say.

    The longest row is taken at every dose but for a few slips: quick, and it still finds what the longest hides.
    """

    def __init__(self, end: int):
        self.end = end
        self.looked_at = 0

    def rows(self, left: set[int]) -> list[Row]:
        """The cheapest rows found that give these doses."""
        first = self._rows(left, math.inf, 0)
        if len(first) > MOST_ROWS:
            return first
        return self._rows(left, _cost(first), SLIPS) or first

    def _rows(self, left: set[int], budget: float, slips: int) -> list[Row]:
        """Rows that cost less than the budget, none where there is no such way."""
        best: list[Row] = []
        if not left or (self.looked_at > MOST_LOOKED_AT and math.isfinite(budget)):
            return best
        self.looked_at += 1
        ways = sorted(_beginnings(left, self.end), key=lambda row: (-len(row.given), bool(row.off), row.every))
        # The single dose is the last. The densest row is the way out of a cycle that was cut into: two nights that are
        # left of five come before the next five, and are not the first of many weeks.
        densest = min(ways, key=lambda row: (not row.every, row.every, bool(row.off)))
        ways = list(dict.fromkeys([*ways[:TRIED], densest, ways[-1]]))
        for number, row in enumerate(ways if slips else ways[:1]):
            rest, cost = left.difference(row.given), _cost([row])
            if cost + bool(rest) >= budget:
                continue
            found = self._rows(rest, budget - cost, slips - bool(number)) if rest else []
            if found or not rest:
                best = [row, *found]
                budget = _cost(best)
        return best


def _cost(rows: list[Row]) -> float:
    return sum(1.0 + 0.1 * bool(row.off) + 0.2 * _is_odd(row.every) for row in rows)


def _is_odd(every: int) -> bool:
    """Whether doses at this interval fall on other clock times from day to day."""
    return bool(every) and DAY % every != 0 and every % DAY != 0


def _beginnings(left: set[int], end: int) -> Iterator[Row]:
    """The longest rows that begin with the earliest dose, and that dose alone."""
    order = sorted(left)
    first, later = order[0], order[1:]
    yield Row(first, 0, 0, 0, None, (first,))
    near = {each - first for each in later[:NEAR]}
    days = {days * DAY for days in DAYS if first + days * DAY in left}
    for every in near | days:
        row = _row(left, end, first, every)
        if len(row.given) >= (ODD_ROW if _is_odd(every) else 2):
            yield row
        if row.stop is not None:
            yield from _cycles(left, end, row, later)


def _row(left: set[int], end: int, first: int, every: int, on: int = 0, off: int = 0) -> Row:
    """As many doses as there are without one missing; a dose on a day off ends it too."""
    given: list[int] = []
    cycle = (on + off) * DAY
    for quarter in range(first, end, every):
        wanted = not off or (quarter - first) % cycle < on * DAY
        if wanted != (quarter in left):
            return Row(first, every, on, off, _stop(first, given[-1], quarter), tuple(given))
        if wanted:
            given.append(quarter)
    return Row(first, every, on, off, None, tuple(given))


def _stop(first: int, last: int, broken: int) -> int:
    """Where a row ends that holds ``last`` and not ``broken``: after whole days where that can be."""
    whole = first + ((last - first) // DAY + 1) * DAY
    return min(whole, broken)


def _cycles(left: set[int], end: int, row: Row, later: list[int]) -> Iterator[Row]:
    """Rows that give the doses of ``row`` again and again, with days off in between."""
    on = math.ceil(len(row.given) * row.every / DAY)
    after = itertools.dropwhile(lambda quarter: quarter <= row.given[-1], later)
    for again in itertools.islice(after, NEAR):
        days, rest = divmod(again - row.first, DAY)
        if rest or not on < days <= LONGEST_CYCLE or (days * DAY) % row.every:
            continue
        made = _row(left, end, row.first, row.every, on, days - on)
        if len(made.given) > len(row.given) and (made.stop is None or len(made.given) % len(row.given) == 0):
            yield made
