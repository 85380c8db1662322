"""What takes a while to take away: pictures of every chosen hour, and the report that a terminal would write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from immune_sim.app.dashboard import errands, pictures
from immune_sim.app.dashboard.errands import Errand, Shot
from immune_sim.app.dashboard.pictures import FIRST_SLICE
from immune_sim.app.dashboard.replay import Change, Run
from immune_sim.model.model import TumorImmuneModel

SMALL = {"space.width": 40, "space.height": 40, "inoculum.tumor_cells": 300}
RUN = Run("ldn-mouse", 7, 26, dict(SMALL), (Change(5.0, 0.004), Change(9.0, -1.5, "links.tumor_proliferation")))


class Line:
    """The other end of a line: gives an errand, keeps what comes."""

    def __init__(self, errand: Errand):
        self.errand = errand
        self.heard: list[tuple[str, tuple[Any, ...]]] = []

    def receive(self) -> Errand:
        return self.errand

    def send(self, message: tuple[str, tuple[Any, ...]]) -> None:
        self.heard.append(message)

    def of(self, event: str) -> list[tuple[Any, ...]]:
        return [arguments for name, arguments in self.heard if name == event]


def done(errand: Errand) -> Line:
    line = Line(errand)
    errands.work(line)
    assert line.heard[-1] == ("done", ()), line.heard[-1]
    return line


@pytest.mark.parametrize("look", ["type", "receptor"])
def test_a_film_shows_the_run_at_its_hours(look: str) -> None:
    """Catches a picture of another hour, of a run without its changes, or a missing last one."""
    shots: list[Shot] = [shot for (shot,) in done(Errand("film", RUN, look, every=12)).of("shot")]
    assert [each.when for each in shots] == ["day 0, 00:00", "day 0, 12:00", "day 1, 00:00", "day 1, 02:00"]
    assert [each.last for each in shots] == [False, False, False, True]
    model = TumorImmuneModel(RUN.scenario, rng=RUN.seed)
    RUN.play(model)
    shown = pictures.picture(model, look, FIRST_SLICE)
    np.testing.assert_array_equal(shots[-1].codes, shown.codes)
    assert shots[-1].counts == {str(code): count for code, count in enumerate(shown.tally) if count}


def test_a_report_is_the_page_of_this_run() -> None:
    """Catches a report of another hour or without what was done by hand."""
    ((name, mime, content),) = done(Errand("report", RUN)).of("file")
    page = content.decode()
    assert (name, mime) == (f"{RUN.stem}.html", "text/html")
    assert "seed 7, 26 hours" in page
    assert "hour 5: dose of 0.004 mg" in page


def test_what_cannot_be_done_is_said() -> None:
    line = Line(Errand("film", Run("ldn-mouse", 1, 5, {"space.width": -1})))
    errands.work(line)
    assert line.heard[-1][0] == "failed"
    assert "space.width" in line.heard[-1][1][0]


@pytest.mark.parametrize("hour", [0, 1, 5, 240, 1440, 8760])
def test_steps_make_films_of_a_size_that_can_be_sent(hour: int) -> None:
    assert errands.usual_step(hour) in errands.steps(hour)
    for step in errands.steps(hour):
        assert len(Errand("film", Run("ldn-mouse", 1, hour), every=step).hours) <= errands.MOST_PICTURES + 1
