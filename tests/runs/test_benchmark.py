"""The benchmark measures what it says."""

from __future__ import annotations

import pytest

from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs import benchmark
from immune_sim.runs.benchmark import EDGES, measure, measure_model, reference_model, standard
from immune_sim.runs.profiling import peak_memory


def test_the_standard_tissue_has_the_announced_size() -> None:
    model = TumorImmuneModel(standard(), rng=1)
    assert model.tissue.lattice.shape == (200, 200)
    assert (model.tissue.tumor.n, model.tissue.immune.n) == (10_000, 1_000)
    assert set(EDGES) == {10_000, 100_000, 1_000_000}
    assert standard(1_000_000).values["space.width"] == 1400


def test_cells_are_counted_in_every_hour() -> None:
    """Catches cell-hours from the counts at the start or at the end alone."""
    counts = iter([(0, 0), (1, 1), (2, 3), (4, 0), (9, 9)])
    assert measure(lambda: None, lambda: next(counts), 3).cell_hours == 2 + 5 + 4


def test_the_measured_tissue_stays_comparable() -> None:
    """The counts at the end of a stretch differ by less than a quarter from those at its start."""
    found = measure_model(TumorImmuneModel(standard(), rng=1), 12)
    assert abs(found.tumor_end / found.tumor_start - 1) < 0.25
    assert abs(found.immune_end / found.immune_start - 1) < 0.25
    assert found.hours_per_second > 0


def test_the_reference_is_found_in_a_checkout_and_missed_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reference_model() is not None
    monkeypatch.setattr(benchmark, "REFERENCE", benchmark.REFERENCE.with_name("missing.py"))
    assert reference_model() is None


def test_memory_is_told_in_bytes() -> None:
    peak = peak_memory()
    assert peak is None or 2**24 < peak < 2**40
