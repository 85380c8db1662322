"""What one person does on the page of experiments: what is chosen, what was asked for, what came back.

Answers of the processes beside the server are waited for in a thread of the session, so that the page never stands.
"""

from __future__ import annotations

import queue
import re
import threading
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import solara

from immune_sim.app.dashboard import limits
from immune_sim.app.dashboard.studies import settings
from immune_sim.app.dashboard.studies.behind import Behind, Click
from immune_sim.app.dashboard.studies.checking import Asked
from immune_sim.app.dashboard.studies.desk import Order, desk
from immune_sim.app.dashboard.studies.shelf import Kept, asked_again, place_in, studies_in
from immune_sim.app.dashboard.studies.showing import Shown
from immune_sim.app.dashboard.studies.surveying import Survey
from immune_sim.app.dashboard.widgets.take_away import TakeAway
from immune_sim.core.errors import ImmuneSimError
from immune_sim.runs.experiments.loading import shipped_experiments

LOOK = 0.5  # s between two looks at the desk and the folder
FIRST = "zagon-1983"


@dataclass(frozen=True)
class Shipped:
    """A study that comes with the package. about: its first sentence."""

    name: str
    title: str
    about: str


@cache
def shipped() -> tuple[Shipped, ...]:
    """All of them, the one that others build on first."""
    found = []
    for path in shipped_experiments():
        head = tomllib.loads(path.read_text(encoding="utf-8"))
        about = re.split(r"(?<=[.?!]) ", str(head.get("about", "")), maxsplit=1)[0]
        found.append(Shipped(path.stem, str(head.get("title", path.stem)), about))
    return tuple(sorted(found, key=lambda each: each.name != FIRST))


