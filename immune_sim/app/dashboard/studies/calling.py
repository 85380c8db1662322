"""The server's end of the line to a process that does what takes long."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import immune_sim
from immune_sim.app.dashboard.studies.child import STOP
from immune_sim.core.errors import ImmuneSimError, ScenarioError
from immune_sim.runs.experiments.pool import receive, send

CLOSING = 5.0  # s for the end of a process; one that is still at work ends by itself
MODULE = "immune_sim.app.dashboard.studies.child"


class Child:
    """One process, started when first asked and again when it was lost. One job at a time; safe from any thread."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        self._writing = threading.Lock()

    def ask(
        self, job: str, *, told: Callable[[Any], None] = lambda _: None, patience: float | None = None, **words: Any
    ) -> Any:
        """The result of a job. told: called with every word on the way. patience: s after which it is given up.

        Raises ScenarioError with what the job refuses, ImmuneSimError where the process was lost or took too long.
        """
        with self._turn:
            process = self._alive()
            late = threading.Event()

            def give_up() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(patience or 0.0, give_up)
            if patience:
                timer.start()
            try:
                self._send((job, words))
                while True:
                    kind, content = receive(process.stdout)  # type: ignore[arg-type]
                    if kind == "done":
                        return content
                    if kind == "refused":
                        raise ScenarioError(content)
                    told(content)
            except (EOFError, OSError, pickle.UnpicklingError):
                self.close()
                raise ImmuneSimError(_why_not(patience if late.is_set() else None, process.returncode)) from None
            finally:
                timer.cancel()

    def stop(self) -> None:
        """Ask the job under way to finish early and keep what it has."""
        with contextlib.suppress(OSError, ValueError):
            self._send(STOP)

    def close(self) -> None:
        """Let the process go; it ends when it has finished what it is at."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=CLOSING)
            if process.stdout is not None:
                process.stdout.close()

    def _send(self, message: object) -> None:
        with self._writing:
            process = self._process
            if process is not None and process.stdin is not None:
                send(process.stdin, message)

    def _alive(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            root = str(Path(immune_sim.__file__).resolve().parent.parent)  # also where the package is not installed
            paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
            apart: dict[str, Any] = {"creationflags": 0x200} if sys.platform == "win32" else {"start_new_session": True}
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": paths},
                **apart,
            )
        return self._process


def _why_not(patience: float | None, code: int | None) -> str:
    if patience is not None:
        return f"It took longer than {patience:.0f} s and was given up. Compute it on the command line instead."
    return f"The process that did this ended unexpectedly (code {code}). Try again."
