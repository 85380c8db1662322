"""Pictures of tissues that stand for their arms: the best, the median and the worst seed, all on the same day.

Taken from the frames of the study where it kept any at that hour; else the runs are computed again up to it, and the
number of tumor cells must be the stored one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immune_sim.analysis.endpoints import endpoint
from immune_sim.analysis.representatives import representatives
from immune_sim.app.report import tissue as drawn
from immune_sim.app.report.markup import Markup, element, raw, text
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.sections import arm_name, part
from immune_sim.app.study_report.words import HOURS_PER_DAY, days, rows_of
from immune_sim.core.errors import ImmuneSimError
from immune_sim.model.layers import described, layer
from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.experiments.trust import experiment_of, task_of
from immune_sim.runs.pictures import StoredPictures, middle
from immune_sim.runs.run import advance

Watch = Callable[[str], None]


@dataclass(frozen=True)
class Tissue:
    """The picture of one run. rank: best, median or worst; cells: tumor cells at this hour; codes (height, width)."""

    arm: str
    rank: str
    replicate: int
    seed: int
    hour: int
    cells: int
    fate: str
    codes: NDArray[np.uint8]
    site_size: float


def tissues(told: Told, study: Study, *, watch: Watch | None = None) -> tuple[list[Tissue], str]:
    """The tissues to show, or none and the reason."""
    point = telling_point(told)
    runs = told.runs[told.runs["point"] == point]
    chosen = representatives(runs, told.plan.endpoints[0], horizon=told.horizon)
    hour = common_hour(chosen)
    try:
        opened = experiment_of(study)
    except ImmuneSimError as error:
        return [], f"No pictures: {error}"
    made = []
    for row in rows_of(chosen):
        if watch:
            watch(f"computing the {row['rank']} tissue of {told.labels[row['arm']]} again")
        task = task_of(opened, row["run_id"])
        model = TumorImmuneModel(task.scenario, rng=task.seed)
        advance(model, until=float(hour))
        cells = int(model.recorder.latest["tumor_cells"])
        _check(told, row["run_id"], model.time, cells)
        codes = layer(model, "type", middle(model)).codes
        facts = (row["arm"], row["rank"], int(row["replicate"]), task.seed, round(model.time), cells, _fate(told, row))
        made.append(Tissue(*facts, codes, float(model.tissue.lattice.site_size)))
        model.tissue.threads.close()
    return made, ""


def telling_point(told: Told) -> int:
    """The design point to look at: where the arms differ most in the first endpoint, the first one if nothing tells."""
    tables = [table for key, table in told.analysis.of("points").items() if key.startswith(told.plan.endpoints[0])]
    if not tables or tables[0]["mean"].isna().all():
        return int(told.runs["point"].iloc[0])
    return int(tables[0]["point"].iloc[int(np.nanargmax(np.abs(tables[0]["mean"].to_numpy())))])


def common_hour(chosen: pd.DataFrame) -> int:
    """The last hour, of those kept each 6 h, that all of these runs reached; cleared ones are not waited for."""
    going = chosen[chosen["cleared"].astype(float) != 1]
    hours = (going if len(going) else chosen)["hours"].astype(float)
    return int(hours.min() // 6 * 6)


def _check(told: Told, run_id: str, hour: float, cells: int) -> None:
    """Raise where the run computed again is not the stored one."""
    if "tumor_cells" not in told.courses:
        return
    stored = told.courses[(told.courses["run_id"] == run_id) & (told.courses["hour"] == hour)]["tumor_cells"]
    if len(stored) and int(stored.iloc[0]) != cells:
        raise ImmuneSimError(
            f"{run_id} computed again has {cells:,} tumor cells at hour {hour:g}, and {int(stored.iloc[0]):,} are "
            "stored: other code wrote this study. Run `immune-sim experiment verify` on it."
        )


def _fate(told: Told, row: dict[str, Any]) -> str:
    shown = endpoint(told.plan.endpoints[0])
    if row.get("cleared") == 1:
        return f"cleared on day {days(row['time_to_clearance'])}"
    if shown.kind != "time":
        return f"{shown.label} {float(row[shown.name]):.4g}"
    return (
        f"{shown.label} {days(row[shown.name])} days"
        if row[shown.name] == row[shown.name]
        else f"{shown.label}: not reached"
    )


def section(told: Told, shown: list[Tissue], reason: str) -> Markup:
    """The part of the page with the pictures."""
    if not shown:
        return part("tissues", "Tissues", element("p", text(reason)))
    parts = []
    for arm in dict.fromkeys(each.arm for each in shown):
        figures = [_figure(each) for each in shown if each.arm == arm]
        parts.append(element("div", arm_name(told, arm), cls="arm-name") + element("div", *figures, cls="row-of-three"))
    where = (
        f" At the design point where the arms differ most: {told.place(telling_point(told))}."
        if told.points > 1
        else ""
    )
    name = endpoint(told.plan.endpoints[0]).label
    day = max(each.hour for each in shown) / HOURS_PER_DAY
    about = (
        f"The best, the median and the worst seed of every arm, judged by {name}, all on day {day:.4g} (or when the "
        f"tumor was cleared), the last day that all of these runs reached.{where}"
    )
    return part(
        "tissues", "What the tissues looked like", *(raw(each) for each in parts), drawn._classes(), about=about
    )


def _figure(each: Tissue) -> Markup:
    caption = element(
        "figcaption",
        element("b", text(f"{each.rank}, day {each.hour / HOURS_PER_DAY:.4g}")),
        element("div", text(f"{each.cells:,} tumor cells; {each.fate}"), cls="small"),
        element("div", text(f"replicate {each.replicate}, seed {each.seed}"), cls="small"),
    )
    return drawn._picture(described("type", each.codes), StoredPictures({}, {"site_size": each.site_size}), caption)
