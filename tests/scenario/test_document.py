"""TOML with line numbers: each broken line in plain words, several at once."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.scenario.document import parse


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\ndose = 4.5 mg", 2, 'a quantity is text, in quotes. Write dose = "4.5 mg"'),
        ("dose = 4.5 mg  # at night", 1, 'Write dose = "4.5 mg"'),
        ("at = 22:00", 1, 'a clock time is text, in quotes. Write at = "22:00"'),
        ("boundary = closed", 1, 'text stands in quotes. Write boundary = "closed"'),
        ("well_mixed = True", 1, "small letters. Write well_mixed = true"),
        ("fill = 0,5", 1, "a number has a point for decimals"),
        ("title = “Low dose”", 1, 'the quotes are curly. Write title = "Low dose"'),
        ('title = "Low dose', 1, "not closed; a quote is missing"),
        ('[nk]\nkill_rate "0.2 1/h"', 2, 'no "=" between key and value'),
        ("[nk\nkill_rate = 1", 1, "a table is written [name]"),
        ("fill =", 1, "the value is no number"),
        ("hello", 1, 'no "="'),
        ("= 3", 1, "a line is a [table], a key = value or a # comment"),
        ('about = """\nnever closed\n', 1, "the text that begins here is not closed"),
        ("x = [1,\n2", 1, "the list that begins here is not closed"),
        ('x = "C:\\q"', 1, "a backslash in a text is written twice"),
        ("fill = 0.1\nfill = 0.2", 2, "fill is given twice, first on line 1"),
        ("[nk]\na = 1\n[ctl]\na = 1\na = 2", 5, "ctl.a is given twice, first on line 4"),
        ("[nk]\na = 1\n\n[nk]\nb = 1", 4, "[nk] is given twice, first on line 1. Write its keys under one [nk]."),
        ("x = " + "[" * 3000, None, "nested too deeply"),
        ("\nx = " + "9" * 5000, None, "thousands of digits"),
        ("\na" + ".a" * 60_000 + " = 1", 2, "so many parts"),
        ("x = {" + "'a' . \"b\"." * 20_000 + "a = 1}", 1, "so many parts"),
        ("[" + "a." * 60_000 + "a]", 1, "so many parts"),
        ("x" + " " * 200_000, 1, 'no "="'),
    ],
)
def test_a_broken_line_is_named_and_explained(text: str, line: int | None, said: str) -> None:
    """Would catch a line number that is off by one, and the parser's own words."""
    (problem,) = parse(text, "mine.toml").problems
    assert problem.where == ("mine.toml" if line is None else f"mine.toml:{line}")
    assert said in problem.what


def test_three_broken_lines_are_three_problems_and_the_rest_is_read() -> None:
    """Would catch a reader that stops at the first mistake."""
    nk = "[nk]\nkill_rate = 0.2 1/h\nkillers 0.5\ncapacity = 5\n"
    text = f"duration = 60 d\n{nk}[space]\nboundary = open # !\nwidth = 50\n"
    document = parse(text, "f")
    assert [problem.where for problem in document.problems] == ["f:1", "f:3", "f:4", "f:7"]
    assert document.content["space"] == {"width": 50}
    assert document.content["nk"] == {"kill_rate": "0.2 1/h", "capacity": 5}


def test_keys_are_found_on_their_lines() -> None:
    """Would catch counting inside multi-line texts, dotted keys, quoted keys and repeated tables."""
    text = 'about = """\n[nk]\nx = 1\n"""\nspace.width = 3\n[nk]\n"kill_rate" = 1\n[[regimen]]\n[[regimen]]\ndose = 2\n'
    lines = parse(text, "f").lines
    assert lines["about",] == 1
    assert lines["space", "width"] == 5
    assert lines["nk",] == 6
    assert lines["nk", "kill_rate"] == 7
    assert lines["regimen", 1, "dose"] == 10
    assert ("nk", "x") not in lines


@given(st.text(max_size=200))
def test_any_text_is_read_or_explained(text: str) -> None:
    """Would catch an exception for odd input, a broken file that passes for a good one, a good one told as broken."""
    document = parse(text, "f")
    try:
        expected = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        assert document.problems
    else:
        assert repr(document.content) == repr(expected)  # as text, since nan is not itself
        assert not document.problems


SOUP = st.lists(
    st.sampled_from(["[", "]", "=", '"', "'", "a", "nk", ".", "1", "#", "\n", " ", '"""', "{", "}", ",", "\\"])
)


@given(SOUP.map("".join))
def test_toml_soup_is_read_or_explained(text: str) -> None:
    """The same for texts made of the pieces of TOML, which reach deeper."""
    test_any_text_is_read_or_explained.hypothesis.inner_test(text)  # type: ignore[attr-defined]
