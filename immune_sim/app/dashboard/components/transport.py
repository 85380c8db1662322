"""The clock: play, pause, an hour, a day, reset, and how fast."""

from __future__ import annotations

import math

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.controls import Action, text
from immune_sim.app.dashboard.state import SPEEDS, Session


@solara.component
def Transport(session: Session) -> None:
    """The row of buttons over the tissue."""
    playing = session.playing.value
    with v.Html(tag="div", class_="transport", attributes={"role": "toolbar", "aria-label": "Clock"}):
        if playing:
            Action(
                "Pause",
                "mdi-pause",
                lambda: session.play(False),
                kind="primary",
                title="Let the clock stand (key: space)",
            )
        else:
            Action(
                "Play", "mdi-play", lambda: session.play(True), kind="primary", title="Let the clock run (key: space)"
            )
        Action("1 hour", "mdi-step-forward", lambda: session.advance(1), title="Compute one hour (key: right arrow)")
        Action(
            "1 day",
            "mdi-skip-forward",
            lambda: session.advance(24),
            title="Compute one day (key: shift and right arrow)",
        )
        Action(
            "Reset", "mdi-restart", session.reset, title="Begin again at hour 0 with the values of the sliders (key: r)"
        )
        Speed(session)


@solara.component
def Speed(session: Session) -> None:
    """The slider of hours per second; its last stop is as fast as possible."""
    step = session.speed.value
    with v.Html(tag="div", class_="speed"):
        text("Speed", "field-label")
        v.Slider(
            v_model=step,
            on_v_model=session.set_speed,
            min=0,
            max=len(SPEEDS) - 1,
            step=1,
            dense=True,
            hide_details=True,
            class_="speed-slider",
            attributes={"aria-label": "Speed"},
        )
        text(speed_words(SPEEDS[step]), "speed-words", title="time in the tissue per second")


def speed_words(pace: float) -> str:
    """A pace in hours of tissue per second, in a few letters."""
    if math.isinf(pace):
        return "fastest"
    if pace >= 24.0:
        days = pace / 24.0
        return f"{days:g} day{'s' if days > 1 else ''}/s"
    return f"{pace:g} h/s"
