"""The line between the server and a session's process: whole messages, one after the other, in both directions."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import IO, Any

from immune_sim.runs.experiments.pool import receive, send


class Line:
    """One end of a line. Any thread may send; one thread receives."""

    def __init__(self, source: IO[bytes], sink: IO[bytes], hang_up: Callable[[], Any] = lambda: None):
        self._source, self._sink, self._hang_up = source, sink, hang_up
        self._guard = threading.Lock()

    @classmethod
    def over(cls, end: socket.socket) -> Line:
        """A line over a connected socket."""

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # wakes whoever reads, here and there
            end.close()

        return cls(end.makefile("rb"), end.makefile("wb"), hang_up)

    def send(self, message: object) -> None:
        """Send one message; raises OSError where the other end is gone."""
        with self._guard:
            send(self._sink, message)

    def receive(self) -> Any:
        """Wait for a message; raises EOFError or OSError where the other end is gone."""
        return receive(self._source)

    def close(self) -> None:
        """Hang up; the other end receives EOFError. Safe to call twice."""
        self._hang_up()
        for stream in (self._sink, self._source):
            with contextlib.suppress(OSError, ValueError):
                stream.close()
