"""Which figures a study gets, each with a caption; composed from its tables and drawn for both pages."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go

from immune_sim.analysis.endpoints import endpoint
from immune_sim.app.study_report import published
from immune_sim.app.study_report.drawing import Draw, Drawing
from immune_sim.app.study_report.effect_drawings import effects, sensitivities
from immune_sim.app.study_report.gather import LATENCY, SURVIVAL, Told
from immune_sim.app.study_report.map_drawings import maps
from immune_sim.app.study_report.showing import key_of
from immune_sim.app.study_report.words import HOURS_PER_DAY, percent, rows_of, times
from immune_sim.core.palette import GRAY
from immune_sim.figures.arms import INKS
from immune_sim.figures.courses import course_bands
from immune_sim.figures.intervals import Row, intervals
from immune_sim.figures.look import Theme
from immune_sim.figures.survival import survival_curves

FIRST = ("tumor_cells", "signal_mean", "receptor_mean", "blockade", "nk_cells", "ctl_cells")
BLOCKADE = "blockade"
MOST_COURSES = 10
FAST = ("blockade", "signal", "drug_", "metabolite_", "host_", "link_", "bound_")  # follow every dose
FIRST_DAYS = 10.0
LONGEST_TITLE = 60


def drawings(told: Told) -> list[Drawing]:
    """All figures that the tables of this study allow."""
    alone = (_survival, _shares, _published, maps, effects, sensitivities, _paired, _courses)
    return [each for make in alone for each in make(told)]


def _survival(told: Told) -> Iterator[Drawing]:
    words = {
        "survival": ("Survival: runs that have not reached the endpoint size", "share of runs", SURVIVAL),
        "latency": ("Latency: runs without a detectable tumor", "share of runs", LATENCY),
    }
    for name, (title, y_title, time) in words.items():
        table = told.analysis.tables.get(f"{name}_curves")
        if table is None or not told.came(time):  # flat lines at 1 show nothing that a sentence does not say
            continue
        caption = (
            "Kaplan-Meier, with 95 % intervals; in brackets the runs that got there, of all. "
            "Below: runs still at risk. A cleared tumor counts as free of it until the horizon."
        )
        yield Drawing(name, "times", _curves(told, table, title, y_title), caption, wide=True, table=table)


def _curves(told: Told, table: pd.DataFrame, title: str, y_title: str) -> Draw:
    return lambda theme: survival_curves(
        table, told.styles, horizon=told.horizon, title=title, y_title=y_title, theme=theme
    )


def _shares(told: Told) -> Iterator[Drawing]:
    table = told.analysis.tables.get("take")
    if table is None or told.points > 1:
        return
    rows = []
    for each in rows_of(table):
        name = f"{told.labels[each['arm']]} ({each['events']} of {each['n']})"
        ends, ink = (each["share_low"], each["share_high"]), told.styles[each["arm"]].ink
        rows.append(Row(name, each["share"], *ends, ink, key=key_of(None, each["arm"])))
    title = "Tumor take: share of runs with a detectable tumor"

    def draw(theme: Theme) -> go.Figure:
        x_title = f"within {told.horizon / HOURS_PER_DAY:g} days"
        return intervals(rows, title=title, x_title=x_title, percent=True, span=(-0.02, 1.02), theme=theme)

    yield Drawing("take", "arms", draw, "Dots: shares; lines: Wilson's 95 % intervals.", table=table)


def _paired(told: Told) -> Iterator[Drawing]:
    table = told.analysis.tables.get("paired")
    if table is None:
        return
    rows = []
    for each in rows_of(table[table["endpoint"].isin([name for name in (SURVIVAL, LATENCY) if told.came(name)])]):
        late = each["endpoint"] == SURVIVAL
        value, low, high = (each[name] / HOURS_PER_DAY for name in ("difference", "difference_low", "difference_high"))
        name, series = f"{told.labels[each['arm']]} (n = {each['pairs']})", endpoint(each["endpoint"]).label
        ink, symbol = (INKS[0], "circle") if late else (INKS[1], "diamond")
        rows.append(Row(name, value, low, high, ink, series, symbol, key=key_of(None, each["arm"])))
    if not rows:
        return
    title = f"Days gained over {told.labels[told.arms[0]]}, in the same tissue"

    def draw(theme: Theme) -> go.Figure:
        x_title = f"days, within {told.horizon / HOURS_PER_DAY:g} days"
        return intervals(rows, title=title, x_title=x_title, level=0.0, apart=0.34, theme=theme)

    where = " Averaged over all design points." if told.points > 1 else ""
    caption = f"Mean of paired differences with 95 % bootstrap intervals; n pairs with the same seed.{where}"
    yield Drawing("paired", "arms", draw, caption, table=table)


def _published(told: Told) -> Iterator[Drawing]:
    pairs = pairs_of(told)
    for name, measures, title in (
        ("published_take", ("take",), "Tumor take: published and simulated"),
        ("published_times", ("time_to_take", "survival_time"), "Times relative to the control"),
    ):
        rows: list[Row] = []
        for each in (one for one in pairs if one.measure in measures):
            label = told.labels[each.arm] if len(measures) == 1 else _ratio_label(told, each)
            if each.measure != "take" and each.arm == told.arms[0]:
                continue
            ink = told.styles[each.arm].ink
            rows.append(Row(label, each.published, each.published, each.published, GRAY, "published", "diamond", True))
            counted = f"n = {each.n} of {each.of}" if each.n != each.of else f"n = {each.n}"
            if each.n:
                rows.append(Row(label, *each.simulated, ink, "simulated", told=counted))
            else:
                ends, told_how = (each.at_least, math.nan, math.nan), "at least: no run came so far within the horizon"
                rows.append(Row(label, *ends, ink, "simulated", "triangle-right", told=told_how))
        if rows:
            none = any(row.symbol == "triangle-right" for row in rows)
            caption = "A triangle: at least so much, since no run came so far within the horizon." if none else ""
            table = _table_of([one for one in pairs if one.measure in measures])
            yield Drawing(name, "published", _beside(rows, title, percent=len(measures) == 1), caption, table=table)


def _beside(rows: list[Row], title: str, *, percent: bool) -> Draw:
    x_title = "share with a tumor" if percent else "times the control (1: no difference)"
    level, span = (None, (-0.02, 1.02)) if percent else (1.0, None)
    return lambda theme: intervals(
        rows, title=title, x_title=x_title, percent=percent, level=level, span=span, apart=0.3, theme=theme
    )


def _table_of(pairs: list[published.Pair]) -> pd.DataFrame:
    rows = []
    for each in pairs:
        say = percent if each.measure == "take" else times
        values = {"published": each.published, "at_least": each.at_least} | each.simulated._asdict()
        said = {name: say(value) for name, value in values.items()}
        rows.append({
            "arm": each.arm, "measure": published.MEASURES[each.measure], "published": said["published"],
            "simulated": said["value"], "low": said["low"], "high": said["high"], "at_least": said["at_least"],
            "runs": f"{each.n} of {each.of}",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _ratio_label(told: Told, each: published.Pair) -> str:
    return f"{told.labels[each.arm]}: {published.MEASURES[each.measure]}"


def pairs_of(told: Told) -> list[published.Pair]:
    """Published and simulated figures, for a study that names a published one; else nothing."""
    tables = told.analysis.tables
    if not told.manifest.get("published") or told.points > 1 or not {"take", "ratios"} <= tables.keys():
        return []
    return published.compare(told.scenarios, tables["take"], tables["ratios"], told.horizon)


def _courses(told: Told) -> Iterator[Drawing]:
    table = told.analysis.tables.get("bands")
    if table is None or not len(table):
        return
    kept = list(dict.fromkeys(table["outcome"]))
    ordered = [*(each for each in FIRST if each in kept), *(each for each in kept if each not in FIRST)]
    for outcome in ordered[:MOST_COURSES]:
        fast = outcome.startswith(FAST) and told.horizon > 1.5 * FIRST_DAYS * HOURS_PER_DAY
        caption = "The share of receptors that hold drug, a / (1 + a). " if outcome == BLOCKADE else ""
        caption += f"The first {FIRST_DAYS:g} days; a double click shows all." if fast else ""
        of_one = table[table["outcome"] == outcome]
        yield Drawing(f"course_{outcome}", "courses", _course(told, table, outcome, fast), caption, table=of_one)


def _course(told: Told, table: pd.DataFrame, outcome: str, fast: bool) -> Draw:
    rest = "relative to rest" if "relative to rest" in told.about(outcome) else ""
    unit = told.unit_of(outcome) or ("cells" if "cells" in told.about(outcome) and not rest else rest)

    def draw(theme: Theme) -> go.Figure:
        if outcome == BLOCKADE:  # quantiles keep their places when every value is bent in the same way
            chosen = table[table["outcome"] == outcome]
            values = chosen[["median", "low", "high"]]
            bent = chosen.assign(**(values / (1.0 + values)))
            made = course_bands(bent, outcome, told.styles, title="Blocked receptors", unit="share", theme=theme)
            made.update_yaxes(tickformat=".0%", range=[0.0, 1.02])
        else:
            made = course_bands(table, outcome, told.styles, title=_title(told, outcome), unit=unit, theme=theme)
        if fast:
            made.update_xaxes(range=[0.0, FIRST_DAYS])
        return made

    return draw


def _title(told: Told, outcome: str) -> str:
    """The declared meaning as a title; where it is long, without what stands behind a colon or in brackets."""
    said = told.about(outcome)
    for quantile, words in (("p10 of", "10 % quantile of"), ("p50 of", "median of"), ("p90 of", "90 % quantile of")):
        said = said.replace(quantile, words)
    for mark in (":", " ("):
        if len(said) > LONGEST_TITLE and "cause" not in said:
            said = said.partition(mark)[0]
    return said[:1].upper() + said[1:]
