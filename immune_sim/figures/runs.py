"""Every run as a dot: how far apart runs of one arm lie, and which of them is which."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from immune_sim.figures.arms import Styles
from immune_sim.figures.look import Theme, figure, thrifty

ROW = 62  # height of an arm
SPREAD = 0.62  # of a row that its dots fill
GOLDEN = 0.618034  # neighbors in the order of runs come apart


def run_dots(table: pd.DataFrame, styles: Styles, *, title: str, x_title: str, theme: Theme = "light") -> go.Figure:
    """One row per arm, one dot per run.

    table: columns run_id, arm, value, open (whether the value is only the time that the run was followed), said. Dots
    are set up and down for the eye alone.
    """
    made = figure(title, "", theme=theme, x_title=x_title)
    arms = [arm for arm in styles if (table["arm"] == arm).any()]
    for row, arm in enumerate(arms):
        for is_open in (False, True):
            part = table[(table["arm"] == arm) & (table["open"] == is_open)]
            if len(part):
                _dots(made, part, row, styles[arm].color(theme), is_open)
    made.update_layout(
        height=110 + ROW * len(arms),
        hovermode="closest",
        showlegend=False,
        margin={"t": 46, "l": 20},
        xaxis={"showgrid": True},
        yaxis={
            "tickvals": list(range(len(arms))),
            "ticktext": [styles[arm].label + "  " for arm in arms],
            "range": [len(arms) - 0.5, -0.5],
            "showgrid": False,
            "showline": False,
            "ticks": "",
        },
    )
    return made


def _dots(to: go.Figure, part: pd.DataFrame, row: int, color: str, is_open: bool) -> None:
    shift = (np.arange(len(part)) * GOLDEN % 1.0 - 0.5) * SPREAD
    to.add_scatter(
        x=thrifty(part["value"]),
        y=thrifty(row + shift),
        mode="markers",
        marker={"size": 9, "color": color, "symbol": "circle-open" if is_open else "circle", "opacity": 0.8},
        customdata=part[["run_id", "said"]].to_numpy(),
        hovertemplate="%{customdata[1]}<extra></extra>",
        cliponaxis=False,
    )
