"""What a person did to one run, and how it is taken away: a scenario file, and a short code that plays it again.

A scenario file is one condition from hour 0 on. A dose by hand fits into it, as a phase that is given once, and so does
another schedule from an hour on; a value that was changed while the clock ran does not. So the file says in a comment
up to which hour it gives the same run, and the code carries the rest: scenario, seed, hour and every change with its
hour (decision 13).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from immune_sim.app.dashboard.composer.plan import SMALL_BODY
from immune_sim.app.dashboard.composer.sentence import doses_sentence
from immune_sim.app.dashboard.in_phases import in_phases
from immune_sim.app.dashboard.words import spoken, unit_shown
from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.core.parameters import Value
from immune_sim.scenario.dosing import BODY_MASS, ONCE
from immune_sim.scenario.reading import LONGEST_TEXT, REGIMEN
from immune_sim.scenario.scenario import Scenario

LONGEST_CODE = 16_000  # characters that are read at all
LARGEST_CONTENT = 128_000  # bytes that a code may unpack to
LATEST_HOUR = 24 * 365
LARGEST_SEED = 2**63  # runs of studies have seeds of 63 bits
DIGITS = 6  # of the check at a code's end: a slip of the pen passes once in 16 million
CARRIED = "Code: "  # begins the comment of a saved file that carries its code
BASE = "control-mouse"  # a file that extends nothing is told as what differs from this one
_CODE = re.compile(r"([a-z0-9-]+)\.(\d{1,19})\.(\d{1,5})\.([0-9a-f]{6})(?:\.([A-Za-z0-9_-]+))?", re.ASCII)


@dataclass(frozen=True)
class Change:
    """Something done at an hour: a dose in mg (address ""), a live parameter set to a value, or another schedule.

    value: for the address "regimen" the list of its phases, as tables of a scenario file.
    """

    hour: float
    value: Value | list[dict[str, Any]]
    address: str = ""


@dataclass(frozen=True)
class Run:
    """A run as it can be played again.

    name: of the shipped scenario. overrides: what differed from it at hour 0, "regimen" and "duration" included.
    changes: in their order. title, about: of a scenario that is not shipped; "" for those of the shipped one.
    """

    name: str
    seed: int
    hour: int = 0
    overrides: dict[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    title: str = ""
    about: str = ""

    @classmethod
    def of(cls, scenario: Scenario, seed: int) -> Run:
        """A run of any scenario, for example an uploaded one, said as what differs from a shipped one."""
        base = Scenario.shipped(scenario.based_on or BASE)
        overrides: dict[str, Any] = {key: value for key, value in scenario.values.items() if value != base.values[key]}
        if scenario.dosing != base.dosing:
            overrides[REGIMEN] = [each.table() for each in scenario.dosing]
        if scenario.duration != base.duration:
            overrides["duration"] = scenario.duration
        return cls(base.name, seed, 0, overrides, (), scenario.title, scenario.about)

    @property
    def scenario(self) -> Scenario:
        """The scenario as the run began; raises ScenarioError."""
        scenario = Scenario.shipped(self.name).with_overrides(self.overrides)
        return replace(scenario, name=self.called, title=self.title, about=self.about) if self.title else scenario

    @property
    def called(self) -> str:
        """The scenario's name in letters that any file name may have."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower())[:60].strip("-") or self.name

    @property
    def stem(self) -> str:
        """What files of this run are called, without their ending."""
        return f"{self.called}-seed{self.seed}-hour{self.hour}"

    def play(self, model: Any, given_up: Callable[[], bool] = lambda: False) -> None:
        """Take a new model of ``scenario`` through all changes to the hour of the run, unless somebody gives up."""
        for _ in self.hours(model):
            if given_up():
                return

    def hours(self, model: Any) -> Iterator[int]:
        """The same hour by hour: yields every hour, hour 0 included, when its changes are made."""
        waiting = list(self.changes)
        while True:
            while waiting and round(waiting[0].hour) <= round(model.time):
                make(model, waiting.pop(0))
            yield round(model.time)
            if round(model.time) >= self.hour:
                return
            model.run_for(1)


def make(model: Any, change: Change) -> None:
    """Make a change in a model, at the hour at which it stands."""
    if change.address == REGIMEN:
        model.set_regimen(change.value)
    elif change.address:
        model.set_parameter(change.address, change.value)
    else:
        model.give_dose(change.value)


def merged(interventions: Sequence[dict[str, Any]]) -> tuple[Change, ...]:
    """The interventions of a model; of a slider that is drawn within one hour only its last value."""
    kept: list[Change] = []
    for each in interventions:
        address = REGIMEN if REGIMEN in each else str(each.get("parameter", ""))
        value = each[REGIMEN] if address == REGIMEN else each["value"] if address else each["dose_mg"]
        change = Change(float(each["hour"]), value, address)
        if address and kept and (kept[-1].address, kept[-1].hour) == (address, change.hour):
            kept.pop()
        kept.append(change)
    return tuple(kept)


def said(change: Change, scenario: Scenario) -> str:
    """A change in words, without its hour."""
    if isinstance(change.value, list):
        return f"schedule: {doses_sentence(scenario, scenario.with_overrides({REGIMEN: change.value}).dosing)}"
    if not change.address:
        return f"dose by hand, {_amount(float(change.value), scenario)}"
    declared = scenario.registry.parameters[change.address]
    value = f"{change.value:.4g}" if isinstance(change.value, float) else str(change.value)
    group = declared.address.partition(".")[0]
    name = spoken(declared.name)
    name = name if name[:2].isupper() else name[:1].lower() + name[1:]
    return f"{spoken(group)}: {name} to {value} {unit_shown(declared.unit)}".strip()


