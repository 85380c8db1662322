"""The curve in a terminal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.app.sketch import sketch

CURVES = st.lists(st.floats(0, 1e9), min_size=1, max_size=200)


@given(CURVES, st.integers(30, 120), st.integers(5, 16), st.booleans())
def test_every_line_fits_into_the_width(values: list[float], width: int, height: int, ascii_only: bool) -> None:
    """Catches labels, marks or an axis that are not counted when the columns are cut."""
    lines = sketch(
        np.arange(len(values)), values, width=width, height=height, ascii_only=ascii_only, mark=(5.0, "")
    ).split("\n")
    assert len(lines) == height + 2
    assert max(len(line) for line in lines) <= width


@given(CURVES)
def test_plain_ascii_is_plain_ascii(values: list[float]) -> None:
    assert sketch(np.arange(len(values)), values, ascii_only=True, mark=(1.0, "")).isascii()


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_rising_line_rises_from_left_to_right(ascii_only: bool) -> None:
    """Catches a curve that is upside down or mirrored."""
    rows = sketch(np.arange(100), np.arange(100), width=60, ascii_only=ascii_only).split("\n")[:9]
    first = [len(row) - len(row[8:].lstrip()) for row in rows if row[8:].strip()]
    assert first == sorted(first, reverse=True)
    assert len(first) > 5


def test_the_largest_value_lies_below_the_top_label() -> None:
    assert sketch([0, 1], [0, 3900], width=40).split("\n")[0].startswith("4,000")
