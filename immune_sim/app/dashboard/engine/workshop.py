"""What a session's process holds: one to four tissues in lock-step, and the parts that act on them and show them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from immune_sim.app.dashboard import looks, pictures
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.changing import Changing
from immune_sim.app.dashboard.engine.clockwork import Clockwork
from immune_sim.app.dashboard.engine.clones import CountingClones
from immune_sim.app.dashboard.engine.figures import Figures
from immune_sim.app.dashboard.engine.line import Line
from immune_sim.app.dashboard.engine.loop import Loop
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.engine.reading_cells import ReadingCells
from immune_sim.app.dashboard.engine.showing import Showing
from immune_sim.app.dashboard.engine.taking import Taking
from immune_sim.app.dashboard.engine.travelling import Travelling
from immune_sim.app.dashboard.engine.twins import Twins
from immune_sim.app.dashboard.pictures import FIRST_SLICE, Slice
from immune_sim.core.errors import ScenarioError

PARTS: tuple[type[Part], ...] = (
    Clockwork,
    Changing,
    ReadingCells,
    Showing,
    CountingClones,
    Figures,
    Taking,
    Travelling,
    Twins,
)
# Curves and figures follow the tissue after so many seconds and pictures: five times a second on a quick machine, and
# seldom enough on a crowded server that the pictures come first.
SLOW_PARTS, SLOW_PICTURES = 0.2, 3


@dataclass
class View:
    """How all tissues of a session are looked at: by what they are colored, which slice, or as a cloud of points.

    differences: whether arms beside the first show where they differ from it.
    """

    color_by: str = looks.LOOKS[0].name
    where: Slice = FIRST_SLICE
    cloud: bool = False
    differences: bool = False


class Workshop:
    """The arms of a session by number, its loop and its parts; ``act`` does a command."""

    def __init__(self, say: Callable[..., None]):
        """say: sends an event and its arguments to the page."""
        self.say = say
        self.arms: dict[int, Arm] = {}
        self.view = View()
        self.loop = Loop(self)
        self.parts = [part(self) for part in PARTS]
        self._commands: dict[str, Callable[..., Any]] = {}
        for each in self.parts:
            self._commands |= each.commands()
        self._slow_at, self._pictures = 0.0, SLOW_PICTURES

    def part[P: Part](self, kind: type[P]) -> P:
        """The part of this class."""
        return next(each for each in self.parts if isinstance(each, kind))

    def act(self, command: str, arguments: tuple[Any, ...]) -> None:
        """Do a command by its name."""
        self._commands[command](*arguments)

    def open(self, arm: Arm) -> None:
        """Put a tissue into its place."""
        self.arms[arm.number] = arm
        self.arms = dict(sorted(self.arms.items()))
        for each in self.parts:
            each.opened(arm)
        self.loop.begin_anew()

    def drop(self, number: int) -> None:
        """Take a tissue away."""
        if self.arms.pop(number, None) is not None:
            for each in self.parts:
                each.dropped(number)
            self.loop.begin_anew()

    def in_cloud(self, arm: Arm) -> bool:
        """Whether an arm is shown as a cloud: a solid one, where that is wanted; only the first has the widget."""
        return self.view.cloud and arm.number == 0 and arm.model.tissue.lattice.dims == 3

    # ---- what the loop asks of its work ------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether there is a tissue."""
        return bool(self.arms)

    @property
    def ended(self) -> bool:
        """Whether every run has come to its end."""
        return all(arm.ended for arm in self.arms.values())

    def hour(self) -> None:
        """Compute an hour of every tissue."""
        for arm in self.arms.values():
            arm.timeline.step()
        for each in self.parts:
            each.hour()

    def show(self) -> None:
        """Send the picture, and every now and then curves and figures."""
        now = time.perf_counter()
        self._pictures += 1
        slow = (now - self._slow_at > SLOW_PARTS and self._pictures >= SLOW_PICTURES) or not self.loop.playing
        if slow:
            self._slow_at, self._pictures = now, 0
        for each in self.parts:
            each.show(slow)

    def spare(self) -> bool:
        """Do a little of what can wait."""
        return any(each.spare() for each in self.parts)

    def busy(self, text: str) -> None:
        """Say over the tissue that something takes a while."""
        self.say("busy", text)

    def stopped(self) -> None:
        """The runs are over: say why."""
        for arm in self.arms.values():
            self.say("message", arm.number, pictures.ending(arm.model))
        self.say("stopped")

    def failed(self, error: Exception) -> None:
        """Say what went wrong; an error in the input says itself what to do."""
        self.say("message", 0, str(error) if isinstance(error, ScenarioError) else f"This did not work: {error}")
        self.say("stopped")


def work(line: Line) -> None:
    """Serve one session until its line ends."""
    workshop = Workshop(lambda event, *arguments: line.send((event, arguments)))

    def listen() -> None:
        try:
            while True:
                workshop.loop.note(partial(workshop.act, *line.receive()))
        except (EOFError, OSError):
            os._exit(0)  # the page or the server is gone: nobody will see what we compute

    line.send(("born", (os.getpid(),)))
    threading.Thread(target=listen, name="commands", daemon=True).start()
    workshop.loop.run()
