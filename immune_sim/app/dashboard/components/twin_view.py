"""Twin arms on the page: the head of every arm, the tissues beside the first, and what made them part."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as v
import solara
import solara.lab

from immune_sim.app.dashboard import twins
from immune_sim.app.dashboard.components.cell_card import CellCard
from immune_sim.app.dashboard.components.controls import Action, IconAction, text
from immune_sim.app.dashboard.components.twin_panel import PANEL
from immune_sim.app.dashboard.composer.preview import FREE_MEANS
from immune_sim.app.dashboard.engine.figures import Reading
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.twins import Parted, Twin
from immune_sim.app.dashboard.widgets.live_html import LiveHtml
from immune_sim.app.dashboard.widgets.tissue_canvas import TissueCanvas

LINES = ("solid", "dashed", "dotted", "dash-dotted")


@solara.component
def FirstHead(session: Session) -> None:
    """The head of the first arm; nothing while it is alone."""
    arms = session.twins.arms.value
    if not arms:
        return
    with v.Html(tag="div", class_="arm-head"):
        _letter(0)
        title, about = twins.first_words(session)
        text(title, "arm-title", "span", title=about)
        Count(session, 0)


@solara.component
def Count(session: Session, number: int) -> None:
    """Living tumor cells of an arm."""
    live = LiveHtml.element(kind="arm-count")

    def attach() -> Callable[[], None]:
        return session.stage.show_figures(number, solara.get_widget(live), count_words)

    solara.use_effect(attach, [])


def count_words(reading: Reading) -> str:
    """The count as HTML."""
    return f'<span title="living tumor cells">{reading.tumor_cells:,}</span>'


@solara.component
def TwinSlot(session: Session, twin: Twin) -> None:
    """One tissue beside the first, with its head and its canvas."""
    with v.Html(tag="div", class_="arm", attributes={"role": "group", "aria-label": f"{twin.letter}: {twin.title}"}):
        with v.Html(tag="div", class_="arm-head"):
            _letter(twin.number)
            title, about = twins.arm_words(session, twin)
            text(title, "arm-title", "span", title=about)
            Count(session, twin.number)
            IconAction("mdi-close", lambda: session.twins.remove(twin.number), f"Remove {twin.letter}")
        with v.Html(tag="div", class_="tissue-stage"):
            with v.Html(tag="div", class_="tissue-place"):
                canvas = TissueCanvas.element()
            CellCard(session, twin.number)

    def attach() -> Callable[[], None]:
        session.stage.attach(solara.get_widget(canvas), twin.number)
        return lambda: session.stage.detach(twin.number)

    solara.use_effect(attach, [])


@solara.component
def Legend(session: Session) -> None:
    """What the colors mean, once for three or four small tissues, whose own legends would take their room."""
    dark = solara.lab.use_dark_effective()
    if len(session.twins.arms.value) < 2:
        return
    keys = [session.stage.views[0].key.value]
    if session.twins.differences.value:
        keys.append(session.stage.views[session.twins.arms.value[0].number].key.value)
    solara.HTML(tag="div", classes=["arms-legend"], unsafe_innerHTML="".join(legend(key, dark) for key in keys))


def legend(key: dict[str, Any], dark: bool) -> str:
    """The entries of a key as HTML, or its scale; words are our own and are escaped all the same."""
    colors = key.get("palette", {}).get("dark" if dark else "light", [])
    if key.get("kind") == "scale":
        stops = ",".join(colors[1 + (key["shades"] - 1) * i // 8] for i in range(9))
        ticks = [html.escape(str(tick["text"])) for tick in key.get("ticks", [])]
        low, high = (ticks[0], ticks[-1]) if ticks else ("", "")
        ramp = f'<span class="arms-ramp" style="background:linear-gradient(to right,{stops})"></span>'
        return f"<span>{html.escape(key['title'])}</span><span>{low} {ramp} {high}</span>"
    return "".join(
        f'<span title="{html.escape(each.get("about", ""))}">'
        f'<i class="legend-swatch is-{each.get("shape") or "circle"}" style="--swatch:{colors[each["code"]]}"></i>'
        f"{html.escape(each['label'])}</span>"
        for each in key.get("entries", [])
    )


@solara.component
def Parting(session: Session) -> None:
    """What made the arms part, in words; the switch of the map of differences; one more arm."""
    arms = session.twins.arms.value
    if not arms:
        return
    with v.Html(tag="div", class_="parting"):
        with v.Html(tag="div", class_="parting-causes", attributes={"role": "status"}):
            for words in twins.windows(session):
                text(words, "parting-window", "p", title=FREE_MEANS)
            for twin in arms:
                _cause(twin, session.twins.parted.value.get(twin.number, Parted()))
        with v.Html(tag="div", class_="parting-hands"):
            v.Switch(
                v_model=session.twins.differences.value,
                on_v_model=session.twins.show_differences,
                inset=True,
                dense=True,
                hide_details=True,
                class_="gap-switch parting-switch",
                label="Differences",
                attributes={"title": "Paint the cells that differ from A, matched cell by cell (key x)"},
            )
            if not session.twins.full:
                Action(
                    "Add",
                    "mdi-plus",
                    lambda: session.show_panel(PANEL, True),
                    kind="quiet",
                    title="One more tissue beside these, with another change",
                )


def arms_class(session: Session) -> str:
    """Says to the style sheet how many tissues there are."""
    return f"has-arms-{len(session.twins.arms.value) + 1}"


def _cause(twin: Twin, parted: Parted) -> None:
    share = f" Now {parted.differing:,} of {parted.cells:,} cells differ."
    with v.Html(tag="p", class_="parting-cause"):
        text(twin.letter, "arm-letter", "span")
        text(f"{parted.sentence or 'comparing'}{share if parted.differing else ''}", "", "span")


def _letter(number: int) -> None:
    text("ABCD"[number], "arm-letter", "span")
    text("", f"arm-line is-{number}", "span", title=f"{LINES[number]} lines in the curves")
