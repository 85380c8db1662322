"""``immune-sim experiment``: studies of many runs, from one file to a folder of results."""

from pathlib import Path
from typing import Annotated

import typer

from immune_sim.app.commands import experiment_report
from immune_sim.app.console import examples
from immune_sim.app.numbers import whole

RUN = examples(
    "immune-sim experiment run zagon-1983 --quick",
    "immune-sim experiment run my-study.toml --dry-run",
    "immune-sim experiment run my-study.toml --replicates 100 --out results/mine",
    "immune-sim experiment run my-study.toml --shard 2/8",
    "immune-sim experiment run my-study.toml --scheduler tcp://10.0.0.5:8786",
    "",
    "Ctrl-C finishes what runs, writes it and prints the command that goes on. The same command again goes on where it "
    "stopped; more replicates, arms or design points compute only what is new.",
)
STATUS = examples("immune-sim experiment status results/zagon-1983")
VERIFY = examples("immune-sim experiment verify results/zagon-1983 --sample 20")
REPEAT = examples("immune-sim experiment repeat results/zagon-1983 p0000-control-r0007")
LIST = examples("immune-sim experiment list", "immune-sim experiment list zagon-1983 > mine.toml")
group = typer.Typer(
    name="experiment",
    help="Studies of many runs: arms, factors, replicates.",
    no_args_is_help=True,
    epilog=examples(
        "immune-sim experiment list",
        "immune-sim experiment run zagon-1983 --quick",
        "immune-sim experiment report results/zagon-1983-quick",
        "immune-sim experiment status results/zagon-1983-quick",
    ),
)
WHERE = "Where and how it is computed"

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a study.")]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        parser=whole(0, 1024),
        metavar="N",
        help="Processes; all cores if not given, 0 to compute in this one.",
        rich_help_panel=WHERE,
    ),
]
Replicates = Annotated[
    int | None,
    typer.Option("--replicates", parser=whole(1), metavar="N", help="Replicates, in place of those of the file."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help='A Dask scheduler, or "dask" for a local cluster.',
        rich_help_panel=WHERE,
    ),
]
Shard = Annotated[
    str | None,
    typer.Option("--shard", metavar="i/n", help="Compute only the i-th of n parts.", rich_help_panel=WHERE),
]


def register(app: typer.Typer) -> None:
    """Add the group to the app."""
    group.command("run", epilog=RUN)(run)
    group.command("list", epilog=LIST)(list_)
    group.command("status", epilog=STATUS)(status)
    group.command("verify", epilog=VERIFY)(verify)
    group.command("repeat", epilog=REPEAT)(repeat)
    group.command("bench", epilog=examples("immune-sim experiment bench"))(bench)
    experiment_report.register(group)
    app.add_typer(group)


def run(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A .toml file, or the name of a shipped experiment.")],
    quick: Annotated[bool, typer.Option("--quick", help="The small version of the study, done in minutes.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and print the design.")] = False,
    replicates: Replicates = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the study; results/<name> if not given.")
    ] = None,
    workers: Workers = None,
    shard: Shard = None,
    scheduler: Scheduler = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Compute failed runs again.")] = False,
    other_code: Annotated[
        bool, typer.Option("--other-code", help="Go on in a folder that another version computed.")
    ] = False,
) -> None:
    """Compute a study, or what is missing of it."""
    from immune_sim.app.starting import said_if_slow

    with said_if_slow("Getting ready"):
        from immune_sim.app.experiments import Wishes, work

    wishes = Wishes(workers, scheduler, shard, retry_failed=retry_failed, other_code=other_code)
    raise typer.Exit(work(file, out, wishes, quick=quick, dry_run=dry_run, replicates=replicates))


def list_(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Print the file of this one.")] = None,
) -> None:
    """List the shipped experiments, or print one of them."""
    from immune_sim.app.experiments import tell_shipped

    tell_shipped(name)


def status(folder: Folder) -> None:
    """Tell where a study stands, and check every file of its results."""
    from immune_sim.app.starting import said_if_slow

    with said_if_slow(f"Checking every file of {folder}"):
        from immune_sim.app.study_status import tell_status

        code = tell_status(folder)
    raise typer.Exit(code)


def verify(
    folder: Folder,
    sample: Annotated[int, typer.Option("--sample", parser=whole(1), metavar="N", help="How many runs.")] = 10,
    seed: Annotated[int, typer.Option("--seed", parser=whole(0), metavar="N", help="Which ones.")] = 1,
    workers: Workers = None,
) -> None:
    """Compute a sample of the stored runs again and compare them bit for bit."""
    from immune_sim.app.experiments import tell_verified

    raise typer.Exit(tell_verified(folder, sample, seed, workers))


def repeat(folder: Folder, run_id: Annotated[str, typer.Argument(metavar="RUN", help="The run_id of a run.")]) -> None:
    """Compute one run of a study again, here, and tell what comes of it."""
    from immune_sim.app.experiments import tell_repeated

    raise typer.Exit(tell_repeated(folder, run_id))


def bench(
    runs: Annotated[
        int, typer.Option("--runs", parser=whole(10), metavar="N", help="Tiny runs to measure with.")
    ] = 1000,
) -> None:
    """Measure what a run costs beside its own computation, and how two workers compare with one."""
    from immune_sim.app.experiment_bench import tell_bench

    tell_bench(runs)
