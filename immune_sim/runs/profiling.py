"""Where the time goes, what large tissues cost, and how long the first hour takes."""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from immune_sim.core.jit import CACHE_VARIABLE
from immune_sim.core.parallel import Threads
from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs.benchmark import Speed, measure_model, standard

ENOUGH = 1e9  # ns, more than any limit from which work is shared
CELL_UPDATES = ("cell receptors", "motility", "killing")


@dataclass(frozen=True)
class Profile:
    """Where an hour goes. entries: name -> us an hour; recording: all else; updates: cell updates."""

    entries: dict[str, float]
    recording: float
    updates: dict[str, float]
    together: float
    bytes_per_cell: float


def profile(hours: int) -> Profile:
    """Time every entry of the schedule on the standard tissue.

    A cell update is one cell that passes one sub-step of one process: every cell for the receptor axis, every immune
    cell for motility and for killing.
    """
    model = TumorImmuneModel(standard(), rng=1)
    model.run_for(1)
    model.schedule.timed = True
    steps, passed = model.tissue.p.clock.substeps, dict.fromkeys(CELL_UPDATES, 0)
    began = time.perf_counter()
    for _ in range(hours):
        everyone, immune = model.tissue.tumor.n + model.tissue.immune.n, model.tissue.immune.n
        for name, cells in zip(CELL_UPDATES, (everyone, immune, immune), strict=True):
            passed[name] += cells * steps
        model.step()
    whole = time.perf_counter() - began
    seconds = {entry.name: entry.seconds for entry in model.schedule}
    updates = {name: passed[name] / seconds[name] for name in CELL_UPDATES}
    together = sum(passed.values()) / sum(seconds[name] for name in CELL_UPDATES)
    tables = (model.tissue.tumor, model.tissue.immune)
    size = sum(sum(column.itemsize for column in table.columns.values()) * table.n for table in tables) / sum(
        table.n for table in tables
    )
    return Profile(
        {name: 1e6 * each / hours for name, each in seconds.items()},
        1e6 * (whole - sum(seconds.values())) / hours,
        updates,
        together,
        size,
    )


@dataclass(frozen=True)
class Large:
    """A large tissue on one and on two threads, measured in turns in a process of its own. peak: bytes of memory."""

    cells: int
    one: Speed
    two: Speed
    speed_up: float
    peak: int | None


def measure_large(cells: int, hours: int, turns: int) -> Large:
    """Measure a large tissue; call it in a fresh process, so that the peak of memory is its own."""
    model = TumorImmuneModel(standard(cells), rng=1)
    model.run_for(2)
    found: dict[int, list[Speed]] = {1: [], 2: []}
    for _ in range(turns):
        for threads, speeds in found.items():
            model.threads.close()
            model.threads = model.tissue.threads = Threads(threads)
            speeds.append(measure_model(model, hours))
    model.threads.close()
    gains = [one.microseconds / two.microseconds for one, two in zip(found[1], found[2], strict=True)]
    middle = [sorted(each, key=lambda speed: speed.microseconds)[len(each) // 2] for each in found.values()]
    return Large(cells, middle[0], middle[1], statistics.median(gains), peak_memory())


@dataclass(frozen=True)
class TwoThreads:
    """What a second thread can bring on this machine: times as fast with two. hand_over: s to give it a task."""

    arithmetic: float
    memory: float
    hand_over: float


def two_threads() -> TwoThreads:
    """Measure two tasks that share nothing: hashing, which only computes, and adding up arrays beyond the cache."""
    threads = Threads(2)
    arrays = [[np.ones(4_000_000, dtype=np.float32) for _ in range(3)] for _ in range(2)]
    count = [partial(hashlib.sha256, a.view(np.uint8)[:8_000_000].data) for a, _, _ in arrays]
    add = [partial(np.add, a, b, out=c) for a, b, c in arrays]
    try:
        arithmetic, memory = _gain(threads, count), _gain(threads, add)
        waits = [_seconds(lambda: threads.together([int, int], ENOUGH)) for _ in range(200)]
    finally:
        threads.close()
    return TwoThreads(arithmetic, memory, statistics.median(waits))


def _gain(threads: Threads, tasks: Sequence[Callable[[], object]]) -> float:
    turns = [
        (_seconds(lambda: [task() for task in tasks]), _seconds(lambda: threads.together(tasks, ENOUGH)))
        for _ in range(9)
    ]
    return statistics.median(alone / together for alone, together in turns[2:])


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def peak_memory() -> int | None:
    """Largest resident memory of this process so far in bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def time_to_first_hour(*, compiled: bool = True) -> float:
    """Seconds from the start of a new process to its first computed hour.

    compiled: False for a new installation, where the kernels have to be compiled first.
    """
    code = "from immune_sim.model.model import TumorImmuneModel as M; M('ldn-mouse', rng=1).run_for(1)"
    with tempfile.TemporaryDirectory() as empty:
        began = time.perf_counter()
        changed = {} if compiled else {CACHE_VARIABLE: empty}
        subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | changed)
        return time.perf_counter() - began
