"""One run: hour after hour, with watchers that look on, until its end or until somebody asks it to stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from immune_sim.model.model import TumorImmuneModel

Watcher = Callable[["TumorImmuneModel"], None]
Reason = Literal["duration", "endpoint", "cleared", "hour", "interrupted"]
ENDINGS: dict[Reason, str] = {
    "duration": "it came to the end of the scenario",
    "endpoint": "the tumor reached the endpoint size",
    "cleared": "no living tumor cell is left",
    "hour": "the hour that was asked for is reached",
    "interrupted": "it was interrupted",
}


@dataclass(frozen=True)
class Ending:
    """How a run ended. hours: computed in this part of it; seconds: wall time they took."""

    reason: Reason
    hours: int
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether the run came to its end by itself."""
        return self.reason != "interrupted"


@dataclass
class Interruption:
    """Whether somebody asked the run to stop after the present hour."""

    _asked: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """Ask the run to stop."""
        self._asked.set()

    @property
    def asked(self) -> bool:
        """Whether it was asked."""
        return self._asked.is_set()


@contextmanager
def interruption_by_keyboard() -> Iterator[Interruption]:
    """Turn the first Ctrl-C (or a polite termination) into a request to stop; the second acts as usual.

    An hour that was begun is computed to its end, so what is kept can be gone on with.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    wanted = [each for each in (signal.SIGINT, getattr(signal, "SIGTERM", None)) if each is not None]
    before = {each: signal.getsignal(each) for each in wanted}

    def on_signal(number: int, _frame: FrameType | None) -> None:
        interruption.ask()
        signal.signal(number, before[signal.Signals(number)])

    for each in wanted:
        signal.signal(each, on_signal)
    try:
        yield interruption
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def advance(
    model: TumorImmuneModel,
    until: float | None = None,
    watchers: Sequence[Watcher] = (),
    interruption: Interruption | None = None,
    past_end: bool = False,
) -> Ending:
    """Run a model hour by hour and show it to every watcher after each hour, and once before the first.

    until: h, the scenario's duration if None. Nothing a watcher reads changes the run. past_end: go on to ``until``
    also where an endpoint would stop the run, as somebody at the dashboard may.
    """
    interruption = interruption or Interruption()
    until = model.duration if until is None else until
    began, hours = time.perf_counter(), 0
    for watch in watchers:
        watch(model)
    while (model.running or past_end) and model.time < until and not interruption.asked:
        model.run_for(1)
        hours += 1
        for watch in watchers:
            watch(model)
    return Ending(_reason(model, until, past_end), hours, time.perf_counter() - began)


def _reason(model: TumorImmuneModel, until: float, past_end: bool) -> Reason:
    if not model.running and not past_end:
        return "cleared" if model.recorder.latest["tumor_cells"] == 0 else "endpoint"
    if model.time < until:
        return "interrupted"
    return "hour" if past_end else "duration"
