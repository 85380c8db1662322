"""``immune-sim resume``: go on with a run from a checkpoint."""

from pathlib import Path
from typing import Annotated

import typer

from immune_sim.app import numbers
from immune_sim.app.commands.run import EVERY_DAY, CheckpointEvery, Frames, FramesEvery, ThreadCount
from immune_sim.app.console import examples

EXAMPLES = examples(
    "immune-sim resume results/ldn-mouse-seed1",
    "immune-sim resume results/ldn-mouse-seed1/checkpoints/hour-000240.npz",
    "immune-sim resume hour-000240.npz --days 90 --out results/longer",
    "",
    "The result is the same, bit for bit, as if the run had never stopped.",
)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("resume", epilog=EXAMPLES)(resume)


def resume(
    checkpoint: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A checkpoint that `immune-sim run` wrote, or the folder of the run."),
    ],
    days: Annotated[
        float | None,
        typer.Option(
            "--days",
            parser=numbers.days,
            metavar="DAYS",
            help="Run until this day; the scenario's duration if not given.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="A new folder; that of the unfinished run if not given.")
    ] = None,
    save_frames: Frames = False,
    frames_every: FramesEvery = None,
    checkpoint_every: CheckpointEvery = None,
    threads: ThreadCount = 1,
) -> None:
    """Go on with a run that was interrupted, from a checkpoint."""
    from immune_sim.app.setting_up import Wishes, resumed_job
    from immune_sim.app.working import work

    wishes = Wishes(
        frames_every=frames_every or (EVERY_DAY if save_frames else None),
        checkpoint_every=checkpoint_every,
        threads=threads,
    )
    raise typer.Exit(work(resumed_job(checkpoint, days, out, wishes)))
