"""What takes a while to take away: a film and a report. A run is exact, so it is played again from its beginning.

An errand is done in a process of its own (a job of engine/nursery.py), while the tissue on the page goes on. Whoever
does not want it any more closes the line, and the process ends at its next word.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from immune_sim.app.dashboard import looks, pictures
from immune_sim.app.dashboard.pictures import FIRST_SLICE, Slice
from immune_sim.app.dashboard.replay import Run, clock, code
from immune_sim.core.errors import ImmuneSimError
from immune_sim.model.layers import Codes
from immune_sim.model.model import TumorImmuneModel

Say = Callable[..., None]
PAUSE = 0.2  # s between two words on how far it is
MOST_PICTURES = 240  # of a film; more would be a file that nobody can send
USUAL_PICTURES = 60
STEPS = (1, 2, 3, 6, 12, 24, 48, 96)  # h between two pictures that are offered


@dataclass(frozen=True)
class Errand:
    """What is wanted of a run up to its hour. look, where: how its tissue is colored, and which slice."""

    kind: Literal["film", "report"]
    run: Run
    look: str = "type"
    where: Slice = FIRST_SLICE
    every: int = 24  # h

    @property
    def hours(self) -> list[int]:
        """Hours of the pictures of a film, the last hour of the run included."""
        return sorted({*range(0, self.run.hour + 1, self.every), self.run.hour})


@dataclass(frozen=True)
class Shot:
    """One picture of a film. when: its hour in words; counts: cells by code, as text."""

    codes: Codes
    when: str
    counts: dict[str, int]
    last: bool


def steps(hour: int) -> list[int]:
    """Steps in h that make a film of at least two and at most MOST_PICTURES pictures."""
    return [each for each in STEPS if each <= max(1, hour) and hour / each < MOST_PICTURES] or [STEPS[-1]]


def usual_step(hour: int) -> int:
    """The smallest step that keeps a film to about USUAL_PICTURES."""
    return next((each for each in steps(hour) if hour / each <= USUAL_PICTURES), steps(hour)[-1])


def film(errand: Errand, say: Say) -> None:
    """Events: reel(name, title, key, shape), shot(shot), progress(share)."""
    run, wanted = errand.run, set(errand.hours)
    model = TumorImmuneModel(run.scenario, rng=run.seed)
    tell = _progress(say, run.hour)
    first = pictures.picture(model, errand.look, errand.where)
    title = f"{model.scenario.title}, seed {run.seed}"
    say("reel", f"{run.stem}.gif", title, looks.key(errand.look), first.codes.shape)
    for hour in run.hours(model):
        if hour in wanted:
            shown = pictures.picture(model, errand.look, errand.where)
            counts = {str(code): int(shown.tally[code]) for code in np.flatnonzero(shown.tally)}
            say("shot", Shot(shown.codes, clock(hour), counts, hour == run.hour))
        tell(hour)


def report(errand: Errand, say: Say) -> None:
    """The page that ``immune-sim run --code`` writes. Events: progress(share), file(name, mime, content)."""
    from immune_sim.app import setting_up, working
    from immune_sim.runs.run import Interruption
    from immune_sim.runs.store import REPORT, RunFolder

    run, tell = errand.run, _progress(say, errand.run.hour)
    with tempfile.TemporaryDirectory(prefix="immune-sim-") as place:
        folder = RunFolder.create(Path(place) / run.stem)
        command = f"immune-sim run --code {code(run)}"
        job = setting_up.job_of(run, folder, run.hour, setting_up.Wishes(), command)
        working.write(job, working.compute(job, [lambda model: tell(round(model.time))], Interruption()))
        say("file", f"{run.stem}.html", "text/html", (folder.path / REPORT).read_bytes())


def work(line: Any) -> None:
    """In a process of its own: receive an errand, do it, and send its events, (name, arguments); the last is done()."""
    errand: Errand = line.receive()

    def say(event: str, *arguments: Any) -> None:
        line.send((event, arguments))

    try:
        (film if errand.kind == "film" else report)(errand, say)
    except OSError:
        raise  # the page is gone, or gave the errand up
    except Exception as error:  # noqa: BLE001 - whatever it is, the page says it
        say("failed", str(error) if isinstance(error, ImmuneSimError) else f"This did not work: {error}")
    else:
        say("done")


def _progress(say: Say, until: int) -> Callable[[int], None]:
    told = [0.0]

    def tell(hour: int) -> None:
        now = time.monotonic()
        if now - told[0] > PAUSE:
            told[0] = now
            say("progress", hour / max(1, until))

    return tell
