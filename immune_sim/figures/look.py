"""The look that every figure shares: calm lines, colors for color-blind eyes, a light and a dark page.

Every trace carries its ink for both pages in ``meta``, so that a page can change between them without new data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from immune_sim.core.outcomes import Outcome
from immune_sim.core.palette import Ink

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, Theme] = ("light", "dark")
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"
INKS = {
    "text": ("#23302c", "#dfe7e3"),
    "grid": ("#e4e9e6", "#2a3531"),
    "axis": ("#aab4af", "#54625c"),
    "hover": ("#ffffff", "#1b2421"),
}
VEIL = 0.14  # opacity of the area under a filled line
HEIGHT = 320
HOURS_PER_DAY = 24.0
Outcomes = Mapping[str, Outcome]  # what the columns of a table are: unit and meaning by name


def colors(theme: Theme) -> dict[str, str]:
    """Text, grid, axis and hover colors of a page."""
    return {name: ink[THEMES.index(theme)] for name, ink in INKS.items()}


def layout(theme: Theme) -> dict[str, Any]:
    """What differs between the pages, as a plotly layout; a page that changes its theme applies it again."""
    chosen = colors(theme)
    axis = {
        "gridcolor": chosen["grid"],
        "linecolor": chosen["axis"],
        "tickcolor": chosen["axis"],
        "zerolinecolor": chosen["grid"],
    }
    return {
        "font": {"color": chosen["text"]},
        "hoverlabel": {"bgcolor": chosen["hover"], "bordercolor": chosen["axis"], "font": {"color": chosen["text"]}},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": chosen["axis"], "activecolor": chosen["text"]},
        "xaxis": axis,
        "yaxis": axis,
    }


def figure(title: str, unit: str, *, theme: Theme = "light", x_title: str = "days") -> go.Figure:
    """An empty figure in the shared look. title: what is shown; unit: of the vertical axis."""
    axis = {"showline": True, "ticks": "outside", "ticklen": 4, "automargin": True, "fixedrange": False}
    made = go.Figure()
    made.update_layout(
        template="none",
        height=HEIGHT,
        title={
            "text": title,
            "x": 0.012,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 12},
            "font": {"size": 15},
        },
        font={"family": FONT, "size": 12},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 58, "r": 14, "t": 84, "b": 42},
        hovermode="x unified",
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "xanchor": "left", "font": {"size": 12}},
        xaxis=axis
        | {"title": {"text": x_title, "standoff": 6}, "showgrid": False, "rangemode": "tozero", "hoverformat": ".2f"},
        yaxis=axis | {"title": {"text": unit, "standoff": 8}, "rangemode": "tozero", "zeroline": False},
    )
    made.update_layout(layout(theme))
    return made


def add_line(
    to: go.Figure,
    x: Any,
    y: Any,
    name: str,
    ink: Ink,
    *,
    theme: Theme = "light",
    dash: str = "solid",
    filled: bool = False,
    right: bool = False,
    unit: str = "",
    stack: str = "",
) -> None:
    """Add a line. x, y (n,); right: on a second vertical axis; stack: name of the pile on which the area lies."""
    color = ink[THEMES.index(theme)]
    said = f" {unit}" if unit else ""
    to.add_scatter(
        x=x, y=thrifty(y), name=name, mode="lines", connectgaps=False,
        line={"width": 1.8 if not stack else 1.2, "dash": dash, "color": color},
        fill="tozeroy" if filled else None, fillcolor=veiled(color) if filled or stack else None,
        stackgroup=stack or None, yaxis="y2" if right else "y",
        hovertemplate="%{y:.4~g}" + said, meta={"ink": list(ink), "veil": VEIL if not stack else 0.5},
    )  # fmt: skip


def add_level(to: go.Figure, y: float, name: str, ink: Ink, *, theme: Theme = "light") -> None:
    """Add a level line with its name, across the whole width."""
    to.add_hline(
        y=y,
        line={"width": 1, "dash": "dot", "color": ink[THEMES.index(theme)]},
        annotation={"text": name, "font": {"size": 11}, "x": 0, "xanchor": "left"},
    )


def days(hours: Any) -> np.ndarray[Any, Any]:
    """Hours as days."""
    return thrifty(np.asarray(hours, dtype=float) / HOURS_PER_DAY)


def thrifty(values: Any) -> np.ndarray[Any, Any]:
    """Values with the seven digits of float32: no screen shows more, and a report is half as large."""
    return np.asarray(values, dtype=np.float32)


def veiled(color: str, opacity: float = VEIL) -> str:
    """A color of the form #rrggbb, thinned."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def unit_of(outcomes: Outcomes, *names: str) -> str:
    """The unit that these outcomes share as they are declared, "" if they differ or have none."""
    units = {outcomes[name].unit for name in names}
    return (units.pop() if len(units) == 1 else "").replace("^2", "\u00b2")
