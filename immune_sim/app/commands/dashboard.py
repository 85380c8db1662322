"""``immune-sim dashboard``: the tissue in the browser."""

from pathlib import Path
from typing import Annotated

import typer

from immune_sim.app.console import examples
from immune_sim.app.dashboard.limits import Limits
from immune_sim.app.dashboard.studies.settings import FOLDER, MOST_RUNS
from immune_sim.app.numbers import whole

USUAL = Limits()
EXAMPLES = examples(
    "immune-sim dashboard",
    "immune-sim dashboard --port 9000 --no-browser",
    "immune-sim dashboard --host 0.0.0.0 --max-sessions 30 --max-sites 100000",
    "",
    "It serves this machine only, unless --host says otherwise, and needs no network. Stop it with Ctrl-C.",
)
WHAT = "What a session may ask for"
Cells = Annotated[
    int,
    typer.Option(
        "--max-cells",
        parser=whole(1),
        metavar="N",
        help="Tumor and immune cells that a tissue may begin with.",
        rich_help_panel=WHAT,
    ),
]
Sites = Annotated[
    int,
    typer.Option(
        "--max-sites",
        parser=whole(64),
        metavar="N",
        help="Sites of a tissue, which it cannot outgrow.",
        rich_help_panel=WHAT,
    ),
]
Sessions = Annotated[
    int,
    typer.Option(
        "--max-sessions",
        parser=whole(1),
        metavar="N",
        help="Pages open at the same time, each with a tissue of its own.",
        rich_help_panel=WHAT,
    ),
]
Studies = Annotated[
    Path,
    typer.Option(
        "--studies", metavar="DIR", help="Where studies are kept; nothing outside it is read.", file_okay=False
    ),
]
Runs = Annotated[
    int,
    typer.Option(
        "--max-runs",
        parser=whole(1),
        metavar="N",
        help="Runs of studies that a session may ask for.",
        rich_help_panel=WHAT,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("dashboard", epilog=EXAMPLES)(dashboard)


def dashboard(
    port: Annotated[
        int,
        typer.Option(
            "--port", parser=whole(1, 65535), metavar="N", help="Where to serve; the next free port if it is taken."
        ),
    ] = 8765,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    host: Annotated[
        str,
        typer.Option(
            "--host",
            metavar="ADDRESS",
            help="Where to listen. 0.0.0.0 opens the dashboard to everyone on the network, without a password.",
        ),
    ] = "127.0.0.1",
    max_cells: Cells = USUAL.cells,
    max_sites: Sites = USUAL.sites,
    max_sessions: Sessions = USUAL.sessions,
    studies: Studies = FOLDER,
    max_runs: Runs = MOST_RUNS,
) -> None:
    """Open the dashboard: choose a scenario, watch the tumor grow and be fought; start studies and browse them."""
    from immune_sim.app.dashboard import launch, limits
    from immune_sim.app.dashboard.studies import settings

    limits.use(Limits(max_cells, max_sites, max_sessions))
    settings.use(settings.StudySettings(studies, max_runs))
    launch(port, browser, typer.echo, host)
