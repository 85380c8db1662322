"""The how-to pages on the model do what they say: their code runs, block after block, as a reader would run it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PAGES = Path(__file__).parents[2] / "docs" / "how-to"


def blocks(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (PAGES / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def run(page: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__page__"}
    for number, code in enumerate(blocks(page), start=1):
        exec(compile(code, f"{page}, block {number}", "exec"), names)
    return names


def test_the_page_on_mechanisms(capsys: pytest.CaptureFixture[str]) -> None:
    model = run("add-a-mechanism.md")["model"]
    table = model.recorder.table()
    fractions = table.loc[table["deaths_other"] > 0, "hour"]
    assert (fractions % 24 == 10).all()  # the hour from nine to ten
    assert {10.0, 34.0, 58.0} <= set(fractions)
    assert (table["nk_by_hand"] <= 0).all()
    assert model.time == 144.0
    assert "radiotherapy" in capsys.readouterr().out
    assert model.tissue.tumor["fractions"].max() == 2


def test_the_first_mechanism_is_short() -> None:
    """Thirty lines are promised."""
    assert len(blocks("add-a-mechanism.md")[0].splitlines()) <= 30


@pytest.mark.filterwarnings("default")  # of the viewer's libraries, which are not ours to mend
def test_the_page_on_mesa(capsys: pytest.CaptureFixture[str]) -> None:
    names = run("use-from-mesa.md")
    assert len(names["results"]) == 8
    assert "TumorCell" in capsys.readouterr().out
    assert np.isfinite([row["tumor_cells"] for row in names["results"]]).all()