def _amount(mg: float, scenario: Scenario) -> str:
    """A dose as one says it for this body: of a small one what it is per kg, too."""
    body_mass = float(scenario.values[BODY_MASS])
    return f"{mg / body_mass:.3g} mg/kg ({mg:.3g} mg)" if body_mass < SMALL_BODY else f"{mg:.3g} mg"


def clock(hour: float) -> str:
    """An hour of the run as it is shown, "day 3, 14:00"."""
    day, rest = divmod(round(hour), 24)
    return f"day {day}, {rest:02d}:00"


# ---- the scenario file -------------------------------------------------------------------------------------------


def to_toml(run: Run) -> str:
    """The run as a scenario file: comments that say what it reproduces, then a complete scenario."""
    live = [each for each in run.changes if each.address not in ("", REGIMEN)]
    lines = [
        f"Saved from the dashboard on {clock(run.hour)} (hour {run.hour}) of {run.called} with seed {run.seed}.",
        f'Doses given by hand are phases with every = "{ONCE}"; another schedule is in its phases.',
    ]
    if live:
        first = round(live[0].hour)
        lines += [
            f"With this seed it gives the same run to hour {first}, the first change of a value while the clock ran.",
            "A scenario file holds one condition and cannot say such changes; they were",
            *(f"  {clock(each.hour)}: {each.address} = {each.value}" for each in live),
            "and the code below plays them again, in the dashboard (Take away, Bring back) or a terminal:",
            "  immune-sim run --code FILE   (this file, as it was saved)",
        ]
    else:
        lines.append("With this seed it gives the same run, hour by hour.")
    lines.append(f"{CARRIED}{code(run)}")
    return "".join(f"# {line}\n" for line in lines) + "\n" + in_phases(run.scenario, run.changes).to_toml()


def of_file(text: str, origin: str) -> Run:
    """The run that a file of ``to_toml`` holds, changes of values included, by the code that it carries.

    Raises ScenarioError where it carries none, or where what stands below it is no longer what was saved.
    """
    found = next((line for line in text.splitlines() if line.startswith(f"# {CARRIED}")), None)
    if found is None:
        what = "the file carries no code: it was not saved in the dashboard. Run it without --code."
        raise ScenarioError(Problem(origin, what))
    run = read(found.removeprefix(f"# {CARRIED}").strip())
    if Scenario.from_text(text, origin).hash != in_phases(run.scenario, run.changes).hash:
        what = (
            "the scenario in it was edited after it was saved; its code does not know of that. Run it without --code."
        )
        raise ScenarioError(Problem(origin, what))
    return run


# ---- the code ----------------------------------------------------------------------------------------------------


def code(run: Run) -> str:
    """The run in letters: name.seed.hour.check, and where something was changed all changes, packed, after that.

    Raises ScenarioError where there is too much to say, after hundreds of changes.
    """
    plain = f"{run.name}.{run.seed}.{run.hour}"
    if not run.overrides and not run.changes and not run.title:
        return f"{plain}.{_check(run, plain)}"
    content: dict[str, Any] = {"o": run.overrides, "c": [[each.hour, each.address, each.value] for each in run.changes]}
    if run.title:
        content["t"] = [run.title, run.about]
    raw = json.dumps(content, separators=(",", ":")).encode()
    packed = base64.urlsafe_b64encode(zlib.compress(raw, level=9)).decode().rstrip("=")
    whole = f"{plain}.{_check(run, plain + packed)}.{packed}"
    if len(raw) > LARGEST_CONTENT or len(whole) >= LONGEST_CODE:
        raise _refused("this run holds too many changes for a code. Take the scenario file away instead.")
    return whole


def _check(run: Run, letters: str) -> str:
    """Some digits that depend on every letter of a code and on the values of its scenario in this version."""
    return hashlib.sha256(f"{run.scenario.hash} {letters}".encode()).hexdigest()[:DIGITS]


def read(text: str) -> Run:
    """The run of a code; raises ScenarioError in words for whatever is not one. Nothing in a code is executed."""
    found = _CODE.fullmatch("".join(text.split())) if len(text) <= LONGEST_CODE else None
    if found is None:
        raise _refused(f'this is not a code. It looks like "{code(Run("ldn-mouse", 1, 240))}"; copy it whole.')
    name, seed, hour, check, packed = found.groups()
    if int(hour) > LATEST_HOUR or int(seed) >= LARGEST_SEED:
        raise _refused(f"seed {seed} or hour {hour} is too large. Hours go up to {LATEST_HOUR}.")
    run = Run(name, int(seed), int(hour), *(_unpack(packed) if packed else ()))
    if _check(run, f"{name}.{seed}.{hour}{packed or ''}") != check:
        raise _refused(
            "its letters do not fit together. Either one is wrong (name, seed and hour are checked too), or it comes "
            "from another version of immune-sim; then open the saved scenario file with that version."
        )
    return run


def _unpack(packed: str) -> tuple[dict[str, Any], tuple[Change, ...], str, str]:
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        opened = zlib.decompressobj()
        content = json.loads(opened.decompress(raw, LARGEST_CONTENT))
        overrides, listed = dict(content["o"]), content["c"]
        changes = tuple(Change(float(hour), value, str(address)) for hour, address, value in listed)
        title, about = (str(each)[:LONGEST_TEXT] for each in content.get("t", ("", "")))
    except (binascii.Error, zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _refused("its changes cannot be read. Copy the code whole.") from error
    hours = [each.hour for each in changes]
    if hours != sorted(hours) or any(not 0 <= hour <= LATEST_HOUR for hour in hours):
        raise _refused("the hours of its changes make no sense. Copy the code whole.")
    return overrides, changes, title, about


def _refused(what: str) -> ScenarioError:
    return ScenarioError(Problem("code", what))
