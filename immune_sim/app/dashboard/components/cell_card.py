"""One cell, read: all its traits while the tissue goes on; followed: its history, what it did and what became of it."""

from __future__ import annotations

import html

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.cards import TUMOR, Card
from immune_sim.app.dashboard.components.controls import Action, IconAction, text
from immune_sim.app.dashboard.components.sparkline import sparkline
from immune_sim.app.dashboard.engine.follow import Story
from immune_sim.app.dashboard.state import Session

LAST = 4  # happenings that are listed
MARKS = {"kill": "\u2715", "hit": "\u25b2", "division": "\u25cb", "death": "\u2715", "gone": "\u2013"}


@solara.component
def CellCard(session: Session, arm: int = 0) -> None:
    """The card of the cell of an arm that was clicked; nothing where none was."""
    card = session.stage.views[arm].card.value
    if card is None:
        return
    with v.Html(tag="aside", class_=f"cell-card is-{card.table} is-{card.side}", attributes={"aria-label": "Cell"}):
        with v.Html(tag="div", class_="cell-head"):
            text(card.title, "cell-title")
            IconAction("mdi-close", lambda: session.unfollow(arm), "Close")
        text(f"cell {card.cell_id}{_came(card)}" + (", not in the tissue at this hour" if card.gone else ""), "cell-id")
        if card.fate:
            text(card.fate + ".", "cell-fate", role="status")
        if card.followed and card.story is not None:
            if card.looking >= 0:
                text(f"looking back at what it did \u2026 day {card.looking // 24}", "spark-wait", role="status")
            else:
                drawn = sparkline(card.story) + told(card.story)
                solara.HTML(tag="div", classes=["cell-story"], unsafe_innerHTML=drawn)
            Daughters(session, arm, card, card.story)
        Follow(session, arm, card.followed)
        solara.HTML(tag="dl", classes=["cell-traits"], unsafe_innerHTML=traits(card))


@solara.component
def Follow(session: Session, arm: int, followed: bool) -> None:
    """Follow the cell, or stop."""
    label, icon = ("Stop following", "mdi-map-marker-off") if followed else ("Follow", "mdi-map-marker-path")
    title = (
        "Its way is no longer drawn"
        if followed
        else "Draw its way and tell its story, from when it came to when it goes"
    )
    Action(label, icon, lambda: session.follow(not followed, arm), title=title)


@solara.component
def Daughters(session: Session, arm: int, card: Card, story: Story) -> None:
    """Go on with a daughter that is in the tissue."""
    with v.Html(tag="div", class_="cell-daughters"):
        for daughter in story.daughters[-2:]:
            Action(
                f"Follow daughter {daughter}",
                "mdi-source-branch",
                lambda daughter=daughter: session.follow_cell(card.table, daughter, arm),  # type: ignore[misc]
                kind="quiet",
                title="Go on with this daughter; the mother is followed no longer",
            )


def told(story: Story) -> str:
    """What happened, in counts and as a short list with the newest first."""
    names = (("division", "division"), ("hit", "hour with hits")) if story.table == TUMOR else (
        ("kill", "hour with kills"),
        ("division", "division"),
    )  # fmt: skip
    counts = " \u00b7 ".join(_counted(story.count(what), name) for what, name in names)
    lines = "".join(
        f"<li><span>{MARKS[each.what]}</span><span>{_clock(each.hour)}</span><span>{html.escape(each.words)}</span></li>"
        for each in reversed(story.happenings[-LAST:])
    )
    since = f"since day {_clock(int(story.hours[0]))}" if len(story.hours) else ""
    return f'<div class="cell-counts" title="{since}">{counts}</div><ul class="cell-happenings">{lines}</ul>'


def traits(card: Card) -> str:
    """The lines of a card as HTML; texts come from our declarations and are escaped all the same."""
    return "".join(
        f'<div title="{html.escape(each.about)}"><dt>{html.escape(each.name)}</dt>'
        f"<dd>{html.escape(each.value)}</dd></div>"
        for each in card.traits
    )


def _came(card: Card) -> str:
    """Since when it is there, where that is known."""
    born = None if card.story is None else card.story.born
    if born is None or (card.gone and card.fate.startswith("Not")):
        return ""
    verb = "born" if card.table == TUMOR else "came"
    return ", there from the start" if born == 0 else f", {verb} day {_clock(born)}"


def _counted(count: int, name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{count} {first}{'' if count == 1 else 's'}{' ' + rest if rest else ''}"


def _clock(hour: int) -> str:
    return f"{hour // 24}, {hour % 24:02d}:00"
