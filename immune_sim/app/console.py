"""What all commands share in speaking: consoles, examples in the help, and faults in words instead of tracebacks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from immune_sim.core.errors import ImmuneSimError, Problem, ScenarioError

if TYPE_CHECKING:
    from rich.console import Console

DEBUG_VARIABLE = "IMMUNE_SIM_DEBUG"  # set to 1, an unexpected fault shows its traceback
WRONG_INPUT, FAILURE = 2, 1
WIDEST = 110  # columns; longer lines are hard to read


def examples(*lines: str) -> str:
    """Examples at the end of a help page; lines that are no command are notes."""
    escaped = [each.replace("[", r"\[") for each in lines]
    return "\n".join(["[bold]Examples[/bold]", *(_styled(each) for each in escaped)])


def _styled(line: str) -> str:
    return f"[cyan]{line}[/cyan]" if line.startswith("immune-sim") else line


def console(*, stderr: bool = False) -> Console:
    """A console on the standard output, or on that for errors; colors only on a terminal and without NO_COLOR."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if made.is_terminal and made.width > WIDEST:
        made.width = WIDEST
    return made


def is_watched() -> bool:
    """Whether a person looks at a terminal, so that a moving display makes sense."""
    return sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def can_show(text: str) -> bool:
    """Whether the standard output can encode this text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def ask_for(text: str, where: str = "") -> ScenarioError:
    """Wrong input on the command line, told like every other."""
    return ScenarioError(Problem(where, text))


@contextmanager
def faults_in_words() -> Iterator[None]:
    """Turn errors into a few readable lines and an exit code."""
    try:
        yield
    except ScenarioError as error:
        _tell(error.headline or _headline(len(error.problems)), [(each.where, each.what) for each in error.problems])
        sys.exit(WRONG_INPUT)
    except ImmuneSimError as error:
        _tell("", [("", str(error))])
        sys.exit(FAILURE)
    except KeyboardInterrupt:
        _tell("", [("", "Stopped.")])
        sys.exit(130)
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        remedy = f"Please report it; {DEBUG_VARIABLE}=1 before the command shows where it happened."
        _tell(
            "This is a fault of immune-sim, not of your input.",
            [("", f"{type(error).__name__}: {error}"), ("", remedy)],
        )
        sys.exit(FAILURE)


def _headline(count: int) -> str:
    return "" if count == 1 else f"{count} things are not right:"


def _tell(headline: str, lines: list[tuple[str, str]]) -> None:
    from rich.text import Text

    to = console(stderr=True)
    if headline:
        to.print(Text(headline, style="bold"))
    for where, what in lines:
        place = Text(f"{where}: ", style="yellow") if where else Text()
        to.print(place + Text(what), soft_wrap=not to.is_terminal)
