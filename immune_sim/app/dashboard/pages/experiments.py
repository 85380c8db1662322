"""Experiments: studies to start on the left, the chosen one on the right."""

from __future__ import annotations

from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.header import StudyHeader
from immune_sim.app.dashboard.components.study_list import KeptStudies, ShippedStudies
from immune_sim.app.dashboard.components.study_plan import StudyPlan
from immune_sim.app.dashboard.components.study_results import StudyResults
from immune_sim.app.dashboard.studies.browsing import Browsing
from immune_sim.app.dashboard.widgets.take_away import TakeAway
from immune_sim.scenario.evidence import NOTE


@solara.component
def Experiments() -> None:
    """What one chooses here ends with the page; the studies themselves go on."""
    browsing = solara.use_memo(Browsing, [])

    def begin() -> Any:
        browsing.open()
        return browsing.close

    with v.Html(tag="div", class_="lab studies"):
        StudyHeader()
        with v.Html(tag="main", class_="lab-grid study-grid"):
            with v.Html(tag="div", class_="lab-left"):
                ShippedStudies(browsing)
                KeptStudies(browsing)
            with v.Html(tag="div", class_="lab-right study-right"):
                if browsing.folder.value:
                    StudyResults(browsing)
                else:
                    StudyPlan(browsing)
        text_note()
        with v.Html(tag="div", class_="hands"):
            HandOver(browsing)
    solara.use_effect(begin, [])


def text_note() -> None:
    """What all of this is not."""
    v.Html(tag="footer", class_="note", children=[NOTE])


@solara.component
def HandOver(browsing: Browsing) -> None:
    """Starts downloads; shows nothing."""
    hand = TakeAway.element()

    def attach() -> None:
        browsing.takeaway = solara.get_widget(hand)

    solara.use_effect(attach, [])
