"""Counting: against NumPy, and the same for any order of rows and any number of threads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immune_sim.core import parallel
from immune_sim.core.codes import CTL, DYING, NK, STATES
from immune_sim.mechanisms import census
from immune_sim.model import recorder
from immune_sim.model.state import Tissue
from tests.tissues import ALL_LINKS, NIGHTLY, Lab, reorder, scenario_of

CROWD = {
    "space.width": 60,
    "space.height": 50,
    "inoculum.tumor_cells": 900,
    "recruitment.nk_density": 300,
    "recruitment.ctl_density": 300,
    "regimen": NIGHTLY,
    **ALL_LINKS,
}


def lively(depth: int = 1, threads: int = 1) -> Tissue:
    """A tissue in full swing, with columns that a census could get wrong filled at random."""
    size = (
        {}
        if depth == 1
        else {
            "space.depth": depth,
            "space.width": 20,
            "space.height": 16,
            "recruitment.nk_density": 60,
            "recruitment.ctl_density": 60,
        }
    )
    tissue = Lab(scenario_of({**CROWD, **size}), seed=2, threads=threads).hours(8)
    luck = np.random.default_rng(1)
    for name in ("receptor_level", "signal", "ligand_local"):
        tissue.tumor[name][:] = luck.gamma(2.0, 1.0, tissue.tumor.n)
    for name in ("bound_fraction", "antigenicity"):
        tissue.tumor[name][:] = luck.random(tissue.tumor.n)
    tissue.immune["signal"][:] = luck.gamma(2.0, 1.0, tissue.immune.n)
    tissue.immune["exhaustion"][:] = luck.random(tissue.immune.n)
    return tissue


@pytest.mark.parametrize("depth", [1, 12])
def test_the_census_agrees_with_numpy(depth: int) -> None:
    """Every number that is counted in the kernel. Catches the dying counted among the living, and an axis left out."""
    tissue = lively(depth)
    row, tumor, immune = recorder.count(tissue), tissue.tumor, tissue.immune
    alive = tumor["state"] < DYING
    assert alive.sum() > 100
    assert (~alive).sum() > 5
    assert row["tumor_cells"] == alive.sum()
    for code, state in enumerate(STATES):
        assert row[state] == np.count_nonzero(tumor["state"] == code)
    for name, column in (("receptor", "receptor_level"), ("signal", "signal")):
        values = tumor[column][alive].astype(float)
        assert row[f"{name}_mean"] == pytest.approx(values.mean(), rel=1e-6)
        for share in (10, 50, 90):
            assert row[f"{name}_p{share}"] == pytest.approx(np.quantile(values, share / 100), abs=1.5 / census.PER_UNIT)
    for name, column in (
        ("bound_fraction_mean", "bound_fraction"),
        ("antigenicity_mean", "antigenicity"),
        ("ligand_local_mean", "ligand_local"),
    ):
        assert row[name] == pytest.approx(tumor[column][alive].astype(float).mean(), rel=1e-6)
    clones = np.unique(tumor["clone"][alive], return_counts=True)[1] / alive.sum()
    assert row["clones"] == len(clones)
    assert row["clone_diversity"] == pytest.approx(-(clones * np.log(clones)).sum(), rel=1e-9)
    for kind, name in ((NK, "nk"), (CTL, "ctl")):
        of_kind = immune["kind"] == kind
        assert row[f"{name}_cells"] == of_kind.sum() > 0
        assert row[f"{name}_engaged"] == pytest.approx(immune["engaged"][of_kind].mean())
    assert row["exhaustion_mean"] == pytest.approx(
        immune["exhaustion"][immune["kind"] == CTL].astype(float).mean(), rel=1e-6
    )
    where = tissue.lattice.coordinates(tumor["site"][alive])
    spread = ((where - where.mean(axis=0)) ** 2).sum(axis=1).mean()
    assert row["radius"] == pytest.approx(15.0 * math.sqrt(spread * (2.0 if depth == 1 else 5.0 / 3.0)), rel=0.03), (
        "from blocks, so not exact"
    )


@pytest.mark.parametrize(
    "name", ["tumor_proliferation", "tumor_apoptosis", "nk_cytotoxicity", "ctl_cytotoxicity", "ctl_proliferation"]
)
def test_the_mean_factor_of_a_link_is_that_of_its_cells(name: str) -> None:
    """From bins of 1/64, so within 1 %. Catches a link reported from the wrong cells."""
    tissue = lively()
    gain = ALL_LINKS[f"links.{name}"]
    signals = {
        "tumor": tissue.tumor["signal"][tissue.tumor["state"] < DYING],
        "nk": tissue.immune["signal"][tissue.immune["kind"] == NK],
        "ctl": tissue.immune["signal"][tissue.immune["kind"] == CTL],
    }[name.split("_", maxsplit=1)[0]].astype(float)
    wanted = np.clip(np.exp(gain * (signals - 1.0)), 0.2, 5.0).mean()
    assert recorder.count(tissue)[f"link_{name}"] == pytest.approx(wanted, rel=0.01)


def test_density_inside_and_outside_add_up() -> None:
    """Cells inside and outside, times their areas, are all cells; areas add up to the tissue.

    Catches a block counted twice.
    """
    tissue = lively()
    row = recorder.count(tissue)
    inside = tissue.fields.area_of(tissue.fields.tumor_blocks(recorder.TUMOR_SHARE))
    outside = tissue.lattice.area - inside
    assert 0.0 < inside < tissue.lattice.area
    for name in ("nk", "ctl"):
        assert row[f"{name}_density_inside"] * inside + row[f"{name}_density_outside"] * outside == pytest.approx(
            row[f"{name}_cells"]
        )


def test_order_and_threads_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bit for bit. Catches a sum of floats in the order of rows."""
    monkeypatch.setattr(parallel, "WORTH_IT", 0)
    tissue = lively()
    wanted = recorder.count(tissue)
    tissue.threads = parallel.Threads(3)
    for luck in range(3):
        reorder(tissue, np.random.default_rng(luck))
        assert repr(recorder.count(tissue)) == repr(wanted)
    tissue.threads.close()


