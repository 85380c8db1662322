"""The course of a scenario in the well-mixed limit, under the same outcome names as the course of its agents."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from immune_sim.core.codes import CAUSES
from immune_sim.mechanisms.regimen import Phase, events
from immune_sim.model.parameters import Parameters
from immune_sim.model.wellmixed import FIRST_CELLS, WIDTH, Flows, State, WellMixed
from immune_sim.scenario.scenario import Scenario

type Floats = NDArray[np.float64]
TOLERANCE = 1e-6
LONGEST_STEP = 2.0  # h; no solver step runs past the fast side of a window


def mean_field(scenario: Scenario, hours: float | None = None) -> dict[str, Floats]:
    """Outcomes (n,) at every whole hour of a scenario, or of its first ``hours``; see ``course``."""
    return course(Parameters.of(scenario), scenario.regimen, scenario.duration if hours is None else hours)


def course(p: Parameters, phases: Sequence[Phase], hours: float) -> dict[str, Floats]:
    """Solve the well-mixed equations and return outcomes by name, (n,) float64 each, hour 0 first.

    The solver stops at every dose and change of an infusion. Numbers of cells are expectations, so they are not whole;
    events (births, deaths_*, arrivals) are those of the hour that ends.
    """
    equations = WellMixed(p)
    grid = np.arange(math.floor(hours) + 1, dtype=np.float64)
    states = _solve(equations, phases, grid)
    flows = [equations.flows(state) for state in states]
    return _outcomes(equations, grid, states, flows)


def _solve(equations: WellMixed, phases: Sequence[Phase], grid: Floats) -> Floats:
    """States (n, width) at the hours of the grid."""
    given = list(events(phases, 0.0, float(grid[-1])))
    atol = np.full(WIDTH + equations.stages, 1e-4)
    atol[3:FIRST_CELLS] = TOLERANCE
    atol[:3] = TOLERANCE * max((event.amount for event in given), default=1.0)
    states = np.empty((len(grid), len(atol)))
    y, now = equations.start(), 0.0
    states[0] = y
    for stop in [*sorted({event.time for event in given}), float(grid[-1])]:
        if stop > now:
            wanted = grid[(grid > now) & (grid <= stop)]
            at = wanted if len(wanted) and wanted[-1] == stop else np.append(wanted, stop)
            solved = solve_ivp(
                equations.slope, (now, stop), y, method="LSODA", t_eval=at, rtol=TOLERANCE, atol=atol, max_step=LONGEST_STEP
            )
            if not solved.success:
                raise ArithmeticError(f"the mean field could not be solved beyond hour {now:g}: {solved.message}")
            states[wanted.astype(np.int64)] = solved.y.T[: len(wanted)]
            y, now = solved.y[:, -1].copy(), stop
        for event in given:
            if event.time == stop and event.kind == "bolus":
                y[0] += event.amount
            elif event.time == stop:
                equations.infusion = event.amount
    return states


def _outcomes(equations: WellMixed, grid: Floats, states: Floats, flows: list[Flows]) -> dict[str, Floats]:
    columns = dict(zip(State._fields, np.maximum(states[:, :WIDTH].T, 0.0), strict=True))
    body = equations.p.pharmacokinetics
    killers = np.maximum(states[:, WIDTH:], 0.0).sum(axis=1)
    nk, tumor, ctl = killers + columns["idle"], columns["tumor"], columns["ctl"]
    quiescent = np.array([each.crowding for each in flows]) * tumor
    signals = np.array([each.signals for each in flows])
    made: dict[str, Floats] = {
        "hour": grid,
        "tumor_cells": tumor,
        "cycling": tumor - quiescent,
        "quiescent": quiescent,
        "apoptotic": columns["apoptotic"],
        "necrotic": columns["necrotic"],
        "nk_cells": nk,
        "ctl_cells": ctl,
        "receptor_mean": columns["receptor"],
        "signal_mean": signals[:, 1],
        "bound_fraction_mean": np.array([each.bound_fraction for each in flows]),
        "drug_concentration": columns["drug"] * body.drug_nm_per_mg,
        "metabolite_concentration": columns["metabolite"] * body.metabolite_nm_per_mg,
        "blockade": np.array([each.blockade for each in flows]),
        "ligand_systemic": columns["host_ligand"],
        "ligand_local_mean": np.array([each.ligand_local for each in flows]),
        "host_receptor": columns["host_receptor"],
        "host_signal": signals[:, 0],
        "nk_engaged": _share(columns["killers_held"] + columns["idle_held"], nk),
        "ctl_engaged": _share(columns["ctl_held"], ctl),
        "exhaustion_mean": _share(columns["exhaustion"], ctl),
        "node_effectors": columns["effectors"],
        "antigenicity_mean": np.full(len(grid), equations.p.heredity.antigenicity),
        "oxygen_mean": np.array([each.oxygen for each in flows]),
        "ifng_mean": np.array([each.ifng for each in flows]),
    }
    for name in ("births", *(f"deaths_{cause}" for cause in CAUSES[1:]), "nk_arrivals", "ctl_arrivals", "ctl_births"):
        made[name] = _in_the_hour(np.array([getattr(each, name) for each in flows]))
    for name in flows[0].factors:
        made[f"link_{name}"] = np.array([each.factors[name] for each in flows])
    return made


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)


def _in_the_hour(rate: Floats) -> Floats:
    """Events of the hour that ends at each point, from their rates there (trapezoid)."""
    return np.concatenate([[0.0], 0.5 * (rate[1:] + rate[:-1])])
