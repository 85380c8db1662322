"""docs/parameters.md is what the declarations say."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from immune_sim.mechanisms.pharmacokinetics import HUMAN_ORAL
from immune_sim.scenario.parameters_page import PAGE, main, page
from immune_sim.scenario.registry import PARAMETERS

ROOT = Path(__file__).resolve().parents[2]


def test_every_parameter_has_its_row() -> None:
    """Would catch a declaration that the page forgets, and a cell that breaks the table."""
    lines = page().splitlines()
    for each in PARAMETERS.values():
        assert any(f"`{each.name}`" in line and each.about.replace("|", "\\|") in line for line in lines)
    columns = 0
    for above, line in pairwise(lines):  # every row as wide as the head of its table
        bars = line.replace("\\|", "").count("|")
        columns = bars if not above.startswith("|") else columns
        assert bars == columns or not line.startswith("|"), line


def test_every_value_of_a_preset_has_its_row_with_its_own_source() -> None:
    """Would catch a page on which human values stand beside the sources of the mouse."""
    lines = page().splitlines()
    for name, stated in HUMAN_ORAL.items():
        assert f"| `{name}` | " in "\n".join(line for line in lines if line.endswith(f"| {stated.source} |"))


def test_the_page_in_docs_is_up_to_date() -> None:
    if not (ROOT / PAGE).is_file():
        pytest.skip("docs/parameters.md is not written yet")
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), (
        "run python -m immune_sim.scenario.parameters_page --write"
    )


def test_the_command_writes_checks_and_complains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "docs" / "parameters.md"
    assert main(["--check", str(path)]) == 1
    assert "is out of date: run" in capsys.readouterr().err
    assert main(["--write", str(path)]) == 0
    assert main(["--check", str(path)]) == 0
    path.write_text(path.read_text(encoding="utf-8") + "x", encoding="utf-8")
    assert main(["--check", str(path)]) == 1
