"""The application that the server runs; ``solara run immune_sim.app.dashboard.app`` works too."""

from __future__ import annotations

from typing import Any

import solara
import solara.lab

from immune_sim.app.dashboard.pages.lab import Lab
from immune_sim.app.dashboard.server import configure

configure()


@solara.component
def Layout(children: list[Any] = []) -> Any:  # noqa: B006 - solara passes the page here; the default is never changed
    """Nothing of Solara's own around the pages."""
    return solara.Div(children=children, classes=["page"])


@solara.component
def Page() -> None:
    """The Lab."""
    solara.Title("immune-sim")
    solara.use_memo(_accents, [])
    Lab()


def _accents() -> None:
    """Vuetify's own accents in the page's color (assets/custom.css); the theme is one per session."""
    solara.lab.theme.themes.light.primary = "#0b6e69"
    solara.lab.theme.themes.dark.primary = "#4cc0b5"
