"""``immune-sim experiment`` as it is typed: designs printed, studies computed, mistakes told, damage named."""

from __future__ import annotations

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
    for words in ("0.05 1/h", "control, low-dose", "runs        12", "results/tiny", "time        about"):
        assert words in told, told
    assert not (place / "results").exists()


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
    with pytest.raises(OutputError, match="holds no experiment"):
        typed("status", ".")


def test_the_shipped_studies_are_listed_and_printed(place: Path) -> None:
    assert "zagon-1983" in typed("list")[1]
    assert typed("list", "zagon-1983")[1] == load_experiment("zagon-1983").text
