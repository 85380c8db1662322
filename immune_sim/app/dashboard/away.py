"""What the person of a session takes away: files at once, a film and a report after a while, and a code."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import solara

from immune_sim.app.dashboard.engine import process
from immune_sim.app.dashboard.engine.line import Line
from immune_sim.app.dashboard.engine.taking import Kind
from immune_sim.app.dashboard.errands import Errand, Shot
from immune_sim.app.dashboard.stage import Stage
from immune_sim.app.dashboard.widgets.film import Film
from immune_sim.app.dashboard.widgets.take_away import TakeAway

LOST = "The process that was at work on this has ended unexpectedly. Please try again."


@dataclass(frozen=True)
class Going:
    """An errand that is being done. share: how much of it is done, 0 to 1."""

    kind: Literal["film", "report"]
    share: float = 0.0


@dataclass(frozen=True)
class Coded:
    """The code of a run at an hour. when: the hour in words; "" where code says why there is none."""

    code: str = ""
    when: str = ""


class Away:
    """The hands of a page. arm: which tissue is taken away; codes: of each arm as it stands.

    going: the errand that is being done, one at a time; problem: why the last one brought nothing. hand, camera: the
    page's widgets, once they are there.
    """

    def __init__(self, stage: Stage):
        self.stage = stage
        self.arm = solara.reactive(0)
        self.codes: solara.Reactive[dict[int, Coded]] = solara.reactive({})
        self.on_code: Callable[[Coded], None] = lambda coded: None  # told of those of the first arm
        self.going: solara.Reactive[Going | None] = solara.reactive(None)
        self.problem = solara.reactive("")
        self.hand: TakeAway | None = None
        self.camera: Film | None = None
        self._line: Line | None = None
        self._guard = threading.RLock()
        stage.hear("file", self._give)
        stage.hear("picture", self._give_picture)
        stage.hear("code", self._coded)
        stage.hear("errand", self._begin)

    def take(self, kind: Kind) -> None:
        """Hand over the run of the chosen arm as it stands, or show its "code"."""
        self.stage.engine.tell("take_away", self.arm.value, kind)

    def fetch(self, kind: Literal["film", "report"], every: int = 24) -> None:
        """Have a film (a picture each so many hours) or a report of the run made, in the background."""
        self.problem.value = ""
        self.stage.engine.tell("send_for", self.arm.value, kind, every)

    def give_up(self) -> None:
        """Leave the errand that is being done."""
        with self._guard:
            self.going.value = None
            if self.camera is not None:
                self.camera.cut()
            line, self._line = self._line, None  # first: whoever listens must not take it for lost
        if line is not None:
            line.close()

    def _begin(self, errand: Errand) -> None:
        if self._line is not None:
            return
        if self.camera is not None:
            self.camera.listen(self._finish)
        with self._guard:
            line = self._line = process.begin("errand")
            line.send(errand)
            self.going.value = Going(errand.kind)
        threading.Thread(target=self._listen, args=(line,), name="immune-sim errand", daemon=True).start()

    def _listen(self, line: Line) -> None:
        last = ""
        with contextlib.suppress(EOFError, OSError, ValueError):
            while last not in ("done", "failed") and line is self._line:
                last, arguments = line.receive()
                with self._guard:  # nothing more is shown of an errand that was given up
                    if line is self._line:
                        self._hear(last, arguments)
        line.close()
        with self._guard:
            if line is self._line and last not in ("done", "failed"):
                self._finish(LOST)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        going = self.going.value
        if event == "progress" and going is not None:
            self.going.value = Going(going.kind, arguments[0])
        elif event == "reel" and self.camera is not None:
            self.camera.begin(*arguments)
        elif event == "shot" and self.camera is not None:
            shot: Shot = arguments[0]
            self.camera.add(shot.codes, shot.when, shot.counts, shot.last)
        elif event == "file":
            self._give(*arguments)
            self._finish("")
        elif event == "failed":
            self._finish(arguments[0])

    def _finish(self, problem: str) -> None:
        """The errand is over: of a film when the page has packed its last picture."""
        self.problem.value = problem
        self.give_up()

    def _give(self, name: str, mime: str, content: str | bytes) -> None:
        if self.hand is not None:
            self.hand.give(name, mime, content)

    def _coded(self, arm: int, code: str, when: str) -> None:
        self.codes.value = {**self.codes.value, arm: Coded(code, when)}
        if arm == 0 and when:
            self.on_code(self.codes.value[0])

    def _give_picture(self, arm: int, name: str, words: str) -> None:
        if self.hand is not None:
            self.hand.give_picture(arm, name, words)
