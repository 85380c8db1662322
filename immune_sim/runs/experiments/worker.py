"""A worker of the pool: reads tasks from its standard input, writes results to its output, ends with its input."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading

from immune_sim.runs.experiments.pool import receive, send
from immune_sim.runs.experiments.task import Task, execute


def main() -> None:
    """Work until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a user's function prints must not end up among the results
    sys.stdout = sys.stderr
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while True:
                waiting.put(receive(source))
        except (EOFError, OSError):
            os._exit(0)  # the parent is gone or done with us: nobody will read what we compute

    threading.Thread(target=listen, daemon=True).start()
    while True:
        send(sink, execute(waiting.get()))


if __name__ == "__main__":
    main()
