"""The table behind the curves says what is drawn, in rows that somebody can read."""

from __future__ import annotations

import re

import numpy as np
import pytest

from immune_sim.app.dashboard import curves
from immune_sim.app.dashboard.components.curve_table import MOST_ROWS, heads, markup, thinned

ROWS = 50


def drawn() -> np.ndarray:
    points = np.full((len(curves.CURVES) + 1, ROWS), np.nan, dtype=np.float32)
    points[0] = np.arange(ROWS) / 24.0
    for number, curve in enumerate(curves.CURVES, start=1):
        if curve.outcome != curves.MIXED:
            points[number] = 100 * number + np.arange(ROWS)
    return points


@pytest.mark.parametrize(
    ("hours", "days"), [(0, []), (5, [0]), (24, [0, 1]), (1440, range(61)), (8760, range(0, 361, 10))]
)
def test_rows_are_whole_days_and_the_last_hour(hours: int, days: object) -> None:
    """Catches a last state that is left out, and a table of a year that nobody can read."""
    x = np.arange(hours + 1, dtype=np.float32) / 24 if hours else np.empty(0)
    shown = [float(x[row]) for row in thinned(x)]
    assert len(shown) <= MOST_ROWS + 1
    assert [day for day in shown if day == round(day)][: len(list(days))] == list(days)  # type: ignore[call-overload]
    assert not hours or shown[-1] == x[-1]


def test_numbers_stand_below_their_curve() -> None:
    """Catches a column under a foreign head: every curve has numbers of its own here."""
    page = markup(drawn(), heads(curves.traces()))
    columns = re.findall(r'<th scope="col">([^<]*)</th>', page)
    rows = [re.findall(r"<td>([^<]*)</td>", row) for row in page.split('<tr><th scope="row">')[1:]]
    labels = [curve.label for curve in curves.CURVES if curve.outcome != curves.MIXED]
    assert columns == labels
    first = [number for number, curve in enumerate(curves.CURVES, start=1) if curve.outcome != curves.MIXED]
    assert [[int(cell.replace(",", "")) for cell in row] for row in rows] == [
        [100 * number + hour for number in first] for hour in (0, 24, 48, 49)
    ]


def test_every_group_of_columns_has_its_panel_and_unit() -> None:
    page = markup(drawn(), heads(curves.traces()))
    groups = re.findall(r'colspan="(\d)">([^<]*)<', page)
    assert groups == [
        ("2", "Tumor cells"),
        ("2", "Immune cells"),
        ("2", "Drug"),
        ("3", "Receptor axis, 1 is rest"),
    ]
