"""docs/parameters.md, made from the declarations: ``python -m immune_sim.scenario.parameters_page --write``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from immune_sim.core.parameters import Parameter, declared_in
from immune_sim.scenario import checking
from immune_sim.scenario.dosing import AT_ABOUT, DOSE, DRUG, INFUSION, PLAIN_KEYS
from immune_sim.scenario.reading import REGIMEN
from immune_sim.scenario.registry import Registry, installed

PAGE = Path("docs") / "parameters.md"
COMMAND = "python -m immune_sim.scenario.parameters_page --write"
HEAD = f"""# Parameters

Made from the declarations in the code by `{COMMAND}`. Do not edit it; a test keeps it true.

Each table here is a table of a scenario file: `[nk]` and below it `kill_rate = "0.2 1/h"`. The same name serves as an
override, `--set "nk.kill_rate=0.2 1/h"`. Grades: *in vivo* and *in vitro* were measured; *secondary* is quoted by
another paper; *model* was derived, fitted or computed; *assumption*: nobody measured it; *setting* is a choice of the
experiment.

A parameter marked ° takes a new value only when the run is reset; every other one can be changed while a model runs.
"""


def page(registry: Registry | None = None) -> str:
    """The text of the page."""
    registry = registry or installed()
    counts = f"{len(registry.parameters)} parameters in {len(registry.groups)} groups, {_graded(registry)}.\n"
    return "\n".join([HEAD, counts, *(_section(registry, name) for name in registry.groups), _regimen()])


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or check that the written one is up to date; returns the exit code."""
    parser = argparse.ArgumentParser(prog=COMMAND.rpartition(" ")[0], description="Make docs/parameters.md.")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write the page")
    action.add_argument("--check", action="store_true", help="exit with 1 where the page is out of date")
    parser.add_argument("path", nargs="?", type=Path, default=PAGE, help=f"the page, {PAGE} if not given")
    given = parser.parse_args(arguments)
    text = page()
    if given.write:
        given.path.parent.mkdir(parents=True, exist_ok=True)
        given.path.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if given.path.is_file() and given.path.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{given.path} is out of date: run {COMMAND}\n")
    return 1


def _section(registry: Registry, name: str) -> str:
    group: Any = registry.groups[name]
    rows = [_row(_cells(each)) for each in declared_in(group)]
    about = " ".join((group.__doc__ or "").split())
    head = [
        f"## {group.title} `[{name}]`",
        "",
        about,
        "",
        _row(("name", "default", "allowed", "grade", "source", "meaning")),
    ]
    return "\n".join([*head, _row(["---"] * 6), *rows, "", *_presets(registry, name)])


def _regimen() -> str:
    """The keys of a phase; they have examples in place of defaults."""
    keys = [_cells(each) for each in (DRUG, DOSE, INFUSION, *PLAIN_KEYS.values())]
    keys.insert(4, ("`at`", "22:00", "a clock time", DRUG.grade, DRUG.source, AT_ABOUT))
    return "\n".join(
        [
            f"## Regimen `[[{REGIMEN}]]`",
            "",
            "One table for each phase of the schedule; a phase has dose and every, or infusion, and all else may be "
            "left out. A running model takes another schedule as a whole (`model.set_regimen`).",
            "",
            _row(("name", "example", "allowed", "grade", "source", "meaning")),
            _row(["---"] * 6),
            *(_row(each) for each in keys),
            "",
        ]
    )


def _cells(each: Parameter) -> tuple[str, ...]:
    name = f"`{each.name}`{'' if each.live else '°'}"
    return (
        name,
        checking.example(each),
        _bare(checking.range_words(each)),
        each.grade,
        _source(each.source),
        each.about,
    )


def _presets(registry: Registry, name: str) -> Iterator[str]:
    for preset in registry.presets(name):
        stated = registry.in_preset(name, preset).values()
        yield f'`preset = "{preset}"`:{"" if stated else " the defaults."}\n'
        if stated:
            yield _row(("name", "value", "grade", "source"))
            yield _row(["---"] * 4)
            yield from (
                _row((f"`{each.name}`", checking.show(each, each.default), each.grade, _source(each.source)))
                for each in stated
            )
            yield ""


def _source(source: str) -> str:
    kind, _, rest = source.partition(":")
    if kind == "doi":
        return f"[doi:{rest.strip()}](https://doi.org/{rest.strip()})"
    return f"[pmid:{rest.strip()}](https://pubmed.ncbi.nlm.nih.gov/{rest.strip()}/)" if kind == "pmid" else source


def _graded(registry: Registry) -> str:
    grades = [each.grade for each in registry.parameters.values()]
    return ", ".join(f"{grades.count(grade)} {grade}" for grade in dict.fromkeys(grades))


def _bare(words: str) -> str:
    return words.replace('"', "`")


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
