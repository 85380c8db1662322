"""The curves beside the tissue."""

from __future__ import annotations

from collections.abc import Callable

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import curves
from immune_sim.app.dashboard.widgets.curve_plot import CurvePlot

DESCRIPTION = "Curves over the days: " + "; ".join(
    f"{panel.title}: {', '.join(curve.label for curve in panel.curves)}" for panel in curves.PANELS
)


@solara.component
def CurveView(on_widget: Callable[[CurvePlot], None]) -> None:
    """on_widget: told of the plot once it exists."""
    frame = solara.use_memo(curves.layout, [])
    traces = solara.use_memo(curves.traces, [])
    with v.Html(tag="section", class_="card curve-card", attributes={"aria-label": "Curves"}):
        with v.Html(tag="div", class_="curve-place"):
            plot = CurvePlot.element(frame=frame, traces=traces, description=DESCRIPTION)
    solara.use_effect(lambda: on_widget(solara.get_widget(plot)), [])
