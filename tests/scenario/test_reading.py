"""Mistakes in scenario files: where, what was given, what is allowed, what to do; all of them at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from immune_sim.core.errors import ScenarioError
from immune_sim.scenario.scenario import Scenario


def said_about(text: str) -> list[str]:
    """The problems of a text, one line each."""
    with pytest.raises(ScenarioError) as error:
        Scenario.from_text(text, origin="mine.toml")
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # names
        ("[nk]\nkil_rate = 1", 'mine.toml:2: nk: no parameter "kil_rate". Did you mean "kill_rate"?'),
        ("[nk]\nKill-Rate = 1", 'mine.toml:2: nk: no parameter "Kill-Rate". Did you mean "kill_rate"?'),
        ("[nkk]\nx = 1", "mine.toml:1: nkk: no such table. Did you mean [nk]?"),
        ("[[regimens]]", "mine.toml:1: regimens: no such table. Did you mean [[regimen]]?"),
        ('abuot = "x"', 'mine.toml:1: abuot: no such key. Did you mean "about"?'),
        ('kill_rate = "1 1/h"', "mine.toml:1: kill_rate: a parameter stands in its table. Write it below [nk]."),
        (
            "[nk]\ncycle_time = 1",
            'mine.toml:2: nk: no parameter "cycle_time" in [nk]; [tumor] has one. Write it there.',
        ),
        (
            '[nk]\nduration = "3 d"',
            'mine.toml:2: nk: "duration" belongs to the head of the file, above the first [table].',
        ),
        ('dose = "4.5 mg"', "mine.toml:1: dose: this key belongs to a phase. Write it below [[regimen]]."),
        # units
        (
            "[nk]\nkill_rate = 0.2",
            'mine.toml:2: nk.kill_rate: 0.2 has no unit. Write a quantity, for example "0.1 1/h".',
        ),
        ('[nk]\nkill_rate = "0.2"', 'nk.kill_rate: "0.2" has no unit. Write a quantity, for example "0.1 1/h".'),
        (
            '[nk]\nkill_rate = "2 h"',
            'nk.kill_rate: "2 h" is a time; a rate (per time) is needed. Write a quantity, for',
        ),
        ("duration = 60", 'mine.toml:1: duration: 60 has no unit. Write a quantity, for example "60 d".'),
        # ranges
        ('[nk]\nkill_rate = "20 1/h"', 'nk.kill_rate: "20 1/h" is out of range. Allowed: 0 to 10 1/h.'),
        ('[nk]\nkill_rate = "1 1/s"', 'nk.kill_rate: "1 1/s" (3600 1/h) is out of range. Allowed: 0 to 10 1/h.'),
        ("[space]\nwidth = 3", "space.width: 3 is out of range. Allowed: 8 to 4000."),
        ('duration = "-1 d"', 'duration: "-1 d" (-24 h) is out of range. Allowed: 1 to 87600 h.'),
        # types
        ("[nk]\nkillers = nan", "nk.killers: nan is not a finite number. Allowed: 0 to 1."),
        ("[nk]\nkillers = inf", "nk.killers: inf is not a finite number. Allowed: 0 to 1."),
        ('[nk]\nkillers = "0.5"', 'nk.killers: "0.5" is text. Write a number without quotes, for example 0.5.'),
        ("[nk]\nkillers = true", "nk.killers: true is not a number. Write for example 0.5."),
        ("[nk]\nkillers = [1]", "nk.killers: a list is not a number. Write for example 0.5."),
        ("[nk]\ncapacity = 4.5", "nk.capacity: 4.5 is not a whole number. Write for example 5."),
        ("[space]\nwell_mixed = 1", "space.well_mixed: 1 is not true or false. Write true or false, without quotes."),
        ('[space]\nwell_mixed = "true"', "space.well_mixed: "),
        ('[space]\nboundary = "open"', 'space.boundary: "open" is not a choice. Write "closed" or "periodic".'),
        ("title = 3", 'mine.toml:1: title: 3 is not a text. Write for example title = "Low-dose naltrexone, mouse".'),
        ("nk = 3", "mine.toml:1: nk: 3 is not a table. Write [nk] and below it, for example, kill_rate = "),
        ("[[nk]]\ncapacity = 3", "mine.toml:1: nk: this table stands once, in single brackets. Write [nk]."),
        # presets
        ('[nk]\npreset = "x"', "nk.preset: [nk] has no presets. Leave the line out."),
        (
            '[pharmacokinetics]\npreset = "rat"',
            '"rat" is not a preset of [pharmacokinetics]. Write "mouse injection" or',
        ),
        # what extends what
        (
            'extends = "control-mose"',
            'mine.toml:1: extends: no scenario "control-mose" is shipped. Did you mean "control-mouse"?',
        ),
        ('extends = "../secret.toml"', '"../secret.toml" cannot be extended. Write a shipped name such as'),
        # contradictions
        ("[space]\nwidth = 4000\nheight = 4000\ndepth = 4000", "space.width: 4000 x 4000 x 4000 sites are too many"),
        (
            "[inoculum]\ntumor_cells = 50000",
            "mine.toml:2: inoculum.tumor_cells: 50000 cells do not fit on 200 x 200 x 1",
        ),
        ("[endpoints]\nendpoint_cells = 9", "endpoints.endpoint_cells: 9 cells are fewer than detectable_cells = 4000"),
        # the regimen
        (
            "[[regimen]]\ndose = 4.5",
            'mine.toml:2: regimen[0].dose: 4.5 has no unit. Write a quantity, for example "4.5 mg".',
        ),
        ('[[regimen]]\ndosis = "4.5 mg"', 'mine.toml:2: regimen[0]: no key "dosis" in a phase. Did you mean "dose"?'),
        (
            '[[regimen]]\nevery = "24 h"',
            'mine.toml:1: regimen[0]: no dose. Add for example dose = "4.5 mg", or infusion =',
        ),
        (
            '[[regimen]]\ndose = "4.5 mg"',
            'regimen[0]: how often? Add for example every = "24 h", or every = "once" for a',
        ),
        (
            '[regimen]\ndose = "1 mg"\nevery = "1 d"',
            "a phase stands in double brackets. Write [[regimen]], once for each",
        ),
        ('regimen = "daily"', 'mine.toml:1: regimen: "daily" is not a list of phases.'),
        ('[[regimen]]\ndrug = "naloxone"', 'regimen[0].drug: "naloxone" is not a choice. Write "naltrexone".'),
        (
            '[[regimen]]\nat = "25:00"',
            'regimen[0].at: "25:00" is not a clock time. Write hours and minutes of a day of 24',
        ),
        ('[[regimen]]\ndose = "4.5 h"', 'regimen[0].dose: "4.5 h" is a time; a mass is needed.'),
        ('[[regimen]]\ninfusion = "1 mg"', 'regimen[0].infusion: "1 mg" is a mass; a mass per time is needed.'),
        (
            '[[regimen]]\ninfusion = "1 mg/h"\nevery = "2 h"',
            "regimen[0].every: an infusion is continuous. Leave out every",
        ),
        ('[[regimen]]\ninfusion = "1 mg/h"\ndose = "1 mg"', "regimen[0].infusion: a phase gives doses or an infusion"),
        (
            "[[regimen]]\non_days = 5",
            'regimen[0].on_days: a cycle needs "on_days" and "off_days". Add for example off_days',
        ),
        ('[[regimen]]\nevery = "0 h"', 'regimen[0].every: "0 h" is out of range. Allowed: 0.1 to 87600 h.'),
    ],
)
def test_a_mistake_is_explained(text: str, said: str) -> None:
    """The messages are the product: each says where, what was given, what is allowed and what to do."""
    assert any(said in each for each in said_about(text)), said_about(text)


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_lines() -> None:
    """Would catch a check that stops the others, and a broken line that hides the rest of the file."""
    text = """title = 3
