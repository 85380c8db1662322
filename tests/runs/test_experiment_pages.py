"""The pages on experiments, clusters and reports hold what they promise: their files are read, their Python is run."""

from __future__ import annotations

import contextlib
import re
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from immune_sim.runs.experiments.design import points_of
from immune_sim.runs.experiments.keys import DESIGN
from immune_sim.runs.experiments.reading import read_experiment
from tests.runs.studies import TINY, computed, tiny

PAGES = Path(__file__).resolve().parents[2] / "docs" / "how-to"
EXPERIMENTS, CLUSTERS, REPORTS = (
    (PAGES / f"{name}.md").read_text(encoding="utf-8")
    for name in ("run-an-experiment", "use-a-cluster", "read-a-report")
)
SMALL = "\n[overrides]\nspace.width = 24\nspace.height = 24\ninoculum.tumor_cells = 20\n"
NUMBERS = '[[factor]]\nparameter = "nk.kill_rate"\nlabel = "kill"\nlow = "0.05 1/h"\nhigh = "0.5 1/h"\n'
VALUES = '[[factor]]\nparameter = "nk.kill_rate"\nlabel = "kill"\nvalues = ["0.05 1/h", "0.5 1/h"]\n'
DOSES = "".join(f'[[factor]]\nparameter = "regimen.{key}"\nlabel = "{key}"\n' for key in ("dose", "at"))
TREATED = '[[arm]]\nname = "a"\nregimen = [{ dose = "1 mg/kg", every = "24 h", at = "22:00" }]\n'


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_the_files_of_the_page_are_read_as_they_stand() -> None:
    """The whole file, and the pieces beside it in a file of their own."""
    whole, levels, stopping = blocks(EXPERIMENTS, "toml")
    assert [each.name for each in read_experiment(whole).arms] == ["control", "bedtime", "other-tissue"]
    assert read_experiment(whole, quick=True).replicates.at_most == 4
    assert len(points_of(read_experiment(levels))) == 2
    assert read_experiment(stopping).replicates.half_width == 0.08


def test_every_kind_of_design_is_on_the_page_with_its_keys() -> None:
    rows = {found[1]: line for line in EXPERIMENTS.splitlines() if (found := re.match(r'\| `"([a-z ]+)"`', line))}
    assert set(rows) == set(DESIGN)
    for kind, keys in DESIGN.items():
        assert all(re.search(rf"\b{key}\b", rows[kind]) for key in keys), kind


@pytest.mark.parametrize("kind", DESIGN)
def test_what_the_page_says_of_a_design_is_read(kind: str) -> None:
    """The first piece of code in the second cell, as the body of [design]."""
    (row,) = [line for line in EXPERIMENTS.splitlines() if line.startswith(f'| `"{kind}"`')]
    code = [each.replace(", ...", "") for each in re.findall(r"`([^`]+)`", row.split(" | ")[1]) if " = " in each]
    keys = re.split(r", (?=\w+ = )", code[0]) if kind in ("sobol", "morris") else code[:1]
    factors = {"grid": VALUES, "list": DOSES, "factorial": ""}.get(kind, NUMBERS)
    text = f'{TREATED}{factors}[design]\nkind = "{kind}"\n' + "\n".join(keys) + "\n"
    assert len(points_of(read_experiment(text))) > 0


def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands, but on a tissue of 24 x 24 sites for some hours."""
    (python,) = blocks(EXPERIMENTS, "python")
    monkeypatch.chdir(tmp_path)
    small = TINY.replace("replicates = 3", "replicates = 1").replace("[quick]", "")
    (tmp_path / "mine.toml").write_text(small)
    (tmp_path / "zagon.toml").write_text(
        small.replace('[[factor]]\nparameter = "nk.kill_rate"\nlabel = "kill"\nvalues = ["0.05 1/h", "0.5 1/h"]\n', "")
    )
    python = python.replace('"zagon-1983"', '"zagon.toml"')
    python = python.replace('{"nk.kill_rate": "0.3 1/h"}', '{"nk.kill_rate": "0.3 1/h", **SMALL}')
    python = python.replace("model.time == 48", "model.time == 3")
    tissue = tomllib.loads(SMALL)["overrides"]
    given = {f"{group}.{key}": value for group, keys in tissue.items() for key, value in keys.items()}
    found: dict[str, Any] = {"SMALL": given | {"duration": "6 h"}}
    exec(python, found)
    runs, courses = found["study"].runs, found["study"].courses
    assert set(runs["arm"]) == {"control", "low-dose", "fast NK"}
    assert (runs["last_hour"] == 6.0).all()
    assert "resting" in courses
    assert not len(found["study"].failures)


def test_the_python_on_reports_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    computed(tiny(('values = ["0.05 1/h", "0.5 1/h"]', 'values = ["0.5 1/h"]')), tmp_path / "results" / "zagon-1983")
    (python,) = blocks(REPORTS, "python")
    exec(python, {})


@pytest.mark.parametrize("service", ["SLURMCluster", "KubeCluster"])
def test_the_python_on_clusters_computes_a_study(service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service is replaced by a cluster in this process; its own arguments are those of its documentation."""
    from distributed import LocalCluster

    asked: dict[str, Any] = {}

    class Stand(LocalCluster):  # type: ignore[misc]
        def __init__(self, **given: Any) -> None:
            asked.update(given)
            super().__init__(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None)

        def scale(self, n: int = 0, jobs: int = 0) -> None:
            asked["jobs"] = jobs

    for name in ("dask_jobqueue", "dask_kubernetes.operator"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(**{service: Stand}))  # type: ignore[arg-type]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.toml").write_text(TINY.replace("replicates = 3", "replicates = 1"))
    slurm, kubernetes = blocks(CLUSTERS, "python")
    imports = "\n".join(line for line in slurm.splitlines() if line.startswith("from ") and "jobqueue" not in line)
    found: dict[str, Any] = {}
    exec(slurm if service == "SLURMCluster" else f"{imports}\n{kubernetes}", found)
    assert len(found["study"].runs) == 4
    assert asked["jobs"] == 8 if service == "SLURMCluster" else asked["n_workers"] == 20
    with contextlib.suppress(TimeoutError):  # on a crowded machine its threads do not always end within Dask's 10 s
        found["cluster"].close()
