"""What a study says while it runs: the estimate of an endpoint with its 95 % interval, and how long it will take."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from immune_sim.mechanisms.endpoints import ENDPOINTS

if TYPE_CHECKING:
    from immune_sim.runs.experiments.declared import Experiment
    from immune_sim.scenario.scenario import Scenario

LEVEL = 0.95
TIMES = {each.name for each in ENDPOINTS if each.unit == "h" and each.name != "hours"}
SHARES = {"take", "cleared"}
PILOT_SECONDS = 2.0
PILOT_HOURS = 24.0  # that are measured at least
WARMING_HOURS = 30
KEPT_PILOTS = 64  # most studies share the tissue of their first arm


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval; runs counts the replicates behind it."""

    value: float
    low: float
    high: float
    runs: int

    @property
    def half_width(self) -> float:
        """Half the width of the interval; infinite where there is none."""
        return (self.high - self.low) / 2 if self.runs else math.inf


def restricted(endpoint: str, value: float, horizon: float) -> float:
    """The value that enters a mean: a time that never came counts as the horizon (restricted mean)."""
    return min(horizon, horizon if math.isnan(value) else value) if endpoint in TIMES else value


def estimate(endpoint: str, values: Sequence[float]) -> Estimate:
    """The mean of an endpoint: Wilson's interval for a share, Student's else, none where all are equal."""
    known = np.asarray([each for each in values if not math.isnan(each)], dtype=np.float64)
    n = len(known)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    mean = float(known.mean())
    if endpoint in SHARES:
        from scipy import stats  # most of a second to import

        interval = stats.binomtest(int(known.sum()), n).proportion_ci(LEVEL, method="wilson")
        return Estimate(mean, float(interval.low), float(interval.high), n)
    if np.ptp(known) == 0:  # one value, or nothing that differs: no error can be estimated (decision 0012)
        return Estimate(mean, -math.inf, math.inf, n)
    far = float(special.stdtrit(n - 1, 0.5 + LEVEL / 2) * known.std(ddof=1) / math.sqrt(n))
    return Estimate(mean, mean - far, mean + far, n)


def seconds_per_run(experiment: Experiment) -> float:
    """About how long a run takes on this machine: the beginning of one is computed, and the rest extrapolated.

    A run that ends early takes less, one whose tumor grows large takes more.
    """
    from immune_sim.runs.experiments.design import points_of, scenario_at

    return _pilot(scenario_at(experiment, points_of(experiment)[0], experiment.arms[0]))


@lru_cache(maxsize=KEPT_PILOTS)
def _pilot(scenario: Scenario) -> float:
    from immune_sim.model.model import TumorImmuneModel  # long to import: nobody else here needs it

    TumorImmuneModel(scenario, rng=1).run_for(WARMING_HOURS)  # loads every kernel, or compiles it
    # Counted is the processor's time: a machine that is busy just now would otherwise seem slow for good.
    began, working = time.perf_counter(), time.process_time()
    model = TumorImmuneModel(scenario, rng=1)
    made = time.process_time() - working
    hours, since = 0.0, time.process_time()
    while model.running and model.time < model.duration:
        spent = time.perf_counter() - began
        if spent > PILOT_SECONDS and model.time - hours >= PILOT_HOURS:  # a process that was kept waiting measures on
            break
        if not hours and spent > PILOT_SECONDS / 2:  # by now everything is loaded
            hours, since = model.time, time.process_time()
        model.run_for(1)
    speed = (time.process_time() - since) / max(model.time - hours, 1.0)
    return made + speed * (model.duration if model.running else model.time)
