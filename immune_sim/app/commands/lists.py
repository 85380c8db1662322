"""``immune-sim parameters``, ``schema`` and ``schedule``: what the declarations say."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from immune_sim.app.console import examples

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

    from immune_sim.core.parameters import Parameter

PARAMETERS = examples(
    "immune-sim parameters",
    "immune-sim parameters kill",
    'immune-sim parameters "not measured"',
    "immune-sim parameters assumption --json",
)
SCHEMA = examples(
    "immune-sim schema > scenario.schema.json", "", "An editor that reads it completes and checks scenario files."
)
SCHEDULE = examples("immune-sim schedule")


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("parameters", epilog=PARAMETERS)(parameters)
    app.command("schema", epilog=SCHEMA)(schema)
    app.command("schedule", epilog=SCHEDULE)(schedule)


def parameters(
    search: Annotated[
        str | None, typer.Argument(metavar="[SEARCH]", help="Words that occur in the address, text, grade or source.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the parameters with default, unit, range, evidence grade and source."""
    from immune_sim.app.console import ask_for
    from immune_sim.scenario.hints import did_you_mean
    from immune_sim.scenario.registry import installed

    known = installed().parameters
    found = [each for each in known.values() if _matches(each, search)]
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


def _matches(parameter: "Parameter", search: str | None) -> bool:
    text = " ".join((parameter.address, parameter.about, parameter.grade, parameter.source, parameter.unit)).lower()
    plain = text.replace("_", " ")
    return all(word in text or word in plain for word in (search or "").lower().split())


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
        return told | bounds | {"kind": each.kind.__name__, "choices": list(each.choices)}

    typer.echo(json.dumps([row(each) for each in found], indent=2, ensure_ascii=False))


def _print_table(found: "list[Parameter]", of: int) -> None:
    from immune_sim.app.console import console

    to = console()
    to.print(_wide(found) if to.width >= WIDE else _narrow(found))
    if len(found) < of:
        to.print(f"{len(found)} of {of} parameters", style="dim")


def _wide(found: "list[Parameter]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from immune_sim.scenario import checking

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for head, style in (("parameter", "cyan"), ("default", ""), ("allowed", ""), ("grade", "")):
        table.add_column(head, style=style, overflow="fold")
    table.add_column("meaning, source", overflow="fold", ratio=1)
    for each in found:
        shown = (each.address, checking.show(each, each.default), checking.range_words(each), each.grade)
        table.add_row(*(Text(word) for word in shown), Text.assemble(each.about, (f"\n{each.source}", "dim")))
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
        lines.append(Padding(Text.assemble(each.about, (f"\n{each.source}", "dim")), (0, 0, 0, 4)))
    return Group(*lines)


WIDE = 100  # columns from which a table has room for meaning and source
