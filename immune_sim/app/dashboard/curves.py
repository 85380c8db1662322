"""Which curves the Lab shows, in which panel and color; the drawing is the widget's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard.mixed import at_hours
from immune_sim.core.palette import CTL, DRUG, GRAY, LIGAND, NK, QUIET, RECEPTOR, SIGNAL, TUMOR, Ink

HOURS_PER_DAY = 24.0
BLOCKED = "blocked"  # share of the receptors that hold drug in %, from the recorded blockade a: a / (1 + a)
MIXED = "mean_field"  # no outcome of the agents: the same scenario without places, see mixed.py


@dataclass(frozen=True)
class Curve:
    """One line: the outcome it draws, its name beside the panel's title, its ink; filled down to zero or not."""

    outcome: str
    label: str
    ink: Ink
    filled: bool = False
    right: bool = False  # on the panel's second axis
    dash: str = "solid"


@dataclass(frozen=True)
class Panel:
    """Curves that share an axis. unit: where neither title nor curves say it. span: of the axis, where it is fixed."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    counts: bool = False  # whether the axis counts whole cells
    span: tuple[float, float] | None = None


PANELS = (
    Panel(
        "Tumor cells",
        "",
        (
            Curve("tumor_cells", "living", TUMOR, filled=True),
            Curve("quiescent", "quiescent", QUIET),
            Curve(MIXED, "well mixed", GRAY, dash="dot"),
        ),
        counts=True,
    ),
    Panel("Immune cells", "", (Curve("nk_cells", "NK", NK), Curve("ctl_cells", "cytotoxic T", CTL)), counts=True),
    Panel(
        "Drug",
        "",
        (
            Curve(BLOCKED, "blocked, %", DRUG, filled=True),
            Curve("drug_concentration", "in plasma, nM", GRAY, right=True, dash="dot"),
        ),
        span=(0.0, 100.0),
    ),
    Panel(
        "Receptor axis",
        "1 is rest",
        (
            Curve("receptor_mean", "receptors", RECEPTOR),
            Curve("ligand_systemic", "ligand", LIGAND),
            Curve("signal_mean", "signal", SIGNAL),
        ),
    ),
)
BESIDE = ("tumor_cells", "nk_cells", "ctl_cells", BLOCKED, "receptor_mean", "signal_mean")  # of other arms
DASHES = ("solid", "dash", "dot", "dashdot")  # by arm
CURVES = tuple(curve for panel in PANELS for curve in panel.curves)
GAP = 0.078  # share of the height between two panels; it holds the title of the lower one
HEAD = 20  # pixels above the first panel, for its title


def columns_since(
    columns: dict[str, NDArray[Any]],
    start: int,
    well_mixed: NDArray[np.float64] | None = None,
    chosen: tuple[Curve, ...] = CURVES,
) -> tuple[NDArray[Any], list[NDArray[Any]]]:
    """Days (n,) and one array (n,) a curve, of the rows from ``start`` on; a missing value is nan.

    well_mixed: burden at every whole hour of the scenario without places, or None to draw none.
    """
    hours = np.asarray(columns["hour"][start:], dtype=float)
    return hours / HOURS_PER_DAY, [
        at_hours(well_mixed, hours) if curve.outcome == MIXED else values_of(curve.outcome, columns)[start:]
        for curve in chosen
    ]


def values_of(outcome: str, columns: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    """What a curve draws of the recorded columns, (n,) float."""
    if outcome == BLOCKED:
        blockade = np.asarray(columns["blockade"], dtype=float)
        return 100.0 * blockade / (1.0 + blockade)
    return np.asarray(columns[outcome], dtype=float)


def of_arm(number: int) -> tuple[Curve, ...]:
    """The curves that are drawn of an arm: all of the first, of the others those that can be told apart at a glance."""
    return CURVES if number == 0 else tuple(curve for curve in CURVES if curve.outcome in BESIDE)


def traces(arms: tuple[int, ...] = (0,)) -> list[dict[str, Any]]:
    """One plotly trace a curve, arm after arm, without data; ``colors`` are for light and dark."""
    return [trace for arm in arms for trace in _traces_of(arm, len(arms) > 1)]


def _traces_of(arm: int, lettered: bool) -> list[dict[str, Any]]:
    made = []
    for number, panel in enumerate(PANELS, start=1):
        for curve in (each for each in panel.curves if each in of_arm(arm)):
            axis = len(PANELS) + 1 if curve.right else number
            trace: dict[str, Any] = {
                "type": "scatter",
                "mode": "lines",
                "name": f"{curve.label}, {'ABCD'[arm]}" if lettered else curve.label,
                "xaxis": "x",
                "yaxis": "y" if axis == 1 else f"y{axis}",
                "line": {"width": 1.6, "dash": DASHES[arm] if arm else curve.dash},
                "colors": list(curve.ink),
                "hovertemplate": "%{y:.4~g}",
                "connectgaps": False,
            }
            if curve.filled and arm == 0:
                trace |= {"fill": "tozeroy", "fills": [color + "22" for color in curve.ink]}
            made.append(trace)
    return made


def layout() -> dict[str, Any]:
    """The plotly layout of the panels, one below the other over the same days; colors are the page's."""
    n = len(PANELS)
    height = (1.0 - (n - 1) * GAP) / n
    figure: dict[str, Any] = {
        "autosize": True,
        "margin": {"l": 40, "r": 30, "t": HEAD, "b": 34},
        "showlegend": False,
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "dragmode": "zoom",
        "xaxis": {
            "anchor": f"y{n}",
            "title": {"text": "day", "standoff": 4},
            "showgrid": False,
            "zeroline": False,
            "rangemode": "tozero",
            "ticks": "outside",
            "ticklen": 3,
            "nticks": 8,
            "showspikes": True,
            "spikemode": "across",
            "spikethickness": 1,
            "spikedash": "dot",
            "unifiedhovertitle": {"text": "day %{x:.2f}"},
        },
        "annotations": [],
    }
    for number, panel in enumerate(PANELS, start=1):
        top = 1.0 - (number - 1) * (height + GAP)
        name = "yaxis" if number == 1 else f"yaxis{number}"
        figure[name] = {
            "domain": [top - height, top],
            "rangemode": "tozero",
            "nticks": 4,
            "zeroline": False,
            "fixedrange": True,
            "showspikes": False,
        }
        if panel.span:
            figure[name] |= {"range": [*panel.span], "autorange": False, "nticks": 3}
        if panel.counts:
            figure[name] |= {"tickformat": "~s", "autorangeoptions": {"include": 10}}  # nobody counts half a cell
        figure["annotations"].append(_title(panel, top))
        if any(curve.right for curve in panel.curves):
            base = "y" if number == 1 else f"y{number}"
            figure[f"yaxis{n + 1}"] = {
                "overlaying": base,
                "side": "right",
                "tickmode": "auto",
                "rangemode": "tozero",
                "nticks": 4,
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
            }
    return figure


def _title(panel: Panel, top: float) -> dict[str, Any]:
    names = "   ".join(
        f"<span style='color:{{{i}}}'>{'\u2509' if curve.dash == 'dot' else '\u2501'}</span> {curve.label}"
        for i, curve in enumerate(panel.curves)
    )
    unit = f" <span style='font-size:10px;opacity:.7'>{panel.unit}</span>" if panel.unit else ""
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": top,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "align": "left",
        "xshift": -36,
        "yshift": 3,
        "template": f"<b>{panel.title}</b>{unit}   {names}",
        "text": panel.title,
        "colors": [list(curve.ink) for curve in panel.curves],
        "font": {"size": 11.5},
    }
