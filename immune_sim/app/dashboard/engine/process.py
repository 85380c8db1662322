"""The server's side: a process for every session, commands to it and events from it."""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import immune_sim
from immune_sim.app.dashboard.engine.line import Line
from immune_sim.app.dashboard.engine.nursery import JOBS
from immune_sim.runs.experiments.executors import THREADS

SPAWN_VARIABLE = "IMMUNE_SIM_SPAWN"  # set to 1, every session starts a Python of its own, as where there is no fork
type Hear = Callable[[str, tuple[Any, ...]], None]


class Engine:
    """The process of one session, seen from the server.

    hear: told of every event (name, arguments), in a thread of the engine's own. lost: told if the process ends by
    itself; a closed engine tells nothing any more.
    """

    def __init__(self, hear: Hear, lost: Callable[[], None]):
        self._hear, self._lost = hear, lost
        self._line: Line | None = None
        self._closed = False
        self.pid = 0  # of the process, once it has said so

    @property
    def closed(self) -> bool:
        """Whether the session is over."""
        return self._closed

    def start(self) -> None:
        """Start the process; returns at once."""
        self._line = begin("session")
        # Made in the session's context, the thread inherits it (solara sees to that) and may speak to its widgets.
        threading.Thread(target=self._listen, args=(self._line,), name="immune-sim events", daemon=True).start()

    def tell(self, command: str, *arguments: Any) -> None:
        """Send a command; it is done between two hours. A process that is gone is found out by the listener."""
        if self._line is not None and not self._closed:
            with contextlib.suppress(OSError, ValueError):
                self._line.send((command, arguments))

    def close(self) -> None:
        """End the process, whatever it is doing; returns at once."""
        self._closed = True
        if self._line is not None:
            self._line.close()

    def _listen(self, line: Line) -> None:
        with contextlib.suppress(EOFError, OSError, ValueError):
            while not self._closed:
                event, arguments = line.receive()
                if event == "born":
                    self.pid = arguments[0]
                elif not self._closed:
                    self._hear(event, arguments)
        line.close()
        if not self._closed:
            self._closed = True
            self._lost()


class Nursery:
    """Starts processes by forking one that is ready (see nursery.py); there is one a server."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start to load the model, so that the first session finds it loaded."""
        with self._guard:
            if self._process is None or self._process.poll() is not None:
                self._open()

    def bear(self, job: str) -> Line:
        """The line to a new process that does a job."""
        ours, theirs = socket.socketpair()
        with self._guard, theirs:
            if self._process is None or self._process.poll() is not None:
                self._open()
            assert self._control is not None
            socket.send_fds(self._control, [JOBS[job]], [theirs.fileno()])
        return Line.over(ours)

    def close(self) -> None:
        """Let it go; children end when their own lines do."""
        with self._guard:
            if self._process is not None and self._control is not None:
                self._control.close()
                self._process.wait()
                self._process = self._control = None

    def _open(self) -> None:
        if self._control is not None:
            self._control.close()
        self._control, theirs = socket.socketpair()
        with theirs:
            words = [*_command(), str(theirs.fileno())]
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, env=_environment(), pass_fds=[theirs.fileno()], start_new_session=True
            )


NURSERY = Nursery()
atexit.register(NURSERY.close)


def forks() -> bool:
    """Whether processes are forked here."""
    able = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "darwin"
    return able and os.environ.get(SPAWN_VARIABLE) != "1"


def prepare() -> None:
    """Begin to load the model outside the server's process; returns at once."""
    if forks():
        NURSERY.open()


def begin(job: str) -> Line:
    """The line to a new process that does a job, see nursery.JOBS."""
    if forks():
        return NURSERY.bear(job)
    apart: dict[str, Any] = {"creationflags": 0x200} if sys.platform == "win32" else {"start_new_session": True}
    started = subprocess.Popen(
        [*_command(), job], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), **apart
    )
    assert started.stdin is not None
    assert started.stdout is not None

    def end() -> None:
        started.terminate()
        threading.Thread(target=started.wait, daemon=True).start()  # so that nothing is left in the list of processes

    return Line(started.stdout, started.stdin, end)


def _command() -> list[str]:
    return [sys.executable, "-m", "immune_sim.app.dashboard.engine.nursery"]


def _environment() -> dict[str, str]:
    root = str(Path(immune_sim.__file__).resolve().parent.parent)  # also where the package is not installed
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    # A process that forks must have one thread only: none for linear algebra, none for Arrow's memory.
    quiet = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "PYTHONPATH": path}
    return os.environ | dict.fromkeys(THREADS, "1") | quiet
