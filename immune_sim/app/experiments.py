"""Studies as a person at a terminal meets them: started, watched, looked at, verified."""

from __future__ import annotations

import math
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from immune_sim import __version__
from immune_sim.app.console import ask_for, console, is_watched
from immune_sim.app.experiment_progress import StudyProgress, words_of
from immune_sim.app.starting import INTERRUPTED, command_line, said_if_slow, say_that_it_compiles
from immune_sim.app.study_design import tell_design
from immune_sim.app.study_mark import outdated
from immune_sim.app.study_status import tell_cautions, tell_damaged
from immune_sim.runs.experiments.executors import count_cores, make_executor
from immune_sim.runs.experiments.experiment import folder_of, set_up
from immune_sim.runs.experiments.loading import load_experiment, shipped_experiments
from immune_sim.runs.experiments.manifest import code_fingerprint
from immune_sim.runs.experiments.running import Ended, Run
from immune_sim.runs.experiments.shards import MISSING
from immune_sim.runs.experiments.standing import Standing
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.experiments.task import execute
from immune_sim.runs.experiments.trust import experiment_of, task_of
from immune_sim.runs.experiments.trust import verify as verify_study
from immune_sim.runs.experiments.writing import OpenStudy
from immune_sim.runs.run import interruption_by_keyboard

DIFFERENT = 1


@dataclass(frozen=True)
class Wishes:
    """Where and how a study is computed."""

    workers: int | None = None
    scheduler: str | None = None
    shard: str | None = None
    retry_failed: bool = False
    other_code: bool = False

    def part(self) -> tuple[int, int]:
        """The part of "i/n"; raises ScenarioError where it is none."""
        found = re.fullmatch(r"(\d+)/(\d+)", self.shard or "1/1")
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise ask_for(f'"{self.shard}" is no part. Write for example 2/8, the second of eight.', "--shard")
        return int(found[1]), int(found[2])


def work(file: str, out: Path | None, wishes: Wishes, *, quick: bool, dry_run: bool, replicates: int | None) -> int:
    """Compute a study, or print its design; returns the exit code."""
    with said_if_slow(f"Reading {file} and all that a model needs"):
        experiment, part = set_up(file, quick=quick, replicates=replicates), wishes.part()
    folder = out or folder_of(experiment)
    say_that_it_compiles()
    if dry_run:
        workers = max(1, wishes.workers if wishes.workers is not None else count_cores())
        tell_design(experiment, folder, part, workers, other_code=wishes.other_code)
        return 0
    opened = OpenStudy.at(experiment, folder, other_code=wishes.other_code)
    try:
        ended, standing = _compute(opened, part, wishes)
    except KeyboardInterrupt:
        return _tell_how_to_go_on("Stopped at once; every run that had finished is written.")
    _tell_end(opened, standing, part, ended)
    return 0 if ended == "complete" else _tell_how_to_go_on("Stopped; every finished run is written.")


def _compute(opened: OpenStudy, part: tuple[int, int], wishes: Wishes) -> tuple[Ended, Standing]:
    with (
        interruption_by_keyboard() as interruption,
        make_executor(wishes.workers, wishes.scheduler) as executor,
        StudyProgress(console(stderr=True), moving=is_watched()) as progress,
    ):
        session = Run(
            opened,
            executor,
            shard=part,
            watch=progress,
            interruption=interruption,
            retry_failed=wishes.retry_failed,
        )
        return session.work()


def _tell_how_to_go_on(what: str) -> int:
    to = console()
    to.print(f"\n{what} To go on:")
    to.print(f"  {command_line()}", style="cyan", soft_wrap=True)
    return INTERRUPTED


