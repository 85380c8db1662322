"""What a study costs beside its runs: overhead of the pool, two workers against one, reading, memory."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from rich.table import Table

from immune_sim.app.console import console
from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.experiment import run_study
from immune_sim.runs.experiments.pool import Pool
from immune_sim.runs.experiments.reading import read_experiment
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.experiments.task import Plan, Task
from immune_sim.runs.profiling import peak_memory

TINY = """
name = "bench"
base = "control-mouse"
horizon = "{horizon}"
replicates = {replicates}
outcomes = ["tumor_cells"]
every = "6 h"

[overrides]
space.width = {width}
space.height = {width}
inoculum.tumor_cells = 20
endpoints.stop_when_cleared = false
"""
LIMITS = {"overhead of a run": 5.0, "two workers against one": 1.85, "reading two columns": 0.3, "memory": 500.0}


def tell_bench(runs: int) -> None:
    """Measure with so many tiny runs, and some longer ones for the speed-up; print the figures beside their limits."""
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="bold")
    for name in ("", "measured", "to reach"):
        table.add_column(name)
    with tempfile.TemporaryDirectory(prefix="immune-sim-bench-") as place:
        folder = Path(place)
        overhead, study = _overhead(_experiment(runs, "2 h", 16), folder / "tiny")
        table.add_row("overhead of a run", f"{overhead * 1e3:.2f} ms", f"{LIMITS['overhead of a run']:g} ms")
        began = time.perf_counter()
        rows = len(study.read_runs(["arm", "final_burden"]))
        seconds = time.perf_counter() - began
        limit = f"{LIMITS['reading two columns']:g} s for 5,000"
        table.add_row(f"reading two columns of {rows:,} runs", f"{seconds:.3f} s", limit)
        ratio = _speed(folder, 1) / _speed(folder, 2)
        table.add_row("two workers against one", f"{ratio:.2f} times", f"{LIMITS['two workers against one']:g} times")
    peak = peak_memory()
    table.add_row(
        "memory of the parent, at most",
        "not told here" if peak is None else f"{peak / 1e6:.0f} MB",
        f"{LIMITS['memory']:g} MB",
    )
    console().print(table)


def _experiment(replicates: int, horizon: str, width: int) -> Experiment:
    return read_experiment(TINY.format(replicates=replicates, horizon=horizon, width=width))


def _overhead(experiment: Experiment, folder: Path) -> tuple[float, Study]:
    """Wall time of one worker less the time inside its runs, per run; the start of the worker is not counted."""
    pool = _warm(1)
    began = time.perf_counter()
    study = run_study(experiment, folder, executor=pool)
    wall = time.perf_counter() - began
    inside = float(study.read_runs(["wall_seconds"])["wall_seconds"].sum())
    return (wall - inside) / experiment.replicates.at_most, study


def _speed(folder: Path, workers: int) -> float:
    """Seconds for some runs of about a second on so many warm workers."""
    pool = _warm(workers)
    began = time.perf_counter()
    run_study(_experiment(12, "240 h", 160), folder / f"speed{workers}", executor=pool)
    return time.perf_counter() - began


def _warm(workers: int) -> Pool:
    """A pool whose workers have imported and loaded everything."""
    pool, experiment = Pool(workers), _experiment(1, "2 h", 16)
    arm, plan = experiment.arms[0], Plan.of(experiment).packed()
    for i in range(2 * workers):
        pool.submit(Task(f"warm-{i}", 0, arm.name, i, i, arm.scenario, plan))
    left = 2 * workers
    while left:
        left -= len(pool.collect(1.0))
    return pool
