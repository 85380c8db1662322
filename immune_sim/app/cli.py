"""The command line: one small module per command, each of which imports what it needs when it is called."""

import os
from typing import Annotated

import typer

from immune_sim import __version__
from immune_sim.app.commands import bench, dashboard, doctor, experiment, lists, resume, run, scenarios
from immune_sim.app.console import examples, faults_in_words

app = typer.Typer(
    name="immune-sim",
    help="A tissue of single tumor and immune cells under scheduled naltrexone: compute it, watch it, measure it.",
    epilog=examples(
        "immune-sim dashboard",
        "immune-sim run ldn-mouse",
        "immune-sim run ldn-mouse --days 30 --seed 7 --set nk.kill_rate='0.2 1/h'",
        "immune-sim scenarios",
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"immune-sim {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that stand before the command."""


for command in (run, resume, experiment, scenarios, lists, dashboard, bench, doctor):
    command.register(app)


def _one_thread_for_linear_algebra() -> None:
    """Matrices here are tiny; threads for them only get in the way of the work. Before NumPy is imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def main() -> None:
    """Run the command line; faults are told in words, and the exit code is 2 for wrong input, 1 for a failure."""
    _one_thread_for_linear_algebra()
    with faults_in_words():
        app()
