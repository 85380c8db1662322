"""The application that the server runs; ``solara run immune_sim.app.dashboard.app`` works too."""

from __future__ import annotations

from typing import Any

import solara
import solara.lab

from immune_sim.app.dashboard.components.navigation import EXPERIMENTS, LAB, use_place
from immune_sim.app.dashboard.pages.experiments import Experiments
from immune_sim.app.dashboard.pages.lab import Lab
from immune_sim.app.dashboard.server import configure

configure()
PLACES = {LAB: Lab, EXPERIMENTS: Experiments}


@solara.component
def Layout(children: list[Any] = []) -> Any:  # noqa: B006 - solara passes the page here; the default is never changed
    """Nothing of Solara's own around the pages."""
    return solara.Div(children=children, classes=["page"])


@solara.component
def Pages() -> None:
    """The page of the address; one that was seen stays as it was left, out of sight, until the session ends."""
    solara.use_memo(_accents, [])
    here = use_place()
    seen = solara.use_ref({here})
    seen.current.add(here)
    for place, page in PLACES.items():
        if place in seen.current:
            with solara.Div(classes=["place"] if place == here else ["place", "is-away"]).key(
                place.strip("/") or "lab"
            ):
                page()


def _accents() -> None:
    """Vuetify's own accents in the page's color (assets/style/tokens.css); the theme is one per session."""
    solara.lab.theme.themes.light.primary = "#0b6e69"
    solara.lab.theme.themes.dark.primary = "#4cc0b5"


routes = [
    solara.Route(path="/", component=Pages, label="immune-sim", layout=Layout),
    solara.Route(path=EXPERIMENTS.strip("/"), component=Pages, label="immune-sim"),
]
