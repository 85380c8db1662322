"""A pool of processes that outlives its workers.

Each worker is a Python of its own (``python -m immune_sim.runs.experiments.worker``) and speaks over its standard input
and output. It never imports the caller's main module, so a notebook or a script without a guard may start one, and it
is known which run a lost worker had: that one run is given to a new worker, the others are not touched.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO, Any

import immune_sim
from immune_sim.runs.experiments.executors import THREADS, Executor
from immune_sim.runs.experiments.task import Failure, Result, Task

HEAD = 8  # bytes of the length that stands before each message
MOST_LOSSES = 2


def send(stream: IO[bytes], message: object) -> None:
    """Write one message."""
    raw = pickle.dumps(message, protocol=5)
    stream.write(len(raw).to_bytes(HEAD, "little") + raw)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message; raises EOFError where the other side is gone."""
    head = stream.read(HEAD)
    if len(head) < HEAD:
        raise EOFError
    size = int.from_bytes(head, "little")
    raw = stream.read(size)
    if len(raw) < size:
        raise EOFError
    return pickle.loads(raw)


class Pool(Executor):
    """So many worker processes, one thread each; they start with the first task: nothing to do needs none."""

    def __init__(self, workers: int):
        super().__init__(workers)
        self._lock = threading.RLock()
        self._closed = False
        self._losses: dict[str, int] = {}
        self._members: list[_Member] = []

    def submit(self, task: Task) -> None:
        """Give the task to the worker with the least to do."""
        with self._lock:
            if not self._members:
                self._members = [_Member(self) for _ in range(self.workers)]
            at = min(range(len(self._members)), key=lambda each: len(self._members[each].tasks))
            if not self._members[at].alive:
                self._members[at] = _Member(self)
            self._members[at].give(task)

    def returned(self, member: _Member, result: Result) -> None:
        """A worker handed in a result."""
        with self._lock:
            task = member.tasks.popleft()
        assert task.run_id == result.run_id
        self._losses.pop(task.run_id, None)
        self.done.put(result)

    def lost(self, member: _Member, code: int) -> None:
        """A worker is gone: another one does what it had; the run that it was at may be to blame."""
        with self._lock:
            member.alive = False
            if self._closed or not member.tasks:
                return  # a worker that had nothing to do is replaced when there is something
            tasks, suspect = list(member.tasks), member.tasks[0]
            losses = self._losses[suspect.run_id] = self._losses.get(suspect.run_id, 0) + 1
            if losses >= MOST_LOSSES:
                tasks.pop(0)
                self.done.put(Result.failed(suspect, _killed(code, losses)))
            self._members[self._members.index(member)] = fresh = _Member(self)
            for task in tasks:
                fresh.give(task)

    @property
    def pids(self) -> list[int]:
        """The processes of the workers."""
        return [each.process.pid for each in self._members]

    def abandon(self) -> None:
        """End the workers now; what they compute is lost."""
        with self._lock:
            self._closed = True
        for each in self._members:
            each.process.kill()
        self.close()

    def close(self) -> None:
        """Let the workers go: they end when their input does."""
        with self._lock:
            self._closed = True
        for each in self._members:
            each.end()


class _Member:
    """One worker process and what it was given; a thread of ours listens to it."""

    def __init__(self, pool: Pool):
        self.tasks: deque[Task] = deque()
        self.alive = True
        environment = os.environ | dict.fromkeys(THREADS, "1")
        root = str(Path(immune_sim.__file__).resolve().parent.parent)  # also where the package is not installed
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH", "")]))
        apart: dict[str, Any] = (
            {"creationflags": 0x200} if sys.platform == "win32" else {"start_new_session": True}
        )  # Ctrl-C is for us
        words = [sys.executable, "-m", "immune_sim.runs.experiments.worker"]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, **apart)
        self.listener = threading.Thread(target=self._listen, args=(pool,), daemon=True)
        self.listener.start()

    def give(self, task: Task) -> None:
        """Send a task; a worker that is just dying is found out by the listener."""
        self.tasks.append(task)
        assert self.process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            send(self.process.stdin, task)

    def _listen(self, pool: Pool) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as answers, contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                pool.returned(self, receive(answers))
        self._close_input()
        pool.lost(self, self.process.wait())

    def _close_input(self) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def end(self) -> None:
        """Close the worker's input and wait a little for its end."""
        self._close_input()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.listener.join(timeout=5)


def _killed(code: int, losses: int) -> Failure:
    how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
    hint = " Signal 9 is what a system out of memory sends: try fewer --workers." if code == -9 else ""
    return Failure(
        "worker", "WorkerLost", f"the worker process {how} while it computed this run, {losses} times.{hint}"
    )
