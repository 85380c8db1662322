"""Morris screening as a plane: how much a factor matters, and how much that depends on the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from immune_sim.figures.arms import INKS
from immune_sim.figures.look import THEMES, Theme, colors, figure

# shares of the axes that a letter, a line and a mark take in a figure of half the page
LETTER, LINE, MARK = 0.0145, 0.042, 0.022
SIDES = ("top center", "bottom center", "middle right", "middle left")
Box = tuple[float, float, float, float]


def morris_plane(table: pd.DataFrame, *, title: str, unit: str, theme: Theme = "light") -> go.Figure:
    """mu* against sigma. table: columns factor, mu, mu_star, mu_star_low, mu_star_high, sigma, the strongest first.

    On the dotted line sigma equals mu*: above it the effect of a factor turns with the others, or has a threshold.
    Names that would write over others are left out; the pointer tells them.
    """
    said = f", {unit}" if unit else ""
    made = figure(title, f"sigma: how much it varies{said}", theme=theme, x_title=f"mu*: mean absolute effect{said}")
    color = INKS[0][THEMES.index(theme)]
    far = 1.1 * float(np.nanmax([table["mu_star"].max(), 1e-12]))
    top = 1.15 * float(np.nanmax([table["sigma"].max(), 1e-12]))
    end = min(far, top)
    made.add_scatter(
        x=[0, end],
        y=[0, end],
        mode="lines",
        line={"width": 1, "dash": "dot", "color": colors(theme)["axis"]},
        hoverinfo="skip",
        showlegend=False,
    )
    names = [str(each) for each in table["factor"]]
    sides = _sides(names, [*zip(table["mu_star"] / far, table["sigma"] / top, strict=True)])
    made.add_scatter(
        x=table["mu_star"],
        y=table["sigma"],
        text=[name if side else "" for name, side in zip(names, sides, strict=True)],
        hovertext=names,
        mode="markers+text",
        textposition=[side or SIDES[0] for side in sides],
        textfont={"size": 11},
        cliponaxis=False,
        marker={"size": 10, "color": color},
        customdata=np.column_stack([table[each] for each in ("mu", "mu_star_low", "mu_star_high")]),
        hovertemplate="%{hovertext}<br>mu* %{x:.3~g} (%{customdata[1]:.3~g} to %{customdata[2]:.3~g}), "
        "mu %{customdata[0]:.3~g}, sigma %{y:.3~g}<extra></extra>",
        showlegend=False,
    )
    made.update_layout(height=420, margin={"t": 56}, hovermode="closest")
    made.update_xaxes(showgrid=True, range=[0, far])
    made.update_yaxes(range=[0, top])
    return made


def _sides(names: Sequence[str], places: Sequence[tuple[float, float]]) -> list[str]:
    """Where the name of each mark is written, "" where there is no room; earlier ones choose first."""
    taken = [(x - MARK / 2, y - MARK / 2, x + MARK / 2, y + MARK / 2) for x, y in places]
    chosen = []
    for at, (name, place) in enumerate(zip(names, places, strict=True)):
        own = taken[at]
        free = (
            (side, box)
            for side in SIDES
            if _inside(box := _box(side, len(name) * LETTER, *place))
            and not any(_overlap(box, each) for each in taken if each != own)
        )
        side, box = next(free, ("", own))
        chosen.append(side)
        if side:
            taken.append(box)
    return chosen


def _box(side: str, wide: float, x: float, y: float) -> Box:
    if side.startswith("middle"):
        left = x + MARK if side.endswith("right") else x - MARK - wide
        return left, y - LINE / 2, left + wide, y + LINE / 2
    low = y + MARK if side.startswith("top") else y - MARK - LINE
    return x - wide / 2, low, x + wide / 2, low + LINE


def _inside(box: Box) -> bool:
    return box[0] >= 0.0 and box[1] >= 0.0 and box[2] <= 1.05 and box[3] <= 1.0


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
