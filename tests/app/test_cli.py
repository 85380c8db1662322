"""The command line: what it answers, how it refuses, how fast its help is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from immune_sim import __version__
from immune_sim.app.cli import app, main
from immune_sim.app.console import faults_in_words

Told = Callable[..., tuple[int, str, str]]
SLOW = {"mesa", "numba", "numpy", "pandas", "pint", "plotly", "pyarrow", "solara"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """Ask the command line as the entry point does: exit code, output and errors, without a terminal."""

    def ask(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["immune-sim", *words])
        monkeypatch.setenv("COLUMNS", "100")
        with pytest.raises(SystemExit) as stopped:
            main()
        output, errors = capsys.readouterr()
        return int(stopped.value.code or 0), output, errors

    return ask


def every_command(group: Any, *before: str) -> Iterator[tuple[str, ...]]:
    """The words of every command and group of commands."""
    yield before
    for name, each in getattr(group, "commands", {}).items():
        yield from every_command(each, *before, name)


ALL = sorted(every_command(typer.main.get_group(app)))


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_and_group_has_help_with_examples(words: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(app, [*words, "--help"], terminal_width=80)
    assert answer.exit_code == 0
    examples = answer.output.partition("Examples")[2]
    assert " ".join(["immune-sim", *words]) in examples


def test_all_commands_are_found() -> None:
    assert {(), ("run",), ("dashboard",), ("experiment",), ("experiment", "analyze")} <= set(ALL)


def test_the_help_of_analyze_names_every_kind_of_analysis() -> None:
    from immune_sim.app.study_analysis import KINDS

    answer = CliRunner().invoke(app, ["experiment", "analyze", "--help"], terminal_width=200)
    assert [name for name in KINDS if name not in answer.output] == []


def test_help_loads_none_of_the_slow_libraries() -> None:
    """Catches an import at the top of a command's module; half a second cannot be kept with any of them."""
    code = f"import sys, immune_sim.app.cli; print(*sorted({SLOW!r} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="the processor time of a child is not told there")
