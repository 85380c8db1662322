"""What a study folder holds about its experiment, and whether an experiment may go on in a folder."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy

import immune_sim
from immune_sim import __version__
from immune_sim.core.errors import OutputError, Problem, ScenarioError
from immune_sim.runs.experiments.declared import SAMPLED, Experiment
from immune_sim.runs.experiments.design import Point
from immune_sim.scenario import checking
from immune_sim.scenario.scenario import Scenario

FORMAT = "immune-sim experiment 1"
NAME = "study.json"
SETTINGS = ("name", "seed", "independent_arms", "every", "quick")
MOST_TOLD = 12
COMPUTING = ("core", "mechanisms", "model")  # the floors whose sources decide what a run is


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


@cache
def code_fingerprint() -> str:
    """Hash of everything that decides what comes of a run: the sources of the model, NumPy and Numba."""
    package = Path(immune_sim.__file__).resolve().parent
    digest = hashlib.sha256(f"{numpy.__version__} {numba.__version__}".encode())
    for source in sorted(path for floor in COMPUTING for path in (package / floor).rglob("*.py")):
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
    path = folder / NAME
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OutputError(
            f"{folder} holds no experiment: there is no {NAME} in it. "
            "Give the folder that `immune-sim experiment run` wrote."
        ) from None
    except (OSError, ValueError) as error:
        raise OutputError(f"{path} cannot be read: {error}") from error
    if told.get("format") != FORMAT:
        raise OutputError(f"{path} was written in the format {told.get('format')!r}; this version reads {FORMAT!r}.")
    return told


def joined(old: Mapping[str, Any], new: Mapping[str, Any], folder: Path, *, other_code: bool = False) -> list[str]:
    """The keys of all points when an experiment goes on in a folder: those that are there keep their numbers.

    Raises ScenarioError with everything that changed: added arms, points and replicates are no change.
    """
    changes = [*_changes(old, new)]
    if old["code"] != new["code"] and not other_code:
        was, now = (f"version {each['code']['version']} ({each['code']['sources']})" for each in (old, new))
        what = f"was {was}, is {now}. Results of two versions do not mix; --other-code allows it."
        changes.append(Problem("the code", what))
    if changes:
        told = changes[:MOST_TOLD] + (
            [Problem("", f"and {len(changes) - MOST_TOLD} more.")] if len(changes) > MOST_TOLD else []
        )
        raise ScenarioError(
            [
                Problem(
                    str(folder),
                    "holds another experiment, so this one cannot go on in it. "
                    "Give another folder with --out, or undo these changes:",
                ),
                *told,
            ]
        )
    known = set(old["points"])
    return [*old["points"], *(each for each in new["points"] if each not in known)]


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Problem]:
    for key in (*SETTINGS, "outcomes", "endpoints", "measures", "frames"):
        if _plain(old[key]) != _plain(new[key]):
            yield Problem(key, f"was {_said(old[key])}, is {_said(new[key])}.")
    for name, arm in old["arms"].items():
        if name not in new["arms"]:
            yield Problem(f"arm {name}", "is gone. Arms may be added, not taken away.")
        elif arm["hash"] != new["arms"][name]["hash"]:
            yield from _arm_changes(name, arm, new["arms"][name])
        elif arm["prepare"] != new["arms"][name]["prepare"]:
            yield Problem(f"arm {name}", "its code was changed.")
    for name in old["functions"].keys() | new["functions"].keys():
        if old["functions"].get(name) != new["functions"].get(name):
            yield Problem(name, "the code of this outcome was changed.")
    yield from _point_changes(old, new)


def _point_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Problem]:
    labels = [[(each["label"], each["address"]) for each in one["factors"]] for one in (old, new)]
    if sorted(labels[0]) != sorted(labels[1]):
        yield Problem(
            "factors",
            f"were {_said([label for label, _ in labels[0]])}, are {_said([label for label, _ in labels[1]])}.",
        )
        return
    gone = [each for each in old["points"] if each not in set(new["points"])]
    if gone:
        yield Problem(
            "design",
            f"{len(gone)} of {len(old['points'])} design points are gone, first {gone[0]}. "
            "Points may be added, not taken away.",
        )
    if old["design"]["same_exposure"] != new["design"]["same_exposure"]:
        yield Problem(
            "design.same_exposure",
            f"was {_said(old['design']['same_exposure'])}, is {_said(new['design']['same_exposure'])}.",
        )


def _arm_changes(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Problem]:
    """What differs between two scenarios of one arm, value by value."""
    before, after = (Scenario.from_text(each["scenario"]) for each in (old, new))
    told = False
    for address, value in after.values.items():
        if before.values.get(address) != value:
            declared, told = after.registry.parameters[address], True
            earlier = checking.show(declared, before.values[address]) if address in before.values else "not there"
            yield Problem(f"arm {name}: {address}", f"was {earlier}, is {checking.show(declared, value)}.")
    if before.duration != after.duration:
        told = True
        yield Problem(f"arm {name}: horizon", f"was {before.duration:g} h, is {after.duration:g} h.")
    if before.dosing != after.dosing:
        told = True
        was, now = (_said([each.table() for each in one.dosing]) for one in (before, after))
        yield Problem(f"arm {name}: regimen", f"was {was}, is {now}.")
    if not told:
        yield Problem(f"arm {name}", "its scenario was changed.")


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _said(value: Any) -> str:
    text = json.dumps(_plain(value), ensure_ascii=False)
    return text if len(text) < 200 else text[:197] + "..."
