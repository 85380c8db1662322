"""The curves of one run: the table's numbers, the declared units, the same look on both pages."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from immune_sim.figures import look
from immune_sim.figures.timecourse import TIMECOURSES, burden, deaths, drug, link_factors
from immune_sim.model.outcomes import OUTCOMES

HOURS = 72
DECLARED = {each.name: each for each in OUTCOMES}


@pytest.fixture
def table() -> dict[str, np.ndarray[Any, Any]]:
    draws = np.random.default_rng(1)
    made: dict[str, np.ndarray[Any, Any]] = {
        each.name: draws.integers(0, 50, HOURS).astype(each.dtype) for each in OUTCOMES
    }
    return made | {"hour": np.arange(HOURS, dtype=float)}


@pytest.mark.parametrize("draw", TIMECOURSES.values(), ids=TIMECOURSES.keys())
def test_a_dark_page_changes_colors_and_nothing_else(draw: Any, table: Any) -> None:
    """Catches a line that has no ink for one of the pages, and data that depend on the theme."""
    light, dark = draw(table, DECLARED, theme="light"), draw(table, DECLARED, theme="dark")
    assert len(light.data) == len(dark.data) > 0
    for one, other in zip(light.data, dark.data, strict=True):
        assert list(one.meta["ink"]) == [one.line.color, other.line.color]
        assert np.array_equal(one.y, other.y)
        assert one.name == other.name


@pytest.mark.parametrize("draw", TIMECOURSES.values(), ids=TIMECOURSES.keys())
def test_time_is_in_days_from_the_start(draw: Any, table: Any) -> None:
    for trace in draw(table, DECLARED).data:
        assert trace.x[0] == 0
        assert trace.x[-1] == pytest.approx((HOURS - 1) / 24)


def test_units_are_the_declared_ones(table: Any) -> None:
    """Catches a unit that was written into a figure: here another one is declared."""
    from dataclasses import replace

    other = DECLARED | {
        name: replace(DECLARED[name], unit="mg/L") for name in ("drug_concentration", "metabolite_concentration")
    }
    assert drug(table, DECLARED).layout.yaxis.title.text == "nM"
    assert drug(table, other).layout.yaxis.title.text == "mg/L"
    assert look.unit_of(DECLARED, "nk_density_inside") == "1/mm\u00b2"
    assert look.unit_of(DECLARED, "nk_density_inside", "hour") == ""


def test_deaths_add_up_to_all_that_died(table: Any) -> None:
    figure: go.Figure = deaths(table, DECLARED)
    total = sum(table[name].sum() for name in table if name.startswith("deaths_"))
    assert sum(float(trace.y[-1]) for trace in figure.data) == pytest.approx(total)


def test_a_link_that_does_nothing_is_left_out(table: Any) -> None:
    still = {name: np.ones(HOURS) if name.startswith("link_") else values for name, values in table.items()}
    assert len(link_factors(still, DECLARED).data) == 0
    one = still | {"link_tumor_apoptosis": np.full(HOURS, 1.2)}
    assert [trace.name for trace in link_factors(one, DECLARED).data] == ["death of tumor cells"]


def test_the_detectable_size_is_marked_where_it_is_near(table: Any) -> None:
    assert len(burden(table, DECLARED, detectable=60.0).layout.shapes) == 1
    assert len(burden(table, DECLARED, detectable=1e9).layout.shapes) == 0


def test_blockade_is_a_share_of_the_receptors(table: Any) -> None:
    """Catches an axis that says "blocked" and draws concentrations over inhibition constants, or one that is cut."""
    made = drug(table | {"blockade": np.array([0.0, 1.0, 3.0] * (HOURS // 3))}, DECLARED)
    (blocked,) = (each for each in made.data if each.name.startswith("receptors blocked"))
    assert list(blocked.y[:3]) == [0.0, 50.0, 75.0]
    assert made.layout.yaxis2.range == (0.0, 100.0)
