"""``immune-sim experiment report`` and ``analyze``: what a study says, as a page and as tables."""

from pathlib import Path
from typing import Annotated

import typer

from immune_sim.app.console import examples

REPORT = examples(
    "immune-sim experiment report results/zagon-1983",
    "immune-sim experiment report results/zagon-1983 --no-images --no-tissues",
)
ANALYZE = examples(
    "immune-sim experiment analyze results/zagon-1983",
    "immune-sim experiment analyze results/zagon-1983 survival",
    "immune-sim experiment analyze results/link-ablation effects --csv effects/",
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a study.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``experiment``."""
    group.command("report", epilog=REPORT)(report)
    group.command("analyze", epilog=ANALYZE)(analyze)


def report(
    folder: Folder,
    images: Annotated[bool, typer.Option("--images/--no-images", help="Figures as SVG and PNG too.")] = True,
    tissues: Annotated[
        bool, typer.Option("--tissues/--no-tissues", help="Pictures of the best, median and worst tissue of each arm.")
    ] = True,
) -> None:
    """Write the report of a study: one page for reading, its figures as pictures, its tables as CSV."""
    from immune_sim.app.study_analysis import tell_report

    tell_report(folder, images=images, tissues=tissues)


def analyze(
    folder: Folder,
    what: Annotated[
        str,
        typer.Argument(
            metavar="[WHAT]", help="published, numbers, survival, effects, sensitivity, ablation, points or all."
        ),
    ] = "all",
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="DIR", help="Where the tables go; DIR/tables if not given.")
    ] = None,
) -> None:
    """Print what a study says, with intervals, and write every table as CSV."""
    from immune_sim.app.study_analysis import tell_analysis

    tell_analysis(folder, what, csv)
