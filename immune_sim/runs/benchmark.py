"""How fast the tissue is computed: the standard tissue, and the slow reference beside it."""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import immune_sim
from immune_sim.model.model import TumorImmuneModel
from immune_sim.scenario.scenario import Scenario

REFERENCE = Path("tests") / "reference" / "plain_model.py"
STANDARD = """
title = "Standard tissue of the benchmark"
duration = "365 d"
[[regimen]]
drug = "naltrexone"
dose = "0.1 mg/kg"
every = "24 h"
[inoculum]
fill = 1
[endpoints]
stop_at_endpoint = false
stop_when_cleared = false
"""
IMMUNE_SHARE = 0.1  # immune cells per tumor cell, half of them NK cells
EDGES = {10_000: 200, 100_000: 632, 1_000_000: 1400}  # sites along an edge
CELL_UPDATES = ("cell receptors", "motility", "killing")


@dataclass(frozen=True)
class Speed:
    """What some hours cost. seconds: wall time; cpu_seconds: of all threads; cell_hours: cells, summed over hours."""

    hours: int
    seconds: float
    cpu_seconds: float
    cell_hours: int
    tumor_start: int
    tumor_end: int
    immune_start: int
    immune_end: int

    @property
    def hours_per_second(self) -> float:
        """Hours of tissue in a second."""
        return self.hours / self.seconds

    @property
    def cell_hours_per_second(self) -> float:
        """Cell-hours in a second."""
        return self.cell_hours / self.seconds

    @property
    def microseconds(self) -> float:
        """Cost of one cell in one hour, in us."""
        return 1e6 * self.seconds / self.cell_hours

    def as_json(self) -> dict[str, float]:
        """All figures by name."""
        return asdict(self) | {
            "hours_per_second": self.hours_per_second,
            "cell_hours_per_second": self.cell_hours_per_second,
        }


def standard(cells: int = 10_000) -> Scenario:
    """The tissue that is measured: this many tumor cells and a tenth of it immune cells, every process and field on."""
    edge = EDGES[cells]
    plain = Scenario.from_text(STANDARD, name="standard")
    area = (edge * float(plain.values["space.site_size"]) / 1000.0) ** 2
    density = f"{cells * IMMUNE_SHARE / 2 / area:.6f} 1/mm^2"
    return plain.with_overrides({
        "space.width": edge, "space.height": edge, "inoculum.tumor_cells": cells,
        "recruitment.nk_density": density, "recruitment.ctl_density": density,
    })  # fmt: skip


def measure(step: Callable[[], Any], count: Callable[[], tuple[int, int]], hours: int) -> Speed:
    """Time this many hours; count gives tumor and immune cells now (dying ones too, they are computed as well)."""
    start = count()
    cell_hours = 0
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(hours):
        cell_hours += sum(count())
        step()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    end = count()
    return Speed(hours, seconds, cpu, cell_hours, start[0], end[0], start[1], end[1])


def measure_model(model: TumorImmuneModel, hours: int) -> Speed:
    """Time hours of a model."""
    return measure(model.step, lambda: (model.tissue.tumor.n, model.tissue.immune.n), hours)


def reference_model() -> Callable[..., Any] | None:
    """The slow model of the same rules in plain Mesa; None outside a checkout, the wheel does not hold it."""
    path = Path(immune_sim.__file__).resolve().parent.parent / REFERENCE
    spec = importlib.util.spec_from_file_location("immune_sim_plain_model", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    made: Callable[..., Any] = module.PlainModel
    return made


@dataclass(frozen=True)
class Comparison:
    """The fast model and the slow one, measured in turns on the same tissue. ratios: per cell-hour, one a turn."""

    fast: list[Speed]
    slow: list[Speed]
    ratios: list[float]

    @property
    def ratio(self) -> float | None:
        """Median of the ratios, None without a reference."""
        return statistics.median(self.ratios) if self.ratios else None

    @property
    def typical(self) -> Speed:
        """The fast stretch with the median speed."""
        return sorted(self.fast, key=lambda each: each.hours_per_second)[len(self.fast) // 2]


def compare(turns: int, hours: int, slow_hours: int, say: Callable[[str], None]) -> Comparison:
    """Measure the standard tissue and, if it is there, the reference in turns, each from the same start."""
    make_slow = reference_model()
    warm = TumorImmuneModel(standard(), rng=1)
    warm.run_for(2)
    done = Comparison([], [], [])
    slow = None
    for turn in range(turns):
        say(f"turn {turn + 1} of {turns}")
        done.fast.append(measure_model(TumorImmuneModel(standard(), rng=1), hours))
        if make_slow is None:
            continue
        slow = slow or make_slow(standard(), seed=1)
        done.slow.append(measure(slow.step, _counter(slow), slow_hours))
        done.ratios.append(done.slow[-1].microseconds / done.fast[-1].microseconds)
    return done


def _counter(model: Any) -> Callable[[], tuple[int, int]]:
    """How many agents a Mesa model has, in the form that ``measure`` asks for."""
    return lambda: (len(model.agents), 0)