class Browsing:
    """One session. Reading the ``value`` of a reactive attribute in a component redraws it on change.

    chosen: a plan (a study not yet computed) or the folder of a kept one. busy: what is being waited for, in words.
    """

    def __init__(self) -> None:
        self.asked: solara.Reactive[Asked] = solara.reactive(Asked(FIRST, quick=True))
        self.folder = solara.reactive("")  # of the kept study that is shown, "" for the plan
        self.workers = solara.reactive(settings.current().most_workers)
        self.surveys: solara.Reactive[dict[Asked, Survey]] = solara.reactive({})
        self.kept: solara.Reactive[tuple[Kept, ...]] = solara.reactive(())
        self.orders: solara.Reactive[tuple[Order, ...]] = solara.reactive(())
        self.shown: solara.Reactive[Shown | None] = solara.reactive(None)
        self.part = solara.reactive("")
        self.tables = solara.reactive(False)
        self.behind: solara.Reactive[Behind | None] = solara.reactive(None)
        self.busy = solara.reactive("")
        self.problem = solara.reactive("")
        self.takeaway: TakeAway | None = None
        self.spent = 0  # runs that this session asked for
        self._shown_stamp = ("", 0.0)
        self._errands: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._closed = threading.Event()
        self._noting = threading.Lock()

    def open(self) -> None:
        """Begin to look."""
        self._look()
        for work in (self._watch, self._run_errands, self._estimate):
            threading.Thread(target=work, name=f"immune-sim studies{work.__name__}", daemon=True).start()

    def close(self) -> None:
        """End with the page; studies go on."""
        self._closed.set()
        self._errands.put(None)

    # ---- choosing ----------------------------------------------------------------------------------------------------

    def plan(self, asked: Asked) -> None:
        """Look at a study that may be computed."""
        self.problem.value, self.behind.value = "", None
        self.folder.value, self.asked.value = "", asked
        self._errand("checking the file and estimating the time", lambda: self._survey(asked))

    def upload(self, content: bytes, name: str) -> None:
        """Look at an own study."""
        self.plan(Asked(name, content))

    def look_at(self, folder: str) -> None:
        """Show a kept study."""
        self.folder.value, self.problem.value, self.behind.value = folder, "", None
        if self._shown_stamp[0] != folder:
            self.shown.value, self.part.value = None, ""
        self._show()

    # ---- computing ---------------------------------------------------------------------------------------------------

    def start(self, survey: Survey) -> None:
        """Hand a study in; refused in words where this session has asked for too many runs."""
        runs, most = survey.missing, settings.current().most_runs
        if self.spent + runs > most:
            self.problem.value = (
                f"{runs:,} runs are too many: a session may ask for {most:,} in all (immune-sim dashboard --max-runs), "
                f"and this one has {most - self.spent:,} left. Take fewer replicates or the quick version, or compute "
                "it with `immune-sim experiment run`."
            )
            return
        self._hand_in(survey.asked, survey.title, survey.folder, runs)

    def go_on(self, kept: Kept) -> None:
        """Compute what is missing of a kept study."""
        place = place_in(settings.current().folder, kept.folder)
        if place is not None:
            self._errand("checking the study", lambda: self.start(self._survey(asked_again(place))))

    def _hand_in(self, asked: Asked, title: str, folder: str, runs: int) -> None:
        try:
            desk().hand_in(asked, title, folder, self.workers.value)
        except ImmuneSimError as error:
            self.problem.value = str(error)
            return
        self.spent += runs
        self._look()
        self.look_at(folder)

    def cancel(self, order: Order) -> None:
        """Stop a study; what runs is finished and kept."""
        desk().cancel(order.number)
        self._look()

    # ---- looking closely ---------------------------------------------------------------------------------------------

    def pick(self, figure: str, mark: dict[str, Any]) -> None:
        """A mark of a figure was clicked: find the tissues behind it."""
        click = Click(figure, mark.get("x"), str(mark.get("group") or ""), tuple(mark.get("custom") or ()))
        folder, stamp = self._shown_stamp
        place = place_in(settings.current().folder, folder)
        if place is not None:
            words: dict[str, Any] = {"folder": place, "stamp": stamp, "click": click}
            self._errand("finding the tissues", lambda: self.behind.set(desk().ask("behind", **words)))

    def report(self) -> None:
        """Write the report of the shown study and hand it to the person."""
        place = place_in(settings.current().folder, self.folder.value)
        if place is not None:
            self._errand("writing the report", lambda: self._give(f"{place.name}.html", self._ask_report(place)))

    def _ask_report(self, place: Any) -> str:
        return str(desk().ask("report", folder=place, told=lambda words: self.busy.set(f"report: {words}")))

    def _give(self, name: str, page: str) -> None:
        if self.takeaway is not None:
            self.takeaway.give(name, "text/html", page)

    # ---- in threads of the session -----------------------------------------------------------------------------------

    def _survey(self, asked: Asked) -> Survey:
        words: dict[str, Any] = {"studies": settings.current().folder, "allowed": limits.current()}
        found: Survey = desk().ask("survey", asked=asked, **words)
        self._note(asked, found)
        return found

    def _note(self, asked: Asked, found: Survey) -> None:
        with self._noting:
            self.surveys.value = {**self.surveys.value, asked: found}

    def _show(self) -> None:
        """Ask for the figures of the chosen study, where they changed and nobody computes it now."""
        name = self.folder.value
        kept = next((each for each in self.kept.value if each.folder == name), None)
        if kept is None or desk().order_of(name) is not None or self._shown_stamp == (name, kept.stamp):
            return
        place = place_in(settings.current().folder, name)
        if place is None or not kept.done:
            return
        self._shown_stamp = (name, kept.stamp)

        def ask() -> None:
            shown = desk().ask("show", folder=place, stamp=kept.stamp)
            if self.folder.value == name:
                self.part.value = self.part.value if self.part.value in shown.parts else next(iter(shown.parts), "")
                self.shown.value = shown

        self._errand("reading the study", ask)

    def _errand(self, words: str, do: Callable[[], Any]) -> None:
        def tell() -> None:
            self.busy.value = words
            try:
                do()
            except ImmuneSimError as error:
                self.problem.value = str(error)
            except Exception as error:  # noqa: BLE001 - whatever it is, the page says it and goes on
                self.problem.value = f"{type(error).__name__}: {error}"
            finally:
                self.busy.value = ""

        self.problem.value = ""
        self._errands.put(tell)

    def _run_errands(self) -> None:
        """Do what was asked, one after the other."""
        while (errand := self._errands.get()) is not None:
            errand()

    def _estimate(self) -> None:
        """Take over size and time of the shipped studies, one by one."""
        try:
            for asked, found in desk().estimates([Asked(each.name, quick=True) for each in shipped()]):
                self._note(asked, found)
                if self._closed.is_set():
                    return
        except ImmuneSimError as error:
            self.problem.value = str(error)

    def _watch(self) -> None:
        while not self._closed.wait(LOOK):
            self._look()

    def _look(self) -> None:
        """Take over what changed at the desk and in the folder."""
        orders, kept = tuple(desk().orders), tuple(studies_in(settings.current().folder))
        if orders != self.orders.value:
            self.orders.value = orders
        if kept != self.kept.value:
            self.kept.value = kept
        if self.folder.value:
            self._show()
