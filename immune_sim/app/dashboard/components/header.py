"""The bar at the top: what this is, the two pages, and light or dark."""

from __future__ import annotations

import reacton.ipyvuetify as v
import solara
import solara.lab

from immune_sim.app.dashboard.components.controls import Action, IconAction, text
from immune_sim.app.dashboard.components.navigation import Tabs
from immune_sim.app.dashboard.state import Session

MARK = (
    '<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><g fill="currentColor">'
    '<circle cx="13" cy="14" r="7.5"/><circle cx="21.5" cy="20.5" r="4.6" opacity=".55"/>'
    '<circle cx="10.5" cy="24" r="3.1" opacity=".35"/></g>'
    '<path class="mark-immune" d="M24 4.5l4.2 4.2L24 12.9l-4.2-4.2z"/></svg>'
)


@solara.component
def Header(session: Session) -> None:
    """Name, pages, one line of what one sees, what can be opened, the theme."""
    with v.Html(tag="header", class_="top"):
        Name("A tumor and the immune system under a naltrexone schedule, cell by cell")
        v.Spacer()
        Action(
            "Compare",
            "mdi-compare",
            lambda: session.show_panel("twin", True),
            title="The same, with one change: a second tissue beside this one (key c)",
        )
        Action(
            "Take away",
            "mdi-download",
            lambda: session.show_panel("takeaway", True),
            kind="quiet",
            title="Scenario file, time course, picture, and a code that brings this run back",
        )
        IconAction("mdi-keyboard-outline", lambda: session.show_panel("keys", True), "Keys (press ?)")
        ThemeSwitch()


@solara.component
def StudyHeader() -> None:
    """The same bar above the experiments."""
    with v.Html(tag="header", class_="top"):
        Name("Many tissues, compared: arms, schedules, switches, seeds")
        v.Spacer()
        ThemeSwitch()


@solara.component
def Name(line: str) -> None:
    """The mark, the name, the pages, and what this one shows."""
    with v.Html(tag="div", class_="top-brand"):
        solara.HTML(tag="div", classes=["top-mark"], unsafe_innerHTML=MARK)
        text("immune-sim", "top-name", "h1")
        Tabs()
        text(line, "top-line")


@solara.component
def ThemeSwitch() -> None:
    """Light or dark; the page keeps the choice (assets/custom.js)."""
    dark = solara.lab.use_dark_effective()

    def switch() -> None:
        solara.lab.theme.dark = not dark

    IconAction(
        "mdi-white-balance-sunny" if dark else "mdi-weather-night", switch, "Light page" if dark else "Dark page"
    )
