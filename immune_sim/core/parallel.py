"""Running one kernel on several ranges of rows at once.

Kernels release the interpreter's lock and write only what belongs to their own rows, so a plain thread pool serves and
the result is the same for any number of threads. Compared with Numba's own parallel loops this needs one compilation
instead of two and no threading layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

PIECES = 4  # ranges per thread: work is seldom even from the first row to the last
WORTH_IT = 150_000  # rows below which handing work over (70 to 180 us) costs more than it saves


class Threads:
    """A number of threads that share work; ``Threads(1)`` runs everything in the caller's."""

    def __init__(self, count: int = 1):
        self.count = max(1, count)
        self._pool = ThreadPoolExecutor(self.count - 1, thread_name_prefix="immune-sim") if self.count > 1 else None

    def over_rows(self, n: int, work: Callable[[int, int], Any], worth_it: int = WORTH_IT) -> None:
        """Call work(first, end) on ranges that cover 0 to n."""
        self.over_rows_in_parts(n, lambda _, first, end: work(first, end), worth_it)

    def over_rows_in_parts(self, n: int, work: Callable[[int, int, int], Any], worth_it: int = WORTH_IT) -> None:
        """Call work(part, first, end) on ranges that cover 0 to n; calls of one part never overlap in time."""
        if self._pool is None or n < worth_it:
            work(0, 0, n)
            return
        pieces = PIECES * self.count
        bounds = [n * piece // pieces for piece in range(pieces + 1)]
        self.together([partial(work, i % self.count, bounds[i], bounds[i + 1]) for i in range(pieces)])

    def together(self, tasks: Sequence[Callable[[], Any]], n: int = WORTH_IT) -> None:
        """Run independent tasks, task i in thread i modulo their count; an error in any is raised.

        n: rows that each of them passes over, where that is known; few are not worth a second thread.
        """
        if self._pool is None or len(tasks) < 2 or n < WORTH_IT:
            _run_all(tasks)
            return
        waiting = [self._pool.submit(_run_all, tasks[k :: self.count]) for k in range(1, self.count)]
        _run_all(tasks[:: self.count])
        for each in waiting:
            each.result()

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown(wait=False)


def _run_all(tasks: Sequence[Callable[[], Any]]) -> None:
    for task in tasks:
        task()
