"""The engine: one thread owns the model, the newest picture is shown, nothing queues."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from immune_sim.app.dashboard.engine import PATIENCE, Engine


class Clockwork:
    """A model that only counts hours; it fails in hour ``fails_at`` and ends at ``duration``."""

    def __init__(self, duration: float = 1e9, fails_at: float = float("inf")) -> None:
        self.time, self.duration, self.fails_at, self.running = 0.0, duration, fails_at, True
        self.threads: set[int] = set()

    def run_for(self, hours: int) -> None:
        self.threads.add(threading.get_ident())
        if self.time >= self.fails_at:
            raise ValueError("the spring broke")
        self.time += hours


class Wall:
    """A screen that notes what it is told; with ``answers`` it says at once that a picture was painted."""

    def __init__(self, answers: bool = True) -> None:
        self.answers = answers
        self.engine: Engine
        self.shown: list[float] = []
        self.failures: list[str] = []
        self.ends = 0

    def show(self, model: Clockwork) -> None:
        self.shown.append(model.time)
        if self.answers:
            self.engine.painted(len(self.shown))

    def working(self, text: str) -> None: ...

    def stopped(self, model: Clockwork) -> None:
        self.ends += 1

    def failed(self, error: Exception) -> None:
        self.failures.append(str(error))


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def made() -> Iterator[Callable[..., tuple[Engine, Wall, Clockwork]]]:
    engines: list[Engine] = []

    def make(answers: bool = True, **model: float) -> tuple[Engine, Wall, Clockwork]:
        wall, clockwork = Wall(answers), Clockwork(**model)
        engine = Engine(wall)
        wall.engine = engine
        engines.append(engine)
        engine.start()
        engine.build(lambda: clockwork)
        return engine, wall, clockwork

    yield make
    for engine in engines:
        engine.close()


Made = Callable[..., tuple[Engine, Wall, Clockwork]]


def test_advance_computes_just_these_hours_and_shows_them(made: Made) -> None:
    engine, wall, model = made()
    engine.advance(24)
    assert wait_until(lambda: wall.shown[-1:] == [24.0])
    assert model.time == 24.0


def test_playing_keeps_the_pace_and_pausing_stops_it(made: Made) -> None:
    """Within a factor of two, for a busy machine: catches a pace per picture in place of one per second."""
    engine, _, model = made()
    engine.pace = 100.0
    engine.play(True)
    time.sleep(1.0)
    engine.play(False)
    time.sleep(0.2)
    stood = model.time
    assert 50.0 <= stood <= 150.0
    time.sleep(0.2)
    assert model.time == stood


def test_a_slow_page_gets_the_newest_picture_and_no_queue(made: Made) -> None:
    """A page that never answers gets a picture a second, not eighteen; catches pictures that pile up."""
    engine, wall, model = made(answers=False)
    engine.pace = 1000.0
    engine.play(True)
    time.sleep(PATIENCE * 2.5)
    engine.play(False)
    assert len(wall.shown) <= 5
    engine.painted(0)
    assert wait_until(lambda: wall.shown[-1] == model.time)


def test_pictures_come_at_most_eighteen_times_a_second(made: Made) -> None:
    engine, wall, _ = made()
    engine.pace = float("inf")
    engine.play(True)
    time.sleep(1.0)
    engine.play(False)
    assert 5 <= len(wall.shown) <= 20


def test_the_end_of_a_run_stops_the_clock_once_and_playing_on_is_allowed(made: Made) -> None:
    engine, wall, model = made(duration=10.0)
    engine.pace = float("inf")
    engine.play(True)
    assert wait_until(lambda: wall.ends == 1)
    assert model.time == 10.0
    engine.play(True)
    assert wait_until(lambda: model.time > 20.0)
    assert wall.ends == 1


def test_an_error_is_told_and_the_engine_goes_on(made: Made) -> None:
    """Catches a thread that dies silently: the page would look alive and never move again."""
    engine, wall, model = made(fails_at=3.0)
    engine.advance(10)
    assert wait_until(lambda: wall.failures == ["the spring broke"])
    model.fails_at = float("inf")
    engine.advance(1)
    assert wait_until(lambda: model.time == 4.0)


def test_only_the_engine_touches_the_model_and_it_ends_with_the_session(made: Made) -> None:
    engine, _, model = made()
    engine.advance(1)
    engine.play(True)
    assert wait_until(lambda: model.time > 3.0)
    assert len(model.threads) == 1
    assert threading.get_ident() not in model.threads
    engine.close()
    assert wait_until(lambda: not any(thread.ident in model.threads for thread in threading.enumerate()))
