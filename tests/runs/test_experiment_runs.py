"""A study is the same whatever computes it, and goes on where it stopped."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import immune_sim
from immune_sim.app.experiment_progress import estimate_words
from immune_sim.app.experiments import tell_verified
from immune_sim.core.errors import OutputError, ScenarioError
from immune_sim.runs.experiments import running
from immune_sim.runs.experiments.declared import seed_of
from immune_sim.runs.experiments.design import points_of
from immune_sim.runs.experiments.estimate import estimate
from immune_sim.runs.experiments.executors import OnDask
from immune_sim.runs.experiments.experiment import run_study
from immune_sim.runs.experiments.loading import load_experiment
from immune_sim.runs.experiments.manifest import computing_sources
from immune_sim.runs.experiments.naming import taken
from immune_sim.runs.experiments.order import Queue
from immune_sim.runs.experiments.standing import Standing, locked
from immune_sim.runs.experiments.status import status
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.experiments.trust import verify
from immune_sim.runs.run import Interruption
from immune_sim.scenario.scenario import Scenario
from tests.runs.studies import TINY, computed, tiny

TIMED = ["wall_seconds"]


def tables(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Runs and courses, but for the time on the clock."""
    return study.runs.drop(columns=TIMED), study.courses


def assert_same(one: Study, other: Study) -> None:
    """Every bit of every table."""
    for mine, yours in zip(tables(one), tables(other), strict=True):
        pd.testing.assert_frame_equal(mine, yours, check_exact=True)
    assert one.digest() == other.digest()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The tiny study computed in one go in one process."""
    return computed(tiny(), tmp_path_factory.mktemp("study") / "undisturbed")


def test_tables_hold_every_run_with_its_values(undisturbed: Study) -> None:
    runs, courses = undisturbed.runs, undisturbed.courses
    assert len(runs) == 2 * 2 * 3
    assert list(runs["run_id"][:4]) == [f"p0000-control-r000{i}" for i in range(3)] + ["p0000-low-dose-r0000"]
    assert set(runs["status"]) == {"ok"}
    assert runs["kill"].tolist() == [0.05] * 6 + [0.5] * 6
    last = courses[courses["hour"] == 6.0].set_index("run_id")["tumor_cells"]
    assert (runs.set_index("run_id")["final_burden"] == last).all()
    assert sorted(courses["hour"].unique()) == [0.0, 2.0, 4.0, 6.0]
    assert list(undisturbed.design.columns) == ["point", "arm", "kill", "overrides"]


def test_arms_share_their_luck_and_points_and_replicates_do_not(undisturbed: Study) -> None:
    seeds = undisturbed.runs.pivot(index=["point", "replicate"], columns="arm", values="seed")
    assert (seeds["control"] == seeds["low-dose"]).all()
    assert seeds["control"].nunique() == 6
    apart = tiny(('name = "tiny"', 'name = "tiny"\nindependent_arms = true'))
    assert seed_of(apart, "{}", 0, "control") != seed_of(apart, "{}", 0, "low-dose")
    shared = tiny()
    assert seed_of(shared, "{}", 0, "control") == seed_of(shared, "{}", 0, "low-dose")


@pytest.mark.parametrize("workers", [1, 2])
def test_the_pool_computes_the_same_tables(undisturbed: Study, tmp_path: Path, workers: int) -> None:
    assert_same(run_study(tiny(), tmp_path / "pool", workers=workers), undisturbed)


def test_three_shards_compute_the_same_tables(undisturbed: Study, tmp_path: Path) -> None:
    """Their files lie side by side in one folder; catches two shards that take the same run or name."""
    for i in (2, 3, 1):
        study = computed(tiny(), tmp_path / "parts", shard=(i, 3))
    assert_same(study, undisturbed)
    assert len(list((tmp_path / "parts" / "runs").glob("*.parquet"))) == 3
    seen: list[Standing] = []
    computed(tiny(), tmp_path / "parts", watch=seen.append)
    assert seen[-1].new == 0, "the whole study finds nothing left to compute"
    assert (tmp_path / "parts" / "catalogue.parquet").is_file()


def test_dask_computes_the_same_tables(undisturbed: Study, tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    words = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with LocalCluster(**words) as cluster, Client(cluster) as client:
        assert_same(run_study(tiny(), tmp_path / "dask", executor=OnDask(client=client)), undisturbed)


def test_a_stopped_study_goes_on_to_the_same_tables(undisturbed: Study, tmp_path: Path) -> None:
    asked = Interruption()

    def stop(standing: Standing) -> None:
        if standing.done == 5:
            asked.ask()

    stopped = computed(tiny(), tmp_path / "stopped", watch=stop, interruption=asked)
    done = stopped.runs
    assert len(done) == 5
    assert done.groupby(["point", "arm"], observed=True).size().max() <= 2, "replicates go round"
    assert_same(computed(tiny(), tmp_path / "stopped"), undisturbed)


def test_more_replicates_arms_and_points_compute_only_what_is_new(tmp_path: Path) -> None:
    folder = tmp_path / "growing"
    computed(tiny(), folder)
    more = tiny(
        ("replicates = 3", "replicates = 4"),
        ('"0.05 1/h", "0.5 1/h"', '"0.01 1/h", "0.05 1/h", "0.5 1/h"'),
        ('[[arm]]\nname = "low-dose"', '[[arm]]\nname = "other"\n[[arm]]\nname = "low-dose"'),
    )
    seen: list[Standing] = []
    grown = computed(more, folder, watch=seen.append)
    assert len(grown.runs) == 3 * 3 * 4
    assert seen[-1].new == 36 - 12
    fresh = computed(more, tmp_path / "fresh")
    names = ["arm", "replicate", "kill"]
    mine, yours = (
        each.runs.astype({"arm": str}).sort_values(names)[[*names, "seed", "hash"]].reset_index(drop=True)
        for each in (grown, fresh)
    )
    pd.testing.assert_frame_equal(mine, yours)
    assert grown.runs.query("point == 2")["kill"].unique().tolist() == [0.01], "points keep their numbers"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('horizon = "6 h"', 'horizon = "7 h"', "horizon: was .*6 h.*, is .*7 h"),
        ("inoculum.tumor_cells = 20", "inoculum.tumor_cells = 21", r"inoculum.tumor_cells: was 20, is 21"),
        ('dose = "0.1 mg/kg"', 'dose = "0.2 mg/kg"', r"arm low-dose: regimen"),
        ('"0.05 1/h", "0.5 1/h"', '"0.05 1/h"', "1 of 2 design points are gone"),
        ('name = "low-dose"', 'name = "lower-dose"', "arm low-dose: is gone"),
        ('["tumor_cells", "receptor_mean"]', '["tumor_cells"]', "outcomes: was"),
        ('name = "tiny"', 'name = "tiny"\nseed = 2', "seed: was 1, is 2"),
    ],
)
def test_a_changed_experiment_is_refused_with_what_changed(undisturbed: Study, old: str, new: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        computed(tiny((old, new)), undisturbed.folder)


@pytest.mark.parametrize("module", ["scenario/dosing.py", "runs/experiments/schedules.py", "mechanisms/killing.py"])
def test_the_fingerprint_of_the_code_covers_what_decides_a_run(module: str) -> None:
    """A dose is read in scenario/, hours of blockade become a half-life in schedules.py."""
    package = Path(immune_sim.__file__).parent
    assert package / module in computing_sources(package)


def test_results_of_other_code_do_not_mix_unless_asked_to(tmp_path: Path) -> None:
    study = computed(tiny(("replicates = 3", "replicates = 1")), tmp_path / "other")
    manifest = json.loads((study.folder / "study.json").read_text())
    manifest["code"]["sources"] = "0000"
    (study.folder / "study.json").write_text(json.dumps(manifest))
    with pytest.raises(ScenarioError, match="Results of two versions do not mix"):
        computed(tiny(), study.folder)
    assert len(computed(tiny(), study.folder, other_code=True).runs) == 12


def test_many_small_shards_are_put_together_and_nothing_changes(
    undisturbed: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "FLUSH_RUNS", 2)
    study = computed(tiny(), tmp_path / "small")
    assert_same(study, undisturbed)
    assert len(list((study.folder / "runs").glob("*.parquet"))) == 1
    assert not study.check().damaged


def test_replicates_stop_when_the_interval_is_narrow_on_any_number_of_workers(tmp_path: Path) -> None:
    """The last step is that at which every arm is narrow; a wide interval goes on to the most."""
    rule = "replicates = { until_half_width = 3.0, endpoint = 'final_burden', at_least = 4, step = 2, at_most = 20 }"
    experiment = tiny(("replicates = 3", rule))
    study = computed(experiment, tmp_path / "stopping")
    runs = study.runs
    counts = runs.groupby(["point", "arm"], observed=True).size().unstack()
    assert (counts["control"] == counts["low-dose"]).all()
    assert counts.to_numpy().min() >= 4
    assert counts.to_numpy().max() < 20
    for (_, _), of_one in runs.groupby(["point", "arm"], observed=True):
        half = 1.96 * of_one["final_burden"].std() / len(of_one) ** 0.5
        assert half < 3.0
    assert_same(run_study(experiment, tmp_path / "pool", workers=2), study)
    assert computed(experiment, tmp_path / "stopping").digest() == study.digest()
    assert (
        len(computed(tiny(("replicates = 3", rule.replace("3.0", "0.001").replace("20", "6"))), tmp_path / "wide").runs)
        == 4 * 6
    )


def test_a_point_goes_on_until_all_its_arms_are_narrow() -> None:
    """Of two arms one has a spread of 0.1 and one of 10; catches a rule that ends with the first narrow arm."""
    rule = "replicates = { until_half_width = 1.0, endpoint = 'final_burden', at_least = 4, step = 2, at_most = 10 }"
    for narrow in ("control", "low-dose"):
        queue = Queue(experiment := tiny(("replicates = 3", rule)), points_of(experiment), (), {})
        asked = 0
        while wanted := queue.next():
            asked += 1
            queue.note(wanted, (0.1 if wanted.arm.name == narrow else 10.0) * (wanted.replicate % 2))
        assert asked == 2 * 2 * 10
    queue, asked = Queue(experiment, points_of(experiment), (), {}), 0
    while wanted := queue.next():
        asked += 1
        queue.note(wanted, 0.1 * (wanted.replicate % 2))
    assert asked == 2 * 2 * 4


def test_a_point_at_which_nothing_happens_is_not_narrow_but_a_share_may_be() -> None:
    """Ten hosts that all live to the horizon tell nothing of the spread of survival times (decision 0012)."""
    assert estimate("survival_time", [1440.0] * 10).half_width == math.inf
    assert estimate("final_burden", [0.0] * 10).half_width == math.inf
    assert estimate("take", [1.0] * 50).half_width == pytest.approx(0.0357, abs=1e-4)
    assert estimate("survival_time", [1440.0] * 9 + [1400.0]).half_width == pytest.approx(9.05, abs=0.01)
    rule = "replicates = { until_half_width = '24 h', endpoint = 'survival_time', at_least = 4, step = 2, at_most = 8 }"
    experiment = tiny(("replicates = 3", rule))
    queue, asked = Queue(experiment, points_of(experiment), (), {}), 0
    while wanted := queue.next():
        asked += 1
        queue.note(wanted, math.nan)
    assert asked == 2 * 2 * 8
    assert estimate_words("survival_time", estimate("survival_time", [1440.0] * 10)) == "survival time 60.0 d (n = 10)"


def test_verify_sees_a_single_changed_hash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Runs are really computed again: what is stored of one is altered, and nothing else may be told to differ."""
    study = computed(tiny(), tmp_path / "study")
    shard = next((study.folder / "runs").glob("*.parquet"))
    table = pq.read_table(shard)
    hashes, altered = table["hash"].to_pylist(), table["run_id"][5].as_py()
    hashes[5] = ("1" if hashes[5][0] == "0" else "0") + hashes[5][1:]
    pq.write_table(table.set_column(table.schema.get_field_index("hash"), "hash", pa.array(hashes)), shard)
    found = verify(study, 12)
    assert [each.run_id for each in found if not each.same] == [altered]
    assert len(found) == 12
    assert tell_verified(study.folder, 12, 1, 0) == 1
    told = capsys.readouterr().out.replace("\n", " ")
    assert "1 of 12 differ" in told
    assert f"runs/{shard.name}: " in told, "the shard whose SHA-256 is wrong is named"
    assert f"repeat {study.folder} {altered}" in told


