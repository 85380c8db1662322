"""``immune-sim dashboard``: the tissue in the browser."""

from typing import Annotated

import typer

from immune_sim.app.console import examples

EXAMPLES = examples(
    "immune-sim dashboard",
    "immune-sim dashboard --port 9000 --no-browser",
    "",
    "It serves this machine only and needs no network. Stop it with Ctrl-C.",
)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("dashboard", epilog=EXAMPLES)(dashboard)


def dashboard(
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Where to serve; the next free port if it is taken.")
    ] = 8765,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Open the dashboard: choose a scenario, watch the tumor grow and be fought."""
    from immune_sim.app.dashboard import launch

    launch(port, browser, typer.echo)
