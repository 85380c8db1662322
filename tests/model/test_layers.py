"""The tissue as bytes: every cell in its place, and a legend that says what is there."""

from __future__ import annotations

import numpy as np
import pytest

from immune_sim.core import palette
from immune_sim.core.codes import CTL, NK, STATES
from immune_sim.core.errors import ImmuneSimError
from immune_sim.model import layers
from immune_sim.model.layers import CTL_CODE, EMPTY, NK_CODE, SHADES, VESSEL_CODE, layer
from immune_sim.model.model import TumorImmuneModel

FLAT = {"space.width": 50, "space.height": 40, "inoculum.tumor_cells": 300}
GROUND_LIGHT, GROUND_DARK = "#fafaf7", "#0a0e0d"  # --tissue-ground of the dashboard
OTHER, VESSEL = palette.OTHER, palette.VESSEL
SOLID = FLAT | {"space.depth": 12}


@pytest.fixture(scope="module", params=[FLAT, SOLID], ids=["2-D", "3-D"])
def model(request: pytest.FixtureRequest) -> TumorImmuneModel:
    made = TumorImmuneModel("ldn-mouse", rng=1, **request.param)
    made.run_for(12)
    return made


@pytest.mark.parametrize("name", list(layers.ALL))
def test_a_layer_has_the_shape_of_the_tissue_and_a_color_for_every_code(model: TumorImmuneModel, name: str) -> None:
    shown = layer(model, name)
    assert shown.codes.shape == model.tissue.lattice.shape
    assert shown.codes.dtype == np.uint8
    for inks in shown.palette:
        assert shown.codes.max() < len(inks)
        assert inks[EMPTY] == ""


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
    for kind in layers.ALL.values():
        if kind.scale is None:
            continue
        values = np.linspace(kind.scale.low, kind.scale.high, 500)
        codes = kind.scale.codes(values, kind.shades)
        assert (codes[0], codes[-1]) == (1, SHADES - kind.has_others)
        assert np.all(np.diff(codes.astype(int)) >= 0)
        legend = layers.described(kind.name, np.zeros((1, 1), dtype=np.uint8)).legend
        assert [entry.value for entry in legend] == list(kind.scale.ticks)
        assert [entry.code for entry in legend] == [
            int(each) for each in kind.scale.codes(np.array(kind.scale.ticks), kind.shades)
        ]


def test_a_slice_is_a_slice(model: TumorImmuneModel) -> None:
    if len(model.tissue.lattice.shape) == 2:
        assert layer(model, "oxygen", 3).codes.shape == model.tissue.lattice.shape
        return
    assert np.array_equal(layer(model, "oxygen", 3).codes, layer(model, "oxygen").codes[3])
    with pytest.raises(ImmuneSimError, match="0 to 11"):
        layer(model, "type", 12)


def test_slices_across_the_other_axes_are_the_same_tissue(model: TumorImmuneModel) -> None:
    whole = layer(model, "type").codes
    if whole.ndim == 2:
        return
    assert np.array_equal(layer(model, "type", 20, axis=1).codes, whole[:, 20, :])
    assert np.array_equal(layer(model, "type", 30, axis=2).codes, whole[:, :, 30])
    with pytest.raises(ImmuneSimError, match="0 to 39"):
        layer(model, "type", 40, axis=1)


def test_every_column_of_a_cell_can_be_seen_in_some_color(model: TumorImmuneModel) -> None:
    """Catches a mechanism that gives cells a trait nobody can look at. Ids and places are no traits."""
    drawn = {kind.trait for kind in layers.ALL.values()} | {"state", "kind"}  # both are in the layer by type
    drawn |= {"damage_hour"}  # as the time since then
    places = {"cell_id", "lineage", "site", "target_site", "heading"}
    assert set(model.tissue.tumor) | set(model.tissue.immune) <= drawn | places


@pytest.mark.parametrize("name", list(layers.ALL))
def test_the_tally_counts_every_cell_or_site_once(model: TumorImmuneModel, name: str) -> None:
    """Also a tumor cell below an immune cell, which the picture hides. Catches a block of a field counted as one."""
    kind, tissue, counts = layers.kind(name), model.tissue, layers.tally(model, name)
    cells = {
        "tumor": tissue.tumor.n,
        "immune": tissue.tumor.n + tissue.immune.n,
        "all": tissue.tumor.n + tissue.immune.n,
    }
    vessels = len(tissue.vessels) if name == "type" else 0
    assert counts.sum() == (tissue.lattice.sites if kind.field else cells[kind.cells] + vessels)
    assert not counts[np.array([code not in range(1, len(layer(model, name).palette[0])) for code in range(256)])].any()


def test_damage_fades_as_it_is_repaired() -> None:
    """A tumor cell that was hit long ago looks whole again; its column still holds the damage of that hour."""
    model = TumorImmuneModel("ldn-mouse", rng=1, **FLAT)
    model.run_for(24)
    tumor = model.tissue.tumor
    tumor["damage"][:2], tumor["damage_hour"][:2] = 2.0, (24.0, 0.0)
    codes = layer(model, "damage").codes[tuple(model.tissue.lattice.coordinates(tumor["site"][:3]).T)]
    assert codes[0] > 150
    assert codes[1] == 1
    assert codes[2] == layers.OTHER_CODE


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("kind", [each for each in layers.ALL.values() if not each.field], ids=lambda kind: kind.name)
def test_cells_stand_out_from_the_ground_of_both_pages(kind: layers.Kind) -> None:
    """A contrast (as WCAG has it) of 1.5 for what a layer is about; catches ramps made for one theme only."""
    shown = layers.described(kind.name, np.zeros((1, 1), dtype=np.uint8))
    for ground, inks in zip((GROUND_LIGHT, GROUND_DARK), shown.palette, strict=True):
        about = [ink for ink in inks if ink and ink not in {*OTHER, *VESSEL}]
        levels = sorted((_luminance(ink) + 0.05) / (_luminance(ground) + 0.05) for ink in about)
        assert all(max(level, 1 / level) >= 1.5 for level in levels)


@pytest.mark.parametrize("kind", [each for each in layers.ALL.values() if each.scale], ids=lambda kind: kind.name)
def test_a_scale_rises_in_lightness_alone_whatever_eyes_see_of_its_hue(kind: layers.Kind) -> None:
    """Sequential ramps go one way in luminance; the diverging one goes away from its middle on both sides."""
    for inks in layers.described(kind.name, np.zeros((1, 1), dtype=np.uint8)).palette:
        levels = np.array([_luminance(ink) for ink in inks[1 : kind.shades + 1]])
        assert kind.scale is not None
        if kind.scale.ramp is palette.REST:
            middle = int(np.argmax(np.abs(levels - levels[0])))
            assert 100 < middle < 155
            halves = [levels[: middle + 1], levels[middle:]]
        else:
            halves = [levels]
        for half in halves:
            steps = np.diff(half)
            assert np.all(steps * np.sign(half[-1] - half[0]) >= -0.004)


def test_an_unknown_layer_gets_the_nearest_name(model: TumorImmuneModel) -> None:
    with pytest.raises(ImmuneSimError, match="receptor"):
        layer(model, "receptors")
