"""Which condition runs: presets before sliders."""

from __future__ import annotations

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import catalog
from immune_sim.app.dashboard.components.composer import ScheduleLine
from immune_sim.app.dashboard.components.controls import IconAction, text
from immune_sim.app.dashboard.components.upload import UploadButton
from immune_sim.app.dashboard.state import OWN, Session

RESCHEDULED = "That is the scenario as shipped; the schedule was changed, and what the tissue follows now is this:"


@solara.component
def ScenarioCard(session: Session) -> None:
    """The list of scenarios and what the chosen one is about."""
    name, own = session.scenario_name.value, session.own.value
    scenario = session.scenario
    choices = [{"text": entry.title, "value": entry.name} for entry in catalog.entries()]
    if own is not None:
        choices.insert(0, {"text": own.title, "value": OWN})
    with v.Html(tag="section", class_="card scenario", attributes={"aria-label": "Scenario"}):
        with v.Html(tag="div", class_="card-head"):
            text("Scenario", "card-title")
            UploadButton("Open", "a scenario file of your own, or drop it here", session.open_file, ".scenario")
            with v.Html(tag="div", class_="seed"):
                text(f"seed {session.seed.value}", "seed-number", "span", title=f"seed {session.seed.value}")
                IconAction(
                    "mdi-dice-multiple-outline", session.other_luck, "Another seed: the same scenario with other luck"
                )
        v.Select(
            items=choices,
            v_model=name,
            on_v_model=session.choose,
            outlined=True,
            dense=True,
            hide_details=True,
            class_="choice",
            menu_props={"offsetY": True, "maxHeight": 460, "contentClass": "choice-menu"},
            attributes={"aria-label": "Scenario"},
        )
        text(scenario.about, "scenario-about", title=scenario.about)
        if not session.scheduling.own:
            text(RESCHEDULED, "scenario-about is-note", role="status")
        ScheduleLine(session)
        DoseNow(session)


@solara.component
def DoseNow(session: Session) -> None:
    """A dose by hand, at the hour at which the clock stands."""
    with v.Html(tag="div", class_="dose"):
        v.TextField(
            v_model=session.dose.value,
            on_v_model=session.dose.set,
            outlined=True,
            dense=True,
            hide_details=True,
            class_="dose-amount",
            attributes={"aria-label": "Amount of the dose"},
        )
        button = v.Btn(
            children=[v.Icon(left=True, small=True, children=["mdi-needle"]), "Give a dose now"],
            depressed=True,
            ripple=False,
            class_="action is-plain",
            attributes={"title": "Give this dose now (key d)"},
        )
        v.use_event(button, "click", lambda *_: session.give_dose(session.dose.value))
