"""What you changed, and what you may take home: files, a film, a report, a code."""

from __future__ import annotations

from collections.abc import Callable

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import errands, replay
from immune_sim.app.dashboard.away import Coded, Going
from immune_sim.app.dashboard.components.controls import Action, IconAction, copy_button, text
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.film import Film
from immune_sim.app.dashboard.widgets.keepsake import Keepsake
from immune_sim.app.dashboard.widgets.take_away import TakeAway
from immune_sim.scenario.dosing import days_or_hours
from immune_sim.scenario.reading import REGIMEN

UNCHANGED = (
    "The scenario file, run with this seed, gives this run again hour by hour; doses given by hand and a changed "
    "schedule are in it."
)
CHANGED = (
    "The scenario file holds one condition, your doses by hand and your schedule. It cannot say that a value was "
    "changed while the clock ran: it notes such changes as comments and carries the code below, so that "
    "immune-sim run --code FILE plays them again, hour by hour."
)


@solara.component
def ChangeLog(session: Session) -> None:
    """Every change of the running tissue with its hour, the newest first; nothing where nothing was changed."""
    log = session.stage.log.value
    if not log:
        return

    def save() -> None:
        session.away.arm.value = 0
        session.away.take("scenario")

    with v.Html(tag="section", class_="card change-log", attributes={"aria-label": "What you changed"}):
        with v.Html(tag="div", class_="card-head"):
            text("What you changed", "card-title")
            Action(
                "Save",
                "mdi-content-save-outline",
                save,
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
    """Starts downloads, makes films, has the tab keep the run's code; shows nothing."""
    hand, camera, keepsake = TakeAway.element(), Film.element(), Keepsake.element(session=session.kept.name)

    def attach() -> None:
        session.away.hand, session.away.camera = solara.get_widget(hand), solara.get_widget(camera)
        session.kept.attach(solara.get_widget(keepsake))

    solara.use_effect(attach, [])


@solara.component
def RunBefore(session: Session) -> None:
    """What this tab had before it was loaded anew, with the way back."""
    offer = session.kept.offer.value
    if offer is None:
        return
    with v.Html(tag="section", class_="card run-before", attributes={"role": "status", "aria-label": "The run before"}):
        text(f"This page was loaded anew. Your run before had come to {offer.when}.", "scenario-about")
        with v.Html(tag="div", class_="panel-row"):
            day = offer.when.partition(",")[0]
            Action(
                f"Bring back {day}", "mdi-history", session.kept.bring_back, kind="primary", title=f"To {offer.when}"
            )
            Action("Leave it", "mdi-close", session.kept.dismiss, kind="quiet")


@solara.component
def TakeAwayPanel(session: Session) -> None:
    """Files of the run as it stands, and the code that brings a run back."""
    is_open = session.open_panel.value == "takeaway"

    def ask_for_code() -> None:
        numbers = {0, *(twin.number for twin in session.twins.arms.value)}
        if session.away.arm.value not in numbers:
            session.away.arm.value = 0
        if is_open:
            session.away.take("code")

    solara.use_effect(ask_for_code, [is_open, session.away.arm.value])
    with v.Dialog(
        v_model=is_open,
        on_v_model=lambda opened: session.show_panel("takeaway", opened),
        max_width=670,
        content_class="panel-dialog",
    ):
        with v.Card(class_="panel", attributes={"aria-label": "Take away"}):
            if is_open:
                with v.Html(tag="div", class_="panel-head"):
                    text("Take away", "panel-title", "h2")
                    IconAction("mdi-close", lambda: session.show_panel("takeaway", False), "Close")
                Which(session)
                Files(session)
                InTheBackground(session)
                Code(session)


@solara.component
def Which(session: Session) -> None:
    """Which of several tissues is taken away; nothing while there is one."""
    arms = session.twins.arms.value
    if not arms:
        return
    chosen = session.away.arm
    letters = {0: "A", **{twin.number: twin.letter for twin in arms}}
    others = " and ".join(letter for number, letter in letters.items() if number != chosen.value)
    with v.Html(tag="div", class_="panel-row take-which"):
        v.BtnToggle(
            v_model=chosen.value,
            on_v_model=chosen.set,
            mandatory=True,
            dense=True,
            class_="segments",
            children=[
                v.Btn(value=number, small=True, text=True, ripple=False, children=[f"Tissue {letter}"])
                for number, letter in letters.items()
            ],
        )
        text(f"All below is of tissue {letters.get(chosen.value, 'A')}; {others} is not in it.", "panel-about is-first")


@solara.component
def Files(session: Session) -> None:
    """The downloads that are there at once."""
    changed = any(each.address not in ("", REGIMEN) for each in session.stage.log.value)
    away = session.away
    with v.Html(tag="div"):
        with v.Html(tag="div", class_="panel-row"):
            Action("Scenario file", "mdi-file-document-outline", lambda: away.take("scenario"))
            Action("Time course, CSV", "mdi-table", lambda: away.take("csv"))
            Action("Time course, Parquet", "mdi-table-large", lambda: away.take("parquet"))
            Action("Picture, PNG", "mdi-image-outline", lambda: away.take("picture"))
        text(CHANGED if changed else UNCHANGED, "panel-about")


@solara.component
def InTheBackground(session: Session) -> None:
    """What takes a while: the run is played again, the tissue on the page goes on."""
    hour = solara.use_memo(lambda: round(session.stage.reading.peek().hour), [])
    every = solara.use_reactive(errands.usual_step(hour))
    away, going = session.away, session.away.going.value
    with v.Html(tag="div"):
        text("The whole run so far, made in the background", "panel-section", "h3")
        with v.Html(tag="div", class_="panel-row"):
            v.Select(
                items=[{"text": _pictures(hour, step), "value": step} for step in errands.steps(hour)],
                v_model=every.value,
                on_v_model=every.set,
                outlined=True,
                dense=True,
                hide_details=True,
                class_="film-step",
                menu_props={"offsetY": True, "contentClass": "choice-menu"},
                attributes={"aria-label": "How often a picture is taken"},
            )
            Action(
                "Animated picture, GIF",
                "mdi-filmstrip",
                lambda: away.fetch("film", every.value),
                disabled=going is not None,
                title="The tissue as it is colored now, from hour 0 on, with its legend and the day",
            )
            Action(
                "Report, HTML",
                "mdi-file-chart-outline",
                lambda: away.fetch("report"),
                disabled=going is not None,
                title="One page with curves, pictures, parameters, evidence and provenance",
            )
        if going is not None:
            _progress(going, away.give_up)
        if away.problem.value:
            text(away.problem.value, "panel-problem", role="alert")


def _pictures(hour: int, step: int) -> str:
    count = len(range(0, hour, step)) + 1
    return f"every {days_or_hours(step)} ({count} pictures)"


def _progress(going: Going, give_up: Callable[[], None]) -> None:
    share = f"{100 * going.share:.0f}"
    what = "Animated picture" if going.kind == "film" else "Report"
    with v.Html(tag="div", class_="going"):
        text(f"{what}, {share} %", "going-words")
        v.ProgressLinear(value=100 * going.share, height=6, rounded=True, attributes={"aria-label": what})
        Action("Cancel", "mdi-close", give_up, kind="quiet", title="Leave it")


@solara.component
def Code(session: Session) -> None:
    """The code of this run, and a field for another one."""
    wanted, problem = solara.use_reactive(""), solara.use_reactive("")

    def bring_back() -> None:
        if session.bring_back(wanted.value):
            session.show_panel("takeaway", False)
        else:
            problem.value = session.stage.message.value  # said here too: the tissue lies behind the panel

    with v.Html(tag="div"):
        _code(session, wanted, bring_back)
        if problem.value:
            text(problem.value, "panel-problem", role="alert")


def _code(session: Session, wanted: solara.Reactive[str], bring_back: Callable[[], None]) -> None:
    coded = session.away.codes.value.get(session.away.arm.value, Coded())
    text(f"Code of this run, {coded.when}" if coded.when else "Code of this run", "panel-section", "h3")
    with v.Html(tag="div", class_="code-place copyable"):
        copy_button("Copy the code")
        text(coded.code, "code", "output")
    text("In a terminal: immune-sim run --code CODE", "panel-about")
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
