"""Survival curves: steps with their intervals, and below them how many runs are still at risk."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from immune_sim.figures.arms import Styles
from immune_sim.figures.look import HEIGHT, HOURS_PER_DAY, Theme, colors, figure, thrifty, veiled

BAND = 0.13
ROW = 17  # height of one line of the table of runs at risk
GRIDS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def survival_curves(
    curves: pd.DataFrame, styles: Styles, *, horizon: float, title: str, y_title: str, theme: Theme = "light"
) -> go.Figure:
    """Kaplan-Meier curves of all arms.

    curves: columns arm, time (h), survival, low, high, at_risk, events, censored. horizon: h, the end of the axis.
    """
    made = figure(title, y_title, theme=theme)
    arms = [arm for arm in styles if (curves["arm"] == arm).any()]
    for arm in arms:
        _band(made, _reaching(curves[curves["arm"] == arm], horizon), arm, styles, theme)
    for arm in arms:
        _line(made, curves[curves["arm"] == arm], arm, styles, horizon, theme)
    grid = _grid(horizon)
    below = ROW * (len(arms) + 1.4)
    whole = HEIGHT + 40 + below
    inner = whole - 62 - 46
    _at_risk(made, curves, arms, styles, grid, below / inner, theme)
    made.update_layout(
        height=whole,
        yaxis={"domain": [(below + 44) / inner, 1.0], "range": [-0.02, 1.03], "tickformat": ".0%"},
        xaxis={
            "range": [0, horizon / HOURS_PER_DAY * 1.005],
            "tickvals": grid,
            "ticktext": [f"{each:g}" for each in grid],
            "anchor": "y",
            "hoverformat": ".1f",
            "zeroline": False,
        },
        margin={"b": 8},
        legend={"tracegroupgap": 0},
    )
    return made


def _reaching(curve: pd.DataFrame, horizon: float) -> pd.DataFrame:
    """The curve with its last step drawn out to the horizon."""
    return pd.concat([curve, curve.iloc[[-1]].assign(time=horizon, events=0, censored=0)], ignore_index=True)


def _band(to: go.Figure, curve: pd.DataFrame, arm: str, styles: Styles, theme: Theme) -> None:
    """The interval from the first event to the last; before and after it would only cover the other arms."""
    if curve["events"].sum():
        first, last = np.flatnonzero(curve["events"])[[0, -1]]
        last = last if curve["survival"].iloc[-1] == 0 else len(curve) - 1
        curve = curve.iloc[first : last + 1]
    time = np.repeat(thrifty(curve["time"] / HOURS_PER_DAY), 2)[1:]
    low, high = (np.repeat(thrifty(curve[column]), 2)[:-1] for column in ("low", "high"))
    to.add_scatter(
        x=np.concatenate([time, time[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=veiled(styles[arm].color(theme), BAND),
        line={"width": 0, "color": styles[arm].color(theme)},
        legendgroup=arm,
        showlegend=False,
        hoverinfo="skip",
        mode="lines",
    )


def _line(to: go.Figure, curve: pd.DataFrame, arm: str, styles: Styles, horizon: float, theme: Theme) -> None:
    drawn, style = _reaching(curve, horizon), styles[arm]
    n, events = int(curve["at_risk"].iloc[0]), int(curve["events"].sum())
    to.add_scatter(
        x=thrifty(drawn["time"] / HOURS_PER_DAY),
        y=thrifty(drawn["survival"]),
        name=f"{style.label} ({events} of {n})",
        mode="lines",
        line={"shape": "hv", "width": 2.2, "color": style.color(theme), "dash": style.dash},
        legendgroup=arm,
        customdata=np.column_stack([drawn["low"], drawn["high"], drawn["at_risk"]]),
        hovertemplate="%{y:.0%} (%{customdata[0]:.0%} to %{customdata[1]:.0%}), %{customdata[2]:.0f} at risk",
    )
    lost = curve[(curve["censored"] > 0) & (curve["time"] < horizon)]
    if len(lost):
        to.add_scatter(
            x=thrifty(lost["time"] / HOURS_PER_DAY),
            y=thrifty(lost["survival"]),
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 8, "color": style.color(theme)},
            legendgroup=arm,
            showlegend=False,
            hoverinfo="skip",
        )


def _at_risk(
    to: go.Figure, curves: pd.DataFrame, arms: list[str], styles: Styles, grid: list[float], top: float, theme: Theme
) -> None:
    """One line of numbers per arm below the curves, in the color of the arm."""
    for row, arm in enumerate(arms):
        curve = curves[curves["arm"] == arm]
        left = [_left(curve, days * HOURS_PER_DAY) for days in grid]
        to.add_scatter(
            x=grid,
            y=[-row] * len(grid),
            text=[str(each) for each in left],
            mode="text",
            textfont={"size": 11, "color": styles[arm].color(theme)},
            legendgroup=arm,
            showlegend=False,
            hoverinfo="skip",
            yaxis="y2",
            cliponaxis=False,
        )
    to.update_layout(
        yaxis2={
            "domain": [0.0, top],
            "anchor": "x",
            "range": [0.6 - len(arms), 1.4],
            "showgrid": False,
            "zeroline": False,
            "showline": False,
            "tickvals": [1.0],
            "ticktext": ["at risk"],
            "ticks": "",
            "fixedrange": True,
            "tickfont": {"size": 11, "color": colors(theme)["text"]},
        }
    )


def _left(curve: pd.DataFrame, time: float) -> int:
    """Runs without event and still followed just before a time."""
    gone = curve[curve["time"] < time]
    return int(curve["at_risk"].iloc[0] - gone["events"].sum() - gone["censored"].sum())


def _grid(horizon: float) -> list[float]:
    """Round days, seven or fewer, from 0 to the horizon."""
    days = horizon / HOURS_PER_DAY
    step = next((each for each in GRIDS if days / each <= 7), GRIDS[-1])
    return [float(each) for each in np.arange(0, days + 1e-6, step)]
