"""HTML from Python without a template language: text is escaped where it is made into markup."""

from __future__ import annotations

import html
from typing import NewType

Markup = NewType("Markup", str)


def text(words: object) -> Markup:
    """Plain words as markup; a percent sign stays on the line of its number."""
    return Markup(html.escape(str(words)).replace(" %", "\N{NO-BREAK SPACE}%"))


def raw(markup: str) -> Markup:
    """What is markup already."""
    return Markup(markup)


def element(tag: str, *inside: Markup, cls: str = "", **attributes: str) -> Markup:
    """An element with its content; attributes with an empty value are left out."""
    given = {"class": cls, **attributes}
    written = "".join(f' {name.replace("_", "-")}="{html.escape(value)}"' for name, value in given.items() if value)
    return Markup(f"<{tag}{written}>{''.join(inside)}</{tag}>")


def section(title: str, *inside: Markup, about: str = "") -> Markup:
    """A part of the page under its heading."""
    intro = [element("p", text(about), cls="intro")] if about else []
    return element("section", element("h2", text(title)), *intro, *inside)


def table(heads: list[str], rows: list[list[Markup]]) -> Markup:
    """A table; on a narrow page it scrolls by itself."""
    top = element("thead", element("tr", *(element("th", text(each)) for each in heads)))
    body = element("tbody", *(element("tr", *(element("td", cell) for cell in row)) for row in rows))
    return element("div", element("table", top, body), cls="scroll")


def code(words: str) -> Markup:
    """Words as they are typed; long names may break after a point or an underscore."""
    return element("code", Markup(text(words).replace("_", "_<wbr>").replace(".", ".<wbr>")))


def data(name: str, json_text: str) -> str:
    """JSON inside a page; a closing tag within it cannot end it."""
    safe = json_text.replace("</", "<\\/")
    return f'<script type="application/json" id="{name}">{safe}</script>'


def source(words: str) -> Markup:
    """A source; DOI and PMID are written so that they can be looked up, but nothing on the page leads outside."""
    return element("span", text(words), cls="source")
