"""What you changed, and what you may take home: scenario file, time course, picture, code."""

from __future__ import annotations

from collections.abc import Callable

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.components.controls import Action, IconAction, text
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.take_away import TakeAway


@solara.component
def ChangeLog(session: Session) -> None:
    """Every change of the running tissue with its hour, the newest first; nothing where nothing was changed."""
    log = session.stage.log.value
    if not log:
        return
    with v.Html(tag="section", class_="card change-log", attributes={"aria-label": "What you changed"}):
        with v.Html(tag="div", class_="card-head"):
            text("What you changed", "card-title")
            Action(
                "Save",
                "mdi-content-save-outline",
                lambda: session.take_away("scenario"),
                kind="quiet",
                title="Save as scenario: a file that says these changes",
            )
        with v.Html(tag="ol", class_="change-list"):
            for change in reversed(log):
                with v.Html(tag="li"):
                    text(replay.clock(change.hour), "change-hour", "span")
                    text(replay.said(change, session.scenario), "change-what", "span")


@solara.component
def HandOver(session: Session) -> None:
    """Starts downloads; shows nothing."""
    hand = TakeAway.element()

    def attach() -> None:
        session.takeaway = solara.get_widget(hand)

    solara.use_effect(attach, [])


@solara.component
def TakeAwayPanel(session: Session) -> None:
    """Files of the run as it stands, and the code that brings a run back."""
    is_open = session.open_panel.value == "takeaway"

    def ask_for_code() -> None:
        if is_open:
            session.take_away("code")

    solara.use_effect(ask_for_code, [is_open])
    with v.Dialog(
        v_model=is_open,
        on_v_model=lambda opened: session.show_panel("takeaway", opened),
        max_width=600,
        content_class="panel-dialog",
    ):
        with v.Card(class_="panel", attributes={"aria-label": "Take away"}):
            if is_open:
                with v.Html(tag="div", class_="panel-head"):
                    text("Take away", "panel-title", "h2")
                    IconAction("mdi-close", lambda: session.show_panel("takeaway", False), "Close")
                Files(session)
                Code(session)


@solara.component
def Files(session: Session) -> None:
    """The three downloads."""
    changed = any(each.address for each in session.stage.log.value)
    with v.Html(tag="div"):
        _files(session, changed)


def _files(session: Session, changed: bool) -> None:
    with v.Html(tag="div", class_="panel-row"):
        Action("Scenario file", "mdi-file-document-outline", lambda: session.take_away("scenario"))
        Action("Time course, CSV", "mdi-table", lambda: session.take_away("curves"))
        Action("Picture, PNG", "mdi-image-outline", lambda: session.take_away("picture"))
    text(
        "The scenario file holds one condition and the doses you gave by hand. It cannot say that a value was changed "
        "while the clock ran: it notes your changes as comments, and the code below plays them again."
        if changed
        else "The scenario file, run with this seed, gives this run again hour by hour; doses given by hand are in it.",
        "panel-about",
    )


@solara.component
def Code(session: Session) -> None:
    """The code of this run, and a field for another one."""
    wanted = solara.use_reactive("")

    def bring_back() -> None:
        if session.bring_back(wanted.value):
            session.show_panel("takeaway", False)

    with v.Html(tag="div"):
        _code(session, wanted, bring_back)


def _code(session: Session, wanted: solara.Reactive[str], bring_back: Callable[[], None]) -> None:
    text("Code of this run at this hour", "panel-section", "h3")
    text(session.code.value, "code", "output")
    text("Bring a run back", "panel-section", "h3")
    with v.Html(tag="div", class_="panel-row"):
        v.TextField(
            v_model=wanted.value,
            on_v_model=wanted.set,
            outlined=True,
            dense=True,
            hide_details=True,
            placeholder="paste or type a code",
            class_="code-field",
            attributes={"aria-label": "Code to bring back"},
        )
        Action("Bring back", "mdi-history", bring_back, kind="primary", title="Show the run of this code at its hour")
    problem = session.stage.message.value
    if problem.startswith("code"):
        text(problem, "panel-problem", role="alert")
