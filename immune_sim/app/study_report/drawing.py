"""One figure of the report: how it is drawn for either page, and what is said below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from immune_sim.figures.look import Theme

Draw = Callable[[Theme], go.Figure]


@dataclass(frozen=True)
class Drawing:
    """One figure. name: of its files; part: the section; wide: across the whole page; table: what is drawn."""

    name: str
    part: str
    draw: Draw
    caption: str = ""
    wide: bool = False
    table: pd.DataFrame | None = None
