"""From factors to design points: grids, lists, samples, switches."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.runs.experiments.declared import Arm, Experiment, Factor, Level
from immune_sim.runs.experiments.schedules import vary
from immune_sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
FOLDED = 32  # runs of a folded factorial: main effects of up to 15 switches, clear of two-factor interactions


@dataclass(frozen=True)
class Point:
    """One combination of values. number: its row in the design. key: what it is, by which its runs get their seeds."""

    number: int
    key: str
    levels: Mapping[str, Level] = field(default_factory=dict)


def points_of(experiment: Experiment) -> list[Point]:
    """All design points in order; one point without values where nothing is varied."""
    made: list[Point] = []
    seen: dict[str, int] = {}
    addresses = {each.label: each.address or each.label for each in experiment.factors}
    for number, levels in enumerate(_rows(experiment)):
        key = json.dumps(
            {addresses[label]: repr(level.value) for label, level in sorted(levels.items())}, sort_keys=True
        )
        again = seen[key] = seen.get(key, -1) + 1  # a trajectory of Morris may pass a place twice
        made.append(Point(number, f"{key}#{again}" if again else key, levels))
    return made


def changes_at(experiment: Experiment, point: Point, arm: Arm) -> dict[str, Any]:
    """The overrides that a point means for an arm."""
    changes: dict[str, Any] = {}
    for factor in experiment.factors:
        level = point.levels.get(factor.label)
        if level is not None and acts_on(factor, arm):
            changes |= level.changes
    return changes


def acts_on(factor: Factor, arm: Arm) -> bool:
    """Whether a factor changes an arm; one of the schedule leaves arms without drug as they are."""
    if factor.arms is not None:
        return arm.name in factor.arms
    return bool(arm.scenario.dosing) or not factor.of_schedule


def scenario_at(experiment: Experiment, point: Point, arm: Arm) -> Scenario:
    """The scenario of an arm at a point; raises ScenarioError where the values make no sense."""
    changes = changes_at(experiment, point, arm)
    return vary(arm.scenario, changes, same_exposure=experiment.design.same_exposure) if changes else arm.scenario


def _rows(experiment: Experiment) -> Iterator[Mapping[str, Level]]:
    factors, design = experiment.factors, experiment.design
    if not factors:
        return iter([{}])
    if design.kind == "list":
        return iter(design.rows)
    if design.kind == "factorial":
        return _factorial(factors, design.which)
    if design.kind == "grid":
        labels = [each.label for each in factors]
        return (
            dict(zip(labels, levels, strict=True)) for levels in itertools.product(*(each.levels for each in factors))
        )
    return (_levels(factors, row) for row in unit_sample(experiment))


def _levels(factors: Sequence[Factor], row: Floats) -> Mapping[str, Level]:
    return {factor.label: at_share(factor, float(share)) for factor, share in zip(factors, row, strict=True)}


def at_share(factor: Factor, share: float) -> Level:
    """The level of a factor at a share (0 to 1) of its range, or of its list of levels."""
    if factor.levels:
        return factor.levels[min(int(share * len(factor.levels)), len(factor.levels) - 1)]
    assert factor.read is not None
    if factor.scale == "log":
        return factor.read(math.exp(math.log(factor.low) + share * (math.log(factor.high) - math.log(factor.low))))
    return factor.read(factor.low + share * (factor.high - factor.low))


def unit_sample(experiment: Experiment) -> Floats:
    """The sample of a sampled design on the unit cube (points, factors), in the order in which SALib analyzes it."""
    design, count = experiment.design, len(experiment.factors)
    problem: dict[str, Any] = {
        "num_vars": count,
        "names": [each.label for each in experiment.factors],
        "bounds": [[0.0, 1.0]] * count,
    }
    if design.kind == "latin hypercube":
        from scipy.stats import qmc

        return np.asarray(qmc.LatinHypercube(count, rng=np.random.default_rng(design.seed)).random(design.points))
    if design.kind == "sobol":
        from SALib.sample import sobol

        return np.asarray(
            sobol.sample(problem, design.samples, calc_second_order=design.second_order, seed=design.seed)
        )
    from SALib.sample import morris

    return np.asarray(morris.sample(problem, design.trajectories, num_levels=design.grid_levels, seed=design.seed))


def _factorial(factors: Sequence[Factor], which: str) -> Iterator[Mapping[str, Level]]:
    """Switches on (1) or off (0): all combinations, a folded part of them, or all but one, or one alone."""
    count = len(factors)
    rows: Sequence[Sequence[int]]
    if which == "full":
        rows = list(itertools.product((0, 1), repeat=count))
    elif which == "folded":
        rows = _folded(count)
    else:
        lone = [[int(i == j) for j in range(count)] for i in range(count)]
        rows = (
            [[1] * count, *([1 - each for each in row] for row in lone)] if which == "one out" else [[0] * count, *lone]
        )
    for row in rows:
        yield {factor.label: factor.levels[on] for factor, on in zip(factors, row, strict=True)}


def _folded(count: int) -> list[list[int]]:
    """A design of resolution IV: a Hadamard matrix and its mirror image (Box, Hunter and Hunter 2005, chapter 6)."""
    from scipy.linalg import hadamard

    signs = hadamard(FOLDED // 2)[:, :count]
    return [[int(each > 0) for each in row] for row in np.vstack([signs, -signs])]
