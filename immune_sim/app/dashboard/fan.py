"""How the same scenario goes with other luck: the burdens of other seeds, their band, and where one run lies in it."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
SHARES = (0.1, 0.5, 0.9)  # of the seeds below the lower edge, the middle and the upper edge of the band
FEWEST = 5  # seeds that make a band
EVERY = 6  # h between the points of the band
NO_HOUR = -1


def other_seeds(seed: int, count: int) -> tuple[int, ...]:
    """The first whole numbers from 1 on that are not this seed."""
    return tuple(each for each in range(1, count + 2) if each != seed)[:count]


@dataclass(frozen=True)
class SeedRow:
    """One seed in the table. burden: at the hour asked for, nan if not computed so far, inf beyond the endpoint.

    last: the last hour computed, NO_HOUR if none; ending: "" if there is more to compute, otherwise as for ``Fan.add``.
    """

    seed: int
    burden: float
    last: int
    ending: str


class Fan:
    """Burdens by seed. hours: of the scenario. grown: counts what was added, so that readers notice.

    driven: held by whoever computes more of it.
    """

    def __init__(self, hours: int):
        self.hours = hours
        self.grown = 0
        self.driven = threading.Lock()
        self._burdens: dict[int, Floats] = {}
        self._last: dict[int, int] = {}
        self._ending: dict[int, str] = {}

    def add(self, seed: int, start: int, burden: NDArray[np.float32], ending: str) -> None:
        """Add the burden of a seed from hour ``start`` on.

        ending: "" if the run goes on, "cleared" or "endpoint" if it stopped: a cleared tumor stays at 0 cells, and one
        that reached the endpoint counts as larger than any other from then on; "duration" at the scenario's end.
        """
        whole = self._burdens[seed].copy() if seed in self._burdens else np.full(self.hours + 1, np.nan)
        stop = start + len(burden)
        whole[start:stop] = burden
        if ending in {"cleared", "endpoint"}:
            whole[stop:] = 0.0 if ending == "cleared" else np.inf
        self._burdens[seed] = whole
        self._last[seed] = max(self._last.get(seed, 0), stop - 1)
        if ending:
            self._ending[seed] = ending
        self.grown += 1

    def complete(self, seed: int) -> bool:
        """Whether a seed was computed to its end."""
        return seed in self._ending

    def band(self, seeds: tuple[int, ...]) -> tuple[Floats, list[Floats]]:
        """Days (n,) and the lower edge, middle and upper edge (n,) each; nan where fewer than FEWEST seeds have come.

        Edges are burdens of seeds, not interpolated; nan too where the edge lies beyond the endpoint.
        """
        hours = np.arange(0, self.hours + 1, EVERY)
        ranked = np.sort(self._come(hours, seeds), axis=0)  # nan last
        counts = np.sum(~np.isnan(ranked), axis=0)
        enough = np.flatnonzero(counts >= FEWEST)
        edges = np.full((len(SHARES), len(hours)), np.nan)
        for edge, share in zip(edges, SHARES, strict=True):
            edge[enough] = ranked[np.ceil(share * counts[enough]).astype(np.int64) - 1, enough]
        edges[np.isinf(edges)] = np.nan
        return hours / 24.0, list(edges)

    def at(self, hour: int, seeds: tuple[int, ...]) -> Floats:
        """Burdens at an hour of the seeds that have come so far."""
        if not 0 <= hour <= self.hours:
            return np.empty(0)
        found = self._come(np.array([hour]), seeds)[:, 0]
        return found[~np.isnan(found)]

    def _come(self, hours: NDArray[np.int64], seeds: tuple[int, ...]) -> Floats:
        """Burdens (seeds, hours); nan where a seed, or one before it in the list, has not come to the hour.

        A run that stopped early is known to its end before others are, and must not count before them.
        """
        nothing = np.full(self.hours + 1, np.nan)
        burdens = np.array([self._burdens.get(seed, nothing)[hours] for seed in seeds]).reshape(len(seeds), len(hours))
        return np.where(np.logical_or.accumulate(np.isnan(burdens), axis=0), np.nan, burdens)

    def reached(self, seeds: tuple[int, ...]) -> int:
        """The hour to which all of these seeds have come."""
        return min(self.hours if self.complete(seed) else self._last.get(seed, 0) for seed in seeds)

    def table(self, hour: int, seeds: tuple[int, ...]) -> tuple[SeedRow, ...]:
        """One row a seed, computed or not."""
        return tuple(self._row(seed, hour) for seed in seeds)

    def _row(self, seed: int, hour: int) -> SeedRow:
        burdens = self._burdens.get(seed)
        burden = float(burdens[hour]) if burdens is not None and 0 <= hour <= self.hours else np.nan
        return SeedRow(seed, burden, self._last.get(seed, NO_HOUR), self._ending.get(seed, ""))


def sentence(fan: Fan, seeds: tuple[int, ...], hour: int, cells: int, changed: bool) -> str:
    """Where a run with this many living tumor cells lies among the other seeds at an hour, in words.

    changed: whether something was done by hand in the run, which the other seeds do not have.
    """
    if hour > fan.hours:
        return f"The other seeds end with the scenario on day {fan.hours / 24:.0f}."
    others = fan.at(hour, seeds)
    if not len(others):
        days = fan.reached(seeds[:FEWEST]) // 24  # as far as their band is drawn
        return f"{len(seeds)} other seeds are being computed \u2026 day {days} so far."
    day = f"on day {hour // 24}"
    n = len(others)
    some = "the only other seed computed so far" if n == 1 else f"the {n} seeds computed so far"
    among = f"{n} other seeds" if n == len(seeds) else some
    if cells == 0:
        words = f"Cleared here; so are {int(np.sum(others == 0))} of {among} {day}."
    elif np.all(others == cells):
        words = f"As large as {among} {day}."
    elif n == 1:
        words = f"{'Larger' if others[0] < cells else 'Smaller'} than {among} {day}."
    else:
        words = f"Larger than {int(np.sum(others < cells))} of {among} {day}{_beside_band(others, cells)}."
    return words + (" Changes by hand left out." if changed else "")


def _beside_band(others: Floats, cells: int) -> str:
    if len(others) < FEWEST:
        return ""
    low, high = (_edge(np.sort(others), share) for share in (SHARES[0], SHARES[-1]))
    return ", " + ("below the band" if cells < low else "above the band" if cells > high else "inside the band")


def _edge(ranked: Floats, share: float) -> float:
    """The burden of the seed below or at which this share of all seeds lies."""
    return float(ranked[math.ceil(share * len(ranked)) - 1])
