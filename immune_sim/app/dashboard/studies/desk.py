"""The desk of a server: studies are handed in, wait their turn, are computed one at a time beside the server.

Everybody on this server sees the same studies, since they lie in one folder; tissues in the Lab stay one's own.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from immune_sim.app.dashboard import limits
from immune_sim.app.dashboard.studies import settings
from immune_sim.app.dashboard.studies.calling import Child
from immune_sim.app.dashboard.studies.checking import Asked
from immune_sim.app.dashboard.studies.computing import Finished, Progress
from immune_sim.app.dashboard.studies.surveying import Survey
from immune_sim.core.errors import ImmuneSimError

State = Literal["waiting", "running", "stopping", "complete", "stopped", "refused"]
OVER: tuple[State, ...] = ("complete", "stopped", "refused")
PATIENCE = {"survey": 120.0, "show": 180.0, "behind": 60.0, "report": 900.0}  # s
MOST_KEPT = 30
MOST_WAITING = 12


@dataclass(frozen=True)
class Order:
    """A study that was handed in. folder: its place among the studies. words: what went wrong."""

    number: int
    asked: Asked
    title: str
    folder: str
    workers: int
    state: State = "waiting"
    progress: Progress | None = None
    words: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in OVER


class Desk:
    """Takes orders from any thread. version: changes whenever an order does."""

    def __init__(self) -> None:
        self.version = 0
        self._orders: dict[int, Order] = {}
        self._guard = threading.Condition()
        self._numbers = itertools.count(1)
        self._clerk, self._scribe, self._computer = Child(), Child(), Child()
        self._surveys: dict[Asked, Survey] = {}
        self._surveying = threading.Lock()
        # Made when the server starts, so that it belongs to no session.
        threading.Thread(target=self._work, name="immune-sim studies", daemon=True).start()

    @property
    def orders(self) -> list[Order]:
        """All that are remembered, in the order in which they came."""
        return list(self._orders.values())

    def order_of(self, folder: str) -> Order | None:
        """The last order of a folder that is not over."""
        return next((each for each in reversed(self.orders) if each.folder == folder and not each.over), None)

    def before(self, order: Order) -> int:
        """How many studies come before one that waits."""
        return sum(not each.over and each.number < order.number for each in self.orders)

    def hand_in(self, asked: Asked, title: str, folder: str, workers: int) -> Order:
        """Put a study in the line; raises ImmuneSimError where it is in it already, or the line is full."""
        with self._guard:
            if self.order_of(folder) is not None:
                raise ImmuneSimError("this study is in the line already.")
            if sum(not each.over for each in self.orders) >= MOST_WAITING:
                raise ImmuneSimError(f"{MOST_WAITING} studies are in the line already. Wait until one has ended.")
            workers = min(max(1, workers), settings.current().most_workers)
            made = Order(next(self._numbers), replace(asked, place=folder), title, folder, workers)
            self._orders[made.number] = made
            for each in [each for each in self.orders if each.over][:-MOST_KEPT]:
                del self._orders[each.number]
            self._changed()
        return made

    def cancel(self, number: int) -> None:
        """Take a study out of the line; one that runs finishes what is under way and keeps it."""
        with self._guard:
            order = self._orders.get(number)
            if order is None or order.over:
                return
            if order.state == "waiting":
                self._set(number, state="stopped")
            else:
                self._set(number, state="stopping")
                self._computer.stop()

    def ask(self, job: str, *, told: Callable[[Any], None] = lambda _: None, **words: Any) -> Any:
        """What a job beside the server comes to; waits for it. Raises ImmuneSimError in words."""
        child = self._scribe if job == "report" else self._clerk
        return child.ask(job, told=told, patience=PATIENCE[job], **words)

    def estimates(self, wanted: Sequence[Asked]) -> Iterator[tuple[Asked, Survey]]:
        """Size and time of shipped studies, each computed once per server and apart from what people wait for."""
        scout = Child()
        try:
            for asked in wanted:
                with self._surveying:
                    if asked not in self._surveys:
                        words: dict[str, Any] = {"studies": _folder(), "allowed": limits.current()}
                        self._surveys[asked] = scout.ask("survey", asked=asked, patience=PATIENCE["survey"], **words)
                yield asked, self._surveys[asked]
        finally:
            scout.close()

    def close(self) -> None:
        """Let all processes go."""
        for each in (self._clerk, self._scribe, self._computer):
            each.close()

    def _work(self) -> None:
        while True:
            with self._guard:
                while (order := next((each for each in self.orders if each.state == "waiting"), None)) is None:
                    self._guard.wait()
                self._set(order.number, state="running")
            self._compute(order)

    def _compute(self, order: Order) -> None:
        words: dict[str, Any] = {
            "asked": order.asked,
            "studies": _folder(),
            "allowed": limits.current(),
            "workers": order.workers,
        }
        try:
            done: Finished = self._computer.ask(
                "compute", told=lambda progress: self._set(order.number, progress=progress), **words
            )
        except ImmuneSimError as error:
            self._set(order.number, state="refused", words=str(error))
            return
        finally:
            self._computer.close()  # a process of its own for every study: nothing is left of the last one
        state: State = "complete" if done.ended == "complete" else "stopped"
        self._set(order.number, state=state, progress=done.progress)

    def _set(self, number: int, **changes: Any) -> None:
        with self._guard:
            self._orders[number] = replace(self._orders[number], **changes)
            self._changed()

    def _changed(self) -> None:
        self.version += 1
        self._guard.notify_all()


def _folder() -> Path:
    return settings.current().folder


@cache
def desk() -> Desk:
    """The one desk of this server."""
    return Desk()
