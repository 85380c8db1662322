"""The same, with one change: what a second tissue shall have for itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import twins
from immune_sim.app.dashboard.components.controls import Action, IconAction, text
from immune_sim.app.dashboard.composer.plan import drawn
from immune_sim.app.dashboard.composer.presets import beside
from immune_sim.app.dashboard.composer.sentence import schedule_sentence
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.words import unit_shown
from immune_sim.scenario.reading import REGIMEN

PANEL = "twin"
ABOUT = (
    "A second tissue begins beside this one: the same cells, the same luck, and one thing different. A schedule begins "
    "at the clock hour of this one, so that only amount or days differ. Clock, speed, "
    "colors and doses are common to both, and so is whatever you change later."
)
type Add = Callable[[dict[str, Any], str], None]


@solara.component
def TwinPanel(session: Session) -> None:
    """The choice of the change."""
    is_open = session.open_panel.value == PANEL
    with v.Dialog(
        v_model=is_open,
        on_v_model=lambda opened: session.show_panel(PANEL, opened),
        max_width=600,
        content_class="panel-dialog",
    ):
        with v.Card(class_="panel twin-panel", attributes={"aria-label": "The same, with one change"}):
            if is_open:
                with v.Html(tag="div", class_="panel-head"):
                    text("The same, with one change", "panel-title", "h2")
                    IconAction("mdi-close", lambda: session.show_panel(PANEL, False), "Close")
                text(ABOUT, "panel-about is-first")
                Choices(session)


@solara.component
def Choices(session: Session) -> None:
    """Another schedule, a link off, a parameter at another value; from the beginning or from now on."""
    from_now = solara.use_reactive(False)
    problem, set_problem = solara.use_state("")

    def add(own: dict[str, Any], title: str) -> None:
        if session.twins.add_change(own, title, from_now.value):
            session.show_panel(PANEL, False)
        else:
            set_problem(session.stage.message.value)

    hour = session.stage.reading.value.hour
    with v.Html(tag="div", class_="twin-choices"):
        if hour > 0:
            since = [("from the start", False), ("from now on", True)]
            v.RadioGroup(
                v_model=from_now.value,
                on_v_model=from_now.set,
                row=True,
                dense=True,
                hide_details=True,
                class_="twin-since",
                children=[v.Radio(label=words, value=value) for words, value in since],
            )
        Schedules(session, add)
        LinkOff(session, add)
        OtherValue(session, add, set_problem, from_now.value)
        if problem:
            text(problem, "panel-problem", role="alert")


@solara.component
def Chip(label: str, about: str, choose: Callable[[], None]) -> None:
    """One of several choices, each of which is made with one click."""
    button = v.Btn(
        children=[label], depressed=True, ripple=False, class_="action is-plain is-chip", attributes={"title": about}
    )
    v.use_event(button, "click", lambda *_: choose())


@solara.component
def Schedules(session: Session, add: Add) -> None:
    """One click for every preset that differs from what the first arm follows."""
    followed = session.scheduling.followed
    choices = [(preset, [each.table() for each in plan.dosing()]) for preset, plan in beside(drawn(followed))]

    with v.Html(tag="div"):
        text("Another schedule", "panel-section", "h3")
        with v.Html(tag="div", class_="panel-row"):
            for preset, tables in choices:
                about = schedule_sentence(followed.with_overrides({REGIMEN: tables}))
                Chip(preset.name, about, partial(add, {REGIMEN: tables}, preset.name))


@solara.component
def LinkOff(session: Session, add: Add) -> None:
    """One click for every link that is on."""
    links = twins.links_on(session.scenario, session.changes.value)
    with v.Html(tag="div"):
        text("A link of the hypothesis off", "panel-section", "h3")
        with v.Html(tag="div", class_="panel-row"):
            for address, words in links:
                about = session.scenario.registry.parameters[address].about
                Chip(words, about, partial(add, {address: 0.0}, f"{words} off"))
            if not links:
                text("Every link is off already.", "panel-about is-first")


@solara.component
def OtherValue(session: Session, add: Add, complain: Callable[[str], None], live_only: bool) -> None:
    """Any parameter at another value. complain: told what is wrong with it, in words."""
    address, set_address = solara.use_state("")
    wanted, set_wanted = solara.use_state("")
    choices = twins.parameters(session.scenario, live_only)
    address = address if address in [each for each, _ in choices] else ""
    values = {**session.scenario.values, **session.changes.value}

    def choose(chosen: str) -> None:
        set_address(chosen or "")
        set_wanted(f"{values[chosen]:.6g}" if isinstance(values.get(chosen), float) else str(values.get(chosen, "")))

    def compare() -> None:
        try:
            value = _read(wanted, values[address])
        except ValueError:
            complain(f'"{wanted}" is not a value of this parameter. It is {values[address]} now.')
            return
        if value == values[address]:
            complain("This is the value it has; write another one.")
            return
        add({address: value}, twins.titled(address, value, session.scenario))

    with v.Html(tag="div"):
        text("A parameter at another value", "panel-section", "h3")
        with v.Html(tag="div", class_="panel-row twin-value"):
            v.Autocomplete(
                items=[{"text": words, "value": each} for each, words in choices],
                v_model=address or None,
                on_v_model=choose,
                outlined=True,
                dense=True,
                hide_details=True,
                placeholder="which one",
                class_="twin-which",
                menu_props={"maxHeight": 300, "contentClass": "choice-menu"},
                attributes={"aria-label": "Parameter"},
            )
            v.TextField(
                v_model=wanted,
                on_v_model=set_wanted,
                outlined=True,
                dense=True,
                hide_details=True,
                disabled=not address,
                class_="twin-number",
                attributes={"aria-label": "Value"},
            )
            declared = session.scenario.registry.parameters.get(address)
            text(unit_shown(declared.unit) if declared else "", "twin-unit", "span")
            Action("Compare", "mdi-compare", compare, kind="primary", disabled=not address)


def _read(written: str, like: Any) -> Any:
    """A value as it was written, of the kind of the present one; raises ValueError."""
    text_ = written.strip()
    if isinstance(like, bool):
        words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
        if text_.lower() not in words:
            raise ValueError
        return words[text_.lower()]
    return text_ if isinstance(like, str) else type(like)(text_.replace(",", "."))
