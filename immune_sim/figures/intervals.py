"""Estimates with their intervals, one below the other: shares, differences, effects, sensitivity indices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from immune_sim.core.palette import Ink
from immune_sim.figures.arms import room_above
from immune_sim.figures.look import THEMES, Theme, colors, figure

ROW = 34  # height of a line
BELOW = 58


@dataclass(frozen=True)
class Row:
    """One line: its name at the left, the estimate with its ends (nan where there is none), and words for the hover.

    series: lines of one series share ink and symbol and are named in the legend; hollow draws an open mark; key: what
    the mark stands for, kept beside it for a page on which marks are clicked.
    """

    name: str
    value: float
    low: float
    high: float
    ink: Ink
    series: str = ""
    symbol: str = "circle"
    hollow: bool = False
    told: str = ""
    key: str = ""


def intervals(
    rows: Sequence[Row],
    *,
    title: str,
    x_title: str,
    theme: Theme = "light",
    level: float | None = None,
    level_name: str = "",
    percent: bool = False,
    span: tuple[float, float] | None = None,
    apart: float = 0.0,
) -> go.Figure:
    """A dot with an interval per row, the first one on top.

    level: a vertical line, for example at no difference. span: range of the axis. apart: how far the series of one
    name are drawn above each other, in lines.
    """
    made = figure(title, "", theme=theme, x_title=x_title)
    names = list(dict.fromkeys(each.name for each in rows))
    series = list(dict.fromkeys(each.series for each in rows))
    for place, one in enumerate(series):
        shift = apart * ((len(series) - 1) / 2 - place)
        _series(made, [each for each in rows if each.series == one], names, shift, percent, theme)
    if level is not None:
        made.add_vline(x=level, line={"width": 1, "dash": "dot", "color": colors(theme)["axis"]})
        if level_name:
            made.add_annotation(
                x=level, y=1, yref="paper", yanchor="bottom", text=level_name, showarrow=False, font={"size": 11}
            )
    top = room_above([each for each in series if each], across=240)
    made.update_layout(
        height=top + BELOW + ROW * len(names) * (1.0 + 0.35 * (len(series) > 1 and apart > 0)),
        hovermode="closest",
        showlegend=any(series),
        margin={"t": top},
        xaxis={"showgrid": True, "zeroline": False, "rangemode": "normal", "tickformat": ".0%" if percent else None},
        yaxis={
            "tickvals": list(range(len(names))),
            "ticktext": [_wrapped(each) for each in names],
            "range": [len(names) - 0.4, -0.6],
            "showgrid": False,
            "showline": False,
            "ticks": "",
        },
    )
    made.update_xaxes(range=list(span or _reach(rows, level)))
    return made


def _reach(rows: Sequence[Row], level: float | None) -> tuple[float, float]:
    """All estimates, their intervals and the level, with a little room on both sides."""
    ends = np.array([[each.value, each.low, each.high] for each in rows] + [[level or 0.0] * 3] * (level is not None))
    low, high = float(np.nanmin(ends, initial=math.inf)), float(np.nanmax(ends, initial=-math.inf))
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def _series(to: go.Figure, rows: Sequence[Row], names: list[str], shift: float, percent: bool, theme: Theme) -> None:
    inks = [each.ink[THEMES.index(theme)] for each in rows]
    form = ".0%" if percent else ".4~g"
    ends = f"%{{customdata[0]:{form}}} to %{{customdata[1]:{form}}}"
    symbols = [each.symbol + ("-open" if each.hollow else "") for each in rows]
    for row, ink in zip(rows, inks, strict=True):
        at = names.index(row.name) - shift
        to.add_scatter(
            x=[row.low, row.high],
            y=[at, at],
            mode="lines",
            line={"width": 2.2, "color": ink},
            hoverinfo="skip",
            showlegend=False,
        )
    to.add_scatter(
        x=[each.value for each in rows],
        y=[names.index(each.name) - shift for each in rows],
        name=rows[0].series,
        mode="markers",
        cliponaxis=False,  # a mark at 100 % is drawn whole
        marker={"size": 10, "color": inks, "symbol": symbols, "line": {"width": 2, "color": inks}},
        customdata=[(each.low, each.high, each.told, each.key) for each in rows],
        hovertemplate=f"%{{x:{form}}} ({ends})<br>%{{customdata[2]}}<extra></extra>",
    )


def _wrapped(name: str, width: int = 34) -> str:
    """A long name on two or more lines."""
    lines, line = [], ""
    for word in name.split(" "):
        if line and len(line) + len(word) + 1 > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "<br>".join([*lines, line]) + "  "