def _tell_end(opened: OpenStudy, standing: Standing, part: tuple[int, int], ended: Ended) -> None:
    to, experiment = console(), opened.experiment
    title = experiment.title + (f", part {part[0]} of {part[1]}" if part[1] > 1 else "")
    at_most = "at most " if experiment.replicates.half_width is not None else ""
    of_all = f" of {at_most}{standing.planned:,}" if ended == "interrupted" else ""
    told = f": {standing.done:,}{of_all} runs, {standing.new:,} of them new."
    to.print(Text.assemble((title, "bold"), told), soft_wrap=True)
    for name, what in standing.damaged.items():
        how = "was missing" if what == MISSING else f"was damaged ({what}) and set aside"
        to.print(Text(f"{name} {how}; its runs are computed again.", style="yellow"), soft_wrap=True)
    if standing.failed:
        where = "`immune-sim experiment status` tells more"
        to.print(Text(f"{standing.failed} runs failed; {where}.", style="yellow"))
    for arm, found in standing.estimates().items():
        to.print(Text.assemble((f"  {arm}: ", "dim"), words_of(standing, arm, found)))
    if part[1] > 1:
        to.print(
            "Estimates are of all runs in the folder. When every part is done, the command without --shard ends it."
        )
    if ended == "complete":
        tell_cautions(opened.study)
    to.print(Text.assemble(("Written to ", "dim"), str(opened.folder)), soft_wrap=True)
    if old := outdated(opened.study):
        to.print(Text(old, style="yellow"), soft_wrap=True)


def tell_shipped(name: str | None) -> None:
    """List the shipped experiments, or print the file of one."""
    if name is not None:
        typer.echo(load_experiment(name).text, nl=False)
        return
    table = Table(box=None, padding=(0, 2, 1, 0), show_header=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for path in shipped_experiments():
        head = tomllib.loads(path.read_text(encoding="utf-8"))
        table.add_row(path.stem, f"[bold]{head.get('title', path.stem)}[/bold]\n{head.get('about', '')}")
    console().print(table)


def tell_verified(folder: Path, sample: int, seed: int, workers: int | None) -> int:
    """Compute a sample again and tell; exit code 1 where a run differs or a file is damaged."""
    to, study = console(), Study.open(folder)
    found = verify_study(study, sample, executor=make_executor(workers), seed=seed)
    for each in found:
        if not each.same:
            to.print(
                Text(
                    f"{each.run_id}: stored {each.stored[:16]}, computed {each.computed[:16] or each.message}",
                    style="red",
                )
            )
    wrong = [each.run_id for each in found if not each.same]
    told = f"{len(wrong)} of {len(found)} differ" if wrong else "all the same, bit for bit"
    to.print(f"{len(found)} runs computed again: {told}.")
    if wrong:
        _tell_why(study, wrong[0])
    damaged = study.check().damaged
    tell_damaged(study.folder, damaged)
    return DIFFERENT if wrong or damaged else 0


def _tell_why(study: Study, run_id: str) -> None:
    """What may make a run differ, and what to do."""
    to, was, now = console(), study.manifest["code"], code_fingerprint()
    if was["sources"] != now:
        to.print(
            f"The study was computed by other code: version {was['version']} ({was['sources']}), "
            f"this is {__version__} ({now}). Verify with that version, or compute the study anew in another folder."
        )
    else:
        to.print("The code is that of the study, so what is stored was changed, or this machine computes differently.")
    to.print("What one of them gives here:")
    to.print(
        shlex.join(["immune-sim", "experiment", "repeat", str(study.folder), run_id]), style="cyan", soft_wrap=True
    )


def tell_repeated(folder: Path, run_id: str) -> int:
    """Compute one run again and tell; exit code 1 where it fails."""
    study, to = Study.open(folder), console()
    result = execute(task_of(experiment_of(study), run_id))
    if result.failure:
        to.print(Text(result.failure.traceback), soft_wrap=True)
        to.print(Text(f"{run_id} fails at {result.failure.stage}, seed {result.seed}.", style="yellow"))
        return DIFFERENT
    for name, value in result.endpoints.items():
        to.print(f"{name:24}{'never' if math.isnan(value) else f'{value:g}'}")
    stored = study.read_runs(["run_id", "hash"])
    known = stored.loc[stored["run_id"] == run_id, "hash"]
    same = "" if known.empty else " (as stored)" if known.iloc[0] == result.hash else " (NOT as stored)"
    to.print(f"hash                    {result.hash[:16]}{same}")
    return 0
