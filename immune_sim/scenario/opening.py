"""Where scenarios come from: a text, a file, the shipped folder; and what a file extends."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.scenario.consistency import contradictions
from immune_sim.scenario.hints import did_you_mean, listed
from immune_sim.scenario.reading import DURATION, Content, combined, line_of, read
from immune_sim.scenario.registry import Registry
from immune_sim.scenario.shipped import shipped_folder

if TYPE_CHECKING:
    from immune_sim.scenario.scenario import Scenario

LARGEST_FILE = 1_000_000
SUFFIX = ".toml"
Kind = Literal["scenario", "experiment"]
_A = {"scenario": "a scenario", "experiment": "an experiment"}
LISTS = {"scenario": "scenarios", "experiment": "experiment list"}  # the commands that list what is shipped


def from_text[S: Scenario](
    cls: type[S],
    text: str,
    origin: str,
    name: str,
    folder: Path | None,
    registry: Registry,
    above: tuple[str, ...] = (),
) -> S:
    """Read a scenario; above names the files that extend it, so that a circle is seen. Raises ScenarioError."""
    content, document, problems = read(text, origin, registry)
    base = None
    if "extends" in content.texts:
        try:
            base = _base(cls, content.texts["extends"], folder, registry, (*above, name))
        except ScenarioError as error:
            where = document.where(("extends",))
            problems += [
                Problem(f"{where}: {each.where}" if each.where else where, each.what) for each in error.problems
            ]
    scenario = _built(cls, content, base, name, registry)
    problems += [
        Problem(document.where(tuple(address.split("."))), what)
        for address, what in contradictions(registry, scenario.values, content.refused)
    ]
    if problems:
        raise ScenarioError(sorted(problems, key=lambda problem: line_of(problem, origin)))
    return scenario


def from_file[S: Scenario](cls: type[S], path: Path, registry: Registry, above: tuple[str, ...] = ()) -> S:
    """Read a scenario file; its name is that of the file. Raises ScenarioError."""
    return from_text(cls, read_file(path), str(path), path.stem, path.parent, registry, above)


def shipped[S: Scenario](cls: type[S], name: str, registry: Registry, above: tuple[str, ...] = ()) -> S:
    """Read a scenario that comes with the package. Raises ScenarioError with the nearest name."""
    folder = shipped_folder()
    known = sorted(path.stem for path in folder.glob(f"*{SUFFIX}"))
    if name not in known:
        near = did_you_mean(name, known, f"Shipped are {listed(known, 'and')}." if known else "None is shipped.")
        raise ScenarioError(
            Problem("", f'no scenario "{name}" is shipped. {near} The path of a file of your own ends in {SUFFIX}.')
        )
    return from_text(cls, read_file(folder / f"{name}{SUFFIX}"), f"{name}{SUFFIX}", name, None, registry, above)


def read_file(path: Path, kind: Kind = "scenario") -> str:
    """Text of a file of this kind; raises ScenarioError where there is none, and says what to do."""
    try:
        if path.is_dir():
            raise ScenarioError(
                Problem(str(path), f"this is a folder. Give {_A[kind]} file in it, {SUFFIX} at the end.")
            )
        if path.exists() and not path.is_file():
            raise ScenarioError(Problem(str(path), f"this is no ordinary file. Save the {kind} as a file."))
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise ScenarioError(
                Problem(str(path), f"{size:,} bytes are too many for {_A[kind]}. Allowed: {LARGEST_FILE:,}.")
            )
        raw = path.read_bytes()
        if not raw.strip():
            raise ScenarioError(Problem(str(path), 'the file is empty. Write at least a title, title = "My tissue".'))
    except (FileNotFoundError, NotADirectoryError):
        raise ScenarioError(Problem(str(path), f"there is no such file. {_neighbor(path, kind)}")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(
            Problem(str(path), f"the file cannot be opened: {reason[:1].lower()}{reason[1:]}.")
        ) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(Problem(f"{path}:{line}", "this is not UTF-8 text. Save the file as UTF-8.")) from None


def _base[S: Scenario](
    cls: type[S], extends: str, folder: Path | None, registry: Registry, above: tuple[str, ...]
) -> S:
    is_file = extends.endswith(SUFFIX)
    name = Path(extends).stem if is_file else extends
    if name in above:
        circle = " extends ".join([*above[above.index(name) :], name])
        raise ScenarioError(Problem("", f"a scenario cannot extend itself: {circle}. Extend another one."))
    if not is_file:
        return shipped(cls, extends, registry, above)
    if folder is None or Path(extends).name != extends:
        raise ScenarioError(
            Problem(
                "",
                f'"{extends}" cannot be extended. Write a shipped name such as "control-mouse", '
                "or the name of a file in the same folder.",
            )
        )
    return from_file(cls, folder / extends, registry, above)


def _built[S: Scenario](cls: type[S], content: Content, base: S | None, name: str, registry: Registry) -> S:
    texts = content.texts
    name = texts.get("name", name)
    inherited = base.duration if base else DURATION.default
    return cls(
        name=name,
        title=texts.get("title", name),
        about=texts.get("about", ""),
        based_on=texts.get("extends"),
        duration=float(content.duration if content.duration is not None else inherited),
        dosing=content.dosing if content.dosing is not None else base.dosing if base else (),
        presets={**(base.presets if base else {}), **content.presets},
        values=combined(registry, base.values if base else registry.defaults, content),
        registry=registry,
    )


def _neighbor(path: Path, kind: Kind) -> str:
    """What the person may have meant: a file of nearly this name, or a shipped one."""
    try:
        beside = [each.name for each in path.parent.glob(f"*{SUFFIX}") if each.is_file()]
    except OSError:
        beside = []
    near = difflib.get_close_matches(path.name, beside, n=1)
    if near:
        return f'Did you mean "{path.parent / near[0]}"?'
    shipped_names = [each.stem for each in shipped_folder(f"{kind}s").glob(f"*{SUFFIX}")]
    if path.stem in shipped_names:
        return f'"{path.stem}", without folder and {SUFFIX}, is a shipped {kind}.'
    return f"`immune-sim {LISTS[kind]}` lists the shipped ones."
