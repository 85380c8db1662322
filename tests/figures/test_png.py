"""The PNG writer against an independent reader."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.figures.png import png

image = pytest.importorskip("PIL.Image")


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_a_reader_finds_the_codes_and_colors_that_were_written(width: int, height: int, seed: int) -> None:
    """Catches swapped axes, a wrong filter byte, a wrong checksum and a palette out of order."""
    codes = np.random.default_rng(seed).integers(0, 3, (height, width)).astype(np.uint8)
    colors = np.array([[0, 0, 0, 0], [18, 52, 86, 255], [255, 255, 0, 255]])
    read = image.open(io.BytesIO(png(codes, ["", "#123456", "#ffff00"]))).convert("RGBA")
    assert np.array_equal(np.asarray(read), colors[codes])
