"""A process for every session: commands go in, events come out, nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.engine import process
from immune_sim.app.dashboard.engine.process import Engine
from immune_sim.app.dashboard.engine.workshop import Workshop
from immune_sim.app.dashboard.replay import Change, Run
from immune_sim.model.layers import layer
from immune_sim.model.model import TumorImmuneModel

SMALL = Run("ldn-mouse", 3, 0, {"space.width": 40, "space.height": 40})
LONG = 90.0  # s; the first process of a machine may have to compile


class Page:
    """A page that paints at once, and keeps what it was told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, tuple[Any, ...]]] = []
        self.is_lost = False
        self.engine = Engine(self.hear, self.lose)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        self.events.append((event, arguments))
        if event == "frame":
            self.engine.tell("painted", arguments[0])

    def lose(self) -> None:
        self.is_lost = True

    def last(self, event: str, arm: int = 0) -> Any:
        return next((told[1] for name, told in reversed(self.events) if name == event and told[0] == arm), None)

    def wait_hour(self, hour: float, arm: int = 0) -> None:
        assert wait_until(lambda: (last := self.last("reading", arm)) is not None and last.hour == hour), self.events


def wait_until(true: Callable[[], bool], seconds: float = LONG) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.01)
    return False


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def page() -> Iterator[Page]:
    made = Page()
    made.engine.start()
    yield made
    made.engine.close()


def test_the_process_computes_what_the_model_computes(page: Page) -> None:
    """Catches a run that is begun with other values, and a picture of another hour than the figures."""
    page.engine.tell("begin", 0, SMALL)
    page.engine.tell("set_parameter", 0, "links.tumor_proliferation", -1.0)
    page.engine.tell("advance", 5)
    page.wait_hour(5.0)
    model = TumorImmuneModel(SMALL.scenario, rng=SMALL.seed)
    model.set_parameter("links.tumor_proliferation", -1.0)
    model.run_for(5)
    assert page.last("reading").tumor_cells == model.recorder.latest["tumor_cells"]
    np.testing.assert_array_equal(page.last("frame").picture.codes, layer(model, "type", z=0).codes)
    assert page.last("log") == (Change(0.0, -1.0, "links.tumor_proliferation"),)


def test_the_code_of_a_run_follows_its_clock(page: Page) -> None:
    """Catches a code of the hour at which somebody looked, beside a tissue that has gone on."""
    page.engine.tell("begin", 0, SMALL)
    page.engine.tell("advance", 5)
    page.wait_hour(5.0)
    assert wait_until(lambda: page.last("code") == replay.code(replace(SMALL, hour=5)))


def test_two_processes_share_nothing(page: Page) -> None:
    """Catches a model that two sessions hold together."""
    other = Page()
    other.engine.start()
    page.engine.tell("begin", 0, SMALL)
    other.engine.tell("begin", 0, SMALL)
    page.engine.tell("advance", 3)
    page.wait_hour(3.0)
    other.wait_hour(0.0)
    assert page.engine.pid != other.engine.pid
    assert os.getpid() not in {page.engine.pid, other.engine.pid}
    other.engine.close()


def test_a_process_ends_with_its_session_also_in_the_middle_of_long_work(page: Page) -> None:
    """Catches processes that stay when their page has gone."""
    page.engine.tell("begin", 0, SMALL)
    page.wait_hour(0.0)
    page.engine.tell("advance", 100_000)
    page.engine.close()
    assert wait_until(lambda: not alive(page.engine.pid), 10.0)
    assert not page.is_lost


def test_a_process_that_dies_is_told_and_another_one_can_be_started(page: Page) -> None:
    """Catches a page that waits for ever."""
    page.engine.tell("begin", 0, SMALL)
    page.wait_hour(0.0)
    os.kill(page.engine.pid, signal.SIGKILL)
    assert wait_until(lambda: page.is_lost)
    page.engine.tell("advance", 1)  # nobody is there; nothing happens
    again = Page()
    again.engine.start()
    again.engine.tell("begin", 0, SMALL)
    again.wait_hour(0.0)
    again.engine.close()


def test_an_error_is_said_in_words_and_the_process_goes_on(page: Page) -> None:
    page.engine.tell("begin", 0, SMALL)
    page.engine.tell("give_dose", 0, "much")
    assert wait_until(lambda: "much" in str(page.last("message")))
    page.engine.tell("advance", 1)
    page.wait_hour(1.0)


def test_arms_go_in_lock_step_and_one_can_be_dropped(page: Page) -> None:
    """The same run twice stays the same: catches luck that the arms do not share, and a lost hour."""
    for arm in (0, 2):
        page.engine.tell("begin", arm, SMALL)
    page.engine.tell("advance", 4)
    page.wait_hour(4.0, 2)
    page.wait_hour(4.0, 0)
    np.testing.assert_array_equal(page.last("frame", 0).picture.codes, page.last("frame", 2).picture.codes)
    page.engine.tell("drop", 2)
    page.engine.tell("advance", 1)
    page.wait_hour(5.0)
    assert page.last("reading", 2).hour == 4.0


def test_without_fork_every_session_starts_a_python_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows; catches a worker that only works as a child of the nursery."""
    monkeypatch.setenv(process.SPAWN_VARIABLE, "1")
    made = Page()
    made.engine.start()
    made.engine.tell("begin", 0, SMALL)
    made.wait_hour(0.0)
    made.engine.close()
    assert wait_until(lambda: not alive(made.engine.pid), 10.0)


def test_processes_end_when_the_server_is_killed() -> None:
    """Catches orphans that compute on when nobody is left to look."""
    program = (
        "import time\n"
        "from immune_sim.app.dashboard.engine.process import Engine\n"
        "from immune_sim.app.dashboard.replay import Run\n"
        "seen = []\n"
        "engine = Engine(lambda event, told: seen.append(event), lambda: None)\n"
        "engine.start()\n"
        "engine.tell('begin', 0, Run('ldn-mouse', 1))\n"
        "while 'frame' not in seen: time.sleep(0.05)\n"
        "engine.tell('play', True)\n"
        "print(engine.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        assert alive(pid)
        server.kill()
    assert wait_until(lambda: not alive(pid), 10.0)


def test_no_two_parts_have_a_command_of_the_same_name() -> None:
    """Catches a part that takes another one's command away without anybody noticing."""
    names = [name for part in Workshop(lambda *_: None).parts for name in part.commands()]
    assert len(names) == len(set(names))
