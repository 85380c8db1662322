"""The figures above the tissue: day and hour, cells, blockade. One widget, so that an update is one small message."""

from __future__ import annotations

import math

import solara

from immune_sim.app.dashboard.engine.figures import Reading
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.live_html import LiveHtml


@solara.component
def Readout(session: Session) -> None:
    """Where the run stands."""
    live = LiveHtml.element(kind="readout")
    solara.use_effect(lambda: session.stage.show_figures(0, solara.get_widget(live), figures), [])


def figures(reading: Reading) -> str:
    """The row as HTML; it holds nothing but numbers and our own words."""
    day, hour = divmod(round(reading.hour), 24)
    blocked = reading.blockade / (1.0 + reading.blockade)
    level = "\u2013" if math.isnan(reading.receptors) else f"\u00d7{reading.receptors:.2f}"
    cells = [
        ("tumor", "living tumor cells", f"{reading.tumor_cells:,}"),
        ("nk", "NK cells", f"{reading.nk_cells:,}"),
        ("ctl", "T cells", f"{reading.ctl_cells:,}"),
        ("drug", "blocked", f"{100 * blocked:.0f}\u202f%"),
        ("receptor", "receptor level", level),
    ]
    clock = (
        f'<div class="clock" data-hour="{round(reading.hour)}"><span class="clock-day">Day {day}</span>'
        f'<span class="clock-hour">{hour:02d}:00</span></div>'
    )
    return clock + "".join(
        f'<div class="figure is-{name}" data-value="{value}"><b>{value}</b><span>{label}</span></div>'
        for name, label, value in cells
    )
