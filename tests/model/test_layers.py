"""The tissue as bytes: every cell in its place, and a legend that says what is there."""

from __future__ import annotations

import numpy as np
import pytest

from immune_sim.core.codes import CTL, NK, STATES
from immune_sim.core.errors import ImmuneSimError
from immune_sim.model import layers
from immune_sim.model.layers import CTL_CODE, EMPTY, NK_CODE, SHADES, VESSEL_CODE, layer
from immune_sim.model.model import TumorImmuneModel

FLAT = {"space.width": 50, "space.height": 40, "inoculum.tumor_cells": 300}
SOLID = FLAT | {"space.depth": 12}


@pytest.fixture(scope="module", params=[FLAT, SOLID], ids=["2-D", "3-D"])
def model(request: pytest.FixtureRequest) -> TumorImmuneModel:
    made = TumorImmuneModel("ldn-mouse", rng=1, **request.param)
    made.run_for(12)
    return made


@pytest.mark.parametrize("name", layers.NAMES)
def test_a_layer_has_the_shape_of_the_tissue_and_a_color_for_every_code(model: TumorImmuneModel, name: str) -> None:
    shown = layer(model, name)
    assert shown.codes.shape == model.tissue.lattice.shape
    assert shown.codes.dtype == np.uint8
    for palette in shown.palette:
        assert shown.codes.max() < len(palette)
        assert palette[EMPTY] == ""


def test_every_cell_is_drawn_at_its_site(model: TumorImmuneModel) -> None:
    """Read back through the coordinates, which the layer does not use. Catches a shift by the guard border."""
    tissue, codes = model.tissue, layer(model, "type").codes
    expected = np.zeros_like(codes)
    expected[tuple(tissue.lattice.coordinates(tissue.vessels).T)] = VESSEL_CODE
    expected[tuple(tissue.lattice.coordinates(tissue.tumor["site"]).T)] = tissue.tumor["state"] + 1
    for kind, code in ((NK, NK_CODE), (CTL, CTL_CODE)):
        expected[tuple(tissue.lattice.coordinates(tissue.immune["site"][tissue.immune["kind"] == kind]).T)] = code
    assert np.array_equal(codes, expected)


def test_the_legend_counts_what_is_drawn(model: TumorImmuneModel) -> None:
    shown = layer(model, "type")
    counts = {entry.label: entry.count for entry in shown.legend}
    assert counts["NK cell"] == model.tissue.nk_cells
    assert sum(entry.count or 0 for entry in shown.legend) == np.count_nonzero(shown.codes)
    assert list(counts)[:4] == list(STATES)


def test_shades_rise_with_the_value_and_ticks_lie_where_their_value_does() -> None:
    for kind in layers.KINDS:
        if kind.scale is None:
            continue
        values = np.linspace(kind.scale.low, kind.scale.high, 500)
        codes = kind.scale.codes(values)
        assert (codes[0], codes[-1]) == (1, SHADES)
        assert np.all(np.diff(codes.astype(int)) >= 0)
        legend = layers.described(kind.name, np.zeros((1, 1), dtype=np.uint8)).legend
        assert [entry.value for entry in legend] == list(kind.scale.ticks)
        assert [entry.code for entry in legend] == [int(each) for each in kind.scale.codes(np.array(kind.scale.ticks))]


def test_a_slice_is_a_slice(model: TumorImmuneModel) -> None:
    if len(model.tissue.lattice.shape) == 2:
        assert layer(model, "oxygen", 3).codes.shape == model.tissue.lattice.shape
        return
    assert np.array_equal(layer(model, "oxygen", 3).codes, layer(model, "oxygen").codes[3])
    with pytest.raises(ImmuneSimError, match="0 to 11"):
        layer(model, "type", 12)


def test_an_unknown_layer_gets_the_nearest_name(model: TumorImmuneModel) -> None:
    with pytest.raises(ImmuneSimError, match="receptor"):
        layer(model, "receptors")
