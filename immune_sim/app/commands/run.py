"""``immune-sim run``: one scenario, computed and written down."""

from pathlib import Path
from typing import Annotated

import typer

from immune_sim.app import numbers
from immune_sim.app.console import examples
from immune_sim.app.numbers import whole

OUTPUT = "What is written"
EVERY_DAY = 24  # h
LARGEST_SEED, MOST_THREADS = 2**64 - 1, 256  # those of the model, which would cost a second to import
EXAMPLES = examples(
    "immune-sim run ldn-mouse",
    "immune-sim run my-scenario.toml --days 30 --seed 7 --out results/mine",
    'immune-sim run ldn-mouse --set "nk.kill_rate=0.2 1/h" --set nk.capacity=9',
    "immune-sim run control-mouse --save-frames --checkpoint-every 240",
    "immune-sim run --code CODE",
    "immune-sim run --code my-run.toml",
    "",
    "CODE is what the dashboard gives under Take away; the scenario file it saves, with every change made by hand, "
    "serves as well.",
    "Ctrl-C finishes the hour, writes what is there and tells how to go on.",
)

Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one parameter; may be repeated.")
]
Days = Annotated[
    float | None,
    typer.Option(
        "--days", parser=numbers.days, metavar="DAYS", help="How long to run; the scenario's duration if not given."
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        parser=whole(0, LARGEST_SEED),
        metavar="N",
        help="Root of all random draws, 1 if not given; the same seed, the same bits.",
    ),
]
Code = Annotated[
    str | None,
    typer.Option(
        "--code",
        metavar="CODE|FILE",
        help="A code from the dashboard, or a scenario file saved there, in place of SCENARIO: its scenario, seed, "
        "changes and hour.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="A new folder; results/<scenario>-seed<seed> if not given, with six letters more for a changed one.",
        rich_help_panel=OUTPUT,
    ),
]
Frames = Annotated[
    bool,
    typer.Option(
        "--save-frames", help="Keep the whole tissue every day, as compressed arrays.", rich_help_panel=OUTPUT
    ),
]
FramesEvery = Annotated[
    int | None,
    typer.Option(
        "--frames-every",
        parser=whole(1),
        metavar="HOURS",
        help="Keep it this often instead; implies --save-frames.",
        rich_help_panel=OUTPUT,
    ),
]
CheckpointEvery = Annotated[
    int | None,
    typer.Option(
        "--checkpoint-every",
        parser=whole(1),
        metavar="HOURS",
        help="Save the whole state this often, for `immune-sim resume`.",
        rich_help_panel=OUTPUT,
    ),
]
ThreadCount = Annotated[
    int,
    typer.Option(
        "--threads",
        parser=whole(1, MOST_THREADS),
        metavar="N",
        help="Threads to compute with; results do not depend on it.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("run", epilog=EXAMPLES)(run)


def run(
    scenario: Annotated[
        str | None, typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario, or a .toml file.")
    ] = None,
    days: Days = None,
    seed: Seed = None,
    settings: Settings = None,
    code: Code = None,
    out: Out = None,
    save_frames: Frames = False,
    frames_every: FramesEvery = None,
    checkpoint_every: CheckpointEvery = None,
    threads: ThreadCount = 1,
) -> None:
    """Compute a scenario; write time courses, a summary, pictures and a report."""
    from immune_sim.app.console import ask_for
    from immune_sim.app.setting_up import Wishes, coded_job, new_job
    from immune_sim.app.working import work

    wishes = Wishes(
        frames_every=frames_every or (EVERY_DAY if save_frames else None),
        checkpoint_every=checkpoint_every,
        threads=threads,
    )
    if code is not None:
        if scenario is not None or seed is not None or settings:
            raise ask_for(
                "a code says scenario, seed and changes itself. Leave SCENARIO, --seed and --set out.", "--code"
            )
        raise typer.Exit(work(coded_job(code, days, out, wishes)))
    if scenario is None:
        raise ask_for("name what is to be run: a scenario such as ldn-mouse, or --code CODE.", "SCENARIO")
    raise typer.Exit(work(new_job(scenario, 1 if seed is None else seed, days, settings or [], out, wishes)))
