"""Going on in time: what ``run_for`` and ``run_until`` take, and why a model whose hour broke off goes no further."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from immune_sim.core.errors import BrokenHourError, Problem, ScenarioError
from immune_sim.scenario.hints import RefusedError
from immune_sim.scenario.units import quantity


class Advance:
    """Mixed into the model in front of mesa.Model.

    An error inside of an hour, mostly of an own mechanism, leaves a tissue that is neither before nor after it, and
    Mesa forgets the hours to come. Going on would compute nothing, or nonsense; so every later call says what happened.
    """

    time: float  # h, counted by Mesa
    _broken = ""  # how an hour broke off

    def run_for(self, duration: float | str) -> None:
        """Compute this many hours, 24 or "24 h". Raises ScenarioError for what is no duration."""
        super().run_for(_hours("run_for", duration))  # type: ignore[misc]

    def run_until(self, end_time: float | str) -> None:
        """Compute up to this hour, 48 or "2 d". Raises ScenarioError for what is no hour."""
        super().run_until(_hours("run_until", end_time))  # type: ignore[misc]

    def _advance_time(self, until: float) -> None:
        """Where all of Mesa's ways to go on in time meet; Ctrl-C acts between two hours, and the model can go on."""
        if self._broken:
            raise BrokenHourError(self._broken)
        with _whole_hours() as stopped:
            while True:
                super()._advance_time(min(until, math.floor(self.time) + 1.0))  # type: ignore[misc]
                if stopped() or self.time >= until:
                    break
        if stopped():
            raise KeyboardInterrupt

    def _break_off(self, hour: int, error: BaseException) -> None:
        """Note that this hour, counted from 1, ended in an error."""
        self._broken = (
            f"hour {hour} broke off ({type(error).__name__}: {error}), so this model cannot go on. "
            "Mend what raised it, then build the model again, or load a checkpoint of an earlier hour."
        )


@contextmanager
def _whole_hours() -> Iterator[Callable[[], bool]]:
    """Hold a first Ctrl-C back and say whether there was one; a second acts at once.

    Whoever has a handler of signals of their own keeps it, and threads beside the first cannot have one.
    """
    held = threading.Event()
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield held.is_set
        return

    def hold(*_: object) -> None:
        held.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, hold)
    try:
        yield held.is_set
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _hours(where: str, given: Any) -> float:
    """A number of hours >= 0; raises ScenarioError for anything else."""
    try:
        hours = quantity(given, "h", "24 h") if isinstance(given, str) else float(given)
    except RefusedError as refused:
        raise ScenarioError(Problem(where, str(refused))) from None
    except (TypeError, ValueError):
        hours = math.nan
    if not 0.0 <= hours < math.inf:
        raise ScenarioError(Problem(where, f'{given!r} is not a number of hours. Give one from 0, 24 or "24 h".'))
    return hours
