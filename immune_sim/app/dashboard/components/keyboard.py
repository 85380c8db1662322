"""Everything by keyboard: what the keys do, the page that says so, and the tissue in words for those who listen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import looks
from immune_sim.app.dashboard.components.controls import IconAction, text
from immune_sim.app.dashboard.components.live_words import Spoken
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.keys import Keys

SHOWN = (
    (("Space",), "let the clock run, or stand"),
    (("\u2192",), "one hour"),
    (("Shift", "\u2192"), "one day"),
    (("\u2190",), "one hour back; with Shift one day"),
    (("r",), "reset to hour 0"),
    (("s",), "open the schedule"),
    (("c",), "compare: the same, with one change; x shows where the tissues differ"),
    (("d",), "give the dose now that stands in the field"),
    (("t",), "show the numbers of the curves as a table"),
    (("1", "\u2026", str(len(looks.LOOKS))), "color by " + ", ".join(each.label.lower() for each in looks.LOOKS)),
    (
        ("+",),
        "zoom in, \N{MINUS SIGN} out, 0 back, with the tissue in focus; arrows move what is zoomed, or turn a cloud",
    ),
    (("Enter",), "read the cell in the middle, with the tissue in focus"),
    (("Tab",), "walk through all controls; arrow keys move a slider"),
    (("?",), "open or close this list; Esc closes every panel"),
)


def acts(session: Session) -> dict[str, Callable[[], Any]]:
    """What each key does."""
    colors = {str(i): _color(session, each.name) for i, each in enumerate(looks.LOOKS, start=1)}
    return {
        " ": lambda: session.play(not session.playing.value),
        "ArrowRight": lambda: session.advance(1),
        "shift+ArrowRight": lambda: session.advance(24),
        "ArrowLeft": lambda: session.travel.back(1),
        "shift+ArrowLeft": lambda: session.travel.back(24),
        "r": session.reset,
        "d": lambda: session.give_dose(session.dose.value),
        "s": lambda: session.show_panel("schedule", True),
        "t": lambda: session.show_panel("table", True),
        "c": lambda: session.show_panel("twin", True),
        "x": session.twins.toggle_differences,
        "?": lambda: session.show_panel("keys", session.open_panel.value != "keys"),
        "Escape": lambda: session.open_panel.set(""),
        **colors,
    }


def _color(session: Session, name: str) -> Callable[[], None]:
    return lambda: session.color(name)


@solara.component
def Keyboard(session: Session) -> None:
    """Listens to the keys; shows nothing."""
    known = solara.use_memo(lambda: acts(session), [])
    keys = Keys.element(known=list(known))
    solara.use_effect(lambda: solara.get_widget(keys).listen(known), [])


@solara.component
def ForTheEar(session: Session) -> None:
    """The tissue in words; a screen reader says it when it changes, every few seconds at most."""
    with v.Html(tag="div", class_="for-the-ear", attributes={"role": "status", "aria-live": "polite"}):
        Spoken(session)


@solara.component
def KeysPanel(session: Session) -> None:
    """The list of keys."""
    is_open = session.open_panel.value == "keys"
    with v.Dialog(
        v_model=is_open,
        on_v_model=lambda opened: session.show_panel("keys", opened),
        max_width=520,
        content_class="panel-dialog",
    ):
        with v.Card(class_="panel", attributes={"aria-label": "Keys"}):
            if is_open:
                with v.Html(tag="div", class_="panel-head"):
                    text("Keys", "panel-title", "h2")
                    IconAction("mdi-close", lambda: session.show_panel("keys", False), "Close")
                with v.Html(tag="dl", class_="keys"):
                    for caps, meaning in SHOWN:
                        with v.Html(tag="dt"):
                            for cap in caps:
                                text(cap, "key", "kbd")
                        text(meaning, "", "dd")