def test_help_costs_less_than_half_a_second() -> None:
    """Processor time, so that waiting for other work does not count; the best of three.

    On a machine that is slow or crowded twice what typer itself costs is allowed: our share is at most as large.
    """
    import resource

    def cost(code: str, *words: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    bare = "import typer; app = typer.Typer(); app.command()(lambda: None); app()"
    least = min(cost(bare, "--help") for _ in range(3))
    ours = min(cost("from immune_sim.app.cli import main; main()", "run", "--help") for _ in range(3))
    assert ours < max(0.5, 2 * least)


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).output.strip() == f"immune-sim {__version__}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run", "ldn-mose"), 'Did you mean "ldn-mouse"?'),
        (("run", "ldn-mouse", "--set", "nk.kil_rate=3"), 'Did you mean "kill_rate"?'),
        (("run", "ldn-mouse", "--set", "nk.kill_rate=3 mg"), "a rate (per time) is needed"),
        (("run", "ldn-mouse", "--set", "nonsense"), "group.name=value"),
        (("run", "missing.toml"), "no such file"),
        (("scenarios", "ldn"), "no scenario"),
        (("parameters", "kill_rat"), "kill_rate"),
        (("run", "ldn-mouse", "--dayz", "3"), "--days"),
        (("rnu",), "run"),
        (("run", "ldn-mouse", "--days", "3 d"), '"3 d" is not a number. Write days without a unit'),
        (("run", "ldn-mouse", "--days", "0"), "out of range"),
        (("run", "ldn-mouse", "--seed", "1.5"), '"1.5" is not a whole number'),
        (
            ("run", "ldn-mouse", "--seed", "-1"),
            "-1 is out of range. Write a whole number from 0 to 18446744073709551615",
        ),
        (("run", "ldn-mouse", "--threads", "1000"), "1000 is out of range. Write a whole number from 1 to 256"),
        (("run", "ldn-mouse", "--checkpoint-every", "0"), "0 is out of range. Write a whole number from 1 on"),
        (("run", "ldn-mouse", "--set", "nk.capacity=3", "--set", "nk.capacity=4"), "this is set twice"),
        (("run", "ldn-mouse", "--set", "regimen=none"), "is not a list of phases"),
        (("resume", "x.npz", "--days", "soon"), '"soon" is not a number'),
        (("doctor", "--port", "99999"), "99999 is out of range. Write a whole number from 1 to 65535"),
    ],
)
def test_wrong_input_is_told_with_its_remedy_and_exit_code_2(
    told: Told, words: tuple[str, ...], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a traceback, an exit code of 0 or 1, and a hint that got lost."""
    monkeypatch.chdir(tmp_path)
    code, _, errors = told(*words)
    if words == ("parameters", "kill_rat"):  # part of a name is a search, not a mistake
        assert code == 0
        return
    assert code == 2
    assert expected in re.sub(r"[\s│]+", " ", errors)
    assert "Traceback" not in errors
    assert not any(tmp_path.iterdir())  # a bad scenario never starts a run


def test_several_mistakes_are_told_at_once(told: Told) -> None:
    code, _, errors = told("run", "ldn-mouse", "--set", "nk.kil_rate=3", "--set", "ctl.repair=1")
    assert code == 2
    assert "kil_rate" in errors
    assert "ctl.repair" in errors


def test_the_largest_seed_of_the_command_line_is_that_of_the_model() -> None:
    from immune_sim.app.commands import run
    from immune_sim.model import model

    assert (run.LARGEST_SEED, run.MOST_THREADS) == (model.LARGEST_SEED, model.MOST_THREADS)


def test_a_name_that_no_file_system_takes_is_refused_in_words(told: Told) -> None:
    """Would catch what the operating system says about the place being called a fault of the program."""
    code, _, errors = told("run", "ldn-mouse", "--out", "a" * 300)
    assert code == 1
    assert "cannot be written" in errors
    assert "fault of immune-sim" not in errors


def test_a_damaged_checkpoint_is_refused_with_a_reason(told: Told, tmp_path: Path) -> None:
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"nothing of ours")
    code, _, errors = told("resume", str(bad))
    assert code == 1
    assert "bad.npz" in errors
    assert "Traceback" not in errors


def test_an_unforeseen_fault_is_one_line_unless_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        with faults_in_words():
            raise ZeroDivisionError("planted")

    monkeypatch.delenv("IMMUNE_SIM_DEBUG", raising=False)
    with pytest.raises(SystemExit) as stopped:
        fails()
    assert stopped.value.code == 1
    assert "planted" in capsys.readouterr().err
    monkeypatch.setenv("IMMUNE_SIM_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        fails()


def test_scenarios_print_files_that_can_be_read_back() -> None:
    from immune_sim.scenario.scenario import Scenario

    shown = CliRunner().invoke(app, ["scenarios", "ldn-mouse"]).output
    assert Scenario.from_text(shown, name="ldn-mouse").hash == Scenario.load("ldn-mouse").hash
    complete = CliRunner().invoke(app, ["scenarios", "ldn-mouse", "--complete"]).output
    assert Scenario.from_text(complete).hash == Scenario.load("ldn-mouse").hash


def test_a_search_finds_words_by_how_they_begin(told: Told) -> None:
    """Catches "nk" found in "links" and "unknown", before anything about NK cells."""
    _, output, _ = told("parameters", "nk")
    assert "nk.kill_rate" in output
    assert "links.tumor_proliferation" not in output


def test_parameters_tell_what_a_preset_says_and_are_found_by_its_source(told: Told) -> None:
    """Would catch the source of the mouse's value standing alone beside a value for humans."""
    _, output, _ = told("parameters", "Licko")
    assert output.startswith("pharmacokinetics.absorption_rate = 12 1/h")
    assert "human oral naltrexone: 0.72 1/h (in vivo) cite: Licko 1981" in re.sub(r"\s+", " ", output)


@pytest.mark.parametrize("width", ["60", "80", "110", "200"])
def test_an_address_is_never_broken(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch a column so narrow that nobody could copy a name from it."""
    from immune_sim.scenario.registry import installed

    monkeypatch.setenv("COLUMNS", width)
    output = CliRunner().invoke(app, ["parameters"]).output
    assert [each for each in installed().parameters if each not in output] == []


def test_parameters_as_json_are_all_declarations() -> None:
    from immune_sim.scenario.registry import installed

    shown = json.loads(CliRunner().invoke(app, ["parameters", "--json"]).output)
    assert [each["address"] for each in shown] == list(installed().parameters)
    assert all(each["source"] and each["about"] and each["grade"] for each in shown)


def test_schema_is_json() -> None:
    assert json.loads(CliRunner().invoke(app, ["schema"]).output)["title"] == "immune-sim scenario"


def test_colors_and_moving_lines_stay_out_of_a_pipe(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches escape sequences in what a program reads."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for words in (("parameters", "kill"), ("scenarios",), ("schedule",)):
        code, output, errors = told(*words)
        assert code == 0
        assert "\x1b" not in output + errors
