"""A code from the dashboard, played in a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from typer.testing import CliRunner

from immune_sim.app.cli import app
from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.replay import Change, Run
from immune_sim.model.model import TumorImmuneModel

SMALL = {"space.width": 40, "space.height": 40, "inoculum.tumor_cells": 300}
CHANGES = (Change(5.0, 0.004), Change(9.0, -1.5, "links.tumor_proliferation"), Change(12.0, 0.002))
RUN = Run("ldn-mouse", 7, 30, dict(SMALL), CHANGES)


def call(*words: str, code: int = 0) -> str:
    answer = CliRunner().invoke(app, list(words))
    assert answer.exit_code == code, answer.output + str(answer.exception)
    return answer.output + str(answer.exception or "")


def test_a_code_brings_the_run_back_in_a_terminal(tmp_path: Path) -> None:
    """Every outcome of every hour as on the page: catches a change that is lost, late or in another order."""
    there = TumorImmuneModel(RUN.scenario, rng=RUN.seed)
    RUN.play(there)
    out = tmp_path / "back"
    call("run", "--code", replay.code(RUN), "--out", str(out))
    table = pq.read_table(out / "timecourse.parquet")
    for name, column in there.recorder.columns.items():
        np.testing.assert_array_equal(table[name].to_numpy(), column, err_msg=name)
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert [each["hour"] for each in told["interventions"]] == [5.0, 9.0, 12.0]
    assert told["status"] == "complete"
    assert told["code"] == replay.code(RUN)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f"immune-sim run --code {replay.code(RUN)} --out again" in page
    assert "links.tumor_proliferation = -1.5" in page


def test_a_run_past_its_endpoint_comes_back_to_its_hour(tmp_path: Path) -> None:
    """Play goes on after an endpoint in the dashboard: catches a terminal that stops there."""
    ends = {"endpoints.detectable_cells": 300, "endpoints.endpoint_cells": 310}
    over = Run("axis-only", 1, 60, {**SMALL, **ends})
    out = tmp_path / "over"
    call("run", "--code", replay.code(over), "--out", str(out))
    assert pq.read_table(out / "timecourse.parquet").num_rows == over.hour + 1


def test_a_saved_file_gives_the_same_run_by_the_code_it_carries(tmp_path: Path) -> None:
    """A value that was changed while the clock ran included: catches a file that only notes it."""
    there = TumorImmuneModel(RUN.scenario, rng=RUN.seed)
    RUN.play(there)
    saved, out = tmp_path / "saved.toml", tmp_path / "back"
    saved.write_text(replay.to_toml(RUN), encoding="utf-8")
    call("run", "--code", str(saved), "--out", str(out))
    table = pq.read_table(out / "timecourse.parquet")
    for name, column in there.recorder.columns.items():
        np.testing.assert_array_equal(table[name].to_numpy(), column, err_msg=name)


def test_a_file_without_a_code_or_edited_after_saving_is_refused(tmp_path: Path) -> None:
    """Catches a code that is played although the scenario below it says something else by now."""
    text = replay.to_toml(RUN)
    edited, plain = tmp_path / "edited.toml", tmp_path / "plain.toml"
    edited.write_text(text.replace("tumor_cells = 300", "tumor_cells = 301"), encoding="utf-8")
    plain.write_text(RUN.scenario.to_toml(), encoding="utf-8")
    assert "edited after it was saved" in call("run", "--code", str(edited), code=1)
    assert "carries no code" in call("run", "--code", str(plain), code=1)
    assert "no such file" in call("run", "--code", str(tmp_path / "none.toml"), code=1).lower()


def test_a_code_goes_further_with_days_but_not_back(tmp_path: Path) -> None:
    call("run", "--code", replay.code(RUN), "--days", "2", "--out", str(tmp_path / "further"))
    assert pq.read_table(tmp_path / "further" / "timecourse.parquet").num_rows == 49
    told = call("run", "--code", replay.code(RUN), "--days", "1", "--out", str(tmp_path / "back"), code=1)
    assert "Go further" in told


def test_a_code_says_everything_itself() -> None:
    """Catches a seed or a setting that is silently left out."""
    for more in (["ldn-mouse"], ["--seed", "3"], ["--set", "nk.kill_rate=0.1"]):
        assert "says scenario, seed and changes itself" in call("run", "--code", replay.code(RUN), *more, code=1)
    assert "name what is to be run" in call("run", code=1)
