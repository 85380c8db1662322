"""A session gets no tissue beyond the limits of its server, and a full server says so."""

from __future__ import annotations

import threading

import pytest
from typer.testing import CliRunner

from immune_sim.app.cli import app
from immune_sim.app.dashboard import catalog, limits, server
from immune_sim.app.dashboard.limits import Door, Limits
from immune_sim.core.errors import ScenarioError
from immune_sim.model.model import TumorImmuneModel
from immune_sim.scenario.scenario import Scenario


def test_every_shipped_scenario_is_within_the_usual_limits() -> None:
    """Catches limits under which the list of scenarios offers what is then refused."""
    for entry in catalog.entries():
        Limits().check(Scenario.shipped(entry.name))


def test_cells_at_the_start_are_those_of_the_model() -> None:
    """Catches an estimate in another unit: the model is the second count."""
    scenario = Scenario.shipped("control-mouse").with_overrides(
        {"space.width": 60, "space.height": 50, "recruitment.nk_density": 400.0, "recruitment.ctl_density": 200.0}
    )
    latest = TumorImmuneModel(scenario, rng=1).recorder.latest
    made = int(latest["tumor_cells"] + latest["nk_cells"] + latest["ctl_cells"])
    assert limits.cells_at_start(scenario) == pytest.approx(made, abs=2)


def test_too_large_a_tissue_is_refused_with_everything_that_is_too_large() -> None:
    big = Scenario.shipped("control-mouse").with_overrides(
        {"space.width": 2000, "space.height": 2000, "inoculum.tumor_cells": 300_000, "recruitment.nk_density": 0.0}
    )
    with pytest.raises(ScenarioError) as refused:
        Limits().check(big)
    assert [each.where for each in refused.value.problems] == ["space", "inoculum"]
    assert "4,000,000 sites" in str(refused.value)
    assert "--max-cells" in str(refused.value)
    Limits(cells=300_000, sites=4_000_000).check(big)


def test_a_door_lets_in_as_many_as_there_are_places() -> None:
    """From many threads at once: catches a place that is given twice, and one that is never given back."""
    door, let_in = Door(7), []
    people = [threading.Thread(target=lambda: let_in.append(door.enter())) for _ in range(40)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert let_in.count(True) == door.inside == 7
    door.leave()
    assert door.enter()
    assert not door.enter()


def test_the_command_line_says_who_can_reach_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a server that opens itself to the network without a word, and options that are not obeyed."""
    served: list[tuple[int, str]] = []

    class Served:
        started = True

        def run(self) -> None:
            """Nothing is served."""

    monkeypatch.setattr(server, "serve", lambda port, host: (served.append((port, host)), Served())[1])
    usual, everyone = limits.current(), ["--host", "0.0.0.0", "--max-sites", "9000", "--max-sessions", "3"]
    try:
        alone = CliRunner().invoke(app, ["dashboard", "--no-browser"]).output
        opened = CliRunner().invoke(app, ["dashboard", "--no-browser", *everyone]).output
        assert (limits.current().sites, limits.door().places) == (9000, 3)
    finally:
        limits.use(usual)
    assert [host for _, host in served] == ["127.0.0.1", "0.0.0.0"]
    assert "this machine only" in alone
    assert "anyone on the network" in opened
    assert "this machine only" not in opened
