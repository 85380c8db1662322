"""A run from its start to its report, as a person at a terminal meets it."""

from __future__ import annotations

import shlex
import traceback
from collections.abc import Sequence

from rich.console import Console

from immune_sim.app.closing import tell_results
from immune_sim.app.console import console, is_watched
from immune_sim.app.progress import Progress
from immune_sim.app.setting_up import Job
from immune_sim.app.starting import INTERRUPTED
from immune_sim.core.errors import ImmuneSimError, OutputError
from immune_sim.runs.files import write_atomically
from immune_sim.runs.run import Ending, Interruption, Watcher, advance, interruption_by_keyboard


def work(job: Job) -> int:
    """Compute, write, report and tell; returns the exit code."""
    to = console()
    with interruption_by_keyboard() as interruption:
        try:
            with Progress(console(stderr=True), job.model.time, job.until, moving=is_watched()) as progress:
                ending = compute(job, [progress], interruption)
        except ImmuneSimError:
            raise
        except Exception as error:
            raise _keep_what_failed(job, error) from error
        write(job, ending)
    tell_results(to, job, ending)
    return 0 if ending.complete else _tell_how_to_go_on(to, job)


def compute(job: Job, watchers: Sequence[Watcher], interruption: Interruption) -> Ending:
    """Take a job to its end with all its watchers, and more of them."""
    own = [each for each in (job.hands, job.album, job.frames, job.checkpoints) if each is not None]
    return advance(job.model, job.until, [*own, *watchers], interruption, past_end=job.hands is not None)


def write(job: Job, ending: Ending) -> None:
    """Write what a run came to, and its report."""
    from immune_sim.app.report.page import write_report  # plotly would keep the first hour waiting

    if not ending.complete:
        job.checkpoints.save(job.model)
    job.album.save(job.folder.path, job.model)
    job.folder.write_results(job.model, ending, job.started)
    write_report(job.folder)


def _tell_how_to_go_on(to: Console, job: Job) -> int:
    if job.hands is not None:  # a checkpoint knows nothing of the changes that were still to come
        to.print("\nInterrupted; everything up to here is written. To have all of it, play the code again.")
        return INTERRUPTED
    words = ["immune-sim", "resume", str(job.checkpoints.last)]
    if job.until != job.model.duration:
        words += ["--days", f"{job.until / 24:g}"]
    if job.frames:
        words += ["--save-frames", "--frames-every", str(job.frames.every)]
    if job.checkpoints.every:
        words += ["--checkpoint-every", str(job.checkpoints.every)]
    to.print("\nInterrupted; everything up to here is written. To go on:")
    to.print(f"  {shlex.join(words)}", style="cyan", soft_wrap=True)
    return INTERRUPTED


def _keep_what_failed(job: Job, error: Exception) -> OutputError:
    """Keep the traceback beside what was written so far, and say where it is."""
    path = job.folder.path / "error.txt"
    write_atomically(path, "".join(traceback.format_exception(error)))
    where = f"hour {job.model.time:g}, seed {job.model.seed}"
    return OutputError(
        f"The run failed at {where}: {type(error).__name__}: {error}\nThe details are in {path}; please report them."
    )
