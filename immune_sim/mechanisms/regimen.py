"""When a drug is given: the phases of a regimen and the events they make, exact and lazy.

Hour 0 of a run is midnight, so 22.0 is ten in the evening of the first day. Doses are mg per animal or person; mg/kg is
converted where the scenario is read, with the body mass declared in the pharmacokinetics group. An empty list of phases
is "no drug". The time of dose k is first_h + k * every_h, computed afresh for each k, so nothing drifts.
A phase may give its doses only while the tumor is large: each dose that falls due asks for the burden at that hour.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from immune_sim.core.errors import Problem, ScenarioError

HOURS_PER_DAY = 24.0
ROUNDING = 1e-9  # h; a dose every 24/7 h still meets the edge of its day


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stretch of the regimen: either doses (dose_mg each every_h) or an infusion (infusion_mg_per_h), not both.

    drug: name of the drug. dose_mg: mg of one dose. every_h: h between doses; infinite for a single dose.
    first_h: absolute hour of the first dose, or of the start of the infusion. until_h: hour before which the last dose
    is given (exclusive), or at which the infusion stops.
    on_days, off_days: a cycle of days counted from first_h: doses or infusion during on_days, nothing during off_days,
    and again; off_days = 0 is no cycle. infusion_mg_per_h: mg/h.
    while_burden_above: a dose that falls due is given only while there are more living tumor cells than this; None
    gives every dose.
    Raises ScenarioError on amounts and times that make no sense.
    """

    drug: str = "naltrexone"
    dose_mg: float = 0.0
    every_h: float = HOURS_PER_DAY
    first_h: float = 0.0
    until_h: float = math.inf
    on_days: float = 1.0
    off_days: float = 0.0
    infusion_mg_per_h: float = 0.0
    while_burden_above: int | None = None

    def __post_init__(self) -> None:
        problems = [
            Problem(f"phase.{name}", f"{getattr(self, name)!r} is not allowed; {allowed}")
            for name, allowed in self._mistakes()
        ]
        if problems:
            raise ScenarioError(problems)

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        for name in ("dose_mg", "infusion_mg_per_h", "first_h", "off_days"):
            if not 0.0 <= getattr(self, name) < math.inf:
                yield name, "write a finite number that is 0 or more"
        for name in ("every_h", "on_days"):
            if not getattr(self, name) > 0.0:
                yield name, "write a number above 0"
        if math.isnan(self.until_h):
            yield "until_h", "write the hour at which the phase ends"
        if self.dose_mg > 0.0 and self.infusion_mg_per_h > 0.0:
            yield "infusion_mg_per_h", "a phase gives doses or an infusion; write two phases for both"
        if self.while_burden_above is not None and self.while_burden_above < 0:
            yield "while_burden_above", "write a number of cells that is 0 or more"
        if self.while_burden_above is not None and self.infusion_mg_per_h > 0.0:
            yield "while_burden_above", "it decides about single doses; leave it out of an infusion"

    @property
    def cycle_h(self) -> float:
        """Length of one cycle of days on and off in h; infinite without days off."""
        return (self.on_days + self.off_days) * HOURS_PER_DAY if self.off_days else math.inf

    def is_on(self, hours_in_phase: float) -> bool:
        """Whether a dose due this many hours after first_h falls on a day on."""
        if not self.off_days:
            return True
        into_cycle = math.fmod(hours_in_phase + ROUNDING, self.cycle_h)
        return into_cycle < self.on_days * HOURS_PER_DAY


@dataclass(frozen=True)
class Event:
    """What happens to the body at one moment.

    time: h. kind: "bolus", amount in mg; or "infusion", amount the total rate in mg/h from now on (0 ends it).
    while_burden_above: the condition of its phase, None without one.
    """

    time: float
    kind: Literal["bolus", "infusion"]
    amount: float
    drug: str
    while_burden_above: int | None = None

    def happens(self, burden: float) -> bool:
        """Whether it takes place where there are so many living tumor cells at its hour."""
        return self.while_burden_above is None or burden > self.while_burden_above


def events(phases: Sequence[Phase], start_h: float = 0.0, end_h: float = math.inf) -> Iterator[Event]:
    """Yield the events with start_h <= time < end_h in order of time, lazily; a restart at hour h asks from h on.

    Overlapping infusions of one drug add up, and the rate of one event is that of all of them together. An infusion
    that began before start_h makes no event at start_h: its rate is part of the state that is restored.
    """
    doses = [_doses(phase, start_h) for phase in phases]
    merged = heapq.merge(*doses, _infusions(phases, start_h), key=lambda event: event.time)
    return itertools.takewhile(lambda event: event.time < end_h, merged)


def _doses(phase: Phase, start_h: float) -> Iterator[Event]:
    if not phase.dose_mg:
        return
    single = math.isinf(phase.every_h)
    skipped = 0 if single else max(0, math.ceil((start_h - phase.first_h) / phase.every_h) - 1)
    for k in range(1) if single else itertools.count(skipped):
        into_phase = k * phase.every_h if k else 0.0
        time = phase.first_h + into_phase
        if time >= phase.until_h:
            return
        if time >= start_h and phase.is_on(into_phase):
            yield Event(time, "bolus", phase.dose_mg, phase.drug, phase.while_burden_above)


def _edges(phase: Phase, index: int) -> Iterator[tuple[float, int, bool]]:
    """Yield (time, index of the phase, whether the infusion runs from then on)."""
    for k in itertools.count():
        start = phase.first_h + (k * phase.cycle_h if k else 0.0)
        if start >= phase.until_h:
            return
        yield start, index, True
        stop = min(start + phase.on_days * HOURS_PER_DAY, phase.until_h) if phase.off_days else phase.until_h
        if math.isfinite(stop):
            yield stop, index, False
        if not phase.off_days:
            return


def _infusions(phases: Sequence[Phase], start_h: float) -> Iterator[Event]:
    edges = heapq.merge(*(_edges(phase, i) for i, phase in enumerate(phases) if phase.infusion_mg_per_h))
    running: set[int] = set()
    for time, together in itertools.groupby(edges, key=lambda edge: edge[0]):
        changed = set()
        for _, index, runs in sorted(together, key=lambda edge: edge[2]):  # a stop and a start at one time: it runs on
            changed.add(phases[index].drug)
            (running.add if runs else running.discard)(index)
        if time < start_h:
            continue
        for drug in sorted(changed):
            rate = math.fsum(phases[i].infusion_mg_per_h for i in running if phases[i].drug == drug)
            yield Event(time, "infusion", rate, drug)
