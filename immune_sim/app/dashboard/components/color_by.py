"""By what the tissue is colored: the usual ways as buttons, all others in a menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import looks
from immune_sim.app.dashboard.components.controls import text
from immune_sim.app.dashboard.looks import Look
from immune_sim.app.dashboard.state import Session


@solara.component
def ColorBy(session: Session) -> None:
    """What the colors mean."""
    chosen = session.color_by.value
    usual = [_button(each) for each in looks.LOOKS]
    with v.Html(tag="div", class_="color-by", attributes={"role": "group", "aria-label": "Color by"}):
        text("Color by", "field-label")
        v.BtnToggle(
            v_model=chosen,
            on_v_model=lambda name: session.color(name or chosen),
            dense=True,
            class_="segments",
            children=usual,
        )
        More(session)


def _button(each: Look) -> Any:
    return v.Btn(
        value=each.name, small=True, text=True, ripple=False, children=[each.label], attributes={"title": each.about}
    )


@solara.component
def More(session: Session) -> None:
    """A menu with every other trait and field; its button says which of them is shown."""
    opened, set_opened = solara.use_state(False)
    chosen = looks.look(session.color_by.value)
    is_ours = chosen not in looks.LOOKS
    said = text(chosen.label if is_ours else "More", "more-label", "span")

    def choose(name: str) -> None:
        set_opened(False)
        session.color(name)

    title = chosen.about if is_ours else "Color by any other trait or field"
    activator = v.Btn(
        small=True,
        text=True,
        ripple=False,
        class_="more" + (" is-chosen" if is_ours else ""),
        v_on="menu.on",
        children=[said, v.Icon(small=True, children=["mdi-chevron-down"])],
        attributes={"title": title, "aria-label": f"More colors: {chosen.label}" if is_ours else "More colors"},
    )
    with v.Menu(
        v_model=opened,
        on_v_model=set_opened,
        v_slots=[{"name": "activator", "variable": "menu", "children": activator}],
        offset_y=True,
        left=True,
        content_class="more-menu",
        max_height=560,
    ):
        with v.Html(tag="div", class_="more-groups", attributes={"role": "menu"}):
            for name, group in looks.MORE:
                with v.Html(tag="div", class_="more-group"):
                    text(name, "more-title")
                    for each in group:
                        Choice(each, each.name == chosen.name, choose)


@solara.component
def Choice(each: Look, is_chosen: bool, choose: Callable[[str], None]) -> None:
    """One line of the menu."""
    button = v.Btn(
        text=True,
        ripple=False,
        class_="more-choice" + (" is-chosen" if is_chosen else ""),
        children=[each.label],
        attributes={"title": each.about, "role": "menuitemradio", "aria-checked": str(is_chosen).lower()},
    )
    v.use_event(button, "click", lambda *_: choose(each.name))
