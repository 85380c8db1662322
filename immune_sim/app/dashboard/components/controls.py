"""Small parts that others are made of: a button with icon and words, a figure with its name, a card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as v
import solara


@solara.component
def Action(
    label: str, icon: str, on_click: Callable[[], Any], *, kind: str = "plain", disabled: bool = False, title: str = ""
) -> None:
    """A button with icon and words. kind: plain, primary or quiet. title: shown on hover and read aloud."""
    button = v.Btn(
        children=[v.Icon(left=True, small=True, children=[icon]), label],
        depressed=True,
        ripple=False,
        disabled=disabled,
        class_=f"action is-{kind}",
        attributes={"title": title or label},
    )
    v.use_event(button, "click", lambda *_: on_click())


@solara.component
def IconAction(icon: str, on_click: Callable[[], Any], title: str) -> None:
    """A button without words; title says on hover and aloud what it does."""
    button = v.Btn(
        children=[v.Icon(small=True, children=[icon])],
        icon=True,
        small=True,
        ripple=False,
        class_="icon-action",
        attributes={"title": title, "aria-label": title},
    )
    v.use_event(button, "click", lambda *_: on_click())


def copy_button(title: str) -> Any:
    """Copies the text of class "code" that stands beside it in something "copyable" (assets/custom.js)."""
    return v.Btn(
        children=["Copy"], depressed=True, ripple=False, class_="action is-quiet copies", attributes={"title": title}
    )


def text(content: str, class_: str = "", tag: str = "div", **attributes: str) -> Any:
    """Words in a tag of a class."""
    return v.Html(tag=tag, class_=class_, children=[content], attributes=attributes)


def box(children: list[Any], class_: str = "", tag: str = "div", **attributes: str) -> Any:
    """A tag of a class around children."""
    return v.Html(tag=tag, class_=class_, children=children, attributes=attributes)
