"""A kept study: what it found, its figures, the tables behind them, and the tissues behind their marks."""

from __future__ import annotations

from typing import Any

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.controls import Action, IconAction, text
from immune_sim.app.dashboard.components.study_plan import Mistakes
from immune_sim.app.dashboard.components.study_progress import StudyProgress
from immune_sim.app.dashboard.replay import clock
from immune_sim.app.dashboard.studies.behind import Behind, Tissue
from immune_sim.app.dashboard.studies.browsing import Browsing
from immune_sim.app.dashboard.studies.showing import PARTS, Picture, Shown
from immune_sim.app.dashboard.widgets.study_figure import StudyFigure
from immune_sim.app.dashboard.widgets.study_table import StudyTable


@solara.component
def StudyResults(browsing: Browsing) -> None:
    """The kept study that is chosen."""
    folder, shown = browsing.folder.value, browsing.shown.value
    orders = [each for each in browsing.orders.value if each.folder == folder]
    order = orders[-1] if orders else None
    if order is not None and not order.over:
        StudyProgress(browsing, order)
        return
    kept = next((each for each in browsing.kept.value if each.folder == folder), None)
    with v.Html(tag="section", class_="card study-results", attributes={"aria-label": "Results"}):
        with v.Html(tag="div", class_="study-go"):
            text(shown.title if shown else kept.title if kept else folder, "panel-title", "h2")
            v.Spacer()
            if kept is not None and not kept.complete:
                missing = f"Compute the other {kept.planned - kept.done:,} runs"
                Action("Go on", "mdi-play", lambda: browsing.go_on(kept), kind="primary", title=missing)
            if shown is not None and shown.pictures:
                Action(
                    "Report",
                    "mdi-file-download-outline",
                    browsing.report,
                    kind="primary" if kept is not None and kept.complete else "plain",
                    title="One HTML page to read or to send; the tissues in it are computed first",
                )
        if order is not None and order.words:
            Mistakes(order.words)
        if browsing.problem.value:
            Mistakes(browsing.problem.value)
        facts = shown.facts if shown else "No run is stored yet."
        text(f"{browsing.busy.value} \u2026" if browsing.busy.value else facts, "study-facts", role="status")
        if shown is not None:
            Findings(shown)
            Figures(browsing, shown)


@solara.component
def Findings(shown: Shown) -> None:
    """Sentences first, then what to beware of."""
    for arm, sentence in shown.findings:
        with v.Html(tag="p", class_="study-finding"):
            text(arm, "", "b")
            text(f" {sentence}", "", "span")
    if shown.cautions or shown.failures:
        with v.Html(tag="details", class_="study-cautions"):
            count = len(shown.cautions) + len(shown.failures)
            text(f"Before you believe it: {count} {'remarks' if count > 1 else 'remark'}", "", "summary")
            with v.Html(tag="ul"):
                for each in shown.cautions:
                    text(each, "", "li")
                for run, what in shown.failures:
                    text(f"{run} failed, {what}", "", "li")


@solara.component
def Figures(browsing: Browsing, shown: Shown) -> None:
    """One part at a time; beside it the tissues behind a mark."""
    if not shown.parts:
        return
    part = browsing.part.value if browsing.part.value in shown.parts else shown.parts[0]
    with v.Html(tag="div", class_="study-bar-row"):
        v.BtnToggle(
            v_model=part,
            on_v_model=browsing.part.set,
            mandatory=True,
            dense=True,
            class_="segments",
            children=[_segment(each) for each in shown.parts],
        )
        v.Spacer()
        v.Switch(
            v_model=browsing.tables.value, on_v_model=browsing.tables.set, label="Tables", inset=True, dense=True,
            hide_details=True, class_="study-switch", attributes={"title": "The numbers behind each figure"},
        )  # fmt: skip
    behind = browsing.behind.value
    with v.Html(tag="div", class_="study-views" + (" has-behind" if behind else "")):
        with v.Html(tag="div", class_="study-figures"):
            for each in shown.pictures:
                if each.part == part:
                    Figure(browsing, each, browsing.tables.value).key(each.name)
        if behind is not None:
            BehindCard(browsing, behind)


@solara.component
def Figure(browsing: Browsing, picture: Picture, as_table: bool) -> None:
    """A figure or its table, with its caption."""
    with v.Html(tag="figure", class_="study-picture" + (" is-wide" if picture.wide else "")):
        if as_table:
            text(picture.title, "study-table-title")
            TableView(browsing, picture)
        else:
            Plot(browsing, picture)
        hint = " Click a mark to see the tissues behind it." if picture.pickable and not as_table else ""
        text(picture.caption + hint, "study-caption", "figcaption")


@solara.component
def Plot(browsing: Browsing, picture: Picture) -> None:
    """The figure itself."""
    words = f"{picture.title}. {picture.caption} The switch Tables shows its numbers."
    plot = StudyFigure.element(figure=picture.figure, dark=picture.dark, pickable=picture.pickable, description=words)

    def listen() -> None:
        solara.get_widget(plot).listen(lambda mark: browsing.pick(picture.name, mark))

    solara.use_effect(listen, [picture.name])


@solara.component
def TableView(browsing: Browsing, picture: Picture) -> None:
    """The numbers; the way to the tissues for those who do not click marks."""
    table = picture.table
    widget = StudyTable.element(
        heads=list(table.heads),
        rows=[list(row) for row in table.rows],
        pickable=bool(table.marks),
        title=picture.title,
    )

    def listen() -> None:
        solara.get_widget(widget).listen(lambda row: browsing.pick(picture.name, table.marks[row]))

    solara.use_effect(listen, [picture.name])
    if table.left_out:
        text(f"{table.left_out:,} rows more in the report's tables.", "study-caption")


def _segment(part: str) -> Any:
    return v.Btn(value=part, small=True, text=True, ripple=False, children=[PARTS[part]])


@solara.component
def BehindCard(browsing: Browsing, behind: Behind) -> None:
    """Tissues with their seeds; each opens in the Lab."""
    with v.Html(tag="aside", class_="study-behind", attributes={"aria-label": "Tissues behind the mark"}):
        with v.Html(tag="div", class_="cell-head"):
            text(behind.title, "cell-title")
            IconAction("mdi-close", lambda: browsing.behind.set(None), "Close")
        shown = len(behind.replicates)
        if behind.count > shown:
            text(f"{shown} of {behind.count:,} replicates, from the lowest to the highest", "cell-id")
        for each in behind.replicates:
            with v.Html(tag="div", class_="study-replicate"):
                rank = f", {each.rank}" if each.rank else ""
                text(f"Replicate {each.number}{rank}", "study-rank")
                for tissue in each.tissues:
                    OpenTissue(tissue)


@solara.component
def OpenTissue(tissue: Tissue) -> None:
    """One tissue: what came of it, and the way into the Lab."""
    with v.Html(tag="div", class_="study-tissue"):
        text(tissue.arm, "study-arm")
        text(f"{tissue.said}; seed {tissue.seed}", "cell-id")
        with v.Html(tag="div", class_="study-links"):
            solara.Link(f"/?run={tissue.code}", children=[f"Open on {clock(tissue.hour)}"], classes=["study-link"])
            if tissue.hour:
                solara.Link(f"/?run={tissue.start}", children=["from hour 0"], classes=["study-link"])
