"""One model, one thread: only this thread touches the model, everybody else leaves it a note.

The thread steps the model at the pace that was asked for and shows the newest state when the last picture is on the
screen. So there is never a queue of pictures, and a slow browser sees fewer of them, not older ones.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

FRAME = 1.0 / 18.0  # s between pictures, at least
PATIENCE = 1.0  # s without word from the page (a hidden tab paints nothing) after which a picture is sent all the same
LONGEST_DEBT = 0.25  # s of computing that may be owed; beyond that the pace gives way, not the page


class Screen(Protocol):
    """Where an engine shows its model."""

    def show(self, model: Any) -> None:
        """Send a picture of the model; called in the engine's thread."""

    def working(self, text: str) -> None:
        """Say that something takes a while, "" when it is over."""

    def stopped(self, model: Any) -> None:
        """Told when the run has come to its end and the clock stands."""

    def failed(self, error: Exception) -> None:
        """Told of an error in building, stepping or a note; the engine goes on."""


class Engine:
    """Computes a model in its own thread.

    playing: whether the clock runs. pace: hours of tissue per second, infinite for as fast as possible.
    """

    def __init__(self, screen: Screen):
        self.screen = screen
        self.model: Any = None
        self.playing = False
        self.pace = 12.0
        self._notes: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._seen = threading.Event()
        self._seen.set()
        self._shown_at = 0.0
        self._stale = False
        self._warm = False
        self._past_end = False
        self._owed = 0.0  # hours of tissue that are due
        self._last = 0.0
        # Made in the session's context, the thread inherits it (solara sees to that) and may speak to its widgets.
        self._thread = threading.Thread(target=self._run, name="immune-sim engine", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """End the thread after the hour it is computing; returns at once."""
        self._closed.set()
        self._wake.set()

    @property
    def closed(self) -> bool:
        """Whether the session is over; work that takes long asks now and then."""
        return self._closed.is_set()

    def build(self, make: Callable[[], Any], why: str = "Preparing the tissue") -> None:
        """Replace the model by what ``make`` returns; why: what the page says if that takes a while."""
        self.note(lambda: self._build(make, why))

    def note(self, act: Callable[[], None]) -> None:
        """Leave a note: ``act`` is called in the engine's thread between two hours."""
        self._notes.put(act)
        self._wake.set()

    def play(self, playing: bool) -> None:
        """Let the clock run or stand. Playing on after the end of the run is allowed: whoever asks twice wants it."""

        def set_playing() -> None:
            self._past_end = playing and self.model is not None and self._at_end()
            self.playing = playing
            self._owed, self._last = 0.0, time.perf_counter()
            self._stale = True  # the parts of the page that lag behind while it plays catch up when it stops

        self.note(set_playing)

    def advance(self, hours: int) -> None:
        """Compute this many hours at once, whether the clock runs or not."""
        self.note(lambda: self._step(hours))

    def redraw(self) -> None:
        """Show the present state again, for example in other colors."""
        self.note(lambda: setattr(self, "_stale", True))

    def painted(self, number: int) -> None:
        """The page has painted a picture; the next one may come."""
        self._seen.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._wake.clear()
            self._read_notes()
            if self.playing and self.model is not None:
                self._guarded(self._play_on)
            if self._stale and self._may_show():
                self._guarded(self._show)
            self._wake.wait(self._pause())

    def _read_notes(self) -> None:
        while not self._closed.is_set():
            try:
                act = self._notes.get_nowait()
            except queue.Empty:
                return
            self._guarded(act)

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - whatever it is, the page says it and stays alive
            self.playing = False
            self.screen.failed(error)

    def _build(self, make: Callable[[], Any], why: str) -> None:
        self.screen.working(why)
        try:
            self.model = make()
        finally:
            self.screen.working("")
        self._stale, self._past_end = True, False
        self._seen.set()

    def _play_on(self) -> None:
        """Compute what is due since the last call, but not longer than one picture may wait."""
        now = time.perf_counter()
        elapsed = max(now - self._last, 1e-9)  # never 0, which times an infinite pace would be no number
        self._owed = min(self._owed + elapsed * self.pace, max(1.0, LONGEST_DEBT * self.pace))
        self._last = now
        while self._owed >= 1.0 and time.perf_counter() - now < FRAME and self.playing and not self._closed.is_set():
            self._step(1)
            self._owed -= 1.0

    def _step(self, hours: int) -> None:
        if self.model is None:
            return
        if not self._warm:
            self.screen.working("Preparing the tissue")
        for _ in range(hours):
            self.model.run_for(1)
            self._stale = True
            if self._closed.is_set():
                return
            if self._at_end() and not self._past_end:
                self._stop_at_end()
                break
        if not self._warm:
            self._warm = True
            self.screen.working("")

    def _at_end(self) -> bool:
        return not self.model.running or self.model.time >= self.model.duration

    def _stop_at_end(self) -> None:
        self.playing, self._past_end = False, True
        self.screen.stopped(self.model)

    def _may_show(self) -> bool:
        since = time.perf_counter() - self._shown_at
        return since >= FRAME and (self._seen.is_set() or since > PATIENCE)

    def _show(self) -> None:
        self._stale = False
        self._seen.clear()
        self._shown_at = time.perf_counter()
        if self.model is not None:
            self.screen.show(self.model)

    def _pause(self) -> float:
        """How long nothing is to be done, in s."""
        if self._stale:
            waited = time.perf_counter() - self._shown_at
            until_frame = FRAME - waited if self._seen.is_set() else PATIENCE - waited
        else:
            until_frame = 10.0
        if self.playing and self.model is not None:
            until_hour = max(0.0, (1.0 - self._owed) / self.pace) if self.pace < float("inf") else 0.0
            until_frame = min(until_frame, until_hour)
        return max(0.0, until_frame)
