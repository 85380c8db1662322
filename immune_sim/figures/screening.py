"""Morris screening as a plane: how much a factor matters, and how much that depends on the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from immune_sim.figures.arms import INKS
from immune_sim.figures.look import THEMES, Theme, colors, figure

LABELED = 0.2  # share of the axis below which factors would write over each other, and matter little


def morris_plane(table: pd.DataFrame, *, title: str, unit: str, theme: Theme = "light") -> go.Figure:
    """mu* against sigma. table: columns factor, mu, mu_star, mu_star_low, mu_star_high, sigma.

    On the dotted line sigma equals mu*: above it the effect of a factor turns with the others, or has a threshold.
    """
    said = f", {unit}" if unit else ""
    made = figure(title, f"sigma: how much it varies{said}", theme=theme, x_title=f"mu*: mean absolute effect{said}")
    color = INKS[0][THEMES.index(theme)]
    far = 1.1 * float(np.nanmax([table["mu_star_high"].max(), table["sigma"].max(), 1e-12]))
    made.add_scatter(
        x=[0, far],
        y=[0, far],
        mode="lines",
        line={"width": 1, "dash": "dot", "color": colors(theme)["axis"]},
        hoverinfo="skip",
        showlegend=False,
    )
    reach = np.maximum(table["mu_star"], table["sigma"])
    made.add_scatter(
        x=table["mu_star"],
        y=table["sigma"],
        text=[name if place > LABELED * far else "" for name, place in zip(table["factor"], reach, strict=True)],
        hovertext=table["factor"],
        mode="markers+text",
        textposition="top center",
        textfont={"size": 11},
        cliponaxis=False,
        marker={"size": 10, "color": color},
        error_x={
            "type": "data",
            "array": table["mu_star_high"] - table["mu_star"],
            "arrayminus": table["mu_star"] - table["mu_star_low"],
            "width": 0,
            "thickness": 1.4,
            "color": color,
        },
        customdata=table["mu"],
        hovertemplate="%{hovertext}<br>mu* %{x:.3~g}, mu %{customdata:.3~g}, sigma %{y:.3~g}<extra></extra>",
        showlegend=False,
    )
    made.update_layout(height=420, margin={"t": 56}, hovermode="closest", xaxis={"showgrid": True, "range": [0, far]})
    return made
