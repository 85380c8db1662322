"""Work on ranges of rows: everything once, for any number of threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immune_sim.core.parallel import Threads


@pytest.fixture(params=[1, 2, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[Threads]:
    made = Threads(request.param)
    yield made
    made.close()


@settings(max_examples=30)
@given(count=st.integers(1, 4), n=st.integers(0, 50))
def test_ranges_cover_every_row_once(count: int, n: int) -> None:
    """Catches a row lost or done twice where the rows do not divide evenly, and two calls of one part at one time."""
    done = np.zeros(n, dtype=int)
    parts: list[int] = []
    busy = [threading.Lock() for _ in range(count)]
    threads = Threads(count)

    def work(part: int, first: int, end: int) -> None:
        assert busy[part].acquire(blocking=False), "two calls of one part at the same time"
        parts.append(part)
        done[first:end] += 1
        busy[part].release()

    threads.over_rows_in_parts(n, work, cost=1e6)
    threads.close()
    assert (done == 1).all()
    assert all(0 <= part < count for part in parts)


def test_small_work_stays_in_one_thread(threads: Threads) -> None:
    """Catches the price of a hand-over paid for ten rows."""
    seen: list[str] = []
    threads.over_rows(10, lambda first, end: seen.append(threading.current_thread().name), cost=1.0)
    assert seen == [threading.current_thread().name]


def test_an_error_in_any_task_is_raised(threads: Threads) -> None:
    """Catches a failure that a pool swallows; it must reach the caller wherever it happens."""
    for failing in range(3):

        def task(i: int = failing, at: int = 0) -> None:
            if i == at:
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            threads.together([lambda at=at: task(at=at) for at in range(3)], cost=1e9)


def test_all_tasks_have_ended_on_return(threads: Threads) -> None:
    """Catches a return before the last thread is done."""
    done: list[int] = []
    threads.together([lambda i=i: done.append(i) for i in range(20)], cost=1e9)
    assert sorted(done) == list(range(20))


@pytest.mark.parametrize("rows", [[], [0], [7], [0, 0, 5, 1, 4], [1000, 1, 1, 1]])
def test_even_shares_cover_every_group_once(threads: Threads, rows: list[int]) -> None:
    """Catches a group lost or done twice, and a tissue of a single slab, where the other slabs are none."""
    shares = threads.even(np.array(rows, dtype=np.int64))
    assert [group for first, end in shares for group in range(first, end)] == list(range(len(rows)))
