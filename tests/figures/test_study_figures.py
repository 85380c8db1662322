"""Figures of studies say what their tables say: values, order, counts; and are legible on both pages."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from immune_sim.figures.arms import CONTROL, INKS, room_above, styles
from immune_sim.figures.courses import course_bands
from immune_sim.figures.intervals import Row, intervals
from immune_sim.figures.look import THEMES, Theme
from immune_sim.figures.maps import heatmap
from immune_sim.figures.screening import morris_plane
from immune_sim.figures.survival import survival_curves

ARMS = styles(["control", "drug"], {"drug": "0.1 mg/kg"})
CURVES = pd.DataFrame(
    {
        "arm": ["control"] * 3 + ["drug"] * 2,
        "time": [0.0, 240.0, 480.0, 0.0, 480.0],
        "survival": [1.0, 0.5, 0.0, 1.0, 0.75],
        "low": [0.6, 0.2, 0.0, 0.6, 0.4],
        "high": [1.0, 0.8, 0.3, 1.0, 0.9],
        "at_risk": [4, 4, 2, 4, 4],
        "events": [0, 2, 2, 0, 1],
        "censored": [0, 0, 0, 0, 0],
    }
)


def drawn(figure: go.Figure, name: str) -> go.Scatter:
    return next(each for each in figure.data if each.name and each.name.startswith(name))


def luminance(color: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize(("page", "background"), [(0, "#ffffff"), (1, "#19221f")])
def test_every_ink_stands_out_from_its_page(page: int, background: str) -> None:
    """At least 3 to 1, what WCAG asks of graphics. Catches a light hue on the light page."""
    back = luminance(background)
    for ink in (CONTROL, *INKS):
        bright, dark = sorted((luminance(ink[page]), back), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 3.0, ink


def test_arms_never_share_color_and_dash() -> None:
    made = styles([str(i) for i in range(15)])
    assert len({(each.ink, each.dash) for each in made.values()}) == 15
    assert made["0"].ink == CONTROL


def test_survival_curves_reach_the_horizon_and_count_their_runs() -> None:
    """Catches a curve that ends at its last event, hours for days, and events over all runs instead of over n."""
    figure = survival_curves(CURVES, ARMS, horizon=960.0, title="Survival", y_title="share")
    control = drawn(figure, "control")
    assert control.name == "control (4 of 4)"
    assert drawn(figure, "0.1 mg/kg").name == "0.1 mg/kg (1 of 4)"
    assert list(control.x) == [0, 10, 20, 40]
    assert list(control.y) == [1, 0.5, 0, 0]
    assert control.line.shape == "hv"


def test_runs_at_risk_below_the_curve() -> None:
    """Just before each mark: at day 10 the two events of that day are still to come."""
    figure = survival_curves(CURVES, ARMS, horizon=960.0, title="Survival", y_title="share")
    numbers = {
        each.textfont.color: dict(zip(each.x, each.text, strict=True)) for each in figure.data if each.mode == "text"
    }
    control = numbers[ARMS["control"].color("light")]
    assert (control[0], control[10], control[20], control[40]) == ("4", "4", "2", "0")
    assert numbers[ARMS["drug"].color("light")][40] == "3"


def test_bands_lie_around_their_median() -> None:
    table = pd.DataFrame(
        {
            "arm": "drug",
            "outcome": "tumor_cells",
            "hour": [0.0, 24.0],
            "n": [9, 8],
            "median": [200.0, 300.0],
            "low": [150.0, 210.0],
            "high": [260.0, 420.0],
        }
    )
    figure = course_bands(table, "tumor_cells", ARMS, title="Burden", unit="cells")
    low, high, median = figure.data
    assert (list(low.y), list(high.y), list(median.y)) == ([150, 210], [260, 420], [200, 300])
    assert high.fill == "tonexty"
    assert median.name == "0.1 mg/kg (n = 9)"
    assert list(median.x) == [0, 1]


def test_intervals_keep_the_order_of_their_rows_and_all_lie_inside_the_axis() -> None:
    """The first row is on top. Catches an axis that cuts the longest interval, and a nan that spoils it."""
    rows = [Row("a", 1.0, 0.5, 9.0, INKS[0]), Row("b", -2.0, math.nan, math.nan, INKS[1])]
    figure = intervals(rows, title="t", x_title="days", level=0.0)
    low, high = figure.layout.xaxis.range
    assert low < -2.0
    assert high > 9.0
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert [each.strip() for each in figure.layout.yaxis.ticktext] == ["a", "b"]


MAP = pd.DataFrame(
    {
        "dose": ["1", "10", "1", "10"],
        "hours": ["5 h", "5 h", "24 h", "24 h"],
        "mean": [4.0, 1.0, -3.0, np.nan],
        "error": 0.5,
        "n": 12,
    }
)
LEVELS = {"dose": ["1", "10"], "hours": ["5 h", "24 h"]}


def test_map_puts_every_value_into_its_own_cell() -> None:
    """Catches a transposed matrix and levels in alphabetical order ("24 h" before "5 h")."""
    shuffled = MAP.sample(frac=1, random_state=4)
    cells = heatmap(shuffled, LEVELS, title="t", titles=("dose", "hours"), unit="days", diverging=True, better=1).data[
        0
    ]
    assert list(cells.x) == ["1", "10"]
    assert list(cells.y) == ["5 h", "24 h"]
    assert np.array_equal(np.asarray(cells.z, dtype=float), [[4, 1], [-3, np.nan]], equal_nan=True)
    assert (cells.zmin, cells.zmax) == (-4.0, 4.0)


@pytest.mark.parametrize("better", [1, -1])
def test_blue_is_good_for_the_host(better: int) -> None:
    """More survival is good, more take is bad: the end of the scale that is good is the blue one."""
    cells = heatmap(MAP, LEVELS, title="t", titles=("dose", "hours"), unit="", diverging=True, better=better).data[0]
    good = cells.colorscale[-1 if better > 0 else 0][1]
    assert int(good[5:7], 16) > int(good[1:3], 16)


def all_figures(theme: Theme) -> list[go.Figure]:
    morris = pd.DataFrame(
        {
            "factor": ["a", "b"],
            "mu": [1.0, 2.0],
            "mu_star": [1.0, 2.0],
            "mu_star_low": [0.5, 1.0],
            "mu_star_high": [1.5, 3.0],
            "sigma": [0.1, 3.0],
        }
    )
    return [
        survival_curves(CURVES, ARMS, horizon=960.0, title="s", y_title="share", theme=theme),
        intervals(
            [Row("a", 1.0, 0.5, 2.0, INKS[0], "one"), Row("a", 1.0, 0.5, 2.0, INKS[1], "two")],
            title="i",
            x_title="days",
            theme=theme,
        ),
        heatmap(MAP, LEVELS, title="m", titles=("dose", "hours"), unit="", diverging=True, theme=theme),
        morris_plane(morris, title="p", unit="days", theme=theme),
    ]


def test_every_figure_has_title_and_units_on_both_pages() -> None:
    for theme in THEMES:
        for figure in all_figures(theme):
            layout = json.loads(figure.to_json())["layout"]
            assert layout["title"]["text"]
            assert layout["xaxis"]["title"]["text"]
            assert layout["height"] > 0


def test_room_for_a_legend_grows_with_its_names() -> None:
    assert room_above([]) < room_above(["short"]) < room_above(["a long name of an arm that fills a line"] * 3)


def test_names_on_the_morris_plane_do_not_write_over_each_other() -> None:
    """Eight factors, five of them almost in one place: the strongest is named, none is named twice in one place.

    Catches names that are all written above their marks.
    """
    close = {
        "mu_star": [5.0, 1.01, 1.02, 1.03, 1.04, 1.0, 0.2, 0.1],
        "sigma": [4.0, 2.0, 2.01, 2.0, 2.02, 2.0, 0.3, 0.3],
    }
    table = pd.DataFrame({"factor": [f"a long factor {i}" for i in range(8)], **close}).assign(
        mu=1.0, mu_star_low=0.0, mu_star_high=9.0
    )
    marks = morris_plane(table, title="p", unit="days").data[1]
    assert marks.text[0] == "a long factor 0"
    named = [i for i, each in enumerate(marks.text) if each]
    assert 1 < len(named) < 8
    far, top = 5.5, 4.6
    wide, line = len("a long factor 0") * 0.0145, 0.042
    for i, j in itertools.combinations([i for i in named if "center" in marks.textposition[i]], 2):
        apart = abs(table["mu_star"][i] - table["mu_star"][j]) / far, abs(table["sigma"][i] - table["sigma"][j]) / top
        same = marks.textposition[i] == marks.textposition[j]
        assert not same or apart[0] >= wide or apart[1] >= line, (i, j)