@settings(max_examples=50)
@given(values=st.lists(st.floats(0.0, 15.0), min_size=1, max_size=200), share=st.floats(0.05, 0.95))
def test_quantiles_of_a_histogram(values: list[float], share: float) -> None:
    """Within one bin of a value that NumPy would choose. Catches quantiles shifted by half a histogram."""
    histogram = np.bincount((np.array(values) * census.PER_UNIT).astype(int), minlength=census.BINS)
    found = census.quantiles(histogram, (share,))[0]
    low, high = (np.quantile(values, share, method=method) for method in ("lower", "higher"))
    assert (
        low - 1.0 / census.PER_UNIT <= found <= high + 1.0 / census.PER_UNIT
        or min(abs(found - np.array(values))) <= 1.0 / census.PER_UNIT
    )


def test_an_empty_tissue_is_counted() -> None:
    """Catches a division by zero where nothing is left; means are missing, counts are zero."""
    tissue = Lab(
        scenario_of({"inoculum.tumor_cells": 0, "recruitment.nk_density": 0, "space.width": 20, "space.height": 20})
    ).tissue
    row = recorder.count(tissue)
    assert row["tumor_cells"] == row["nk_cells"] == row["clones"] == 0
    assert row["clone_diversity"] == 0.0
    assert math.isnan(row["receptor_mean"])
    assert math.isnan(row["nk_density_inside"])
    assert math.isnan(census.quantiles(np.zeros(census.BINS, dtype=int), (0.5,))[0])


def test_radius_of_a_disc_and_a_ball() -> None:
    """A solid disc or ball has its own radius, within 2 %. Catches the two-dimensional factor in three dimensions."""
    for size, radius in (
        ({"space.width": 100, "space.height": 100}, 30.0),
        ({"space.width": 36, "space.height": 36, "space.depth": 36}, 14.0),
    ):
        cells = round(math.pi * radius**2) if "space.depth" not in size else round(4 / 3 * math.pi * radius**3)
        tissue = Lab(scenario_of({**size, "inoculum.tumor_cells": cells, "inoculum.fill": 1.0})).tissue
        assert recorder.count(tissue)["radius"] == pytest.approx(15.0 * radius, rel=0.02)
