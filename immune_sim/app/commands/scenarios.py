"""``immune-sim scenarios``: what is shipped, and what a file looks like."""

from typing import Annotated

import typer

from immune_sim.app.console import examples

EXAMPLES = examples(
    "immune-sim scenarios",
    "immune-sim scenarios ldn-human",
    "immune-sim scenarios ldn-mouse --complete",
    "immune-sim scenarios ldn-mouse > mine.toml",
)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("scenarios", epilog=EXAMPLES)(scenarios)


def scenarios(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Print the file of this one.")] = None,
    complete: Annotated[bool, typer.Option("--complete", help="Print it with what it extends written out.")] = False,
) -> None:
    """List the shipped scenarios, or print one of them."""
    if name is None:
        _list()
    elif complete:
        from immune_sim.scenario.scenario import Scenario

        typer.echo(Scenario.load(name).to_toml(), nl=False)
    else:
        typer.echo(_text(name), nl=False)


def _list() -> None:
    from rich.table import Table

    from immune_sim.app.console import console
    from immune_sim.scenario.catalog import shipped_scenarios

    table = Table(box=None, padding=(0, 2, 1, 0), show_header=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for entry in shipped_scenarios():
        table.add_row(entry.name, f"[bold]{entry.title}[/bold]\n{entry.about}")
    console().print(table)


def _text(name: str) -> str:
    from immune_sim.app.console import ask_for
    from immune_sim.scenario.catalog import shipped_scenarios
    from immune_sim.scenario.hints import did_you_mean

    files = {entry.name: entry.path for entry in shipped_scenarios()}
    if name not in files:
        raise ask_for(
            f'no scenario "{name}" is shipped. {did_you_mean(name, files, "`immune-sim scenarios` lists them.")}'
        )
    return files[name].read_text(encoding="utf-8")
