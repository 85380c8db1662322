"""``immune-sim parameters``, ``schema`` and ``schedule``: what the declarations say."""

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from immune_sim.app.console import examples

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from immune_sim.core.parameters import Parameter

PARAMETERS = examples(
    "immune-sim parameters",
    "immune-sim parameters kill",
    'immune-sim parameters "not measured"',
    "immune-sim parameters assumption --json",
)
SCHEMA = examples(
    "immune-sim schema > scenario.schema.json",
    "",
    "With the following as the first line of a scenario, an editor for TOML (VS Code with Even Better TOML, taplo) "
    "completes and checks it:",
    "#:schema ./scenario.schema.json",
)
SCHEDULE = examples("immune-sim schedule")


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("parameters", epilog=PARAMETERS)(parameters)
    app.command("schema", epilog=SCHEMA)(schema)
    app.command("schedule", epilog=SCHEDULE)(schedule)


def parameters(
    search: Annotated[
        str | None,
        typer.Argument(metavar="[SEARCH]", help="Words, or how they begin, in the address, text, grade or source."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the parameters with default, unit, range, evidence grade and source."""
    from immune_sim.app.console import ask_for
    from immune_sim.scenario.hints import did_you_mean
    from immune_sim.scenario.registry import installed

    known = installed().parameters
    found = [each for each in known.values() if _matches([each, *_in_presets(each).values()], search)]
    if not found:
        raise ask_for(
            f'no parameter says "{search}". {did_you_mean(search or "", known, "`immune-sim parameters` lists all.")}'
        )
    if as_json:
        _print_json(found)
    else:
        _print_table(found, len(known))


def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from immune_sim.scenario.schema import schema_text

    typer.echo(schema_text().rstrip("\n"))


def schedule() -> None:
    """Print the order in which the processes of one hour run."""
    from immune_sim.model.schedule import Schedule

    typer.echo(str(Schedule()))


def _in_presets(parameter: "Parameter") -> "dict[str, Parameter]":
    """What presets say in place of the default: name of the preset -> declaration with its own grade and source."""
    from immune_sim.scenario.registry import installed

    known = installed()
    stated = {preset: known.in_preset(parameter.group, preset) for preset in known.presets(parameter.group)}
    return {preset: declared[parameter.name] for preset, declared in stated.items() if parameter.name in declared}


def _matches(declared: "list[Parameter]", search: str | None) -> bool:
    told = (word for each in declared for word in (each.address, each.about, each.grade, each.source, each.unit))
    text = " ".join(told).lower()
    plain = text.replace("_", " ")
    begun = (re.compile(rf"(?<![a-z0-9]){re.escape(word)}") for word in (search or "").lower().split())
    return all(word.search(text) or word.search(plain) for word in begun)  # "nk" is not in "links"


def _print_json(found: "list[Parameter]") -> None:
    import json
    import math

    def row(each: "Parameter") -> dict[str, Any]:
        bounds = {
            name: value if math.isfinite(value) else None for name, value in (("low", each.low), ("high", each.high))
        }
        told = {
            name: getattr(each, name) for name in ("address", "default", "unit", "grade", "source", "about", "live")
        }
        presets = {
            preset: {"value": stated.default, "grade": stated.grade, "source": stated.source}
            for preset, stated in _in_presets(each).items()
        }
        return told | bounds | {"kind": each.kind.__name__, "choices": list(each.choices), "presets": presets}

    typer.echo(json.dumps([row(each) for each in found], indent=2, ensure_ascii=False))


def _print_table(found: "list[Parameter]", of: int) -> None:
    from immune_sim.app.console import console

    to = console()
    to.print(_wide(found) if to.width >= WIDE else _narrow(found))
    if len(found) < of:
        to.print(f"{len(found)} of {of} parameters", style="dim")


def _meaning(parameter: "Parameter") -> "Text":
    """What a parameter means, the source of its default, and what presets put in its place."""
    from rich.text import Text

    from immune_sim.scenario import checking

    told = Text.assemble(parameter.about, (f"\n{parameter.source}", "dim"))
    for preset, stated in _in_presets(parameter).items():
        value = checking.show(stated, stated.default)
        told.append(f"\n{preset}: {value} ({stated.grade}) {stated.source}", "dim")
    return told


def _wide(found: "list[Parameter]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from immune_sim.scenario import checking

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for head, style in (("parameter", "cyan"), ("default", ""), ("allowed", ""), ("grade", "")):
        table.add_column(head, style=style, overflow="fold", no_wrap=head == "parameter")  # an address is copied whole
    table.add_column("meaning, source", overflow="fold", ratio=1)
    for each in found:
        shown = (each.address, checking.show(each, each.default), checking.range_words(each), each.grade)
        table.add_row(*(Text(word) for word in shown), _meaning(each))
    return table


def _narrow(found: "list[Parameter]") -> "Group":
    """One parameter below the other, for terminals on which a table would be a ladder of syllables."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from immune_sim.scenario import checking

    lines: list[Text | Padding] = []
    for each in found:
        default, allowed = checking.show(each, each.default), checking.range_words(each)
        lines.append(Text.assemble((each.address, "cyan"), f" = {default}  ", (f"({allowed}; {each.grade})", "dim")))
        lines.append(Padding(_meaning(each), (0, 0, 0, 4)))
    return Group(*lines)


WIDE = 110  # columns from which a table has room for meaning and source
