"""Opening a file of one's own, from a button or by dropping it; what is wrong with it is told beside the button."""

from __future__ import annotations

from collections.abc import Callable

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.controls import IconAction, text
from immune_sim.app.dashboard.widgets.upload import Upload
from immune_sim.core.errors import ScenarioError

MOST_LINES = 12  # of mistakes that are shown; a file with more is better read elsewhere


@solara.component
def UploadButton(label: str, hint: str, on_file: Callable[[bytes, str], None], region: str = "body") -> None:
    """A button for one .toml file. on_file: given content and name, may raise ScenarioError, which is shown whole.

    region: CSS selector of the part of the page on which a file may be dropped instead.
    """
    problem = solara.use_reactive("")

    def take(name: str, content: bytes) -> None:
        problem.value = ""
        try:
            on_file(content, name)
        except ScenarioError as error:
            problem.value = str(error)

    with v.Html(tag="div", class_="upload"):
        button = Upload.element(label=label, hint=hint, region=region)
        if problem.value:
            with v.Html(tag="div", class_="upload-problem", attributes={"role": "alert"}):
                with v.Html(tag="ul"):
                    for line in mistakes(problem.value):
                        text(line, "", "li")
                IconAction("mdi-close", lambda: problem.set(""), "Close this message")

    def listen() -> None:
        solara.get_widget(button).listen(take, problem.set)

    solara.use_effect(listen)


def mistakes(words: str) -> list[str]:
    """The lines of a message, and how many more there are where they do not fit."""
    lines = words.splitlines()
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"and {more} more."] if more > 1 else lines
