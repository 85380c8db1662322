"""The page on reading results holds what it promises: its Python and SQL, run as they stand, on a study computed here.

polars and DuckDB are large and nothing here needs them: where they are not installed (``pip install polars duckdb``),
their snippets are skipped, and only that the columns they name exist is checked.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from immune_sim.runs.experiments.study import Study
from tests.runs.studies import computed, tiny

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "read-results.md"
SNIPPETS = re.findall(r"\*\*([^*]+)\*\*[^`]*?```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
QUERIES = [
    each.strip() for each in re.findall(r"```sql\n(.*?)```", PAGE.read_text(), re.DOTALL)[0].split(";") if each.strip()
]
NEEDS = {"polars": "polars"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    one_point = (
        ('values = ["0.05 1/h", "0.5 1/h"]', 'values = ["0.5 1/h"]'),
        ('every = "2 h"', 'every = "2 h"\nframes = "last"'),
    )
    computed(tiny(*one_point), folder / "results" / "zagon-1983")
    return folder


@pytest.mark.parametrize(("name", "code"), SNIPPETS, ids=[name for name, _ in SNIPPETS])
def test_snippet(
    name: str, code: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    monkeypatch.chdir(place)
    found: dict[str, object] = {}
    exec(code, found)
    if name == "pandas":
        assert list(found["wide"].shape) == [3, 2]  # type: ignore[attr-defined]
        assert sorted(found["median"].columns) == ["control", "low-dose"]  # type: ignore[attr-defined]
        assert "mean" in capsys.readouterr().out
    if name == "A picture":
        assert found["tissue"].shape == (1, 24, 24)  # type: ignore[attr-defined]


def test_the_page_says_what_its_reader_installs() -> None:
    """Catches a snippet that asks for a library which neither comes with the package nor is named before it."""
    before = PAGE.read_text(encoding="utf-8").partition("**pandas**")[0]
    assert "pip install polars duckdb" in before


def test_the_page_has_its_snippets() -> None:
    assert {"pandas", "polars", "A picture", "With this package"} <= {name for name, _ in SNIPPETS}


def test_the_columns_of_the_sql_are_there(place: Path) -> None:
    import pyarrow.parquet as pq

    folder = place / "results" / "zagon-1983"
    runs, courses = (set(pq.read_table(folder / kind).column_names) for kind in ("runs", "courses"))
    assert {"arm", "take", "status"} <= runs
    assert {"arm", "hour", "point", "tumor_cells"} <= courses
    assert {"point", "arm"} <= set(pq.read_table(folder / "design.parquet").column_names)


def test_the_sql_gives_what_the_tables_hold(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share of takes and a count per arm; the median burden of every arm and hour, as pandas finds them."""
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(place)
    shares, burdens = (duckdb.sql(each).df() for each in QUERIES)
    study = Study.open(place / "results" / "zagon-1983")
    takes = study.runs.groupby("arm", observed=True)["take"].agg(["mean", "size"])
    assert shares.set_index("arm").sort_index().to_numpy().tolist() == takes.sort_index().to_numpy().tolist()
    medians = study.courses.astype({"arm": str}).groupby(["arm", "hour"])["tumor_cells"].median()
    assert burdens.set_index(["arm", "hour"])["burden"].to_dict() == medians.to_dict()
