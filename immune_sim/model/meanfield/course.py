"""The course of a scenario in the well-mixed limit, under the same outcome names as the course of its agents."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from immune_sim.core.codes import CAUSES
from immune_sim.core.errors import ImmuneSimError
from immune_sim.mechanisms.regimen import Phase, events
from immune_sim.model.meanfield.equations import WellMixed
from immune_sim.model.meanfield.state import FIRST_CELLS, WIDTH, Flows, State
from immune_sim.model.parameters import Parameters
from immune_sim.scenario.scenario import Scenario

type Floats = NDArray[np.float64]
TOLERANCE = 1e-4  # of the solver; outcomes are then right to 1e-3
SMALL_NUMBER = 1e-2  # cells; the solver need not be finer
DRUG_LEFT = 1e-7  # share of a dose down to which its decay is followed
LONGEST_STEP = 2.0  # h
PARTS = 4  # of an hour, for means over it
WEIGHTS = (1 / 12, 4 / 12, 2 / 12, 4 / 12, 1 / 12)


def mean_field(scenario: Scenario, hours: float | None = None) -> dict[str, Floats]:
    """Outcomes (n,) at every whole hour of a scenario, or of its first ``hours``; see ``course``."""
    return course(Parameters.of(scenario), scenario.regimen, scenario.duration if hours is None else hours)


def course(p: Parameters, phases: Sequence[Phase], hours: float) -> dict[str, Floats]:
    """Solve the well-mixed equations and return outcomes by name, (n,) float64 each, hour 0 first.

    The solver stops at every dose and change of an infusion; a dose with a condition on the burden asks the expected
    burden of that time. Numbers of cells are expectations, so they are not whole; events (births, deaths_*, arrivals)
    and signals are those of the hour that ends, as the agents report them.
    """
    equations = WellMixed(p)
    grid = np.arange(PARTS * math.floor(hours) + 1) / PARTS
    states = _solve(equations, phases, grid)
    return _outcomes(equations, grid[::PARTS], states[::PARTS], [equations.flows(state) for state in states])


def _solve(equations: WellMixed, phases: Sequence[Phase], grid: Floats) -> Floats:
    """States (n, width) at the times of the grid, which begins at 0."""
    given = list(events(phases, 0.0, float(grid[-1])))
    y = equations.start()
    atol = np.full(len(y), SMALL_NUMBER)
    atol[:FIRST_CELLS] = TOLERANCE
    atol[:3] = DRUG_LEFT * max((event.amount for event in given), default=1.0)
    states = np.tile(y, (len(grid), 1))
    now = 0.0
    for stop in sorted({*(event.time for event in given), float(grid[-1])}):
        if stop > now:
            inside = np.flatnonzero((grid > now) & (grid < stop))
            solved = solve_ivp(
                equations.slope,
                (now, stop),
                y,
                method="LSODA",
                t_eval=[*grid[inside], stop],
                rtol=TOLERANCE,
                atol=atol,
                max_step=LONGEST_STEP,
            )
            if not solved.success:
                raise ImmuneSimError(
                    f"The well-mixed equations could not be solved beyond hour {now:g}: {solved.message} "
                    "Parameters far from their defaults are the usual reason; change them one at a time."
                )
            states[inside] = solved.y.T[:-1]
            y, now = solved.y[:, -1].copy(), stop
            states[grid == stop] = y
        for event in given:
            if event.time != stop or not event.happens(State(*y[:WIDTH]).tumor):
                continue
            if event.kind == "bolus":
                y[0] += event.amount
            else:
                equations.infusion = event.amount
    return states


def _outcomes(equations: WellMixed, grid: Floats, states: Floats, flows: list[Flows]) -> dict[str, Floats]:
    columns = dict(zip(State._fields, np.maximum(states[:, :WIDTH].T, 0.0), strict=True))
    body = equations.p.pharmacokinetics
    killers = np.maximum(states[:, WIDTH:], 0.0).sum(axis=1)
    nk, tumor, ctl = killers + columns["idle"], columns["tumor"], columns["ctl"]
    now = flows[::PARTS]
    quiescent = np.array([each.crowding for each in now]) * tumor
    signals = np.array([_over_the_hour([each.signals[k] for each in flows]) for k in range(2)])
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
        "signal_mean": signals[1],
        "bound_fraction_mean": np.array([each.bound_fraction for each in now]),
        "drug_concentration": columns["drug"] * body.drug_nm_per_mg,
        "metabolite_concentration": columns["metabolite"] * body.metabolite_nm_per_mg,
        "blockade": np.array([each.blockade for each in now]),
        "ligand_systemic": columns["host_ligand"],
        "ligand_local_mean": np.array([each.ligand_local for each in now]),
        "host_receptor": columns["host_receptor"],
        "host_signal": signals[0],
        "nk_engaged": _share(columns["killers_held"] + columns["idle_held"], nk),
        "ctl_engaged": _share(columns["ctl_held"], ctl),
        "exhaustion_mean": _share(columns["exhaustion"], ctl),
        "node_effectors": columns["effectors"],
        "antigenicity_mean": np.full(len(grid), equations.p.heredity.antigenicity),
        "oxygen_mean": np.array([each.oxygen for each in now]),
        "ifng_mean": np.array([each.ifng for each in now]),
    }
    for name in ("births", *(f"deaths_{cause}" for cause in CAUSES[1:]), "nk_arrivals", "ctl_arrivals", "ctl_births"):
        made[name] = np.maximum(_over_the_hour([getattr(each, name) for each in flows]), 0.0)
        made[name][0] = 0.0
    for name in flows[0].factors:
        made[f"link_{name}"] = _over_the_hour([each.factors[name] for each in flows])
    return made


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)


def _over_the_hour(values: list[float]) -> Floats:
    """Mean over the hour that ends at each whole hour, from values at its parts (Simpson); the first is the start."""
    at = np.array(values)
    ends = np.arange(PARTS, len(at), PARTS)
    mean = sum((weight * at[ends - PARTS + k] for k, weight in enumerate(WEIGHTS)), np.zeros(len(ends)))
    return np.concatenate([at[:1], mean])
