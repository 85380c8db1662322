"""Figures of factorials and samples: effects of switches, sensitivity indices."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go

from immune_sim.analysis.ablation import OTHERS, REPLICATES, TIMES
from immune_sim.analysis.study import SEPARATOR
from immune_sim.app.study_report.drawing import Drawing
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.showing import Showing, slug
from immune_sim.app.study_report.words import percent, plain, rows_of
from immune_sim.core.palette import GRAY
from immune_sim.figures.arms import INKS
from immune_sim.figures.intervals import Row, intervals
from immune_sim.figures.look import Theme
from immune_sim.figures.screening import morris_plane

MOST_ROWS = 24
WIDEST = (-0.6, 1.6)  # of the axis of shares; what reaches farther comes of too few samples


def effects(told: Told) -> Iterator[Drawing]:
    """Effects of switches, a figure for every endpoint and contrast."""
    for key, table in told.analysis.of("effects").items():
        yield _effects(Showing(told, *_parts(key)), table, key)


def sensitivities(told: Told) -> Iterator[Drawing]:
    """Sensitivity indices, a figure or two for every endpoint and contrast."""
    for key, table in told.analysis.of("sensitivity").items():
        shown = Showing(told, *_parts(key))
        noise = float(table["noise"].iloc[0])
        luck = f" {percent(noise)} of the variance of the points is luck." if math.isfinite(noise) else ""
        yield from _morris(shown, table, key, luck) if "mu_star" in table else _indices(shown, table, key, luck)


def _parts(key: str) -> tuple[str, str]:
    name, _, arm = key.partition(SEPARATOR)
    return name, arm


def _effects(shown: Showing, table: pd.DataFrame, key: str) -> Drawing:
    scaled = shown.scaled(table, "estimate", "estimate_low", "estimate_high")
    rows = []
    for each in rows_of(scaled[scaled["order"] > 0].head(MOST_ROWS)):
        alone = each["order"] == 1
        series = "on instead of off" if alone else "interaction of two"
        ends = each["estimate"], each["estimate_low"], each["estimate_high"]
        told = f"explains {percent(each['explained'])} of the variance"
        rows.append(Row(_effect(each["effect"]), *ends, INKS[0] if alone else GRAY, series, told=told))
    rest = {row["effect"]: row["explained"] for row in rows_of(table[table["order"] == 0])}

    def draw(theme: Theme) -> go.Figure:
        title = f"What each switch does to: {shown.name}"
        return intervals(rows, title=title, x_title=shown.unit, percent=shown.percent, level=0.0, theme=theme)

    contrast = "How the difference of the arms changes when the switch goes on. " if shown.difference else ""
    caption = contrast + (
        f"95 % intervals, largest effect first. Of the variance, {percent(rest[REPLICATES])} is luck of replicates"
    )
    others = f", and {percent(rest[OTHERS])} interactions that are not shown here." if rest.get(OTHERS) else "."
    return Drawing(f"effects_{slug(key)}", "effects", draw, caption + others, wide=True, table=scaled)


def _morris(shown: Showing, table: pd.DataFrame, key: str, luck: str) -> Iterator[Drawing]:
    scaled = shown.scaled(table, "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma", "floor")
    scaled = scaled.assign(factor=[plain(each) for each in scaled["factor"]])
    floor = float(scaled["floor"].iloc[0])
    rows = [
        Row(each["factor"], each["mu_star"], each["mu_star_low"], each["mu_star_high"], INKS[0])
        for each in rows_of(scaled)
    ]
    level, x_title = (floor if math.isfinite(floor) else None), f"mu*, {shown.unit}".rstrip(", ")

    def strength(theme: Theme) -> go.Figure:
        title = f"What moves: {shown.name}"
        return intervals(rows, title=title, x_title=x_title, level=level, level_name="luck alone", theme=theme)

    def plane(theme: Theme) -> go.Figure:
        return morris_plane(scaled, title="Strength, and dependence on the others", unit=shown.unit, theme=theme)

    caption = f"Mean absolute effect over the whole range of a factor, 95 % intervals.{luck}"
    yield Drawing(f"morris_{slug(key)}", "sensitivity", strength, caption, table=scaled)
    yield Drawing(
        f"morris_plane_{slug(key)}", "sensitivity", plane, "Above the line: interactions or thresholds.", table=scaled
    )


def _indices(shown: Showing, table: pd.DataFrame, key: str, luck: str) -> Iterator[Drawing]:
    shares = "total" in table
    words = {"total": "with all interactions (total)", "first": "by itself (first order)"}
    columns = words if shares else {"correlation": ""}
    rows = []
    for (column, series), ink in zip(columns.items(), INKS, strict=False):
        for each in rows_of(table):
            ends = (each[column], each[f"{column}_low"], each[f"{column}_high"])
            rows.append(Row(plain(each["factor"]), *ends, ink, series))
    reach = [each for row in rows for each in (row.low, row.high) if math.isfinite(each)]
    few = shares and bool(reach) and (min(reach) < WIDEST[0] or max(reach) > WIDEST[1])
    span = WIDEST if few else None
    caption = f"95 % intervals.{luck}"
    if few:
        caption += (
            " Intervals that leave the picture come of too few samples: ask for more before you believe an order."
        )

    def draw(theme: Theme) -> go.Figure:
        x_title = "share of the variance" if shares else "partial rank correlation, other factors held fixed"
        title = f"What {'explains the variance of' if shares else 'goes with'}: {shown.name}"
        return intervals(
            rows, title=title, x_title=x_title, level=0.0, percent=shares, apart=0.34, span=span, theme=theme
        )

    yield Drawing(f"sensitivity_{slug(key)}", "sensitivity", draw, caption, wide=True, table=table)


def _effect(name: str) -> str:
    return TIMES.join(plain(each) for each in name.split(TIMES))
