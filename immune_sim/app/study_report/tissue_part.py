"""The part of the page that shows tissues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from immune_sim.analysis.endpoints import endpoint
from immune_sim.app.report.markup import Markup, element, raw, text
from immune_sim.app.report.tissue import classes, picture
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.sections import arm_name, part
from immune_sim.app.study_report.tissues import Tissue, telling_point
from immune_sim.app.study_report.words import HOURS_PER_DAY, days
from immune_sim.model.layers import described

TITLE = "What the tissues looked like"


def section(told: Told, shown: Sequence[Tissue], reason: str) -> Markup:
    """The pictures, a row for each arm; or why there are none."""
    if not shown and not reason:
        return raw("")
    if not shown:
        return part("tissues", TITLE, element("p", text(reason)))
    parts = []
    for arm in dict.fromkeys(str(each.row["arm"]) for each in shown):
        figures = [_figure(told, each) for each in shown if each.row["arm"] == arm]
        parts.append(element("div", arm_name(told, arm), cls="arm-name") + element("div", *figures, cls="row-of-three"))
    several = told.points > 1
    where = f" At the design point where the arms differ most: {told.place(telling_point(told))}." if several else ""
    name = endpoint(told.plan.endpoints[0]).label
    about = (
        f"The best, the median and the worst seed of every arm, judged by {name}, on the last day that all of these "
        f"runs reached; cleared tumors on the day they were gone.{where}"
    )
    if reason:
        about = f"The best, the median and the worst seed of every arm, judged by {name}.{where} {reason}"
    return part("tissues", TITLE, *(raw(each) for each in parts), classes(), about=about)


def _figure(told: Told, each: Tissue) -> Markup:
    caption = element(
        "figcaption",
        element("b", text(f"{each.row['rank']}, day {each.hour / HOURS_PER_DAY:.4g}")),
        element("div", text(f"{each.cells:,} tumor cells; {_fate(told, each.row)}"), cls="small"),
        element("div", text(f"replicate {each.row['replicate']}, seed {each.row['seed']}"), cls="small"),
    )
    size = float(told.scenarios[str(each.row["arm"])].values["space.site_size"])
    return picture(described("type", each.codes), size, caption)


def _fate(told: Told, row: dict[str, Any]) -> str:
    shown = endpoint(told.plan.endpoints[0])
    if row.get("cleared") == 1:
        return f"cleared on day {days(row['time_to_clearance'])}"
    value = float(row[shown.name])
    if shown.kind != "time":
        return f"{shown.label} {value:.4g}"
    return f"{shown.label} {days(value)} days" if value == value else f"{shown.label}: not reached"  # noqa: PLR0124