def test_verify_agrees_with_what_is_stored_and_status_tells_where_it_stands(undisturbed: Study) -> None:
    found = verify(undisturbed, 4)
    assert [each.same for each in found] == [True] * 4
    assert tell_verified(undisturbed.folder, 2, 1, 0) == 0
    told = status(undisturbed)
    assert (told.done, told.planned, told.failed, told.complete) == (12, 12, 0, True)
    assert told.estimates["control"].runs == 6


def test_a_study_can_be_verified_when_its_scenario_files_are_gone(tmp_path: Path) -> None:
    """The folder holds complete scenarios; a copy on another machine is as good as the original."""
    (tmp_path / "mine.toml").write_text('extends = "control-mouse"\n[nk]\nkill_rate = "0.3 1/h"\n')
    (tmp_path / "study.toml").write_text(tiny().text.replace('base = "control-mouse"', 'base = "mine.toml"'))
    study = computed(load_experiment(tmp_path / "study.toml"), tmp_path / "out")
    (tmp_path / "mine.toml").unlink()
    study.folder.rename(tmp_path / "moved")
    assert all(each.same for each in verify(Study.open(tmp_path / "moved"), 5))


def test_the_catalogue_holds_every_parameter_of_every_run(undisturbed: Study) -> None:
    catalogue = pd.read_parquet(undisturbed.folder / "catalogue.parquet")
    assert len(catalogue) == 12
    assert set(catalogue["nk.kill_rate"]) == {0.05, 0.5}
    assert (catalogue["nk.kill_rate"] == catalogue["kill"]).all()
    assert catalogue["kill (text)"].tolist()[0] == "0.05 1/h"
    assert set(Scenario.default().values) <= set(catalogue.columns)
    every = {*undisturbed.runs, *undisturbed.courses, *undisturbed.design, *catalogue}
    assert all(taken(each) for each in every - {"kill", "kill (text)"}), "no column may be the name of a factor"
    assert (catalogue["hash"] == undisturbed.runs["hash"]).all()


def test_two_processes_cannot_write_the_same_study(undisturbed: Study) -> None:
    with locked(undisturbed.folder, ""), pytest.raises(OutputError, match="another process"):
        computed(tiny(), undisturbed.folder)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="holds no experiment"):
        computed(tiny(), tmp_path)
    with pytest.raises(OutputError, match="holds no experiment"):
        Study.open(tmp_path)
    assert TINY
