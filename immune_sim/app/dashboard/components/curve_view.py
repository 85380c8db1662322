"""The curves beside the tissue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import curves
from immune_sim.app.dashboard.components.curve_table import TableButton
from immune_sim.app.dashboard.components.live_words import LiveWords
from immune_sim.app.dashboard.components.luck_view import Luck
from immune_sim.app.dashboard.mixed import LEFT_OUT
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.curve_plot import CurvePlot

ABOUT_MIXING = (
    "Measure what places make: the same cells with the same luck beside this tissue, but every step and every daughter "
    "goes to a random place"
)
DESCRIPTION = "Curves over the days: " + "; ".join(
    f"{panel.title}: {', '.join(curve.label for curve in panel.curves)}" for panel in curves.PANELS
)


@solara.component
def CurveView(session: Session, on_widget: Callable[[CurvePlot], None]) -> None:
    """on_widget: told of the plot once it exists."""
    frame = solara.use_memo(curves.layout, [])
    with v.Html(tag="section", class_="card curve-card", attributes={"aria-label": "Curves"}):
        with v.Html(tag="div", class_="curve-place"):
            plot = CurvePlot.element(frame=frame, traces=session.stage.traces.value, description=DESCRIPTION)
        Gap(session)
        Luck(session)
        TableButton(session)

    def attach() -> None:
        on_widget(solara.get_widget(plot))
        session.seeds.draw()

    solara.use_effect(attach, [])


@solara.component
def Gap(session: Session) -> None:
    """How far the tissue is from the curve that knows no places, and the switch of that curve."""
    others = [view.reading for view in session.stage.views[1:]]  # of an arm whose agents are mixed
    changing: list[solara.Reactive[Any]] = [
        session.mixed,
        session.solved,
        session.seeds.grown,
        session.stage.log,
        session.twins.arms,
        *others,
    ]
    with v.Html(tag="div", class_="gap"):
        with v.Html(tag="div", class_="gap-choice"):
            v.Switch(
                v_model=session.mixed.value,
                on_v_model=session.mix,
                inset=True,
                dense=True,
                hide_details=True,
                class_="gap-switch",
                label="Well mixed",
                attributes={"title": LEFT_OUT},
            )
            if session.mixed.value and session.solved.value.burden is not None and session.twins.mixable:
                MixAgents(session)
        with v.Html(tag="div", class_="gap-words", attributes={"title": LEFT_OUT}):
            LiveWords(session, session.gap, "", changing)


@solara.component
def MixAgents(session: Session) -> None:
    """The way to measure what places make of the gap."""
    button = v.Html(
        tag="button",
        class_="gap-measure",
        children=["Mix the agents"],
        attributes={"type": "button", "title": ABOUT_MIXING},
    )
    v.use_event(button, "click", lambda *_: session.twins.mix_agents())
