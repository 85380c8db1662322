"""Figures of studies with many design points: maps, effects of switches, sensitivity."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go

from immune_sim.analysis.endpoints import Endpoint, endpoint
from immune_sim.analysis.study import SEPARATOR
from immune_sim.app.study_report.drawing import Draw, Drawing
from immune_sim.app.study_report.gather import Factor, Told
from immune_sim.app.study_report.words import rows_of, scale_of
from immune_sim.core.palette import GRAY
from immune_sim.figures.arms import INKS
from immune_sim.figures.intervals import Row, intervals
from immune_sim.figures.look import Theme
from immune_sim.figures.maps import heatmap
from immune_sim.figures.screening import morris_plane

MOST_ROWS = 24
MOST_FACETS = 6


def over_points(told: Told) -> Iterator[Drawing]:
    """The figures of every endpoint and contrast, as the design asks for."""
    for key, table in told.analysis.of("points").items():
        name, _, arm = key.partition(SEPARATOR)
        about = About(told, endpoint(name), arm)
        if told.plan.kind in ("grid", "list"):
            yield from _maps(told, about, table, key)
        effects, sensitive = (told.analysis.of(kind).get(key) for kind in ("effects", "sensitivity"))
        if effects is not None:
            yield _effects(about, effects, key)
        if sensitive is not None:
            yield from _sensitivity(told, about, sensitive, key)


class About:
    """What a figure over design points shows: an endpoint of an arm, or its difference to the control."""

    def __init__(self, told: Told, shown: Endpoint, arm: str):
        self.endpoint, self.difference = shown, len(told.arms) > 1
        self.scale = scale_of(shown.name)
        against = f", {told.labels[arm]} less {told.labels[told.arms[0]]}" if self.difference else ""
        self.title = f"{shown.label[:1].upper()}{shown.label[1:]}{against}"
        self.percent = shown.kind == "share"
        self.unit = "days" if shown.kind == "time" else "" if not self.percent else "share of runs"

    def scaled(self, table: pd.DataFrame, *names: str) -> pd.DataFrame:
        """The table with these columns in the unit of the figure."""
        return table.assign(**{name: table[name] / self.scale for name in names})


def _maps(told: Told, about: About, table: pd.DataFrame, key: str) -> Iterator[Drawing]:
    factors = [each for each in told.factors if table[each.label].astype(str).nunique() > 1]
    table = _in_order(about.scaled(table, "mean", "error"), factors)
    if told.plan.kind == "list" or len(factors) == 1:
        yield Drawing(f"points_{key}", "map", _list(told, about, table), _cells(told), wide=True)
    elif len(factors) == 2:
        yield Drawing(f"map_{key}", "map", _heat(about, table, factors, about.title), _cells(told), wide=True)
    elif len(factors) == 3:
        reach = float(table["mean"].abs().max()) or 1.0
        third = factors[2]
        for value, part in list(table.groupby(third.label, sort=False, observed=True))[:MOST_FACETS]:
            title = f"{about.title}; {third.label} {third.said(value)}"
            drawn = _heat(about, part, factors[:2], title, reach)
            yield Drawing(
                f"map_{key}_{third.said(value).replace(' ', '_').replace('/', '_')}", "map", drawn, _cells(told)
            )


def _in_order(table: pd.DataFrame, factors: list[Factor]) -> pd.DataFrame:
    """The rows sorted by the levels of the factors, first factor first."""
    made = table.copy()
    for each in factors:
        ranks = {level.value: i for i, level in enumerate(each.levels)}
        made[f"rank {each.label}"] = [ranks.get(value, value) for value in made[each.label]]
    return made.sort_values([f"rank {each.label}" for each in factors], ignore_index=True)


def _heat(about: About, table: pd.DataFrame, factors: list[Factor], title: str, reach: float | None = None) -> Draw:
    x, y = factors
    named = table.sort_values(f"rank {y.label}", kind="stable")
    said = {each.label: [each.said(value) for value in named[each.label]] for each in (x, y)}
    order = list(dict.fromkeys(said[y.label]))
    named = named.assign(**said).sort_values(f"rank {x.label}", kind="stable")
    named = pd.concat([named[named[y.label] == each] for each in order])
    ends = (
        (-reach, reach)
        if reach and about.difference
        else (0.0, 1.0)
        if about.percent and not about.difference
        else None
    )

    def draw(theme: Theme) -> go.Figure:
        return heatmap(
            named, x.label, y.label, title=title, x_title=x.label, y_title=y.label, unit=about.unit, span=ends,
            diverging=about.difference, better=about.endpoint.better, percent=about.percent, theme=theme,
        )  # fmt: skip

    return draw


def _list(told: Told, about: About, table: pd.DataFrame) -> Draw:
    rows = []
    for each in rows_of(table.head(MOST_ROWS)):
        far = 1.96 * float(each["error"])
        rows.append(Row(told.place(int(each["point"])), each["mean"], each["mean"] - far, each["mean"] + far, INKS[0]))

    def draw(theme: Theme) -> go.Figure:
        level = 0.0 if about.difference else None
        return intervals(rows, title=about.title, x_title=about.unit, percent=about.percent, level=level, theme=theme)

    return draw


def _cells(told: Told) -> str:
    low, high = told.replicates
    n = f"{low}" if low == high else f"{low} to {high}"
    pairs = "pairs" if len(told.arms) > 1 else "runs"
    return (
        f"Means of n = {n} {pairs} a design point; blue is good for the host, orange is bad."
        if len(told.arms) > 1
        else f"Means of n = {n} {pairs} a design point."
    )


def _effects(about: About, table: pd.DataFrame, key: str) -> Drawing:
    shown = about.scaled(table, "estimate", "estimate_low", "estimate_high")
    shown = shown[shown["order"] > 0].head(MOST_ROWS)
    rows = []
    for each in rows_of(shown):
        alone = each["order"] == 1
        name = each["effect"].replace("links.", "").replace("_", " ")
        series = "switch on instead of off" if alone else "interaction of two"
        ends = each["estimate"], each["estimate_low"], each["estimate_high"]
        told_how = f"explains {each['explained']:.0%} of the variance"
        rows.append(Row(name, *ends, INKS[0] if alone else GRAY, series, told=told_how))
    rest = float(table.loc[table["effect"] == "replicates", "explained"].iloc[0])

    def draw(theme: Theme) -> go.Figure:
        title = f"What each link does to: {about.title[:1].lower()}{about.title[1:]}"
        return intervals(rows, title=title, x_title=about.unit, percent=about.percent, level=0.0, theme=theme)

    caption = f"Effects with 95 % intervals, largest first; {rest:.0%} of the variance is luck of the replicates."
    return Drawing(f"effects_{key}", "effects", draw, caption, wide=True)


def _sensitivity(told: Told, about: About, table: pd.DataFrame, key: str) -> Iterator[Drawing]:
    noise = float(table["noise"].iloc[0])
    luck = f" {noise:.0%} of the variance of the points is luck of their replicates." if math.isfinite(noise) else ""
    if "mu_star" in table:
        shown = about.scaled(table, "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma", "floor")
        floor = float(shown["floor"].iloc[0])
        rows = [
            Row(one["factor"], one["mu_star"], one["mu_star_low"], one["mu_star_high"], INKS[0])
            for one in rows_of(shown)
        ]
        title = f"How much each factor moves: {about.title[:1].lower()}{about.title[1:]}"
        bound = floor if math.isfinite(floor) else None

        def strength(theme: Theme) -> go.Figure:
            return intervals(
                rows, title=title, x_title=f"mu*, {about.unit}", level=bound, level_name="luck alone", theme=theme
            )

        def plane(theme: Theme) -> go.Figure:
            return morris_plane(shown, title="Strength and dependence on the others", unit=about.unit, theme=theme)

        caption = f"Mean absolute effect over the whole range of a factor, 95 % intervals.{luck}"
        yield Drawing(f"morris_{key}", "sensitivity", strength, caption)
        yield Drawing(f"morris_plane_{key}", "sensitivity", plane, "Above the line: interactions or thresholds.")
        return
    columns = (
        {"first": "by itself (first order)", "total": "with all interactions (total)"}
        if "total" in table
        else {"correlation": ""}
    )
    rows = []
    for column, series in columns.items():
        ink = INKS[0] if column != "first" else INKS[1]
        for each in rows_of(table):
            rows.append(Row(each["factor"], each[column], each[f"{column}_low"], each[f"{column}_high"], ink, series))
    shares = "total" in table
    title = "What explains the variance of: " if shares else "Partial rank correlation with: "

    def draw(theme: Theme) -> go.Figure:
        x_title = "share of the variance" if shares else "correlation, other factors held fixed"
        return intervals(
            rows,
            title=title + about.title[:1].lower() + about.title[1:],
            x_title=x_title,
            level=0.0,
            percent=shares,
            apart=0.34,
            theme=theme,
        )

    yield Drawing(f"sensitivity_{key}", "sensitivity", draw, f"95 % intervals.{luck}", wide=True)
