"""Other seeds of a scenario, computed in the background: one process at a time, of the lowest priority, for everybody.

Scenarios take turns, a stage of some days each, so that nobody waits for a tab that was closed. What was computed is
kept by the scenario's hash, so a classroom with the same scenario waits for its seeds only once.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from immune_sim.app.dashboard.engine import process
from immune_sim.app.dashboard.engine.line import Line
from immune_sim.app.dashboard.fan import Fan, other_seeds
from immune_sim.app.dashboard.replay import Run
from immune_sim.model.model import TumorImmuneModel

COUNTS = (0, 20, 50)
GRACE = 3.0  # s that a new tissue and its well-mixed curve have for themselves
KEPT = 12  # fans
PAUSE = 1.0  # s between two growths that are told
LOOK = 0.5  # s between looks at what another session computes for the same scenario
TURN = 0.05  # s between two stages, in which another scenario may begin its own
MOST_LIVING = 4  # processes that hold tissues, computing or waiting for their turn
# All seeds are taken a few days on before any is taken further: a fan over the first days says more than one whole run.
STAGE = 120  # h
CHUNK = 60  # h between two messages of a process
MOST_SITES = 250_000  # a larger tissue would keep a core busy for hours
MOST_AT_ONCE = 50_000  # sites up to which the tissues of all seeds are held in memory between two stages
_fans: OrderedDict[str, Fan] = OrderedDict()
_guard = threading.Lock()
_one_at_a_time = threading.Lock()
_living = threading.BoundedSemaphore(MOST_LIVING)


def too_large(run: Run) -> bool:
    """Whether other seeds of a run would take too long."""
    return _sites(run) > MOST_SITES


def follow(run: Run, count: int, wanted: Callable[[], bool], told: Callable[[Fan], None]) -> None:
    """Call ``told`` with the fan of the first ``count`` other seeds of a run whenever it has grown.

    It is called from another thread, and no more once ``wanted`` says no or all seeds are there.
    """
    words = (run, other_seeds(run.seed, count), wanted, told)
    threading.Thread(target=_follow, args=words, name="immune-sim luck", daemon=True).start()


def fan_of(run: Run) -> Fan:
    """The fan of a run's scenario as it was begun, with whatever was computed so far."""
    scenario = run.scenario
    with _guard:
        fan = _fans.setdefault(scenario.hash, Fan(round(scenario.duration)))
        _fans.move_to_end(scenario.hash)
        while len(_fans) > KEPT:
            _fans.popitem(last=False)
    return fan


def _follow(run: Run, seeds: tuple[int, ...], wanted: Callable[[], bool], told: Callable[[Fan], None]) -> None:
    fan, seen = fan_of(run), 0
    if not all(fan.complete(seed) for seed in seeds):
        threading.Event().wait(GRACE)
    while wanted():
        if fan.grown > seen:
            seen = fan.grown
            told(fan)
        if all(fan.complete(seed) for seed in seeds):
            return
        if fan.driven.acquire(blocking=False):  # nobody computes this fan: do it here
            try:
                with _living:
                    done = _compute(fan, run, seeds, wanted, told)
            finally:
                fan.driven.release()
            if not done:
                return
        else:
            threading.Event().wait(LOOK)


def _compute(
    fan: Fan, run: Run, seeds: tuple[int, ...], wanted: Callable[[], bool], told: Callable[[Fan], None]
) -> bool:
    """Compute the seeds that are not there, stage by stage; whoever waits has a turn between two stages.

    False if the process was lost, or nobody wants it any more.
    """
    seeds = tuple(seed for seed in seeds if not fan.complete(seed))
    line = process.begin("luck")
    try:
        line.send((run, seeds))
        while not all(fan.complete(seed) for seed in seeds):
            with _one_at_a_time:
                line.send("go on")
                if not _stage(fan, line, wanted, told):
                    return False
            told(fan)
            threading.Event().wait(TURN)
    except (EOFError, OSError):
        return False  # an addition; the tissue goes on without it
    finally:
        line.close()
    return True


def _stage(fan: Fan, line: Line, wanted: Callable[[], bool], told: Callable[[Fan], None]) -> bool:
    """Take over what a process computes until it waits; False if it is not wanted any more."""
    told_at = time.monotonic()
    while wanted() and (news := line.receive()) is not None:
        fan.add(*news)
        if time.monotonic() - told_at > PAUSE:
            told(fan)
            told_at = time.monotonic()
    return wanted()


def work(line: Line) -> None:
    """In a process of its own: receive a run and seeds, then at every "go on" compute a stage of them.

    It sends (seed, start, burden, ending) in pieces, and None after a stage.
    """
    run, seeds = line.receive()
    with contextlib.suppress(EOFError, OSError):
        for held in [seeds] if _sites(run) <= MOST_AT_ONCE else [(seed,) for seed in seeds]:
            _run_seeds(line, run, held)


def _run_seeds(line: Line, run: Run, seeds: tuple[int, ...]) -> None:
    models: dict[int, TumorImmuneModel] = {}
    scenario = run.scenario
    for stage in range(STAGE, round(scenario.duration) + STAGE, STAGE):
        line.receive()
        for seed in seeds:
            if stage == STAGE:
                models[seed] = TumorImmuneModel(scenario, rng=seed)
                line.send((seed, 0, _burden(models[seed], 0), ""))
            model = models[seed]
            while _ending(model) == "" and model.time < stage:
                start = round(model.time) + 1
                _some_hours(model, min(stage, start + CHUNK - 1))
                line.send((seed, start, _burden(model, start), _ending(model)))
        line.send(None)


def _some_hours(model: TumorImmuneModel, until: int) -> None:
    while _ending(model) == "" and model.time < until:
        model.run_for(1)


def _burden(model: TumorImmuneModel, start: int) -> np.ndarray:
    return model.recorder.columns["tumor_cells"][start:].astype(np.float32)


def _ending(model: TumorImmuneModel) -> str:
    if not model.running:
        return "endpoint" if model.recorder.latest["tumor_cells"] else "cleared"
    return "duration" if model.time >= model.duration else ""


def _sites(run: Run) -> int:
    values = run.scenario.values
    return int(values["space.width"]) * int(values["space.height"]) * int(values["space.depth"])
