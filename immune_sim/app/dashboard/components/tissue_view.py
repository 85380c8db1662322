"""The tissue itself: by what it is colored, the canvas, the slice of a 3-D tissue, the card of a cell."""

from __future__ import annotations

from collections.abc import Callable

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import pictures
from immune_sim.app.dashboard.components.cell_card import CellCard
from immune_sim.app.dashboard.components.controls import Action, text
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.tissue_canvas import TissueCanvas


@solara.component
def TissueView(session: Session, on_widget: Callable[[TissueCanvas], None]) -> None:
    """on_widget: told of the canvas once it exists."""
    with v.Html(tag="section", class_="card tissue-card", attributes={"aria-label": "Tissue"}):
        ColorBy(session)
        with v.Html(tag="div", class_="tissue-stage"):
            with v.Html(tag="div", class_="tissue-place"):
                canvas = TissueCanvas.element()
            Message(session)
            CellCard(session)
        Slice(session)
    solara.use_effect(lambda: on_widget(solara.get_widget(canvas)), [])


@solara.component
def ColorBy(session: Session) -> None:
    """What the colors mean."""
    with v.Html(tag="div", class_="color-by"):
        text("Color by", "field-label")
        buttons = [
            v.Btn(
                value=each.name,
                small=True,
                text=True,
                ripple=False,
                children=[each.label],
                attributes={"title": pictures.ABOUT[each.name]},
            )
            for each in pictures.LOOKS
        ]
        v.BtnToggle(
            v_model=session.color_by.value,
            on_v_model=session.color,
            mandatory=True,
            dense=True,
            class_="segments",
            children=buttons,
        )


@solara.component
def Slice(session: Session) -> None:
    """Which slice of a 3-D tissue is shown; nothing for a flat one."""
    depth = session.stage.depth.value
    if depth > 1:
        with v.Html(tag="div", class_="slice"):
            text("Slice", "field-label")
            v.Slider(
                v_model=session.z.value,
                on_v_model=session.slice,
                min=0,
                max=depth - 1,
                dense=True,
                hide_details=True,
                attributes={"aria-label": "Slice"},
            )
            text(f"{session.z.value + 1} of {depth}", "speed-words")


@solara.component
def Message(session: Session) -> None:
    """One sentence over the tissue when there is something to say: the end of a run, a dose, a mistake and its cure."""
    words = session.stage.message.value
    if words:
        with v.Html(tag="div", class_="message", attributes={"role": "status"}):
            text(words, "", "span")
            if session.stage.lost.value:
                Action("Begin again", "mdi-restart", session.begin_again, kind="quiet", title="Start another process")
