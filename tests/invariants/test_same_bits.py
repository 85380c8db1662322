"""The same seed gives the same bits, whatever computes it and however it is stored."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from immune_sim.core import parallel
from immune_sim.model import fields
from immune_sim.model.model import TumorImmuneModel
from tests.tissues import ALL_LINKS, NIGHTLY, Lab, by_cell, check_places, reorder, same_bits, scenario_of

ROOT = Path(__file__).resolve().parents[2]
LIVELY: dict[str, Any] = {
    "space.width": 40,
    "space.height": 72,
    "inoculum.tumor_cells": 500,
    "tumor.cycle_time": 12,
    "tumor.push_depth": 1,
    "recruitment.nk_density": 300,
    "recruitment.ctl_density": 200,
    "priming.priming_rate": 0.005,
    "heredity.mutation_probability": 0.2,
    "regimen": NIGHTLY,
    **ALL_LINKS,
}
CUBE = {
    **LIVELY,
    "space.height": 40,
    "space.width": 10,
    "space.depth": 40,
    "space.boundary": "periodic",
    "recruitment.nk_density": 20,
    "recruitment.ctl_density": 20,
}
OFF = {f"links.{name}": 0.0 for name in ("receptor_upregulation", "ligand_upregulation", "tumor_proliferation")}


@pytest.fixture
def everything_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small tissues are cut into ranges as large ones are."""
    monkeypatch.setattr(parallel, "WORTH_IT", 0)
    monkeypatch.setattr(fields, "SINGLY", 0)


@pytest.mark.parametrize("changes", [LIVELY, CUBE], ids=["section", "periodic cube"])
@pytest.mark.usefixtures("everything_in_parts")
def test_any_number_of_threads(changes: dict[str, Any]) -> None:
    """Catches a sum of floats by thread, a seed per thread, a cell moved by two threads, a cut that depends on their
    number.
    """
    labs = [Lab(scenario_of(changes), seed=3, threads=count) for count in (1, 2, 3)]
    assert changes is CUBE or labs[0].tissue.lattice.slabs(22).max() >= 1, "two slabs move at the same time"
    for _ in range(20):
        one, two, three = (lab.hour() for lab in labs)
        assert same_bits(one, two)
        assert same_bits(one, three)
        assert one.tallies == two.tallies == three.tallies
    for lab in labs:
        lab.close()


