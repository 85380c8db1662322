"""Files that a person gives to the page: small, text, checked as strictly as on the command line, and only read.

Nothing in an upload is executed, and nothing else is opened for it: a scenario may extend a shipped one by its name,
never a file (decision 20 in docs/decisions).
"""

from __future__ import annotations

import re

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.scenario.scenario import Scenario

LARGEST_UPLOAD = 256_000  # bytes; the largest shipped scenario has 2,000
MOST_LINES = 4_000  # the longest shipped file has 60
LONGEST_NAME = 80
ENDING = ".toml"


def read_upload(content: bytes, name: str, largest: int = LARGEST_UPLOAD) -> str:
    """The text of an uploaded file, which is called ``name`` on the person's machine.

    Raises ScenarioError for what is too large, empty, not called like a TOML file, or not text.
    """
    shown = clean_name(name)
    if not shown.endswith(ENDING):
        raise _refused(shown, f"only files whose name ends in {ENDING} are read here.")
    if len(content) > largest:
        raise _refused(shown, f"{len(content):,} bytes are too many. Allowed: {largest:,}.")
    if not content.strip():
        raise _refused(shown, "the file is empty.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refused(f"{shown}:{line}", "this is not UTF-8 text. Save the file as UTF-8.") from None
    if (lines := text.count("\n")) > MOST_LINES:
        raise _refused(shown, f"{lines:,} lines are too many. Allowed: {MOST_LINES:,}.")
    if "\0" in text:
        raise _refused(shown, "this is not a text file.")
    return text


def read_scenario(content: bytes, name: str) -> Scenario:
    """The scenario of an uploaded file; raises ScenarioError with every mistake, each with its line."""
    shown = clean_name(name)
    return Scenario.from_text(read_upload(content, name), shown, name=shown.removesuffix(ENDING), folder=None)


def clean_name(name: str) -> str:
    """The last part of a file's name, in letters that may stand in a message."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^\w. ()+-]", "_", last)[-LONGEST_NAME:] or "file"


def _refused(where: str, what: str) -> ScenarioError:
    return ScenarioError(Problem(where, what))
