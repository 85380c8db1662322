"""Sentences that follow the first tissue, written straight into the page (see widgets/live_html.py)."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import solara

from immune_sim.app.dashboard.engine.figures import Reading
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.live_html import LiveHtml


@solara.component
def LiveWords(
    session: Session, words: Callable[[Reading], str], class_: str = "", changing: Sequence[solara.Reactive[Any]] = ()
) -> None:
    """words: of a reading; asked every few seconds, when the clock stands, and when something of ``changing`` changes.

    Nothing is said while there is no tissue.
    """
    live = LiveHtml.element(kind=class_)

    def follow() -> Callable[[], None]:
        widget = solara.get_widget(live)

        def said(reading: Reading) -> str:
            return html.escape(words(reading)) if session.stage.ready.peek() else ""

        def write(_: Any = None) -> None:
            widget.html = said(session.stage.reading.peek())

        ends = [session.stage.show_figures(0, widget, said, seldom=True), *(each.subscribe(write) for each in changing)]

        def end() -> None:
            for each in ends:
                each()

        return end

    solara.use_effect(follow, [])


@solara.component
def Spoken(session: Session) -> None:
    """The tissue in words, for a screen reader."""
    live = LiveHtml.element()
    solara.use_effect(lambda: session.stage.speak(solara.get_widget(live)), [])
