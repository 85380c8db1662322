"""``immune-sim doctor``: is everything here that is needed, and what to do where it is not."""

from typing import Annotated

import typer

from immune_sim.app.console import FAILURE, examples
from immune_sim.app.numbers import whole

EXAMPLES = examples(
    "immune-sim doctor", "immune-sim doctor --port 9000", "", "The exit code is 1 if something needs a cure."
)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("doctor", epilog=EXAMPLES)(doctor)


def doctor(
    port: Annotated[
        int, typer.Option("--port", parser=whole(1, 65535), metavar="N", help="The port the dashboard would use.")
    ] = 8765,
) -> None:
    """Check versions, kernels, the dashboard's assets and port, and write access; name a cure for each problem."""
    from rich.table import Table
    from rich.text import Text

    from immune_sim.app.console import console
    from immune_sim.app.health import checks

    to = console()
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    problems = 0
    styles = {"ok": "green", "note": "cyan", "problem": "bold yellow"}
    for each in checks(port):
        problems += each.state == "problem"
        said = Text(each.found) if not each.cure else Text(each.found) + Text(f"\n{each.cure}", style="dim")
        table.add_row(Text(each.state, style=styles[each.state]), each.name, said)
    to.print(table)
    to.print("\nEverything is in place." if not problems else f"\n{problems} to cure.")
    if problems:
        raise typer.Exit(FAILURE)
