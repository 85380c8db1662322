"""The loop of a session's process: the pace of the hours, the newest picture and no queue, errors that are told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from immune_sim.app.dashboard.engine.loop import PATIENCE, Loop


class Clock:
    """Work that only counts hours; it fails in hour ``fails_at`` and ends at ``duration``.

    With ``answers`` the page says at once that it has painted a picture.
    """

    ready = True

    def __init__(self, answers: bool = True, duration: float = 1e9, fails_at: float = float("inf")) -> None:
        self.answers, self.duration, self.fails_at = answers, duration, fails_at
        self.time = 0.0
        self.threads: set[int] = set()
        self.shown: list[float] = []
        self.failures: list[str] = []
        self.ends = 0
        self.loop = Loop(self)

    @property
    def ended(self) -> bool:
        return self.time >= self.duration

    def hour(self) -> None:
        self.threads.add(threading.get_ident())
        if self.time >= self.fails_at:
            raise ValueError("the spring broke")
        self.time += 1

    def spare(self) -> bool:
        return False

    def show(self) -> None:
        self.shown.append(self.time)
        if self.answers:
            self.loop.note(self.loop.seen)

    def busy(self, text: str) -> None: ...

    def stopped(self) -> None:
        self.ends += 1

    def failed(self, error: Exception) -> None:
        self.failures.append(str(error))

    # ---- a hand at the controls

    def play(self, playing: bool) -> None:
        self.loop.note(lambda: self.loop.play(playing))

    def advance(self, hours: int) -> None:
        self.loop.note(lambda: self.loop.step(hours))


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def made() -> Iterator[Callable[..., Clock]]:
    clocks: list[Clock] = []

    def make(**options: float) -> Clock:
        clock = Clock(**options)  # type: ignore[arg-type]
        clocks.append(clock)
        threading.Thread(target=clock.loop.run, daemon=True).start()
        return clock

    yield make
    for clock in clocks:
        clock.loop.close()


Made = Callable[..., Clock]


def test_advance_computes_just_these_hours_and_shows_them(made: Made) -> None:
    clock = made()
    clock.advance(24)
    assert wait_until(lambda: clock.shown[-1:] == [24.0])
    assert clock.time == 24.0


def test_playing_keeps_the_pace_and_pausing_stops_it(made: Made) -> None:
    """Within a factor of two, for a busy machine: catches a pace per picture in place of one per second."""
    clock = made()
    clock.loop.pace = 100.0
    clock.play(True)
    time.sleep(1.0)
    clock.play(False)
    time.sleep(0.2)
    stood = clock.time
    assert 50.0 <= stood <= 150.0
    time.sleep(0.2)
    assert clock.time == stood


def test_a_slow_page_gets_the_newest_picture_and_no_queue(made: Made) -> None:
    """A page that never answers gets a picture a second, not eighteen; catches pictures that pile up."""
    clock = made(answers=False)
    clock.loop.pace = 1000.0
    clock.play(True)
    time.sleep(PATIENCE * 2.5)
    clock.play(False)
    assert len(clock.shown) <= 5
    clock.loop.note(clock.loop.seen)
    assert wait_until(lambda: clock.shown[-1] == clock.time)


def test_pictures_come_at_most_eighteen_times_a_second(made: Made) -> None:
    clock = made()
    clock.loop.pace = float("inf")
    clock.play(True)
    time.sleep(1.0)
    clock.play(False)
    assert 5 <= len(clock.shown) <= 20


def test_the_end_of_a_run_stops_the_clock_once_and_playing_on_is_allowed(made: Made) -> None:
    clock = made(duration=10.0)
    clock.loop.pace = float("inf")
    clock.play(True)
    assert wait_until(lambda: clock.ends == 1)
    assert clock.time == 10.0
    clock.play(True)
    assert wait_until(lambda: clock.time > 20.0)
    assert clock.ends == 1


def test_an_error_is_told_and_the_loop_goes_on(made: Made) -> None:
    """Catches a thread that dies silently: the page would look alive and never move again."""
    clock = made(fails_at=3.0)
    clock.advance(10)
    assert wait_until(lambda: clock.failures == ["the spring broke"])
    clock.fails_at = float("inf")
    clock.advance(1)
    assert wait_until(lambda: clock.time == 4.0)


def test_only_one_thread_touches_the_model_and_it_ends_when_the_loop_is_closed(made: Made) -> None:
    clock = made()
    clock.advance(1)
    clock.play(True)
    assert wait_until(lambda: clock.time > 3.0)
    assert len(clock.threads) == 1
    assert threading.get_ident() not in clock.threads
    clock.loop.close()
    assert wait_until(lambda: not any(thread.ident in clock.threads for thread in threading.enumerate()))
