"""``immune-sim experiment`` as it is typed: designs printed, studies computed, mistakes told, damage named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from immune_sim.app.cli import app
from immune_sim.core.errors import OutputError, ScenarioError
from immune_sim.runs.experiments.loading import load_experiment
from tests.runs.studies import TINY


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the file of the tiny study, in which the commands run."""
    (tmp_path / "tiny.toml").write_text(TINY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(*words: str) -> tuple[int, str]:
    """Exit code and output of a command."""
    done = CliRunner().invoke(app, ["experiment", *words], catch_exceptions=True)
    if isinstance(done.exception, (ScenarioError, OutputError)):
        raise done.exception
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_a_dry_run_prints_the_design_and_computes_nothing(place: Path) -> None:
    code, told = typed("run", "tiny.toml", "--dry-run")
    assert code == 0
    for words in ("0.05 1/h", "no drug", "runs        12", "results/tiny", "time        about", "2, grid"):
        assert words in told, told
    assert not (place / "results").exists()


def test_a_dry_run_shows_what_is_given_where_timing_varies_at_the_same_exposure(place: Path) -> None:
    """Twice the interval needs about twice the dose; catches a table of the doses before they are scaled."""
    text = TINY.replace('horizon = "6 h"', 'horizon = "8 d"').replace('every = "4 h"', 'every = "24 h"')
    text = text.replace('parameter = "nk.kill_rate"\nlabel = "kill"', 'parameter = "regimen.every"\nlabel = "gap"')
    text = text.replace('["0.05 1/h", "0.5 1/h"]', '["24 h", "48 h"]') + "[design]\nsame_exposure = true\n"
    (place / "timed.toml").write_text(text)
    told = " ".join(typed("run", "timed.toml", "--dry-run")[1].split())
    assert "given in control" not in told
    assert "24 h naltrexone 0.1 mg/kg every 24 h" in told, told
    scaled = re.search(r"48 h naltrexone ([\d.]+) mg/kg every 48 h", told)
    assert scaled, told
    assert 0.19 < float(scaled[1]) < 0.21


def test_a_dry_run_tells_what_is_there_already_and_what_has_changed(place: Path) -> None:
    typed("run", "tiny.toml", "--workers", "0", "--out", "study")
    assert "holds 12 runs already" in typed("run", "tiny.toml", "--dry-run", "--replicates", "4", "--out", "study")[1]
    (place / "tiny.toml").write_text(TINY.replace("inoculum.tumor_cells = 20", "inoculum.tumor_cells = 21"))
    with pytest.raises(ScenarioError, match=r"inoculum.tumor_cells: was 20, is 21"):
        typed("run", "tiny.toml", "--dry-run", "--out", "study")


def test_a_part_and_a_study_with_fewer_replicates_are_told_as_such(place: Path) -> None:
    """Catches the runs of a part told as those of the study, and "12 of 4 runs"."""
    assert "part 2 of 3: 4 runs, 4 of them new" in typed("run", "tiny.toml", "--workers", "0", "--shard", "2/3")[1]
    typed("run", "tiny.toml", "--workers", "0")
    typed("run", "tiny.toml", "--workers", "0", "--replicates", "1")
    assert "12, more than the 4 that were asked for last" in typed("status", "results/tiny")[1]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[]", "tells no experiment"),
        ("{", "is no JSON"),
        ('{"format": "immune-sim experiment 1"}', "it has no code"),
        ('{"format": "x"}', "was written in the format 'x'"),
    ],
)
def test_a_damaged_manifest_is_told_with_what_to_do(place: Path, content: str, told: str) -> None:
    (place / "study").mkdir()
    (place / "study" / "study.json").write_text(content)
    for command in ("status", "verify", "analyze"):
        with pytest.raises(OutputError, match=told):
            typed(command, "study")


def test_a_place_that_is_no_study_is_told(place: Path) -> None:
    typed("run", "tiny.toml", "--workers", "0", "--out", "study", "--replicates", "1")
    (place / "study" / "design.parquet").unlink()
    for where, told in (
        ("tiny.toml", "is a file"),
        ("nowhere", "there is no folder"),
        ("study", "design.parquet is missing"),
    ):
        with pytest.raises(OutputError, match=told):
            typed("analyze", where)


def test_a_study_is_computed_looked_at_verified_and_gone_on_with(place: Path) -> None:
    assert typed("run", "tiny.toml", "--workers", "0")[0] == 0
    code, told = typed("status", "results/tiny")
    assert (code, "12 of 12, 0 failed" in told) == (0, True)
    assert "all the same, bit for bit" in typed("verify", "results/tiny", "--sample", "3", "--workers", "0")[1]
    assert "(as stored)" in typed("repeat", "results/tiny", "p0001-low-dose-r0002")[1]
    code, told = typed("run", "tiny.toml", "--workers", "0", "--replicates", "4")
    assert "16 runs, 4 of them new" in told


def test_damage_is_named_and_gives_an_exit_code_of_its_own(place: Path) -> None:
    typed("run", "tiny.toml", "--workers", "0", "--out", "study")
    shard = place / "study" / "courses" / "part-00001.parquet"
    shard.write_bytes(shard.read_bytes()[:-100])
    code, told = typed("status", "study")
    assert code == 1
    assert "courses/part-00001.parquet: it is cut short" in told
    assert "was damaged" in typed("run", "tiny.toml", "--workers", "0", "--out", "study")[1]
    assert typed("status", "study")[0] == 0


def test_wrong_words_are_told_before_anything_runs(place: Path) -> None:
    with pytest.raises(ScenarioError, match=r"3/2.*is no part"):
        typed("run", "tiny.toml", "--shard", "3/2")
    with pytest.raises(ScenarioError, match="there is no such file"):
        typed("run", "tyni.toml")
    with pytest.raises(ScenarioError, match=r'Did you mean "tiny\.toml"'):
        typed("run", "tiny")
    with pytest.raises(OutputError, match="holds no experiment"):
        typed("status", ".")


def test_the_shipped_studies_are_listed_and_printed(place: Path) -> None:
    assert "zagon-1983" in typed("list")[1]
    assert typed("list", "zagon-1983")[1] == load_experiment("zagon-1983").text
