"""What speaks for the hypothesis and what against it: one calm line on the page, all of it one click away."""

from __future__ import annotations

import html
from collections.abc import Iterable

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.controls import Action, IconAction, box, text
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.words import spoken
from immune_sim.mechanisms.links import LINKS
from immune_sim.scenario import evidence
from immune_sim.scenario.evidence import Finding

ACTS_ON = {link.name: link.acts_on for link in LINKS}


@solara.component
def EvidenceNote(session: Session) -> None:
    """The line at the foot of the page."""
    with v.Html(tag="footer", class_="note"):
        text(evidence.NOTE, "note-words")
        Action(
            "Read what speaks for and against",
            "mdi-scale-balance",
            lambda: session.open_panel.set("evidence"),
            kind="quiet",
        )


@solara.component
def EvidencePanel(session: Session) -> None:
    """Every link with its support, its contradictions and its switch; then the schedules and the trials."""
    is_open = session.open_panel.value == "evidence"
    with v.Dialog(
        v_model=is_open,
        on_v_model=lambda opened: session.show_panel("evidence", opened),
        max_width=1080,
        scrollable=True,
        content_class="evidence-dialog",
    ):
        with v.Card(class_="evidence"):
            if is_open:
                with v.Html(tag="div", class_="evidence-head"):
                    box([text("For and against", "evidence-title"), text(evidence.NOTE, "evidence-about")])
                    IconAction("mdi-close", lambda: session.open_panel.set(""), "Close")
                with v.Html(tag="div", class_="evidence-body"):
                    text("Every link of the hypothesis can be switched off", "evidence-section", "h3")
                    for each in evidence.LINK_EVIDENCE:
                        LinkRow(session, each)
                    solara.HTML(
                        tag="div",
                        unsafe_innerHTML=schedules()
                        + findings("Other findings against, or open", evidence.CONTRADICTIONS)
                        + findings("Trials", evidence.TRIALS),
                    )


@solara.component
def LinkRow(session: Session, each: evidence.LinkEvidence) -> None:
    """One link: what is claimed, what speaks for and against, and the switch of its gain."""
    address = f"links.{each.link}"
    base = session.scenario.values[address]
    gain = session.changes.value.get(address, base)
    usual = float(session.scenario.registry.parameters[address].default) or float(base)
    on = float(gain) != 0.0

    def switch(wanted: bool) -> None:
        session.set_parameter(address, (usual or 0.5) if wanted else 0.0)

    with v.Html(tag="div", class_="link-row"):
        with v.Html(tag="div", class_="link-what"):
            text(spoken(each.link), "link-name")
            text(each.claim, "link-claim")
            text(f"acts on: {ACTS_ON[each.link]}", "link-acts")
            v.Switch(
                v_model=on,
                on_v_model=switch,
                inset=True,
                dense=True,
                hide_details=True,
                label=f"gain {float(gain):g}" if on else "off",
                class_="link-switch",
            )
        solara.HTML(tag="div", classes=["link-side"], unsafe_innerHTML="<h4>For</h4>" + _list(each.supports))
        solara.HTML(
            tag="div", classes=["link-side"], unsafe_innerHTML="<h4>Against, or open</h4>" + _list(each.contradicts)
        )


def schedules() -> str:
    """The published arms as a table."""
    names = ("arm", "blockade per day", "tumor incidence", "time to tumor", "survival time")
    rows = [
        (arm.name, arm.blockade_per_day, arm.incidence, f"\u00d7{arm.time_to_tumor:g}", f"\u00d7{arm.survival_time:g}")
        for arm in evidence.ARMS
    ]
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        '<h3 class="evidence-section">The schedule experiment that is to be reproduced</h3>'
        f'<p class="evidence-about">{html.escape(evidence.ARMS_ABOUT)} {_source(evidence.ARMS_SOURCE)}</p>'
        f"<table><tr>{head}</tr>{body}</table>"
    )


def findings(title: str, items: Iterable[Finding]) -> str:
    """A list of findings under a title."""
    return f'<h3 class="evidence-section">{title}</h3>{_list(items)}'


def _list(items: Iterable[Finding]) -> str:
    lines = "".join(
        f'<li class="is-{each.says}">{html.escape(each.text)} {_source(each.source)} '
        f'<span class="grade">{each.grade}</span></li>'
        for each in items
    )
    return f'<ul class="findings">{lines}</ul>' if lines else '<p class="nothing">Nothing found.</p>'


def _source(source: str) -> str:
    return f'<span class="source">{html.escape(source)}</span>'
