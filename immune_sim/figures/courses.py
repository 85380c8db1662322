"""Time courses of whole arms: the median of the runs and the band in which the middle 80 % of them lie."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from immune_sim.figures.arms import Styles, room_above
from immune_sim.figures.look import HEIGHT, Theme, days, figure, thrifty, veiled

BAND = 0.13


def course_bands(
    bands: pd.DataFrame, outcome: str, styles: Styles, *, title: str, unit: str, theme: Theme = "light"
) -> go.Figure:
    """Median and 10-90 % band of one outcome.

    bands: columns arm, outcome, hour, n, median, low, high. An arm ends where fewer than half of its runs still go on.
    """
    made = figure(title, unit, theme=theme)
    chosen = bands[bands["outcome"] == outcome]
    arms = [arm for arm in styles if (chosen["arm"] == arm).any()]
    for arm in arms:
        _band(made, chosen[chosen["arm"] == arm], arm, styles, theme)
    for arm in arms:
        of_one = chosen[chosen["arm"] == arm]
        made.add_scatter(
            x=days(of_one["hour"]),
            y=thrifty(of_one["median"]),
            name=f"{styles[arm].label} (n = {int(of_one['n'].max())})",
            mode="lines",
            line={"width": 2, "color": styles[arm].color(theme), "dash": styles[arm].dash},
            legendgroup=arm,
            hovertemplate="%{y:.4~g}",
        )
    top = room_above([each.name for each in made.data if each.name])
    made.update_layout(margin={"t": top}, legend={"tracegroupgap": 0}, height=HEIGHT - 84 + top)
    return made


def _band(to: go.Figure, of_one: pd.DataFrame, arm: str, styles: Styles, theme: Theme) -> None:
    color = styles[arm].color(theme)
    edge = {"mode": "lines", "line": {"width": 0, "color": color}, "legendgroup": arm, "showlegend": False}
    to.add_scatter(x=days(of_one["hour"]), y=thrifty(of_one["low"]), hoverinfo="skip", **edge)
    filled = {"fill": "tonexty", "fillcolor": veiled(color, BAND)}
    to.add_scatter(x=days(of_one["hour"]), y=thrifty(of_one["high"]), hoverinfo="skip", **filled, **edge)
