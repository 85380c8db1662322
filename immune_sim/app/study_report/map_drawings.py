"""Figures of grids and lists of design points: maps over two factors, or one line per point."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go
from scipy import special

from immune_sim.analysis.endpoints import endpoint
from immune_sim.analysis.shares import wilson
from immune_sim.analysis.study import SEPARATOR
from immune_sim.analysis.tables import FEWEST, LEVEL, Interval
from immune_sim.app.study_report.drawing import Draw, Drawing
from immune_sim.app.study_report.gather import Factor, Told
from immune_sim.app.study_report.showing import Showing, counted, key_of, slug
from immune_sim.app.study_report.words import rows_of
from immune_sim.figures.intervals import Row, intervals
from immune_sim.figures.look import Theme
from immune_sim.figures.maps import heatmap

MOST_ROWS = 24
MOST_FACETS = 6
GOOD = "Blue is good for the host, orange is bad."


def maps(told: Told) -> Iterator[Drawing]:
    """The figures of every endpoint that is not the same everywhere."""
    if told.plan.kind not in ("grid", "list"):
        return
    tables = {key: table for key, table in told.analysis.of("points").items() if table["mean"].nunique() > 1}
    factors = [each for each in told.factors if told.design[each.label].astype(str).nunique() > 1]
    if told.plan.kind == "list" or len(factors) == 1:
        for name in dict.fromkeys(key.partition(SEPARATOR)[0] for key in tables):
            arms = {key.partition(SEPARATOR)[2]: table for key, table in tables.items() if key.startswith(name)}
            shares = endpoint(name).kind == "share" and len(told.arms) == 1
            ends = " with 95 % intervals" if shares or told.replicates[1] >= FEWEST else ""
            caption = f"Means{ends}, {counted(told)}."
            yield Drawing(
                f"points_{name}",
                "map",
                _lines(told, name, arms, factors),
                caption,
                wide=True,
                table=_long(told, name, arms),
            )
        return
    for key, table in tables.items():
        name, _, arm = key.partition(SEPARATOR)
        yield from _maps(told, Showing(told, name, arm), table, factors, key)


def _maps(told: Told, shown: Showing, table: pd.DataFrame, factors: list[Factor], key: str) -> Iterator[Drawing]:
    table = _in_order(shown.scaled(table, "mean", "error"), factors)
    caption = f"Means of {counted(told)}. {GOOD if shown.difference else ''}".strip()
    if len(factors) == 2:
        yield Drawing(
            f"map_{slug(key)}", "map", _heat(shown, table, factors, shown.title), caption, wide=True, table=table
        )
    if len(factors) != 3:
        return
    reach, third = float(table["mean"].abs().max()), factors[2]
    for value, part in list(table.groupby(third.label, sort=False, observed=True))[:MOST_FACETS]:
        title = f"{shown.title}; {third.name} {third.said(value)}"
        drawn = _heat(shown, part, factors[:2], title, reach)
        yield Drawing(f"map_{slug(key)}_{slug(third.said(value))}", "map", drawn, caption, table=part)


def _in_order(table: pd.DataFrame, factors: list[Factor]) -> pd.DataFrame:
    """The rows sorted by the levels of the factors, the first factor first."""
    made = table.copy()
    for each in factors:
        ranks = {level.value: i for i, level in enumerate(each.levels)}
        made[f"rank {each.label}"] = [ranks.get(value, value) for value in made[each.label]]
    return made.sort_values([f"rank {each.label}" for each in factors], ignore_index=True)


def _heat(shown: Showing, table: pd.DataFrame, factors: list[Factor], title: str, reach: float = 0.0) -> Draw:
    """A map over two factors. reach: end of the color scale of differences, 0 to take it from the table."""
    levels = {each.label: _levels(table, each) for each in factors}
    named = table.assign(**{each.label: [each.said(value) for value in table[each.label]] for each in factors})
    span = (-reach, reach) if reach and shown.difference else None
    if shown.percent and not shown.difference:
        span = (0.0, 1.0)

    def draw(theme: Theme) -> go.Figure:
        return heatmap(
            named, levels, title=title, titles=(factors[0].name, factors[1].name), unit=shown.unit, span=span,
            diverging=shown.difference, better=shown.endpoint.better, percent=shown.percent, theme=theme,
        )  # fmt: skip

    return draw


def _levels(table: pd.DataFrame, factor: Factor) -> list[str]:
    """The levels of a factor in words, in their order."""
    ordered = table.sort_values(f"rank {factor.label}", kind="stable")[factor.label]
    return [factor.said(value) for value in dict.fromkeys(ordered)]


def _lines(told: Told, name: str, arms: dict[str, pd.DataFrame], factors: list[Factor]) -> Draw:
    """One line per design point, with one mark per arm."""
    several = len(arms) > 1
    shown = Showing(told, name, "" if several else next(iter(arms)))
    rows = []
    for arm, table in arms.items():
        series = told.labels[arm] if several else ""
        for each in rows_of(_in_order(shown.scaled(table, "mean", "error"), factors).head(MOST_ROWS)):
            point = told.place(int(each["point"]))
            ends, key = _ends(shown, each), key_of(int(each["point"]), arm)
            rows.append(Row(point, *ends, told.styles[arm].ink, series, told=f"n = {each['n']}", key=key))

    def draw(theme: Theme) -> go.Figure:
        level = 0.0 if shown.difference else None
        return intervals(
            rows, title=shown.title, x_title=shown.unit, percent=shown.percent, level=level, apart=0.3, theme=theme
        )

    return draw


def _long(told: Told, name: str, arms: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The points of all arms below each other, in the unit of the figure."""
    return Showing(told, name).scaled(
        pd.concat([table.assign(arm=arm) for arm, table in arms.items()]), "mean", "error"
    )


def _ends(shown: Showing, row: dict[str, float]) -> Interval:
    if shown.percent and not shown.difference:
        return wilson(round(row["mean"] * row["n"]), int(row["n"]))
    n = int(row["n"])
    if n < FEWEST or not row["error"] > 0.0:  # too few, or all alike: no error can be estimated (decision 12)
        return Interval(row["mean"], math.nan, math.nan)
    far = float(special.stdtrit(n - 1, 0.5 + LEVEL / 2)) * row["error"]
    return Interval(row["mean"], row["mean"] - far, row["mean"] + far)
