"""A day of every shipped scenario gives the numbers that scripts/write_golden.py wrote."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "write_golden.py"
_spec = importlib.util.spec_from_file_location("write_golden", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
write_golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(write_golden)
GOLDEN = json.loads(write_golden.GOLDEN.read_text(encoding="utf-8"))


def test_every_shipped_scenario_has_its_numbers() -> None:
    """Would catch a scenario that was added or renamed without renewing the file."""
    assert set(GOLDEN) == {each.name for each in write_golden.shipped_scenarios()}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_day_gives_the_same_numbers(name: str) -> None:
    """Would catch any change of a rule, a default or a draw: 200 cells diverge within hours.

    Bits are promised on one kind of processor only. Another may round differently, which turns a draw about once in ten
    million, so a few cells of difference are let pass.
    """
    now = write_golden.day_of(name)
    for outcome, value in GOLDEN[name].items():
        if value is None or now[outcome] is None:
            assert now[outcome] == value, outcome
        else:
            assert now[outcome] == pytest.approx(value, rel=0.02, abs=1e-3 if abs(value) < 1 else 2), outcome
