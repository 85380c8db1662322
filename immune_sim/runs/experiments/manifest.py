"""What a study folder holds about its experiment: everything that decides what its runs are."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
import scipy

import immune_sim
from immune_sim import __version__
from immune_sim.core.errors import OutputError
from immune_sim.runs.experiments.declared import SAMPLED, Experiment

if TYPE_CHECKING:
    from immune_sim.runs.experiments.design import Point
    from immune_sim.scenario.scenario import Scenario

FORMAT = "immune-sim experiment 1"
NAME = "study.json"
SETTINGS = ("name", "seed", "independent_arms", "every", "quick")
FLOORS = ("core", "mechanisms", "scenario", "model")  # the floors whose sources decide what a run is
KEYS = (
    *("code", "title", "about", "published", "horizon", "arms", "factors", "design", "outcomes", "endpoints", "main"),
    *("measures", "frames", "replicates", "functions", "points", *SETTINGS),
)
RESTORE = "Bring it back from a copy: without it nobody knows what these runs are."
MODULES = ("runs/experiments/schedules.py", "runs/experiments/exposure.py")  # which doses a point of the design means


def manifest_of(experiment: Experiment, points: Sequence[Point]) -> dict[str, Any]:
    """Everything that decides what the runs of an experiment are, as JSON."""
    replicates = experiment.replicates
    return {
        "format": FORMAT,
        "code": {"version": __version__, "sources": code_fingerprint()},
        **{key: getattr(experiment, key) for key in SETTINGS},
        "title": experiment.title,
        "about": experiment.about,
        "published": experiment.published,
        "horizon": max(each.scenario.duration for each in experiment.arms),
        "arms": {arm.name: _arm(arm.scenario, arm.title, arm.about, arm.prepare) for arm in experiment.arms},
        "factors": [_factor(experiment, each) for each in experiment.factors],
        "design": {key: value for key, value in vars(experiment.design).items() if key != "rows"},
        "outcomes": list(experiment.outcomes),
        "endpoints": list(experiment.endpoints),
        "main": list(experiment.main),
        "measures": [vars(each) for each in experiment.measures],
        "frames": vars(experiment.frames) | {"layers": list(experiment.frames.layers)} if experiment.frames else None,
        "replicates": vars(replicates),
        "functions": {
            name: source_of(each)
            for name, each in (*experiment.outcome_functions.items(), *experiment.endpoint_functions.items())
        },
        "points": [each.key for each in points],
    }


def _arm(scenario: Scenario, title: str, about: str, prepare: Callable[..., Any] | None) -> dict[str, Any]:
    return {
        "title": title,
        "about": about,
        "hash": scenario.hash,
        "scenario": scenario.to_toml(),
        "prepare": source_of(prepare) if prepare else "",
    }


def _factor(experiment: Experiment, factor: Any) -> dict[str, Any]:
    levels = [
        {"value": each.value, "text": each.text, "changes": {k: str(v) for k, v in each.changes.items()}}
        for each in factor.levels
    ]
    sampled = {"low": factor.low, "high": factor.high} if experiment.design.kind in SAMPLED and factor.read else {}
    return {
        "label": factor.label,
        "address": factor.address,
        "unit": factor.unit,
        "scale": factor.scale,
        "arms": factor.arms,
        "levels": levels,
        **sampled,
    }


def computing_sources(package: Path) -> list[Path]:
    """The modules that decide what a run is."""
    floors = (path for floor in FLOORS for path in (package / floor).rglob("*.py"))
    return sorted([*floors, *(package / each for each in MODULES)])


@cache
def code_fingerprint() -> str:
    """Hash of everything that decides what comes of a run: the sources of the model, NumPy, SciPy and Numba."""
    import numba  # half a second, which readers of a manifest do not wait for

    package = Path(immune_sim.__file__).resolve().parent
    digest = hashlib.sha256(f"{numpy.__version__} {scipy.__version__} {numba.__version__}".encode())
    for source in computing_sources(package):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def source_of(function: Callable[..., Any]) -> str:
    """The text of a user's function: whether it changed is seen by it."""
    try:
        return inspect.getsource(function).strip()
    except (OSError, TypeError):
        return getattr(function, "__qualname__", repr(function))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a study folder; raises OutputError where there is none that can be read."""
    path, remedy = folder / NAME, "Give the folder that `immune-sim experiment run` wrote."
    if folder.is_file():
        raise OutputError(f"{folder} is a file. {remedy}")
    if not folder.exists():
        raise OutputError(f"there is no folder {folder}. {remedy}")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OutputError(f"{folder} holds no experiment: there is no {NAME} in it. {remedy}") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    except ValueError as error:
        raise OutputError(f"{path} is damaged: it is no JSON ({error}). {RESTORE}") from error
    if not isinstance(told, dict) or "format" not in told:
        raise OutputError(f"{path} is damaged: it tells no experiment. {RESTORE}")
    if told["format"] != FORMAT:
        raise OutputError(f"{path} was written in the format {told['format']!r}; this version reads {FORMAT!r}.")
    missing = [key for key in KEYS if key not in told]
    if missing:
        raise OutputError(f"{path} is damaged: it has no {missing[0]}. {RESTORE}")
    return told
