"""One cell, read: all its traits while the tissue goes on."""

from __future__ import annotations

import html

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.cards import Card
from immune_sim.app.dashboard.components.controls import IconAction, text
from immune_sim.app.dashboard.state import Session


@solara.component
def CellCard(session: Session) -> None:
    """The card of the cell that was clicked; nothing where none was."""
    card = session.stage.card.value
    if card is None:
        return
    with v.Html(tag="aside", class_=f"cell-card is-{card.table} is-{card.side}", attributes={"aria-label": "Cell"}):
        with v.Html(tag="div", class_="cell-head"):
            text(card.title, "cell-title")
            IconAction("mdi-close", session.unfollow, "Close")
        text(f"cell {card.cell_id}" + (", no longer in the tissue" if card.gone else ""), "cell-id")
        solara.HTML(tag="dl", classes=["cell-traits"], unsafe_innerHTML=traits(card))


def traits(card: Card) -> str:
    """The lines of a card as HTML; texts come from our declarations and are escaped all the same."""
    return "".join(
        f'<div title="{html.escape(each.about)}"><dt>{html.escape(each.name)}</dt>'
        f"<dd>{html.escape(each.value)}</dd></div>"
        for each in card.traits
    )
