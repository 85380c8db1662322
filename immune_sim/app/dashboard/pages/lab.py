"""The Lab: one tissue, its controls on the left, its curves on the right."""

from __future__ import annotations

from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.curve_view import CurveView
from immune_sim.app.dashboard.components.evidence import EvidenceNote, EvidencePanel
from immune_sim.app.dashboard.components.header import Header
from immune_sim.app.dashboard.components.keyboard import ForTheEar, Keyboard, KeysPanel
from immune_sim.app.dashboard.components.parameter_card import ParameterCard
from immune_sim.app.dashboard.components.readout import Readout
from immune_sim.app.dashboard.components.scenario_card import ScenarioCard
from immune_sim.app.dashboard.components.taking_away import ChangeLog, HandOver, TakeAwayPanel
from immune_sim.app.dashboard.components.tissue_view import TissueView
from immune_sim.app.dashboard.components.transport import Transport
from immune_sim.app.dashboard.state import Session


@solara.component
def Lab() -> None:
    """A session of its own for every page that opens; it ends with the page."""
    session = solara.use_memo(Session, [])

    def begin() -> Any:
        session.open()
        return session.close

    with v.Html(tag="div", class_="lab"):
        Header(session)
        with v.Html(tag="main", class_="lab-grid"):
            with v.Html(tag="div", class_="lab-left"):
                ScenarioCard(session)
                ChangeLog(session)
                ParameterCard(session)
            with v.Html(tag="div", class_="lab-right"):
                with v.Html(tag="div", class_="card bar"):
                    Transport(session)
                    Readout(session)
                with v.Html(tag="div", class_="lab-views"):
                    TissueView(session, session.stage.attach)
                    CurveView(session, session.stage.attach_plot)
        EvidenceNote(session)
        EvidencePanel(session)
        TakeAwayPanel(session)
        KeysPanel(session)
        ForTheEar(session)
        with v.Html(tag="div", class_="hands"):
            Keyboard(session)
            HandOver(session)
    solara.use_effect(begin, [])
