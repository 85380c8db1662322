"""Luck under the curves: how many other seeds, where this run lies among them, and their table."""

from __future__ import annotations

import math

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.controls import Action, IconAction, text
from immune_sim.app.dashboard.components.live_words import LiveWords
from immune_sim.app.dashboard.engine.figures import Reading
from immune_sim.app.dashboard.fan import SeedRow
from immune_sim.app.dashboard.luck import COUNTS
from immune_sim.app.dashboard.state import Session

ENDINGS = {
    "": "being computed",
    "cleared": "cleared",
    "endpoint": "reached the endpoint",
    "duration": "to the end of the scenario",
}
ABOUT = (
    "The same scenario with other seeds, computed in the background. The band behind the burden curve holds the middle "
    "80 % of them, the dashed line is the middle one. Doses and values changed by hand are not in them."
)


@solara.component
def Luck(session: Session) -> None:
    """The choice of how many, one sentence, and the way to the table."""
    with v.Html(tag="div", class_="luck"):
        with v.Html(tag="div", class_="luck-choice", attributes={"title": ABOUT}):
            text("Other seeds", "luck-label")
            v.Select(
                items=[{"text": "off" if count == 0 else str(count), "value": count} for count in COUNTS],
                v_model=session.seeds.count.value,
                on_v_model=session.seeds.choose,
                outlined=True,
                dense=True,
                hide_details=True,
                class_="luck-count",
                menu_props={"offsetY": True, "top": True, "contentClass": "choice-menu"},
                attributes={"aria-label": "How many other seeds"},
            )
        Place(session)
        IconAction("mdi-table", lambda: session.show_panel("luck", True), "The other seeds as a table")


@solara.component
def Place(session: Session) -> None:
    """Where this run lies."""

    def words(reading: Reading) -> str:
        return session.seeds.words(round(reading.hour), reading.tumor_cells, bool(session.stage.log.value))

    changing = (session.seeds.grown, session.seeds.count, session.stage.log)
    LiveWords(session, words, "luck-words", changing)


@solara.component
def LuckPanel(session: Session) -> None:
    """The table of the seeds."""
    is_open = session.open_panel.value == "luck"
    with v.Dialog(
        v_model=is_open,
        on_v_model=lambda opened: session.show_panel("luck", opened),
        max_width=560,
        content_class="panel-dialog",
    ):
        with v.Card(class_="panel", attributes={"aria-label": "Other seeds"}):
            if is_open:
                with v.Html(tag="div", class_="panel-head"):
                    text("Other seeds", "panel-title", "h2")
                    IconAction("mdi-close", lambda: session.show_panel("luck", False), "Close")
                Seeds(session)


@solara.component
def Seeds(session: Session) -> None:
    """One row a seed, this run first. The order never changes: a row must not move away under the pointer."""
    reading, _ = session.stage.reading.value, session.seeds.grown.value
    hour = round(reading.hour)
    own = SeedRow(session.seed.value, float(reading.tumor_cells), hour, "")
    rows = (own, *session.seeds.table(hour))
    with v.Html(tag="div"):
        text(ABOUT, "panel-about")
        with v.Html(tag="table", class_="seeds"):
            with v.Html(tag="thead"):
                with v.Html(tag="tr"):
                    for words in ("Seed", f"Tumor cells, day {hour // 24}, {hour % 24:02d}:00", "Computed", ""):
                        text(words, "", "th")
            with v.Html(tag="tbody"):
                for row in rows:
                    _row(session, row, row is own)


def _row(session: Session, row: SeedRow, is_own: bool) -> None:
    def open_seed() -> None:
        session.show_panel("luck", False)
        session.seeds.open(row.seed)

    with v.Html(tag="tr", class_="is-own" if is_own else ""):
        text(str(row.seed), "", "td")
        text(_cells(row), "", "td")
        text("this run" if is_own else _computed(row), "", "td")
        with v.Html(tag="td"):
            if not is_own:
                Action("Open", "mdi-open-in-app", open_seed, kind="quiet", title=f"Open seed {row.seed} in the Lab")


def _cells(row: SeedRow) -> str:
    if math.isnan(row.burden):
        return "\u2013"
    return "beyond the endpoint" if math.isinf(row.burden) else f"{row.burden:,.0f}"


def _computed(row: SeedRow) -> str:
    return "waiting" if row.last < 0 else f"{ENDINGS[row.ending]}, day {row.last // 24}"
