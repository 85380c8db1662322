"""Two pages in one session: the tabs between them, and what the address asks of the Lab."""

from __future__ import annotations

from urllib.parse import parse_qs

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.state import Session

LAB, EXPERIMENTS = "/", "/experiments"


def use_place() -> str:
    """The page that the address names: LAB or EXPERIMENTS."""
    path = (solara.use_router().path or "").strip("/")
    return EXPERIMENTS if path == EXPERIMENTS.strip("/") else LAB


@solara.component
def Tabs() -> None:
    """The way from page to page; each stays as one left it."""
    here = use_place()
    with v.Html(tag="nav", class_="tabs", attributes={"aria-label": "Pages"}):
        for path, label in ((LAB, "Lab"), (EXPERIMENTS, "Experiments")):
            solara.Link(path, children=[label], classes=["tab", "is-here"] if path == here else ["tab"])


def use_address(session: Session) -> None:
    """Bring back the run of "/?run=CODE", and let the clock stand while another page is looked at."""
    search = solara.use_router().search or ""
    code = next(iter(parse_qs(search).get("run", [])), "")
    here = use_place() == LAB

    def bring_back() -> None:
        if code and here:
            session.bring_back(code)

    def stand() -> None:
        if not here and session.playing.value:
            session.play(False)

    solara.use_effect(bring_back, [code, here and bool(code)])
    solara.use_effect(stand, [here])
