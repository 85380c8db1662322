"""The numbers behind the curves: a table of days for those who read rather than look, thinned; all hours as CSV."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import reacton.ipyvuetify as v
import solara
from numpy.typing import NDArray

from immune_sim.app.dashboard import curves
from immune_sim.app.dashboard.components.controls import Action, IconAction, text
from immune_sim.app.dashboard.state import Session

MOST_ROWS = 62  # two months of days
NAME = "table"


@dataclass(frozen=True)
class Head:
    """A column of the table: the panel of its curve, with the unit, and the curve."""

    panel: str
    curve: str


def heads(traces: Sequence[Mapping[str, Any]]) -> list[Head]:
    """The head of every trace."""
    return [Head(_panel(trace), str(trace["name"])) for trace in traces]


def thinned(days: NDArray[Any]) -> list[int]:
    """Rows to show: every whole day, or every second, fifth, tenth ... of them, and the last hour."""
    if not len(days):
        return []
    whole = [row for row, day in enumerate(days) if math.isclose(day, round(float(day)), abs_tol=1e-4)]
    step = next(each for power in range(6) for k in (1, 2, 5) if len(whole) / (each := k * 10**power) <= MOST_ROWS)
    kept = [row for row in whole if round(float(days[row])) % step == 0]
    return kept if kept and kept[-1] == len(days) - 1 else [*kept, len(days) - 1]


def markup(points: NDArray[Any], named: Sequence[Head]) -> str:
    """The table as HTML. points: days and one row a curve, (curves + 1, n); a curve without any value is left out."""
    shown = [i for i in range(len(named)) if np.isfinite(points[i + 1]).any()]
    panels = list(dict.fromkeys(named[i].panel for i in shown))
    spans = {panel: [i for i in shown if named[i].panel == panel] for panel in panels}
    top = "".join(
        f'<th scope="colgroup" colspan="{len(columns)}">{html.escape(panel)}</th>' for panel, columns in spans.items()
    )
    order = [i for panel in panels for i in spans[panel]]
    second = "".join(f'<th scope="col">{html.escape(named[i].curve)}</th>' for i in order)
    rows = "".join(
        f'<tr><th scope="row">{_number(points[0, row], 2)}</th>'
        + "".join(f"<td>{_number(points[i + 1, row])}</td>" for i in order)
        + "</tr>"
        for row in thinned(points[0])
    )
    return (
        '<table class="numbers"><caption class="for-the-ear">The curves at whole days and at the last hour</caption>'
        f'<thead><tr><th scope="col" rowspan="2">day</th>{top}</tr><tr>{second}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _panel(trace: Mapping[str, Any]) -> str:
    number = int(str(trace["yaxis"])[1:] or 1)
    right = next(panel for panel in curves.PANELS if any(curve.right for curve in panel.curves))
    panel = curves.PANELS[number - 1] if number <= len(curves.PANELS) else right
    return f"{panel.title}, {panel.unit}" if panel.unit else panel.title


def _number(value: float, digits: int = 4) -> str:
    if not math.isfinite(value):
        return "\N{EN DASH}"
    whole = math.isclose(value, round(value), abs_tol=1e-4)
    return f"{value:,.0f}" if whole else f"{value:.{digits}f}" if digits < 4 else f"{value:,.4g}"


@solara.component
def TableButton(session: Session) -> None:
    """Opens the table; stands in the corner of the curves."""
    with v.Html(tag="div", class_="curve-corner"):
        IconAction("mdi-table", lambda: session.show_panel(NAME, True), "Show the numbers of the curves (key: t)")


@solara.component
def TablePanel(session: Session) -> None:
    """The dialog with the table; it follows the clock day by day."""
    is_open = session.open_panel.value == NAME
    with v.Dialog(
        v_model=is_open,
        on_v_model=lambda opened: session.show_panel(NAME, opened),
        max_width=1180,
        scrollable=True,
        content_class="panel-dialog",
    ):
        with v.Card(class_="panel is-table", attributes={"aria-label": "The numbers of the curves"}):
            if is_open:
                with v.Html(tag="div", class_="panel-head"):
                    text("The numbers of the curves", "panel-title", "h2")
                    Action("Every hour, CSV", "mdi-table", lambda: session.away.take("csv"), kind="quiet")
                    IconAction("mdi-close", lambda: session.show_panel(NAME, False), "Close")
                Numbers(session)


@solara.component
def Numbers(session: Session) -> None:
    """The table itself, made anew when a day is over or the clock stands."""
    reading = session.stage.reading.value
    points, named = session.stage.drawn()
    moment = reading.hour if math.isnan(reading.pace) else reading.hour // 24

    def made() -> str:
        return markup(points, heads(named))

    content = solara.use_memo(made, [moment, len(named)])
    solara.HTML(tag="div", classes=["numbers-place"], unsafe_innerHTML=content)
