"""Whether an experiment may go on in a folder: arms, points and replicates may come, all else must be as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.runs.experiments.manifest import SETTINGS
from immune_sim.scenario import checking
from immune_sim.scenario.scenario import Scenario

MOST_TOLD = 12


def joined(old: Mapping[str, Any], new: Mapping[str, Any], folder: Path, *, other_code: bool = False) -> list[str]:
    """The keys of all points when an experiment goes on in a folder: those that are there keep their numbers.

    Raises ScenarioError with everything that changed: added arms, points and replicates are no change.
    """
    changes = [*_once(_changes(old, new))]
    if old["code"] != new["code"] and not other_code:
        was, now = (f"version {each['code']['version']} ({each['code']['sources']})" for each in (old, new))
        what = f"was {was}, is {now}. Results of two versions do not mix; --other-code allows it."
        changes.append(Problem("the code", what))
    if changes:
        told = changes[:MOST_TOLD] + (
            [Problem("", f"and {len(changes) - MOST_TOLD} more.")] if len(changes) > MOST_TOLD else []
        )
        raise ScenarioError(
            told,
            f"{folder} holds another experiment, so this one cannot go on in it. "
            "Give another folder with --out, or undo these changes:",
        )
    known = set(old["points"])
    return [*old["points"], *(each for each in new["points"] if each not in known)]


def _once(changes: Iterator[Problem]) -> Iterator[Problem]:
    """One line for what changed in the same way in several arms, as a horizon or an override for all does."""
    arms: dict[tuple[str, str], list[str]] = {}
    for each in changes:
        head, mark, rest = each.where.partition(": ")
        named = head.startswith("arm ") and mark
        name, place = (head.removeprefix("arm "), rest) if named else ("", each.where)
        arms.setdefault((place, each.what), []).append(name)
    for (place, what), names in arms.items():
        whose = f"{'arms' if len(names) > 1 else 'arm'} {', '.join(names)}: " if names[0] else ""
        yield Problem(f"{whose}{place}", what)


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
