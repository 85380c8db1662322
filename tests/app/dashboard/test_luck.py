"""Other seeds in the background: one process, the right seeds, kept, and dropped when nobody wants them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from immune_sim.app.dashboard import luck
from immune_sim.app.dashboard.fan import Fan
from immune_sim.app.dashboard.replay import Run
from immune_sim.model.model import TumorImmuneModel

RUN = Run("ldn-mouse", 2, 0, {"space.width": 40, "space.height": 40, "duration": "4 d"})
PATIENCE = 240.0  # s; the seeds have the lowest priority of all, and other tests run beside


def wait_for(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luck, "GRACE", 0.0)
    luck._fans.clear()


def test_a_fan_holds_what_the_seeds_give_in_the_lab() -> None:
    """The very numbers of a run with that seed; catches overrides that are lost, and seeds that are mixed up."""
    fans: list[Fan] = []
    luck.follow(RUN, 3, lambda: True, fans.append)
    wait_for(lambda: bool(fans) and all(fans[-1].complete(seed) for seed in (1, 3, 4)))
    model = TumorImmuneModel(RUN.scenario, rng=4)
    model.run_to_end()
    drawn = [fans[-1].at(hour, (4,))[0] for hour in range(97)]
    np.testing.assert_array_equal(drawn, model.recorder.columns["tumor_cells"])
    assert not fans[-1].complete(2)


def test_two_sessions_with_one_scenario_wait_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a process for every session, and a session that is told nothing while another's process computes."""
    begun: list[str] = []
    begin = luck.process.begin
    monkeypatch.setattr(luck.process, "begin", lambda job: (begun.append(job), begin(job))[1])
    told: tuple[list[Fan], list[Fan]] = ([], [])
    for each in told:
        luck.follow(RUN, 3, lambda: True, each.append)
    for each in told:
        wait_for(lambda each=each: bool(each) and all(each[-1].complete(seed) for seed in (1, 3, 4)))
    assert begun == ["luck"]


def test_nobody_is_told_what_nobody_wants() -> None:
    """The process ends with the session; catches one that goes on for a tab that was closed."""
    wanted = threading.Event()
    wanted.set()
    fans: list[Fan] = []
    long = Run(RUN.name, RUN.seed, 0, RUN.overrides | {"duration": "300 d"})
    luck.follow(long, 20, wanted.is_set, fans.append)
    wait_for(lambda: bool(fans))
    wanted.clear()
    wait_for(lambda: not fans[-1].driven.locked())
    told = len(fans)
    time.sleep(1.0)
    assert len(fans) == told


def test_scenarios_take_turns() -> None:
    """A long one, perhaps of a tab that was closed, does not hold up a short one; catches seeds in order of asking."""
    long = Run(RUN.name, RUN.seed, 0, RUN.overrides | {"duration": "300 d"})
    wanted = threading.Event()
    wanted.set()
    first: list[Fan] = []
    second: list[Fan] = []
    luck.follow(long, 4, wanted.is_set, first.append)
    wait_for(lambda: bool(first))
    luck.follow(RUN, 3, lambda: True, second.append)
    wait_for(lambda: bool(second) and all(second[-1].complete(seed) for seed in (1, 3, 4)))
    assert not first[-1].complete(1)
    wanted.clear()
    wait_for(lambda: not first[-1].driven.locked())


def test_a_tissue_of_a_million_sites_is_not_tried() -> None:
    assert luck.too_large(Run("ldn-mouse", 1, 0, {"space.width": 1000, "space.height": 1000}))
    assert not luck.too_large(Run("control-mouse", 1))
