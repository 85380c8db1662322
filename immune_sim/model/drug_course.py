"""Drug levels of a regimen without a tissue: for the preview in the dashboard and for the mean field."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from immune_sim.mechanisms.pharmacokinetics import WINDOW_BLOCKADE, DrugLevels, Pharmacokinetics
from immune_sim.mechanisms.regimen import Event, Phase, events

type Floats = NDArray[np.float64]


def deliver(body: DrugLevels, given: Iterable[Event]) -> None:
    """Hand the events of a regimen to the body; they take effect when their time is passed.

    Without a tissue there is no burden: a dose that asks for one is given.
    """
    for event in given:
        if event.kind == "bolus":
            body.give(event.time, event.amount)
        else:
            body.set_infusion(event.time, event.amount)


@dataclass(frozen=True)
class DrugCourse:
    """Levels on a grid of times: time in h, concentrations in nM, blockade a pure number; all (n,)."""

    time: Floats
    concentration: Floats
    metabolite_concentration: Floats
    blockade: Floats

    def hours_blocked(self, threshold: float = WINDOW_BLOCKADE) -> float:
        """Hours in which the blockade is at or above the threshold, crossings interpolated."""
        before, after = self.blockade[:-1] - threshold, self.blockade[1:] - threshold
        change = np.abs(before) + np.abs(after)
        above = np.maximum(before, 0.0) + np.maximum(after, 0.0)
        share = np.divide(above, change, out=(before >= 0.0).astype(np.float64), where=change > 0.0)
        return float(np.sum(share * np.diff(self.time)))


def drug_course(constants: Pharmacokinetics, phases: Sequence[Phase], times: ArrayLike) -> DrugCourse:
    """Exact levels at rising times (n,) in h, from a body free of drug at hour 0."""
    grid = np.asarray(times, dtype=np.float64)
    body = DrugLevels(constants)
    deliver(body, events(phases, 0.0, math.nextafter(grid[-1], math.inf)) if grid.size else ())
    levels = np.empty((3, grid.size))
    for i, time in enumerate(grid):
        body.advance(float(time))
        levels[:, i] = body.concentration, body.metabolite_concentration, body.blockade()
    return DrugCourse(grid, *levels)
