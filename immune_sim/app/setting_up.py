"""From the words of a command line to a run that is ready to start."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from immune_sim.app.console import ask_for
from immune_sim.app.dashboard import replay
from immune_sim.app.starting import command_line, say_that_it_compiles
from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs.checkpoints import CHECKPOINTS, CheckpointWriter
from immune_sim.runs.pictures import Album, FrameWriter
from immune_sim.runs.store import RunFolder
from immune_sim.scenario.opening import read_file
from immune_sim.scenario.overrides import read_settings
from immune_sim.scenario.scenario import Scenario

RESULTS = Path("results")
HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Wishes:
    """What is kept besides the results, each so many hours, and with how many threads."""

    frames_every: int | None = None
    checkpoint_every: int | None = None
    threads: int = 1


@dataclass
class Job:
    """A run that is ready to start.

    until: h. started: what goes into the summary from here. hands: of a run that somebody changed as it went.
    """

    model: TumorImmuneModel
    folder: RunFolder
    until: float
    album: Album
    frames: FrameWriter | None
    checkpoints: CheckpointWriter
    started: dict[str, Any] = field(default_factory=dict)
    hands: Hands | None = None


def new_job(
    scenario: str, seed: int, days: float | None, settings: Sequence[str], out: Path | None, wishes: Wishes
) -> Job:
    """A run from its beginning.

    Raises ScenarioError with every mistake in scenario and settings, OutputError where the folder is taken.
    """
    overrides = read_settings(settings)
    if days is not None and "duration" in overrides:
        raise ask_for("the duration is given twice. Leave out one of --days and --set duration=...", "--days")
    plain = wanted = Scenario.load(scenario)
    if days is not None:
        of_days = {"duration": f"{days:.12g} d"}
        wanted, overrides = wanted.with_overrides(of_days, origin="--days"), of_days | overrides
    wanted = wanted.with_overrides(overrides, origin="--set")
    folder = RunFolder.create(out or RESULTS / _usual_name(wanted, plain, seed))
    say_that_it_compiles()
    model = TumorImmuneModel(wanted, rng=seed, threads=wishes.threads)
    started = {"command": command_line(), "overrides": overrides, "began_at_hour": 0.0}
    return _job(model, folder, model.duration, wishes, started)


def _usual_name(wanted: Scenario, plain: Scenario, seed: int) -> str:
    """The folder of a run that names none; one that was changed is not taken for the scenario as it is."""
    changed = "" if wanted.hash == plain.hash else f"-{wanted.hash[:6]}"
    return f"{wanted.name}-seed{seed}{changed}"


def coded_job(text: str, days: float | None, out: Path | None, wishes: Wishes) -> Job:
    """A run that was taken away from the dashboard, played again to its hour or to a later day.

    text: a code, or the path of a scenario file that was saved there, which carries one. A code of hour 0 is played to
    the end of its scenario. Raises ScenarioError for what is not a code.
    """
    run = replay.of_file(read_file(Path(text)), text) if text.endswith(".toml") else replay.read(text)
    until = days * HOURS_PER_DAY if days is not None else run.hour or run.scenario.duration
    if until < run.hour:
        raise ask_for(f"the code stands at day {run.hour / HOURS_PER_DAY:g} already. Go further with --days.", "--days")
    folder = RunFolder.create(out or RESULTS / run.stem)
    say_that_it_compiles()
    return job_of(run, folder, until, wishes, f"immune-sim run --code {replay.code(run)}")


def job_of(run: replay.Run, folder: RunFolder, until: float, wishes: Wishes, command: str) -> Job:
    """A run with everything that was done to it, to be written into a folder. until: h."""
    model = TumorImmuneModel(run.scenario, rng=run.seed, threads=wishes.threads)
    started = {"command": command, "code": replay.code(run), "overrides": run.overrides, "began_at_hour": 0.0}
    job = dataclasses.replace(_job(model, folder, until, wishes, started), hands=Hands(run))
    folder.write_scenario(replay.to_toml(run))  # with what was done by hand, as far as a file can say it
    return job


class Hands:
    """A watcher that makes the changes of a run, each at its hour."""

    def __init__(self, run: replay.Run):
        self._waiting = list(run.changes)

    def __call__(self, model: TumorImmuneModel) -> None:
        """Make the changes whose hour has come."""
        while self._waiting and round(self._waiting[0].hour) <= round(model.time):
            replay.make(model, self._waiting.pop(0))


def resumed_job(checkpoint: Path, days: float | None, out: Path | None, wishes: Wishes) -> Job:
    """A run that goes on from a checkpoint, into the folder of the unfinished run or into a new one.

    Raises CheckpointError for a file that cannot be gone on with, ScenarioError where there is nothing left to compute.
    """
    checkpoint = newest_in(checkpoint) if checkpoint.is_dir() else checkpoint
    say_that_it_compiles()
    model = TumorImmuneModel.load(checkpoint, threads=wishes.threads)
    until = model.duration if days is None else days * HOURS_PER_DAY
    if not model.running:
        raise ask_for(
            "the run had come to its end at this hour. Start another one with `immune-sim run`.", str(checkpoint)
        )
    if model.time >= until:
        raise ask_for(
            f"it stands at day {model.time / HOURS_PER_DAY:g} already. Go further with --days.", str(checkpoint)
        )
    unfinished = RunFolder.of_checkpoint(checkpoint) if out is None else None
    default = RESULTS / f"{model.scenario.name}-seed{model.seed}-from-hour-{round(model.time)}"
    folder = unfinished or RunFolder.create(out or default)
    started = {
        "command": command_line(),
        "overrides": _earlier(unfinished).get("overrides", {}),
        "began_at_hour": model.time,
        "first_command": _earlier(unfinished).get("first_command") or _earlier(unfinished).get("command", ""),
    }
    job = _job(model, folder, until, wishes, started)
    job.album.recall(checkpoint.absolute().parent.parent, model.time)
    return job


def newest_in(folder: Path) -> Path:
    """The newest checkpoint of a run's folder; raises ScenarioError where there is none."""
    found = sorted([*folder.glob("hour-*.npz"), *folder.glob(f"{CHECKPOINTS}/hour-*.npz")])
    if not found:
        what = "holds no checkpoint. A run writes them with --checkpoint-every, and one when Ctrl-C stops it."
        raise ask_for(what, str(folder))
    return found[-1]


def _job(model: TumorImmuneModel, folder: RunFolder, until: float, wishes: Wishes, started: dict[str, Any]) -> Job:
    folder.write_scenario(model.scenario.to_toml())
    frames = FrameWriter(folder.path, wishes.frames_every) if wishes.frames_every else None
    return Job(model, folder, until, Album(), frames, CheckpointWriter(folder.path, wishes.checkpoint_every), started)


def _earlier(folder: RunFolder | None) -> dict[str, Any]:
    """The summary that an interrupted part of the run left, if any."""
    return folder.read_summary() if folder and folder.summarized else {}
