"""Maps: an endpoint over two factors, each cell with its value and, on the hover, its error and number of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from immune_sim.core import palette
from immune_sim.figures.look import Theme, colors, figure

CELL = 46
KEPT = ("error", "n", "point")  # beside the value of each cell, for its hover and for a page on which cells are clicked
MOST_WORDS = 120  # cells above which the values are not written into them
LIGHT_DIVERGING = ("#2166ac", "#6aa5cf", "#c3dbea", "#f4f2ee", "#f6cdb0", "#e08b5c", "#b2442a")
DARK_DIVERGING = ("#6db3ea", "#3f7fb5", "#26455f", "#232b28", "#5f3a28", "#b3633a", "#f2935c")


def heatmap(
    table: pd.DataFrame,
    levels: Mapping[str, Sequence[str]],
    *,
    title: str,
    titles: tuple[str, str],
    unit: str,
    diverging: bool = False,
    better: int = 0,
    percent: bool = False,
    span: tuple[float, float] | None = None,
    theme: Theme = "light",
) -> go.Figure:
    """One cell per pair of levels.

    table: the two columns that ``levels`` names (across, then upwards, each with its levels in order), mean, error, n,
    perhaps point. diverging: pale at 0, blue where it is better for the host (better = +1: larger is better) and orange
    where it is worse. span: ends of the color scale.
    """
    (x, across), (y, up) = levels.items()
    (x_title, y_title), values = titles, _matrix(table, x, y, "mean", across, up)
    form = ".0%" if percent else ".1f" if unit == "days" else ".3~g"
    made = figure(title, y_title, theme=theme, x_title=x_title)
    reach = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    low, high = span or ((-reach, reach) if diverging else (float(np.nanmin(values)), float(np.nanmax(values))))
    made.add_heatmap(
        x=list(across),
        y=list(up),
        z=values,
        zmin=low,
        zmax=high if high > low else low + 1.0,
        colorscale=_scale(diverging, better, theme),
        xgap=2,
        ygap=2,
        texttemplate=f"%{{z:{form}}}" if values.size <= MOST_WORDS else None,
        textfont={"size": 12},
        customdata=np.dstack([_matrix(table, x, y, name, across, up) for name in KEPT if name in table]),
        hovertemplate=f"{x_title} %{{x}}<br>{y_title} %{{y}}<br>%{{z:{form}}}, standard error "
        f"%{{customdata[0]:{form}}}, n = %{{customdata[1]:.0f}}<extra></extra>",
        colorbar={
            "title": {"text": unit, "side": "right", "font": {"size": 12}},
            "thickness": 12,
            "outlinewidth": 0,
            "tickformat": ".0%" if percent else None,
            "tickfont": {"color": colors(theme)["text"]},
        },
    )
    made.update_layout(
        height=140 + CELL * max(3, len(up)),
        hovermode="closest",
        xaxis={"type": "category", "showline": False, "ticks": "", "showgrid": False},
        yaxis={"type": "category", "showline": False, "ticks": "", "showgrid": False, "rangemode": "normal"},
        margin={"t": 52},
    )
    return made


def _matrix(
    table: pd.DataFrame, x: str, y: str, name: str, across: Sequence[str], up: Sequence[str]
) -> np.ndarray[Any, Any]:
    wide = table.pivot_table(index=y, columns=x, values=name, aggfunc="mean", observed=True)
    return np.asarray(wide.reindex(index=list(up), columns=list(across)).to_numpy(dtype=float))


def _scale(diverging: bool, better: int, theme: Theme) -> list[tuple[float, str]]:
    """Anchors of the color scale; a diverging one is turned so that blue is good for the host."""
    if not diverging:
        anchors: tuple[str, ...] = palette.CIVIDIS
    else:
        anchors = LIGHT_DIVERGING if theme == "light" else DARK_DIVERGING
        anchors = anchors[::-1] if better >= 0 else anchors
    return [(i / (len(anchors) - 1), color) for i, color in enumerate(anchors)]
