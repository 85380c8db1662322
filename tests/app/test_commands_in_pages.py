"""Every command that the README and the how-to pages name exists, with its options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from immune_sim.app.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]


def commands(page: Path) -> list[str]:
    code = re.findall(r"^```(?:sh|bash)\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    lines = (line.removeprefix(".venv/bin/") for block in code for line in block.splitlines())
    return [line for line in lines if line.startswith("immune-sim")]


def follow(command: str) -> None:
    """Follow the words of a command through the groups; every option must be one of the command's."""
    words = shlex.split(command, comments=True)[1:]
    at: Any = typer.main.get_command(app)
    while hasattr(at, "commands"):
        at = at.commands[words.pop(0)]
    known = {option for each in at.params for option in each.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known | {"--help"}, command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_the_page_exists_with_its_options(page: Path) -> None:
    """Would catch a command or an option that was renamed while the page still tells the old one."""
    for command in commands(page):
        follow(command)


def test_commands_are_found_and_a_wrong_one_is_noticed() -> None:
    assert sum(len(commands(page)) for page in PAGES) > 15
    with pytest.raises(AssertionError, match="--dayz"):
        follow("immune-sim run ldn-mouse --dayz 3")
    with pytest.raises(KeyError):
        follow("immune-sim rnu")
