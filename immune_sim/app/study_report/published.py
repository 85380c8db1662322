"""The published experiment beside the simulated one; the published figures come from the evidence, as data."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from immune_sim.analysis.tables import Interval
from immune_sim.app.study_report.words import rows_of
from immune_sim.scenario import evidence
from immune_sim.scenario.scenario import Scenario

MEASURES = {"take": "tumor take", "time_to_take": "time to tumor", "survival_time": "survival time"}
SHARE = re.compile(r"\s*([\d.]+)\s*%")


@dataclass(frozen=True)
class Pair:
    """One published figure and the simulated one.

    published: nan where none is printed. at_least: where no run came so far, the ratio that this takes at the least.
    """

    arm: str
    measure: str
    published: float
    simulated: Interval
    n: int
    of: int
    at_least: float = math.nan

    @property
    def same_side(self) -> bool | None:
        """Whether both lie on the same side of the control; None where there is nothing to compare."""
        if self.measure == "take" or not math.isfinite(self.published) or self.published == 1.0:
            return None
        if math.isfinite(self.simulated.value):
            return (self.simulated.value > 1.0) == (self.published > 1.0)
        return self.published > 1.0 if self.at_least > 1.0 else None


def arms_of(scenarios: Mapping[str, Scenario]) -> dict[str, evidence.Arm]:
    """The published arm of every simulated one, that with the same schedule; what was not published is left out."""
    known = {_schedule(Scenario.load(each.scenario)): each for each in evidence.ARMS}
    named = {arm: known.get(_schedule(scenario)) for arm, scenario in scenarios.items()}
    return {arm: each for arm, each in named.items() if each is not None}


def _schedule(scenario: Scenario) -> tuple[tuple[object, ...], ...]:
    """What is given how often, as far as the paper tells it."""
    return tuple((each.drug, each.amount, each.per_kg, each.every, each.while_burden_above) for each in scenario.dosing)


def compare(scenarios: Mapping[str, Scenario], take: pd.DataFrame, ratios: pd.DataFrame, horizon: float) -> list[Pair]:
    """All pairs of figures.

    take: table of shares by arm. ratios: table of ratios by endpoint and arm, the control first. horizon: h.
    """
    made = []
    for arm, paper in arms_of(scenarios).items():
        for row in rows_of(take[take["arm"] == arm]):
            found = Interval(row["share"], row["share_low"], row["share_high"])
            made.append(Pair(arm, "take", incidence(paper), found, int(row["n"]), int(row["n"])))
        for name, printed in (("time_to_take", paper.time_to_tumor), ("survival_time", paper.survival_time)):
            of_one = rows_of(ratios[ratios["endpoint"] == name])
            for row in (each for each in of_one if each["arm"] == arm):
                found = Interval(row["ratio"], row["ratio_low"], row["ratio_high"])
                at_least = horizon / of_one[0]["mean"] if not row["n"] and of_one[0]["mean"] else math.nan
                made.append(Pair(arm, name, printed, found, int(row["n"]), int(row["of"]), at_least))
    return made


def incidence(arm: evidence.Arm) -> float:
    """The published take as a share, nan where the text gives none."""
    found = SHARE.match(arm.incidence)
    return float(found[1]) / 100.0 if found else math.nan
