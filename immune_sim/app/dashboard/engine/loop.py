"""The clock of a session's process: the pace of the hours, pictures as fast as the page paints them, notes between.

The newest state is shown when the last picture is on the screen. So there is never a queue of pictures, and a slow
browser sees fewer of them, not older ones. Notes are read between two hours.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Protocol

FRAME = 1.0 / 18.0  # s between pictures, at least
PATIENCE = 1.0  # s without word from the page (a hidden tab paints nothing) after which a picture is sent all the same
LONGEST_DEBT = 0.1  # s of computing that may be owed; beyond that the pace gives way, not the page


class Work(Protocol):
    """What a loop drives."""

    @property
    def ready(self) -> bool:
        """Whether there is anything to compute."""

    @property
    def ended(self) -> bool:
        """Whether the run has come to its end."""

    def hour(self) -> None:
        """Compute one hour."""

    def spare(self) -> bool:
        """Do a little of what can wait; whether there is more of it."""

    def show(self) -> None:
        """Send what is there now."""

    def busy(self, text: str) -> None:
        """Say that something takes a while, "" when it is over."""

    def stopped(self) -> None:
        """Told when the end has come and the clock stands."""

    def failed(self, error: Exception) -> None:
        """Told of an error in an hour, a picture or a note; the clock stands then, and the loop goes on."""


class Loop:
    """Drives work in the thread that calls ``run``.

    playing: whether the clock runs. pace: hours of tissue per second, infinite for as fast as possible.
    """

    def __init__(self, work: Work):
        self.work = work
        self.playing = False
        self.pace = 12.0
        self._notes: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._seen = True
        self._shown_at = 0.0
        self._stale = False
        self._warm = False
        self._past_end = False
        self._more = False  # to do of what can wait
        self._owed = 0.0  # hours of tissue that are due
        self._last = 0.0

    def note(self, act: Callable[[], None]) -> None:
        """Leave a note, from any thread: ``act`` is called between two hours."""
        self._notes.put(act)
        self._wake.set()

    def close(self) -> None:
        """End ``run`` after the hour it is computing; from any thread."""
        self._closed.set()
        self._wake.set()

    def run(self) -> None:
        """Read notes, compute, show, until closed."""
        while not self._closed.is_set():
            self._wake.clear()
            self._read_notes()
            if self.playing and self.work.ready:
                self._guarded(self._play_on)
            if self._stale and self._may_show():
                self._guarded(self._show)
            self._more = False
            self._guarded(self._spare)
            self._wake.wait(0.0 if self._more else self._pause())

    @property
    def waiting(self) -> bool:
        """Whether there is a note that nobody has read; work that takes long may stop for it."""
        return not self._notes.empty()

    # ---- what notes may call -----------------------------------------------------------------------------------------

    def play(self, playing: bool) -> None:
        """Let the clock run or stand. Playing on after the end of the run is allowed: whoever asks twice wants it."""
        self._past_end = playing and self.work.ready and self.work.ended
        if playing != self.playing:
            self._stale = True  # the parts of the page that lag behind while it plays catch up when it stops
        self.playing = playing
        self._owed, self._last = 0.0, time.perf_counter()

    def begin_anew(self) -> None:
        """Told when another tissue is there: its picture need not wait for the page to paint the last one's."""
        self._stale, self._past_end, self._seen = True, False, True

    def redraw(self) -> None:
        """Show the present state again, for example in other colors."""
        self._stale = True

    def seen(self) -> None:
        """The page has painted what was shown; the next picture may come."""
        self._seen = True

    def step(self, hours: int) -> None:
        """Compute this many hours at once, whether the clock runs or not; fewer if the run ends."""
        if not self.work.ready:
            return
        if not self._warm:
            self.work.busy("Preparing the tissue")
        for _ in range(hours):
            self.work.hour()
            self._stale = True
            if self._closed.is_set():
                return
            if self.work.ended and not self._past_end:
                self.playing, self._past_end = False, True
                self.work.stopped()
                break
        if not self._warm:
            self._warm = True
            self.work.busy("")

    # ---- inside ------------------------------------------------------------------------------------------------------

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
            self.work.failed(error)

    def _play_on(self) -> None:
        """Compute what is due since the last call, but not longer than one picture may wait."""
        now = time.perf_counter()
        elapsed = max(now - self._last, 1e-9)  # never 0, which times an infinite pace would be no number
        self._owed = min(self._owed + elapsed * self.pace, max(1.0, LONGEST_DEBT * self.pace))
        self._last = now
        while self._owed >= 1.0 and time.perf_counter() - now < FRAME and self.playing and not self._closed.is_set():
            self.step(1)
            self._owed -= 1.0

    def _spare(self) -> None:
        self._more = self.work.spare()

    def _may_show(self) -> bool:
        since = time.perf_counter() - self._shown_at
        return since >= FRAME and (self._seen or since > PATIENCE)

    def _show(self) -> None:
        self._stale, self._seen = False, False
        self._shown_at = time.perf_counter()
        if self.work.ready:
            self.work.show()

    def _pause(self) -> float:
        """How long nothing is to be done, in s."""
        if self._stale:
            waited = time.perf_counter() - self._shown_at
            until_frame = FRAME - waited if self._seen else PATIENCE - waited
        else:
            until_frame = 10.0
        if self.playing and self.work.ready:
            until_hour = max(0.0, (1.0 - self._owed) / self.pace) if self.pace < float("inf") else 0.0
            until_frame = min(until_frame, until_hour)
        return max(0.0, until_frame)
