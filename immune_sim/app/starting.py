"""What a command says while it gets ready, and how it is typed again; light to import."""

from __future__ import annotations

import os
import shlex
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from immune_sim.app.console import console

COMPILING = 20  # s, about what compiling all kernels takes on a small machine
INTERRUPTED = 130
SLOW = 1.0  # s after which a person wants to know what is going on


def command_line() -> str:
    """The command as it was typed, without the folder of the program."""
    return shlex.join(["immune-sim", *sys.argv[1:]])


def say_that_it_compiles() -> None:
    """Say once that the first run after installation takes longer, and why."""
    from immune_sim.core.jit import is_compiled  # Numba, half a second

    if not is_compiled():
        console(stderr=True).print(
            f"First run after installation: compiling the kernels, about {COMPILING} s, once.", style="dim"
        )


@contextmanager
def said_if_slow(words: str) -> Iterator[None]:
    """Tell a person what is being done if it takes longer than a second; imports count too.

    Leaving with Ctrl-C ends the command in words, with the exit code of an interruption.
    """
    timer = threading.Timer(SLOW, lambda: console(stderr=True).print(f"{words} ...", style="dim"))
    timer.daemon = True
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        timer.start()
    try:
        yield
    except KeyboardInterrupt:
        timer.cancel()
        console(stderr=True).print("\nStopped before anything was computed; nothing was changed.")
        raise SystemExit(INTERRUPTED) from None
    finally:
        timer.cancel()
