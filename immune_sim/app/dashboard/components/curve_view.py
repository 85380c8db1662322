"""The curves beside the tissue."""

from __future__ import annotations

from collections.abc import Callable

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import curves
from immune_sim.app.dashboard.components.controls import text
from immune_sim.app.dashboard.components.curve_table import TableButton
from immune_sim.app.dashboard.components.luck_view import Luck
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.curve_plot import CurvePlot

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
    """What places make of the burden, and the switch of the curve that knows no places."""
    with v.Html(tag="div", class_="gap"):
        v.Switch(
            v_model=session.mixed.value,
            on_v_model=session.mix,
            inset=True,
            dense=True,
            hide_details=True,
            class_="gap-switch",
            label="Well mixed",
            attributes={"title": "The same scenario as equations, without places: every cell can meet every other"},
        )
        text(session.stage.gap.value or ("solving the equations \u2026" if session.mixed.value else ""), "gap-words")
