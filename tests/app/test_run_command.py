"""`immune-sim run` and `resume`: what they write, and that it is the same again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from immune_sim.app import working
from immune_sim.app.cli import app
from immune_sim.model.model import TumorImmuneModel
from immune_sim.model.outcomes import NAMES
from immune_sim.runs.run import Interruption
from immune_sim.scenario.scenario import Scenario

SMALL = (
    "--days",
    "2",
    "--set",
    "space.width=40",
    "--set",
    "space.height=40",
    "--set",
    "inoculum.tumor_cells=300",
    "--set",
    "endpoints.stop_when_cleared=false",
)
WRITTEN = {"timecourse.parquet", "timecourse.csv", "summary.json", "scenario.toml", "report.html", "tissue.npz"}


def call(*words: str, code: int = 0) -> str:
    answer = CliRunner().invoke(app, list(words))
    assert answer.exit_code == code, answer.output + str(answer.exception)
    return answer.output


@contextmanager
def interrupted_at(hour: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if somebody pressed Ctrl-C in this hour."""
    asked, step = Interruption(), TumorImmuneModel.step

    def watched(model: TumorImmuneModel) -> None:
        step(model)
        if model.time >= hour:
            asked.ask()

    with monkeypatch.context() as patch:
        patch.setattr(working, "interruption_by_keyboard", lambda: nullcontext(asked))
        patch.setattr(TumorImmuneModel, "step", watched)
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    call("run", "ldn-mouse", *SMALL, "--out", str(folder))
    return folder


def test_a_run_writes_its_files_and_no_other(whole: Path) -> None:
    assert {each.name for each in whole.iterdir()} == WRITTEN


def test_the_same_seed_gives_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    """Catches a draw or a file that depends on the clock, the process or the number of threads."""
    again = tmp_path / "again"
    call("run", "ldn-mouse", *SMALL, "--out", str(again), "--threads", "2")
    for name in ("timecourse.parquet", "timecourse.csv", "tissue.npz", "scenario.toml"):
        assert (again / name).read_bytes() == (whole / name).read_bytes()


def test_another_seed_gives_another_course(whole: Path, tmp_path: Path) -> None:
    call("run", "ldn-mouse", *SMALL, "--seed", "2", "--out", str(tmp_path / "other"))
    assert (tmp_path / "other" / "timecourse.csv").read_bytes() != (whole / "timecourse.csv").read_bytes()


def test_results_are_never_overwritten(whole: Path) -> None:
    before = {each: each.read_bytes() for each in whole.iterdir()}
    answer = CliRunner().invoke(app, ["run", "ldn-mouse", *SMALL, "--out", str(whole)])
    assert answer.exit_code == 1
    assert "never overwritten" in str(answer.exception)
    assert {each: each.read_bytes() for each in whole.iterdir()} == before


def test_an_interrupted_run_goes_on_to_the_identical_result(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches state that a checkpoint forgets, and a picture or an hour that is lost or doubled at the seam."""
    folder = tmp_path / "cut"
    with interrupted_at(31, monkeypatch):
        said = call("run", "ldn-mouse", *SMALL, "--out", str(folder), code=130)
    told = json.loads((folder / "summary.json").read_text())
    assert (told["status"], told["endpoints"]["hours"]) == ("incomplete", 31)
    assert "incomplete" in (folder / "report.html").read_text(encoding="utf-8")[:12_000]
    command = re.search(r"immune-sim (resume .*)", said)
    assert command
    call(*command[1].split())
    for name in ("timecourse.parquet", "timecourse.csv", "tissue.npz", "scenario.toml"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()
    assert json.loads((folder / "summary.json").read_text())["status"] == "complete"


def test_a_complete_run_is_not_gone_on_with_in_place(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint of a complete run leads into a new folder."""
    monkeypatch.chdir(tmp_path)
    call("run", "ldn-mouse", *SMALL, "--out", "kept", "--checkpoint-every", "24")
    assert sorted(each.name for each in Path("kept/checkpoints").iterdir()) == ["hour-000024.npz", "hour-000048.npz"]
    call("resume", "kept/checkpoints/hour-000024.npz")
    again = Path("results/ldn-mouse-seed1-from-hour-24/timecourse.csv")
    assert again.read_bytes() == (whole / "timecourse.csv").read_bytes()


def test_the_scenario_that_was_written_is_the_one_that_ran(whole: Path) -> None:
    told = json.loads((whole / "summary.json").read_text())
    read = Scenario.from_file(whole / "scenario.toml")
    assert read.hash == told["scenario"]["hash"]
    assert (read.duration, read.values["space.width"], read.values["inoculum.tumor_cells"]) == (48, 40, 300)


def test_the_summary_says_where_it_comes_from(whole: Path) -> None:
    told = json.loads((whole / "summary.json").read_text())
    assert told["provenance"].keys() >= {"immune_sim", "commit", "python", "libraries", "machine", "date"}
    assert told["seed"] == 1
    assert told["overrides"]["space.width"] == "40"
    assert told["wall_seconds"] > 0


def test_the_time_course_holds_every_outcome_of_every_hour_with_its_unit(whole: Path) -> None:
    table = pq.read_table(whole / "timecourse.parquet")
    assert table.column_names == list(NAMES)
    assert table["hour"].to_pylist() == list(range(49))
    assert table.schema.field("drug_concentration").metadata[b"unit"] == b"nM"
    header, *rows = (whole / "timecourse.csv").read_text().splitlines()
    assert header.split(",") == list(NAMES)
    assert len(rows) == 49
    assert "nan" not in "".join(rows)


def test_frames_hold_every_layer_of_the_whole_tissue(tmp_path: Path) -> None:
    import numpy as np

    call(
        "run", "ldn-mouse", *SMALL, "--days", "1", "--out", str(tmp_path / "f"), "--save-frames", "--frames-every", "12"
    )
    frames = sorted((tmp_path / "f" / "frames").glob("*.npz"))
    assert [each.stem for each in frames] == ["hour-000000", "hour-000012", "hour-000024"]
    legend = json.loads((tmp_path / "f" / "frames" / "legend.json").read_text())
    with np.load(frames[0]) as frame:
        assert set(frame.files) - {"about"} == set(legend)
        assert {frame[name].shape for name in legend} == {(40, 40)}


def test_a_run_that_fails_keeps_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(model: TumorImmuneModel) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(TumorImmuneModel, "step", fails)
    answer = CliRunner().invoke(app, ["run", "ldn-mouse", *SMALL, "--out", str(tmp_path / "x")])
    assert answer.exit_code == 1
    assert "planted" in (tmp_path / "x" / "error.txt").read_text()
