"""A study that waits or runs: how far it is, what is left, what it says so far, and the way to stop it."""

from __future__ import annotations

import math

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.controls import Action, text
from immune_sim.app.dashboard.studies.browsing import Browsing
from immune_sim.app.dashboard.studies.desk import Order, desk
from immune_sim.app.redrawn import duration_words

QUARTER = 25  # percent


@solara.component
def StudyProgress(browsing: Browsing, order: Order) -> None:
    """The card of an order that is not over."""
    progress = order.progress
    share = 0.0 if progress is None or not progress.planned else 100 * progress.done / progress.planned
    with v.Html(tag="section", class_="card study-progress", attributes={"aria-label": "Progress"}):
        with v.Html(tag="div", class_="study-go"):
            text(order.title, "panel-title", "h2")
            v.Spacer()
            Action(
                "Cancel",
                "mdi-stop",
                lambda: browsing.cancel(order),
                disabled=order.state == "stopping",
                title="Finish the runs under way, keep everything, and stop; it can go on later",
            )
        v.ProgressLinear(
            value=share,
            height=8,
            rounded=True,
            class_="study-bar",
            indeterminate=order.state == "running" and not share,
            attributes={"aria-label": "Share of the runs that are done", "aria-valuetext": said(order)},
        )
        text(said(order), "study-time", **{"data-done": str(progress.done if progress else 0)})
        text(_for_the_ear(order, share), "for-the-ear", role="status")
        if progress is not None and progress.estimates:
            text("So far", "panel-section", "h3")
            with v.Html(tag="dl", class_="study-arms"):
                for arm, words in progress.estimates:
                    text(arm, "", "dt")
                    text(words, "", "dd")


def _for_the_ear(order: Order, share: float) -> str:
    """Said aloud: a quarter at a time, not every run."""
    if order.state != "running":
        return said(order)
    return f"{order.title}: {QUARTER * int(share // QUARTER)} % of the runs are done."


def said(order: Order) -> str:
    """Where it stands, in one line."""
    if order.state == "waiting":
        before = desk().before(order)
        others = f"{before} {'studies come' if before != 1 else 'study comes'}"
        return f"Waiting: {others} before this one. One is computed at a time."
    progress = order.progress
    if progress is None:
        return "Preparing \u2026"
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    line = f"{progress.done:,} of {progress.planned:,} runs{failed}"
    if order.state == "stopping":
        return f"{line}. Stopping: the runs under way are finished and kept."
    left = progress.seconds_left
    return line + (f", about {duration_words(left)} left" if math.isfinite(left) else "")
