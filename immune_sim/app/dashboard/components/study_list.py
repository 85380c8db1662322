"""The studies to choose from: those that are shipped, and those that lie in the folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.controls import text
from immune_sim.app.dashboard.components.upload import UploadButton
from immune_sim.app.dashboard.studies import settings
from immune_sim.app.dashboard.studies.browsing import Browsing, Shipped, shipped
from immune_sim.app.dashboard.studies.checking import Asked
from immune_sim.app.dashboard.studies.shelf import Kept, size_words
from immune_sim.app.dashboard.studies.surveying import Survey
from immune_sim.app.redrawn import duration_words

HINT = "A .toml file of your own: it is checked as on the command line, and nothing else is read for it"


@solara.component
def ShippedStudies(browsing: Browsing) -> None:
    """What can be started, a study of one's own too."""
    with v.Html(tag="section", class_="card study-shelf is-shipped", attributes={"aria-label": "Shipped studies"}):
        with v.Html(tag="div", class_="card-head"):
            text("Start a study", "card-title")
            UploadButton("Own file", HINT, browsing.upload, ".studies")
        with v.Html(tag="div", class_="study-items"):
            for each in shipped():
                ShippedItem(browsing, each)


@solara.component
def KeptStudies(browsing: Browsing) -> None:
    """What lies in the folder, finished or not."""
    with v.Html(tag="section", class_="card study-shelf", attributes={"aria-label": "Kept studies"}):
        with v.Html(tag="div", class_="card-head"):
            text("Kept studies", "card-title")
            text(_place(), "study-place", title="Only this folder is read (immune-sim dashboard --studies DIR)")
        with v.Html(tag="div", class_="study-items"):
            for kept in browsing.kept.value:
                KeptItem(browsing, kept)
            if not browsing.kept.value:
                text("None yet. What you start is kept here.", "study-about")


def _place() -> str:
    folder = str(settings.current().folder)
    return folder if folder.startswith(("/", ".")) else f"./{folder}"


@solara.component
def ShippedItem(browsing: Browsing, study: Shipped) -> None:
    """Title, one sentence, size and time, and a button that starts its quick version at once."""
    asked = Asked(study.name, quick=True)
    survey = browsing.surveys.value.get(asked)
    chosen = not browsing.folder.value and browsing.asked.value.name == study.name
    done = survey is not None and any(
        each.folder == survey.folder and each.done >= survey.runs for each in browsing.kept.value
    )
    with item(study.title, chosen, lambda: browsing.plan(asked)):
        text(study.about, "study-about")
        with v.Html(tag="div", class_="study-meta"):
            text(_size(survey, browsing.workers.value), "", "span")
            if survey is not None:
                Start(done, lambda: browsing.look_at(survey.folder) if done else browsing.start(survey))


@solara.component
def Start(done: bool, on_click: Callable[[], Any]) -> None:
    """The small button of an item."""
    button = v.Btn(
        children=["Results" if done else "Start"],
        text=True,
        ripple=False,
        small=True,
        class_="study-start",
        attributes={"title": "Show what is kept" if done else "Compute the quick version now"},
    )
    v.use_event(button, "click", lambda *_: on_click())


def _size(survey: Survey | None, workers: int) -> str:
    if survey is None:
        return "estimating the time \u2026"
    return f"quick: {survey.runs:,} runs, about {duration_words(survey.runs * survey.seconds / workers)}"


@solara.component
def KeptItem(browsing: Browsing, kept: Kept) -> None:
    """A study of the folder: how far it is, when it was written, how much room it takes."""
    order = next((each for each in reversed(browsing.orders.value) if each.folder == kept.folder), None)
    with item(kept.title + (" (quick)" if kept.quick else ""), browsing.folder.value == kept.folder,
              lambda: browsing.look_at(kept.folder)):  # fmt: skip
        with v.Html(tag="div", class_="study-meta"):
            state = order.state if order is not None and not order.over else ""
            text(state or _stand(kept), "study-state" if state else "", "span")
            text(f"{kept.changed:%Y-%m-%d %H:%M}, {size_words(kept.bytes)}", "", "span")


def _stand(kept: Kept) -> str:
    failed = f", {kept.failed:,} failed" if kept.failed else ""
    if kept.complete:
        return f"{kept.done:,} runs{failed}"
    return f"{kept.done:,} of {'up to ' if kept.at_most else ''}{kept.planned:,} runs{failed}"


def item(title: str, chosen: bool, choose: Callable[[], Any]) -> Any:
    """A row that can be chosen, by pointer and by keyboard."""
    head = v.Html(
        tag="button",
        class_="study-title",
        children=[title],
        attributes={"type": "button", "aria-current": "true" if chosen else "false"},
    )
    v.use_event(head, "click", lambda *_: choose())
    return v.Html(tag="div", class_="study-item" + (" is-chosen" if chosen else ""), children=[head])
