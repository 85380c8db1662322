"""A solid tissue as points: what could be seen is sent, what could not is left out, and a frame stays small."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from immune_sim.app.dashboard import looks
from immune_sim.app.dashboard.engine.cloud import MOST, Cloud, cloud
from immune_sim.app.dashboard.engine.showing import CloudFrame
from immune_sim.app.dashboard.pictures import Slice
from immune_sim.app.dashboard.widgets.point_cloud import PointCloud
from immune_sim.model.layers import VESSEL_CODE, layer
from immune_sim.model.model import TumorImmuneModel


@pytest.fixture(scope="module")
def model() -> TumorImmuneModel:
    return TumorImmuneModel("spheroid-3d", rng=1)


def sent(made: Cloud) -> set[tuple[int, int, int, int]]:
    return set(map(tuple, made.points.T.astype(int).tolist()))


@pytest.mark.parametrize("name", list(looks.BY_NAME))
def test_every_point_is_a_cell_of_that_color_in_its_place(model: TumorImmuneModel, name: str) -> None:
    codes, made = layer(model, name).codes, cloud(model, name)
    assert made.extent == (60, 60, 60)
    assert made.shown == made.step == 1
    x, y, z, code = made.points.astype(int)
    assert np.array_equal(codes[z, y, x], code)
    assert np.all(code > 0)


def test_hidden_cells_stay_at_home_and_a_cut_lays_them_open(model: TumorImmuneModel) -> None:
    """A brute look at the six neighbors of every site, another way than the cloud's. Catches a hollow or solid ball."""
    codes = layer(model, "type").codes
    for cut in (None, Slice(0, 30), Slice(1, 28), Slice(2, 33)):
        left = codes.copy()
        if cut is not None:
            np.moveaxis(left, cut.axis, 0)[cut.at + 1 :] = 0
        filled = (left > 0) & (left != VESSEL_CODE)
        expected = set()
        for z, y, x in zip(*np.nonzero(left), strict=True):
            around = [(z + 1, y, x), (z - 1, y, x), (z, y + 1, x), (z, y - 1, x), (z, y, x + 1), (z, y, x - 1)]
            walls = left > 0 if left[z, y, x] == VESSEL_CODE else filled
            if not all(min(at) >= 0 and max(at) < 60 and walls[at] for at in around):
                expected.add((int(x), int(y), int(z), int(left[z, y, x])))
        assert sent(cloud(model, "type", cut)) == expected


def test_a_large_tissue_is_thinned_and_a_frame_stays_below_100_kb() -> None:
    """The worst case: cells that do not touch, so that every one is on the surface."""
    big = TumorImmuneModel(
        "axis-only", rng=2, **{"space.depth": 40, "inoculum.tumor_cells": 60000, "inoculum.fill": 0.1}
    )
    made = cloud(big, "receptor")
    assert made.shown > 1
    assert made.points.shape[1] <= MOST
    screen = PointCloud()
    screen.show(CloudFrame(made, 15.0, np.zeros((0, 3), dtype=np.int16), False, None))
    assert len(screen.points) <= 100_000
    assert zlib.decompress(screen.points) == made.points.tobytes()
