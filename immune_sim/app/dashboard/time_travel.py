"""The page's side of time travel: what the strip of hours asks for, and what it is told."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Any

from immune_sim.app.dashboard.engine.strip import Course
from immune_sim.app.dashboard.widgets.time_strip import TimeStrip

if TYPE_CHECKING:
    from immune_sim.app.dashboard.state import Session

PATIENCE = 0.4  # s after which a newer hour is asked for although the last one has not come


class TimeTravel:
    """Goes to hours and branches for one session.

    While somebody drags, the next hour is asked for when the last one has been shown, and it is the newest wanted.
    """

    def __init__(self, session: Session):
        self._session = session
        self._strip: TimeStrip | None = None
        self._hour = 0
        self._wanted: int | None = None  # the newest hour wanted that has not come
        self._asked: int | None = None  # the hour that was asked for and has not come, and when
        self._asked_at = 0.0
        stage = session.stage
        stage.hear("travel", self._travel)
        stage.hear("course", self._course)
        stage.hear("values", session.wanted.in_force)
        stage.hear("arrived", self._arrived)

    def attach(self, strip: TimeStrip) -> None:
        """Show on this strip from now on."""
        self._strip = strip
        tell = self._session.engine.tell
        strip.listen(
            go=self.go_to,
            show=lambda number: self._still("show_branch", number),
            compare=lambda number: self._still("compare_branch", number),
            remove=lambda number: self._still("remove_branch", number),
            rename=lambda number, title: tell("rename_branch", number, title),
        )
        tell("strip_again")

    def go_to(self, hour: int) -> None:
        """Let the clock stand and show this hour; of hours wanted in quick succession only the newest is computed."""
        self._stand()
        self._wanted = max(0, hour)
        if self._asked is None or time.monotonic() - self._asked_at > PATIENCE:
            self._ask()

    def back(self, hours: int) -> None:
        """Let the clock stand and go back from the hour that is shown, or is about to be."""
        self.go_to((self._hour if self._wanted is None else self._wanted) - hours)

    def _ask(self) -> None:
        if self._wanted is not None:
            self._asked, self._asked_at = self._wanted, time.monotonic()
            self._session.engine.tell("go_to", self._wanted)

    def _still(self, command: str, number: int) -> None:
        self._stand()
        self._session.engine.tell(command, number)

    def _stand(self) -> None:
        if self._session.playing.value:
            self._session.play(False)

    # ---- events of the process -----------------------------------------------------------------------------------

    def _travel(self, hour: int, tip: int, blocked: bytes, fingerprint: str) -> None:
        """The hours grow, or another one is shown."""
        self._hour = hour
        self._session.stage.mark_hour(hour / 24 if hour < tip else -1.0)
        if self._strip is not None:
            with self._strip.hold_sync():
                self._strip.hour, self._strip.tip, self._strip.blockade = hour, tip, blocked
                self._strip.fingerprint = fingerprint

    def _course(self, course: Course) -> None:
        """Another branch, or something was done."""
        if self._strip is None:
            return
        with self._strip.hold_sync():
            self._strip.end, self._strip.doses, self._strip.note = course.end, [*course.doses], course.note
            self._strip.marks = [dataclasses.asdict(each) for each in course.marks]
            self._strip.branches = [_plain(each) for each in course.branches]

    def _arrived(self, hour: int) -> None:
        """An hour is there; if a newer one is wanted meanwhile, ask for it."""
        self._hour, self._asked = hour, None
        if self._wanted == hour:
            self._wanted = None
        self._ask()


def _plain(branch: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(branch).items() if name != "changes"}
