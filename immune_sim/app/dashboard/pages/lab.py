"""The Lab: one tissue, its controls on the left, its curves on the right."""

from __future__ import annotations

from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import limits
from immune_sim.app.dashboard.components.composer import ComposerPanel
from immune_sim.app.dashboard.components.curve_table import TablePanel
from immune_sim.app.dashboard.components.curve_view import CurveView
from immune_sim.app.dashboard.components.evidence import EvidenceNote, EvidencePanel
from immune_sim.app.dashboard.components.header import Header
from immune_sim.app.dashboard.components.keyboard import ForTheEar, Keyboard, KeysPanel
from immune_sim.app.dashboard.components.luck_view import LuckPanel
from immune_sim.app.dashboard.components.navigation import use_address
from immune_sim.app.dashboard.components.parameter_card import ParameterCard
from immune_sim.app.dashboard.components.readout import Readout
from immune_sim.app.dashboard.components.scenario_card import ScenarioCard
from immune_sim.app.dashboard.components.taking_away import ChangeLog, HandOver, RunBefore, TakeAwayPanel
from immune_sim.app.dashboard.components.time_strip import TimeStripView
from immune_sim.app.dashboard.components.tissue_view import TissueView
from immune_sim.app.dashboard.components.transport import Transport
from immune_sim.app.dashboard.components.twin_panel import TwinPanel
from immune_sim.app.dashboard.components.twin_view import arms_class
from immune_sim.app.dashboard.state import Session

FULL = "As many people as this server computes for are here already. Try again when somebody has left."


@solara.component
def Lab() -> None:
    """A laboratory for every page that opens, while there are places."""
    door = solara.use_memo(limits.door, [])
    admitted = solara.use_memo(door.enter, [])
    solara.use_effect(lambda: door.leave if admitted else None, [])
    if admitted:
        Laboratory()
    else:
        with v.Html(tag="div", class_="lab"):
            v.Html(tag="p", class_="full", children=[FULL], attributes={"role": "alert"})


@solara.component
def Laboratory() -> None:
    """A session of its own, which ends with the page."""
    session = solara.use_memo(Session, [])

    def begin() -> Any:
        session.open()
        return session.close

    with v.Html(tag="div", class_="lab"):
        Header(session)
        with v.Html(tag="main", class_="lab-grid"):
            with v.Html(tag="div", class_="lab-left"):
                RunBefore(session)
                ScenarioCard(session)
                ChangeLog(session)
                ParameterCard(session)
            with v.Html(tag="div", class_="lab-right"):
                with v.Html(tag="div", class_="card bar"):
                    Transport(session)
                    Readout(session)
                with v.Html(tag="div", class_=f"lab-views {arms_class(session)}"):
                    TissueView(session, session.stage.attach)
                    CurveView(session, session.stage.attach_plot)
                TimeStripView(session)
        EvidenceNote(session)
        EvidencePanel(session)
        ComposerPanel(session)
        TwinPanel(session)
        TakeAwayPanel(session)
        LuckPanel(session)
        TablePanel(session)
        KeysPanel(session)
        ForTheEar(session)
        with v.Html(tag="div", class_="hands"):
            Keyboard(session)
            HandOver(session)
    solara.use_effect(begin, [])
    use_address(session)
