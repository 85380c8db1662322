"""A process beside the server that does what takes long: one job after the other, with word of how far it is.

It reads jobs from its standard input and ends with it, so that no server leaves one behind; a study that it computes
then finishes what runs and keeps it. Nothing of the web framework is imported here.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from immune_sim.core.errors import ImmuneSimError, Problem, ScenarioError
from immune_sim.runs.experiments.pool import receive, send
from immune_sim.runs.run import Interruption

STOP = "stop"
GENTLE = 5  # how much the server and the tissues that people look at come first
HERE = "immune_sim.app.dashboard.studies"
JOBS = {
    "survey": "surveying",
    "compute": "computing",
    "show": "showing",
    "behind": "behind",
    "report": "reporting",
}


def main() -> None:
    """Work until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when to stop
    if hasattr(os, "nice"):
        os.nice(GENTLE)
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed must not end up among the answers
    sys.stdout = sys.stderr
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    interruption = Interruption()

    def listen() -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                message = receive(source)
                if message == STOP:
                    interruption.ask()
                else:
                    waiting.put(message)
        interruption.ask()
        waiting.put(None)

    threading.Thread(target=listen, daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        while (job := waiting.get()) is not None:
            send(sink, _answer(*job, tell=lambda what: _tell(sink, what), interruption=interruption))


def _tell(sink: Any, what: object) -> None:
    with contextlib.suppress(BrokenPipeError):  # the server is gone: what was computed is kept all the same
        send(sink, ("told", what))


def _answer(name: str, words: dict[str, Any], **ours: Any) -> tuple[str, Any]:
    """What comes of a job: ("done", its result) or ("refused", problems)."""
    try:
        function: Callable[..., Any] = getattr(importlib.import_module(f"{HERE}.{JOBS[name]}"), name)
        wanted = inspect.signature(function).parameters
        return "done", function(**words, **{key: each for key, each in ours.items() if key in wanted})
    except ScenarioError as error:
        head = [Problem("", error.headline)] if error.headline else []
        return "refused", (*head, *error.problems)
    except ImmuneSimError as error:
        return "refused", (Problem("", str(error)),)
    except Exception as error:  # noqa: BLE001 - a fault of ours is told on the page; the process goes on with the next job
        return "refused", (Problem("", f"{type(error).__name__}: {error}. This is a fault of the dashboard."),)


if __name__ == "__main__":
    main()
