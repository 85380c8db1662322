"""The desk at which a schedule is drawn: the plan, the chosen days, and what the timeline shows of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import solara
from numpy.typing import NDArray

from immune_sim.app.dashboard.composer.phases import DAY
from immune_sim.app.dashboard.composer.plan import Plan, drawn
from immune_sim.app.dashboard.composer.presets import PRESETS, Preset, applied, usual_amount
from immune_sim.app.dashboard.composer.preview import Preview, preview
from immune_sim.mechanisms.regimen import events
from immune_sim.scenario.dosing import DOSE, DOSE_PER_KG, Dosing
from immune_sim.scenario.scenario import Scenario

MOST_LINES = 12  # of chosen days whose course is drawn, one line each
MOST_CELLS = 1_000_000_000
type Bytes = NDArray[np.uint8]


class Desk:
    """One person's drawing. Reading the ``value`` of a reactive attribute in a component redraws it on change.

    scenario: whose kinetics and body count. days: the first and the last of the chosen days. chosen: the name of the
    preset that is drawn, "" where none is.
    """

    def __init__(self, scenario: Scenario):
        self.scenario = scenario
        self.now = solara.reactive(0)  # hour of the run when the desk was opened
        self.plan = solara.reactive(drawn(scenario))
        self.days = solara.reactive((0, self.plan.value.days - 1))
        self.chosen = solara.reactive("")
        self.turn = solara.reactive(
            0
        )  # number of the last thing that a hand did, so that the timeline knows its answer

    def open(self, scenario: Scenario, dosing: Sequence[Dosing], hour: int) -> None:
        """Begin with the schedule that runs."""
        self.scenario, self.now.value = scenario, hour
        plan = drawn(scenario, dosing)
        self.days.value = (0, plan.days - 1)
        self.plan.value = plan
        self.chosen.value = next((each.name for each in PRESETS if applied(each, plan) == plan), "")

    def take(self, preset: Preset) -> None:
        """Draw a preset on all days."""
        self.days.value = (0, self.plan.value.days - 1)
        self.plan.value = applied(preset, self.plan.value)
        self.chosen.value = preset.name

    def ask_burden(self, above: int | None) -> None:
        """Give doses only while the burden exceeds so many cells; None always gives them."""
        held = None if above is None else min(max(0, above), MOST_CELLS)
        self._draw(replace(self.plan.value, above=held))

    def hand(self, kind: str, told: dict[str, Any]) -> None:
        """What a hand did on the timeline: choose, add, move, amount, remove; what makes no sense is left out."""
        plan, day = self.plan.value, range(DAY)
        if kind == "choose":
            first, last = sorted(min(max(0, int(told[name])), plan.days - 1) for name in ("first", "last"))
            self.days.value = (first, last)
        elif int(told["clock"]) in day:
            clock = int(told["clock"])
            if kind == "add" and not plan.quarters(self.range, clock):
                self._draw(plan.add(self.range, clock, usual_amount(plan)))
            elif kind == "move" and int(told["to"]) in day and int(told["to"]) != clock:
                self._draw(plan.move(self.range, clock, int(told["to"])))
            elif kind == "remove":
                self._draw(plan.remove(self.range, clock))
            elif kind == "amount":
                self._draw(plan.set_amount(self.range, clock, self._allowed(float(told["amount"]))))
        self.turn.value = int(told["turn"])

    @property
    def range(self) -> range:
        """The chosen days."""
        return range(self.days.value[0], self.days.value[1] + 1)

    def _draw(self, plan: Plan) -> None:
        self.plan.value = plan
        self.chosen.value = next((each.name for each in PRESETS if applied(each, plan) == plan), "")

    def _allowed(self, amount: float) -> float:
        declared = DOSE_PER_KG if self.plan.value.per_kg else DOSE
        return min(amount, declared.high) if math.isfinite(amount) and amount > 0.0 else usual_amount(self.plan.value)

    # ---- what the timeline shows -------------------------------------------------------------------------------------

    def view(self) -> dict[str, Any]:
        """The plan as the timeline draws it: handles are [quarter of the day, amount, days with it] of the chosen days.

        others: quarters of the day of doses that cannot be drawn. top: the amount at the upper edge.
        """
        plan, chosen = self.plan.value, self.range
        handles: dict[int, list[float]] = {}
        for quarter, amount in sorted(plan.doses.items()):
            if quarter // DAY in chosen:
                handles.setdefault(quarter % DAY, []).append(amount)
        largest = max([usual_amount(plan), *plan.doses.values()])
        return {
            "turn": self.turn.value,
            "days": plan.days,
            "unit": plan.unit,
            "now": self.now.value / 24.0,
            "first": chosen[0],
            "last": chosen[-1],
            "handles": [[clock, max(set(each), key=each.count), len(each)] for clock, each in sorted(handles.items())],
            "others": self._others(),
            "top": 1.6 * largest,
        }

    def _others(self) -> list[float]:
        phases = [each.phase(1.0) for each in self.plan.value.kept]
        start, end = self.range[0] * 24.0, (self.range[-1] + 1) * 24.0
        return sorted(
            {round(event.time % 24.0 * 4.0, 2) for event in events(phases, start, end) if event.kind == "bolus"}
        )

    def preview(self) -> Preview:
        """What the plan does in the body."""
        return preview(self.scenario, self.plan.value.dosing(), self.plan.value.days)

    def pictures(self, seen: Preview) -> dict[str, Any]:
        """The course for the timeline: heat, a percentage blocked by day and hour; lines, by chosen day and quarter.

        level: concentration in nM of the last of these days, at every quarter hour. free: h of that day.
        """
        percent: Bytes = np.round(100.0 * seen.blocked).astype(np.uint8)
        by_hour = seen.blocked[:-1].reshape(-1, 24, 4).mean(axis=2)
        shown = sorted({round(day) for day in np.linspace(self.range[0], self.range[-1], MOST_LINES)})
        last = shown[-1]
        return {
            "heat": np.round(100.0 * by_hour).astype(np.uint8).tobytes(),
            "lines": b"".join(percent[day * DAY : (day + 1) * DAY + 1].tobytes() for day in shown),
            "course": {
                "day": last,
                "free": float(seen.free[last]),
                "level": [float(f"{each:.4g}") for each in seen.concentration[last * DAY : (last + 1) * DAY + 1]],
            },
        }
