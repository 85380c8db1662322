"""`doctor` finds what is wrong and names a cure; `bench` tells what it measured and what it could not."""

from __future__ import annotations

import json
import socket
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from immune_sim.app import bench_tables as tables
from immune_sim.app import health
from immune_sim.app.cli import app
from immune_sim.runs import benchmark, profiling


def found(name: str, port: int = 8765) -> health.Check:
    return next(each for each in health.checks(port) if each.name == name)


def test_a_problem_always_has_a_cure() -> None:
    for each in health.checks(8765):
        assert each.found
        assert each.cure or each.state == "ok"


def test_a_taken_port_is_seen() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert found("port", taken.getsockname()[1]).state == "note"


def test_a_library_out_of_range_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.1" if name == "mesa" else real(name))
    check = found("libraries")
    assert (check.state, check.found) == ("problem", "mesa 0.1")


def test_a_missing_front_end_is_seen_and_fails_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(health.sys, "prefix", str(tmp_path))
    assert found("dashboard").state == "problem"
    answer = CliRunner().invoke(app, ["doctor"])
    assert answer.exit_code == 1
    assert "1 to cure" in answer.output


@pytest.mark.slow
def test_bench_tells_figures_and_says_what_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Catches a verdict without a measurement: without the reference no ratio may be told."""
    monkeypatch.setattr(benchmark, "REFERENCE", Path("missing.py"))
    file = tmp_path / "bench.json"
    answer = CliRunner().invoke(app, ["bench", "--turns", "1", "--hours", "2", "--json", str(file)])
    assert answer.exit_code == 0, answer.output
    assert "not measured" in answer.output
    told = json.loads(file.read_text())
    assert told["standard"]["ratio"] is None
    assert told["standard"]["fast"][0]["tumor_start"] == 10_000
    assert set(told["profile"]["updates"]) == set(profiling.CELL_UPDATES)


def test_targets_are_those_of_the_issue() -> None:
    assert (tables.HOURS_PER_SECOND, tables.CELL_HOURS, tables.RATIO, tables.UPDATES) == (500, 5.5, 100, 30)
    assert (tables.LARGE_HOURS, tables.SPEED_UP, tables.MEMORY, tables.SPREAD) == (5, 1.6, 1024, 3)
    assert (tables.START, tables.COMPILING) == (3, 60)


def test_a_verdict_follows_its_target() -> None:
    """Catches a target that is compared the wrong way round."""
    assert [str(tables.Row("speed", value, 500).cells()[3]) for value in (499, 500, 501)] == [
        "missed",
        "reached",
        "reached",
    ]
    memory = [tables.Row("memory", value, 3, at_most=True) for value in (2, 3, 4)]
    assert [str(each.cells()[3]) for each in memory] == ["reached", "reached", "missed"]
    assert str(tables.Row("cells", 3).cells()[3]) == ""
