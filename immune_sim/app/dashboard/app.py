"""The application that the server runs; ``solara run immune_sim.app.dashboard.app`` works too."""

from __future__ import annotations

from typing import Any

import solara

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
    Lab()