duration = 60 d
[[regimen]]
dose = 4.5
every = "24 h"
[nk]
kil_rate = 1
capacity = 2000
[receptors]
tau_up = "5 mg"
"""
    assert [line.split(": ")[0] for line in said_about(text)] == [f"mine.toml:{n}" for n in (1, 2, 4, 7, 8, 10)]


def test_an_unreadable_value_is_not_held_against_the_others() -> None:
    """A contradiction is judged on values that were read; would catch a complaint about a default nobody wrote."""
    assert len(said_about("[space]\nwidth = 2\n[inoculum]\ntumor_cells = 50000\n")) == 1


def test_a_dropped_line_is_not_missed_a_second_time() -> None:
    """Would catch "no dose" for a dose whose line is already reported as broken."""
    assert len(said_about('[[regimen]]\ndose = "4.5 mg\nevery = "24 h"\n')) == 1


def test_no_message_speaks_the_language_of_a_library() -> None:
    """Would catch words of pydantic, pint or Python in a text that is meant for a biologist."""
    text = '[nk]\nkill_rate = [1]\nkillers = {a = 1}\ncapacity = "x"\n[space]\nwidth = 1e400\nboundary = 2020-01-01\n'
    everything = "\n".join(said_about(text)).lower()
    assert not [
        word
        for word in ("pydantic", "pint", "type=", "traceback", "valueerror", "dict", "nonetype")
        if word in everything
    ]


class TestFiles:
    def test_a_missing_file_gets_the_nearest_name(self, tmp_path: Path) -> None:
        (tmp_path / "bedtime.toml").write_text("")
        with pytest.raises(ScenarioError, match=r"there is no such file. Did you mean .*bedtime.toml"):
            Scenario.from_file(tmp_path / "bedtme.toml")

    def test_the_path_of_a_shipped_one_is_explained(self, tmp_path: Path) -> None:
        with pytest.raises(ScenarioError, match="is a shipped scenario"):
            Scenario.from_file(tmp_path / "ldn-mouse.toml")

    def test_a_folder_is_not_a_scenario(self, tmp_path: Path) -> None:
        with pytest.raises(ScenarioError, match="this is a folder"):
            Scenario.from_file(tmp_path)

    def test_a_pipe_is_refused_and_not_waited_for(self, tmp_path: Path) -> None:
        """Would catch a command that hangs until somebody writes into the pipe."""
        os.mkfifo(tmp_path / "pipe.toml")
        with pytest.raises(ScenarioError, match="this is no ordinary file"):
            Scenario.from_file(tmp_path / "pipe.toml")

    def test_a_link_to_nothing_is_not_proposed_in_its_own_place(self, tmp_path: Path) -> None:
        (tmp_path / "lost.toml").symlink_to(tmp_path / "gone.toml")
        with pytest.raises(ScenarioError, match=r"no such file. `immune-sim scenarios`"):
            Scenario.from_file(tmp_path / "lost.toml")

    def test_bytes_that_are_no_text_are_found_on_their_line(self, tmp_path: Path) -> None:
        path = tmp_path / "latin.toml"
        path.write_bytes(b'title = "x"\nabout = "5 \xb5m"\n')
        with pytest.raises(ScenarioError, match=r"latin.toml:2: this is not UTF-8 text"):
            Scenario.from_file(path)

    def test_a_file_of_notepad_is_read(self, tmp_path: Path) -> None:
        """With a byte order mark and Windows line ends; would catch both."""
        path = tmp_path / "windows.toml"
        path.write_bytes(b'\xef\xbb\xbftitle = "x"\r\n[nk]\r\ncapacity = 7\r\n')
        assert Scenario.from_file(path).values["nk.capacity"] == 7

    def test_a_huge_file_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "huge.toml"
        path.write_bytes(b"#" * 1_000_001)
        with pytest.raises(ScenarioError, match="too many for a scenario"):
            Scenario.from_file(path)

    def test_files_that_extend_each_other_are_refused(self, tmp_path: Path) -> None:
        """Would catch an endless circle."""
        (tmp_path / "a.toml").write_text('extends = "b.toml"')
        (tmp_path / "b.toml").write_text('extends = "a.toml"')
        with pytest.raises(ScenarioError, match="a extends b extends a"):
            Scenario.from_file(tmp_path / "a.toml")

    def test_a_mistake_in_the_extended_file_names_that_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text('\nextends = "b.toml"')
        (tmp_path / "b.toml").write_text("[nk]\ncapacity = 0")
        with pytest.raises(ScenarioError, match=r"a.toml:2: extends: .*b.toml:2: nk.capacity: 0 is out of range"):
            Scenario.from_file(tmp_path / "a.toml")
