"""Running one kernel on several ranges of rows at once.

Kernels release the interpreter's lock and write only what belongs to their own rows, so plain threads serve and the
result is the same for any number of them. Compared with Numba's own parallel loops this needs one compilation instead
of two and no threading layer.

An hour hands work over some forty times, and waking a thread that sleeps takes longer than many a kernel. So whoever
waits, helper or caller, first looks for a moment in a kernel, and only then sleeps. What one core has written is dear
to another that lies far from it, so every thread begins with the same share of the rows in each kernel of each hour,
and helps the others only when it is done.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from immune_sim.core.jit import tell_and_await

WORTH_IT = 40_000  # ns of work on one thread below which sharing it (10 us each time) brings too little
LOOKS = 300_000  # times that a thread looks before it sleeps, about 0.2 ms
LINGER = 15_000  # times that a helper looks on, about 10 us, until the caller is in its own kernel

Task = Callable[[int], Any]  # called with the number of the thread


class Threads:
    """A number of threads that share work; ``Threads(1)`` runs everything in the caller's.

    Costs are what the work takes on one thread in ns, roughly: they tell what is worth sharing, and change no result.
    """

    def __init__(self, count: int = 1):
        self.count = max(1, count)
        self._helpers = [_Helper(number) for number in range(1, self.count)]
        weakref.finalize(self, _dismiss, self._helpers)

    def over_rows(self, n: int, work: Callable[[int, int], Any], cost: float) -> None:
        """Call work(first, end) on ranges that cover 0 to n. cost: ns a row."""
        self.over_rows_in_parts(n, lambda _, first, end: work(first, end), cost)

    def over_rows_in_parts(self, n: int, work: Callable[[int, int, int], Any], cost: float) -> None:
        """Call work(part, first, end) on ranges that cover 0 to n; calls of one part never overlap in time."""
        if self.count == 1 or n * cost < WORTH_IT:
            work(0, 0, n)
            return
        self._share([partial(_call, work, lo, hi) for lo, hi in self.ranges(n, cost)])

    def ranges(self, n: int, cost: float) -> list[tuple[int, int]]:
        """Ranges of rows (first, end) that cover 0 to n, one for each thread, or one where sharing is not worth it."""
        parts = self.count if n * cost >= WORTH_IT else 1
        bounds = [n * part // parts for part in range(parts + 1)]
        return list(pairwise(bounds))

    def even(self, rows: np.ndarray) -> list[tuple[int, int]]:
        """Ranges (first, end) of groups of so many rows (groups,), one for each thread, about as many rows in each."""
        reached = np.cumsum(rows)
        wanted = rows.sum() * np.arange(1, self.count) / self.count
        bounds = [0, *(int(at) for at in np.searchsorted(reached, wanted, side="right")), len(rows)]
        return list(pairwise(bounds))

    def together(self, tasks: Sequence[Callable[[], Any]], cost: float) -> None:
        """Run independent tasks, each thread beginning with its share of the list; an error in any is raised.

        cost: ns of all of them.
        """
        if self.count == 1 or len(tasks) < 2 or cost < WORTH_IT:
            for task in tasks:
                task()
            return
        self._share([partial(_ignore_part, task) for task in tasks])

    def _share(self, tasks: Sequence[Task]) -> None:
        bounds = [-(-len(tasks) * part // self.count) for part in range(self.count + 1)]
        shares = [deque(tasks[lo:hi]) for lo, hi in pairwise(bounds)]
        for helper in self._helpers:
            helper.begin(shares)
        try:
            _work_off(shares, 0)
        finally:
            for share in shares:
                share.clear()  # after an error the rest need not be done
            errors = [helper.end() for helper in self._helpers]
        for error in errors:
            if error is not None:
                raise error

    def close(self) -> None:
        """End the threads; from now on the caller does all the work."""
        _dismiss(self._helpers)
        self.count = 1


def _call(work: Callable[[int, int, int], Any], first: int, end: int, part: int) -> None:
    work(part, first, end)


def _ignore_part(task: Callable[[], Any], _: int) -> None:
    task()


def _work_off(shares: Sequence[deque[Task]], part: int) -> None:
    """Do the tasks of one's own share from its beginning, then those that are left of others from their end."""
    for turn in range(len(shares)):
        share = shares[(part + turn) % len(shares)]
        take = share.popleft if turn == 0 else share.pop
        while share:
            try:
                task = take()
            except IndexError:  # another thread was faster
                break
            task(part)


class _Helper:
    """A thread that works off what it is given, until it is given nothing.

    Who waits looks at a number that the other counts up, and then takes a lock that the other lets go before: for
    those who have looked in vain, that is where they sleep.
    """

    def __init__(self, number: int):
        self._number = number
        self._shares: Sequence[deque[Task]] | None = None
        self._error: BaseException | None = None
        self._begun, self._ended = np.zeros(1, dtype=np.int64), np.full(1, -1, dtype=np.int64)
        self._may_begin, self._has_ended = threading.Lock(), threading.Lock()
        self._may_begin.acquire()
        self._has_ended.acquire()
        threading.Thread(target=self._serve, name=f"immune-sim-{number}", daemon=True).start()

    def begin(self, shares: Sequence[deque[Task]] | None) -> None:
        """Let the thread work these off, or end it with None."""
        self._shares, self._error = shares, None
        self._may_begin.release()
        self._begun[0] += 1

    def end(self) -> BaseException | None:
        """Wait until the thread finds no more to do; returns the error that it met."""
        tell_and_await(np.zeros(1, dtype=np.int64), self._ended, self._begun[0] - 1, LOOKS, 0)
        self._has_ended.acquire()
        return self._error

    def _serve(self) -> None:
        rounds = 0
        while True:
            tell_and_await(self._ended, self._begun, rounds, LOOKS, LINGER)
            self._may_begin.acquire()
            rounds += 1
            if self._shares is None:
                return
            try:
                _work_off(self._shares, self._number)
            except BaseException as error:  # noqa: BLE001  (raised again where the work was given)
                self._error = error
            self._has_ended.release()


def _dismiss(helpers: list[_Helper]) -> None:
    while helpers:
        helpers.pop().begin(None)
