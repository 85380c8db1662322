"""An uploaded file is read, checked like any other, and nothing else happens."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

import pytest

from immune_sim.app.dashboard import replay, uploads
from immune_sim.app.dashboard.replay import Run
from immune_sim.core.errors import ScenarioError
from immune_sim.scenario.scenario import Scenario

OWN = b"""title = "Twice a day, <b>small</b>"
about = "Made by hand"
extends = "ldn-mouse"
duration = "20 d"
[space]
width = 40
height = 40
[nk]
kill_rate = "0.21 1/h"
[[regimen]]
dose = "0.05 mg/kg"
every = "12 h"
at = "07:30"
"""


def refused(content: bytes, name: str = "mine.toml") -> str:
    with pytest.raises(ScenarioError) as error:
        uploads.read_scenario(content, name)
    return str(error.value)


def test_a_run_of_an_uploaded_scenario_can_be_said_and_brought_back() -> None:
    """Catches a value, phase or duration that a code forgets; the hash covers all of them."""
    scenario = uploads.read_scenario(OWN, "mine.toml")
    run = Run.of(scenario, 5)
    assert run.scenario.hash == scenario.hash
    assert (run.scenario.title, run.scenario.about) == (scenario.title, scenario.about)
    assert replay.read(replay.code(run)) == run
    assert run.stem == "twice-a-day-b-small-b-seed5-hour0"
    assert Scenario.from_text(replay.to_toml(run)).hash == scenario.hash


def test_a_shipped_scenario_uploaded_again_is_the_same_condition() -> None:
    text = Scenario.shipped("hdn-mouse").to_toml().encode()
    assert Run.of(uploads.read_scenario(text, "hdn.toml"), 1).scenario.hash == Scenario.shipped("hdn-mouse").hash


def test_all_mistakes_come_at_once_with_their_lines() -> None:
    told = refused(b'duration = 60 d\n[nk]\nkil_rate = "0.2 1/h"\n[space]\nwidth = -3\n').splitlines()
    assert [line.split(":")[1] for line in told] == ["1", "3", "5"]
    assert 'Did you mean "kill_rate"' in told[1]


@pytest.mark.parametrize("extends", ["../secret.toml", "/etc/passwd", "beside.toml", "secret", "../secret"])
def test_an_upload_opens_no_file(extends: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a path that is followed: the named files exist, and still nothing of them is read."""
    monkeypatch.chdir(tmp_path)
    for name in ("beside.toml", "secret", "secret.toml"):
        (tmp_path / name).write_text('title = "xyzzy"\nbad = ', encoding="utf-8")
    opened: list[str] = []
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (opened.append(str(path)), read(path))[1])
    told = refused(f'extends = "{extends}"\n'.encode())
    assert "xyzzy" not in told
    assert opened == []


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"# " + b"x" * uploads.LARGEST_UPLOAD, "mine.toml", "too many"),
        (b"\xff\xfe\x00", "mine.toml", "UTF-8"),
        (b"title = 'a\0b'", "mine.toml", "not a text"),
        (b"  \n", "mine.toml", "empty"),
        (b"title = 'a'", "mine.exe", ".toml"),
        (b"a = " + b"[" * 50_000, "mine.toml", "mine.toml"),
        (b"import os; os.system('true')\n", "mine.toml", "cannot read"),
    ],
)
def test_what_is_no_scenario_is_refused_in_words(content: bytes, name: str, why: str) -> None:
    assert why in refused(content, name)


def test_the_name_of_a_file_is_only_a_name() -> None:
    """Catches a message that shows folders or markup from the name of a file."""
    assert uploads.clean_name("C:\\Users\\me\\<script>.toml") == "_script_.toml"
    assert uploads.clean_name("../../etc/passwd.toml") == "passwd.toml"
    assert refused(b"", "a/b/mine.toml").startswith("mine.toml: ")


def test_an_upload_of_thousands_of_lines_is_refused() -> None:
    """Each of them would be a mistake of its own, and a row of the page."""
    assert "lines are too many" in refused(b"k = 1\n" * (uploads.MOST_LINES + 1))


def test_a_code_that_unpacks_to_nested_brackets_is_refused_in_words() -> None:
    """Catches the end of a session by a text of forty letters."""
    packed = base64.urlsafe_b64encode(zlib.compress(b"[" * 100_000, 9)).decode().rstrip("=")
    with pytest.raises(ScenarioError, match="cannot be read"):
        replay.read(f"{replay.code(Run('ldn-mouse', 1, 240))}.{packed}")
