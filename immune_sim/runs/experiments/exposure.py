"""Exposure of a regimen: the area under the blockade curve, exact for linear kinetics, and the hours of blockade."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.mechanisms.pharmacokinetics import WINDOW_BLOCKADE, Pharmacokinetics
from immune_sim.mechanisms.regimen import events
from immune_sim.scenario import checking
from immune_sim.scenario.dosing import DOSE, DOSE_PER_KG, INFUSION, INFUSION_PER_KG, WHILE_BURDEN_ABOVE
from immune_sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
GRID = 0.05  # h, of the curve whose hours above the threshold are counted


def exposure(scenario: Scenario) -> float:
    """Area under the blockade curve from hour 0 to the end of the run, in h.

    Raises ScenarioError where doses depend on the burden, and so the area on the run.
    """
    for number, phase in enumerate(scenario.dosing):
        if phase.while_burden_above is not None:
            what = "the exposure depends on the run, so it cannot be held equal. Leave out this key or same_exposure."
            raise ScenarioError(Problem(f"regimen[{number}].{WHILE_BURDEN_ABOVE.name}", what))
    rates = _rates(scenario.parameters(Pharmacokinetics))
    steps: dict[float, Floats] = {}
    state, time = np.zeros(5), 0.0
    for event in (*events(scenario.regimen, 0.0, scenario.duration), None):
        until = scenario.duration if event is None else event.time
        if until > time:
            dt = until - time
            step = steps.get(dt)
            if step is None:
                step = steps[dt] = expm(rates * dt)
            state, time = step @ state, until
        if event is not None and event.kind == "bolus":
            state[1] += event.amount
        elif event is not None:
            state[0] = event.amount
    return float(state[4])


def scaled(scenario: Scenario, target: float) -> Scenario:
    """The scenario with all amounts multiplied so that its exposure is the target; without drug it stays as it is."""
    present = exposure(scenario)
    if present <= 0.0 or target <= 0.0:
        return scenario
    dosing = tuple(replace(each, amount=each.amount * (target / present)) for each in scenario.dosing)
    for number, each in enumerate(dosing):
        declared = (
            (INFUSION_PER_KG if each.per_kg else INFUSION) if each.infusion else (DOSE_PER_KG if each.per_kg else DOSE)
        )
        if not checking.in_range(declared, each.amount):
            needed, allowed = checking.show(declared, each.amount), checking.range_words(declared)
            what = f"the same exposure needs {needed}. Allowed: {allowed}."
            raise ScenarioError(Problem(f"regimen[{number}].{declared.name}", what))
    return replace(scenario, dosing=dosing)


def hours_blocked(scenario: Scenario, number: int = 0) -> float:
    """Hours of blockade in each interval of a phase of doses, in the steady state."""
    each = scenario.dosing[number]
    return blocked_per_interval(scenario.parameters(Pharmacokinetics), scenario.regimen[number].dose_mg, each.every)


def _rates(constants: Pharmacokinetics) -> Floats:
    """The linear system with the area under the blockade as a fifth amount."""
    made = np.zeros((5, 5))
    made[:4, :4] = constants.rates
    made[4, 2] = constants.site_ratio * constants.drug_nm_per_mg / constants.drug_ki
    made[4, 3] = constants.site_ratio * constants.metabolite_nm_per_mg / constants.metabolite_ki
    return made


@lru_cache(maxsize=4096)
def blocked_per_interval(constants: Pharmacokinetics, dose_mg: float, every: float) -> float:
    """Hours of blockade in each interval of equal doses, in the steady state."""
    rates = constants.rates[1:, 1:]
    count = max(2, round(every / GRID))
    dt = every / count
    step = expm(rates * dt)
    amounts = np.linalg.solve(np.eye(3) - np.linalg.matrix_power(step, count), np.array([dose_mg, 0.0, 0.0]))
    course = amounts[:, None]
    while course.shape[1] <= count:  # as many again, all at once
        course, step = np.hstack([course, step @ course]), step @ step
    curve = _rates(constants)[4, 1:4] @ course[:, : count + 1]
    before, after = curve[:-1] - WINDOW_BLOCKADE, curve[1:] - WINDOW_BLOCKADE
    change = np.abs(before) + np.abs(after)
    above = np.maximum(before, 0.0) + np.maximum(after, 0.0)
    share = np.divide(above, change, out=(before >= 0.0).astype(np.float64), where=change > 0.0)
    return float(share.sum() * dt)
