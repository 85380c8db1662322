"""The strip of hours under the views."""

from __future__ import annotations

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.time_strip import TimeStrip


@solara.component
def TimeStripView(session: Session) -> None:
    """Scrubber, doses, blockade and branches; it tells everything to the session itself."""
    with v.Html(tag="section", class_="card strip-card", attributes={"aria-label": "Time travel"}):
        strip = TimeStrip.element(comparable=not session.twins.full)
    solara.use_effect(lambda: session.travel.attach(solara.get_widget(strip)), [])