class Backwards(parallel.Threads):
    """One thread that does what several would do at once in the opposite order, in many small pieces."""

    def __init__(self) -> None:
        super().__init__(1)
        self.count = 5

    def over_rows(self, n: int, work: Callable[[int, int], Any], cost: float) -> None:
        piece = max(1, n // 9)
        for first in reversed(range(0, n, piece)):
            work(first, min(first + piece, n))

    def over_rows_in_parts(self, n: int, work: Callable[[int, int, int], Any], cost: float) -> None:
        work(1, n // 3, n)
        work(0, 0, n // 3)

    def together(self, tasks: Sequence[Callable[[], Any]], cost: float) -> None:
        for task in reversed(tasks):
            task()


@pytest.mark.parametrize("boundary", ["closed", "periodic"])
@pytest.mark.usefixtures("everything_in_parts")
def test_what_runs_at_the_same_time_is_independent(boundary: str) -> None:
    """Many slabs in a crowd, each pass in the opposite order. Unlike real threads this finds a race every time.

    Catches slabs so thin that cells of two of them can meet, and rows that read what other rows write.
    """
    crowd = {
        **LIVELY,
        "space.boundary": boundary,
        "space.height": 200,
        "space.width": 16,
        "recruitment.nk_density": 600,
        "recruitment.ctl_density": 900,
        "motility.infiltration": 1.0,
        "motility.arrest": 0.02,
        "motility.persistence": 0.97,
        "motility.chemotaxis": 0.05,
    }
    forwards, backwards = Lab(scenario_of(crowd), seed=5), Lab(scenario_of(crowd), seed=5)
    backwards.tissue.threads = Backwards()
    assert forwards.tissue.lattice.slabs(22).max() >= 5
    for _ in range(12):
        assert same_bits(forwards.hour(), backwards.hour())


@pytest.mark.parametrize("changes", [LIVELY, CUBE], ids=["section", "periodic cube"])
def test_another_storage_order(changes: dict[str, Any]) -> None:
    """Rows are shuffled every few hours.

    Catches any rule that asks which row comes first, and a column that stays behind.
    """
    usual, shuffled = (Lab(scenario_of(changes), seed=4) for _ in range(2))
    luck = np.random.default_rng(0)
    for now in range(24):
        usual.hour()
        shuffled.hour()
        assert same_bits(usual.tissue, shuffled.tissue), f"hour {now}"
        if now % 3 == 0:
            reorder(shuffled.tissue, luck)
            check_places(shuffled.tissue)
    assert usual.tissue.immune["kills"].sum() > 10


def test_another_seed_is_another_tissue() -> None:
    """Catches a seed that is not used, which would make every other test here pass."""
    one, other = (Lab(scenario_of(LIVELY), seed=seed).hours(3) for seed in (1, 2))
    assert not same_bits(one, other)


def digest(seed: int, hours: int) -> str:
    """Hash of all cells after some hours."""
    cells = by_cell(Lab(scenario_of(LIVELY), seed).hours(hours))
    return hashlib.sha256(b"".join(cells[name].tobytes() for name in sorted(cells))).hexdigest()


def test_a_second_process() -> None:
    """Catches the hash of a string, an address in memory or the time of day that got into a draw."""
    code = "from tests.invariants.test_same_bits import digest; print(digest(9, 6))"
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": str(ROOT)}
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert made.stdout.strip() == digest(9, 6)


def test_with_every_link_off_all_arms_are_one() -> None:
    """The drug then does nothing: cells, luck and fields agree bit for bit; only the drug and what it binds differ.

    Catches a way from the drug to a cell that no link names.
    """
    arms = {
        "control": [],
        "low": [{"drug": "naltrexone", "dose": "0.1 mg/kg", "every": "24 h", "at": "02:00"}],
        "high": [{"drug": "naltrexone", "dose": "10 mg/kg", "every": "24 h", "at": "02:00"}],
    }
    tissues = {
        name: Lab(scenario_of({**LIVELY, **dict.fromkeys(ALL_LINKS, 0.0), **OFF, "regimen": regimen}), seed=6).hours(48)
        for name, regimen in arms.items()
    }
    reads_the_drug = {f"{kind}.{column}" for kind in ("tumor", "immune") for column in ("signal", "bound_fraction")}
    control = by_cell(tissues["control"])
    for name in ("low", "high"):
        arm = by_cell(tissues[name])
        differing = {column for column in control if control[column].tobytes() != arm[column].tobytes()}
        assert differing <= reads_the_drug, name
        assert "tumor.signal" in differing, "the drug must have been there"
        assert tissues[name].fields.oxygen.tobytes() == tissues["control"].fields.oxygen.tobytes()
        assert tissues[name].fields.signals.tobytes() == tissues["control"].fields.signals.tobytes()


def test_with_a_link_on_the_arms_differ() -> None:
    """The counterpart: catches a comparison that would be equal whatever happened."""
    on = {**LIVELY, **dict.fromkeys(ALL_LINKS, 0.0), **OFF, "links.tumor_proliferation": -0.6}
    control, high = (
        Lab(scenario_of({**on, "regimen": regimen}), seed=6).hours(48)
        for regimen in ([], [{"drug": "naltrexone", "dose": "10 mg/kg", "every": "24 h", "at": "02:00"}])
    )
    assert high.tumor.n != control.tumor.n


def test_the_mesa_face_computes_the_same_tissue() -> None:
    """TumorImmuneModel with its events against the bare processes, doses on and between full hours.

    Catches a dose that comes an hour late, or an hour in which recording changes the tissue.
    """
    regimen = [
        {"drug": "naltrexone", "dose": "0.1 mg/kg", "every": "24 h", "at": "03:00"},
        {"drug": "naltrexone", "dose": "1 mg/kg", "every": "5 h", "at": "04:20"},
    ]
    scenario = scenario_of({**LIVELY, "regimen": regimen})
    model, lab = TumorImmuneModel(scenario, rng=8), Lab(scenario, seed=8)
    assert same_bits(model.tissue, lab.tissue)
    for _ in range(30):
        model.run_for(1)
        assert same_bits(model.tissue, lab.hour(), drug=False)  # one has a dose of this very hour already
    assert lab.tissue.drug.blockade() > 1.0
