"""Where sessions' processes come from: one Python that has the model loaded and its kernels warm, and forks.

``python -m immune_sim.app.dashboard.engine.nursery 7`` listens on file descriptor 7: every byte that comes with a file
descriptor is a job for a child, which shares the nursery's memory and computes its first hour at once.
``... nursery session`` does a job itself over its standard input and output, where there is no fork.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from immune_sim.app.dashboard.engine.line import Line

JOBS = {"session": b"s", "mixed": b"m", "errand": b"e", "luck": b"l"}
# The server paints for everybody and comes first; the equation, and what is made to be taken away, come later, and
# other seeds last.
NICE = {"session": 5, "mixed": 10, "errand": 10, "luck": 19}
WARM_SIZE = 24  # sites along a side of the tissue that warms the kernels


def main(argument: str) -> None:
    """Listen on a file descriptor, or do one job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server; we end when its line does
    if argument in JOBS:
        source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)  # what somebody prints must not end up among the messages
        _job(argument)(Line(source, sink))
        return
    control = socket.socket(fileno=int(argument))
    warm()
    gc.freeze()  # the collector of a child would otherwise touch, and so copy, every page
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are forgotten when they end
    while True:
        job, given, _, _ = socket.recv_fds(control, 1, 1)
        if not job:
            os._exit(0)  # the server is gone
        _bear(job, given[0], control)


def warm() -> None:
    """Load the model and what reads it, and compute one hour of a small tissue."""
    from immune_sim.app.dashboard import luck, mixed  # noqa: F401
    from immune_sim.app.dashboard.engine import workshop  # noqa: F401
    from immune_sim.model.model import TumorImmuneModel

    small: dict[str, Any] = {"space.width": WARM_SIZE, "space.height": WARM_SIZE}
    TumorImmuneModel("ldn-mouse", rng=0, **small).run_for(1)


def _bear(job: bytes, given: int, control: socket.socket) -> None:
    if os.fork():
        os.close(given)
        return
    code = 1
    try:
        control.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        name = next(each for each, letter in JOBS.items() if letter == job)
        os.nice(NICE[name])
        _job(name)(Line.over(socket.socket(fileno=given)))
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _job(name: str) -> Callable[[Line], None]:
    if name == "mixed":
        from immune_sim.app.dashboard.mixed import work
    elif name == "errand":
        from immune_sim.app.dashboard.errands import work
    elif name == "luck":
        from immune_sim.app.dashboard.luck import work
    else:
        from immune_sim.app.dashboard.engine.workshop import work
    return work


if __name__ == "__main__":
    main(sys.argv[1])
