"""What may go wrong while a study runs: processes killed, disks full, files damaged, runs that raise.

Each is told by name, and nothing else is lost.
"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from immune_sim.core.errors import ImmuneSimError, OutputError
from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs import files
from immune_sim.runs.experiments import executors, running, shards
from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.executors import OnDask
from immune_sim.runs.experiments.experiment import arm, run_study, set_up
from immune_sim.runs.experiments.journal import read_journals
from immune_sim.runs.experiments.pool import Pool
from immune_sim.runs.experiments.standing import Standing
from immune_sim.runs.experiments.status import status
from immune_sim.runs.experiments.study import Study
from tests.runs.studies import TINY, computed, tiny

MANY = TINY.replace("replicates = 3", "replicates = 10")  # 40 runs
IN_SMALL_PARTS = "from immune_sim.runs.experiments import running; running.FLUSH_RUNS = 4; "
COMMAND = "from immune_sim.app.cli import main; main()"


@pytest.fixture(scope="module")
def many() -> Experiment:
    return tiny(("replicates = 3", "replicates = 10"))


@pytest.fixture(scope="module")
def undisturbed(many: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return computed(many, tmp_path_factory.mktemp("faults") / "undisturbed")


@pytest.fixture
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a shard after every four runs, and leave shards as they are."""
    monkeypatch.setattr(running, "FLUSH_RUNS", 4)
    monkeypatch.setattr("immune_sim.runs.experiments.shards.Shards.merge", lambda _: None)


@pytest.mark.slow
def test_a_parent_killed_in_the_middle_is_gone_on_from(undisturbed: Study, many: Experiment, tmp_path: Path) -> None:
    """Kill -9, no farewell: what was written stays, the rest is computed, and the workers do not live on as orphans."""
    (tmp_path / "tiny.toml").write_text(MANY)
    words = [
        sys.executable,
        "-c",
        IN_SMALL_PARTS + COMMAND,
        "experiment",
        "run",
        "tiny.toml",
        "--out",
        "study",
        "--workers",
        "1",
    ]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    folder, deadline = tmp_path / "study", time.monotonic() + 300
    while len([*folder.glob("runs/*.parquet")]) < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.kill()
    process.wait()
    finished = len(Study.open(folder).check().finished)
    assert 0 < finished < 40, "the study was killed in the middle"
    assert finished % 4 == 0
    seen: list[Standing] = []
    assert computed(many, folder, watch=seen.append).digest() == undisturbed.digest()
    assert seen[-1].new == 40 - finished, "what was written is not computed again"


def test_a_killed_worker_loses_nothing(undisturbed: Study, many: Experiment, tmp_path: Path) -> None:
    pool, killed = Pool(2), []

    def kill(standing: Standing) -> None:
        if standing.done >= 5 and not killed:
            killed.append(pool.pids[0])
            os.kill(killed[0], signal.SIGKILL)

    study = run_study(many, tmp_path / "study", executor=pool, watch=kill)
    assert killed
    assert study.digest() == undisturbed.digest()


def test_a_run_that_takes_its_worker_down_twice_is_a_failed_row(tmp_path: Path) -> None:
    """The runs that waited behind it at the same worker are not blamed."""

    def fall(model: TumorImmuneModel) -> None:
        if model.seed % 5 == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    experiment = set_up(tiny(), arms=[arm("falling", tiny().arms[0].scenario, prepare=fall)])
    study = run_study(experiment, tmp_path / "study", workers=2)
    runs = study.runs
    should = (runs["arm"] == "falling") & (runs["seed"] % 5 == 0)
    assert should.any()
    assert (runs["status"] == "failed").tolist() == should.tolist()
    assert study.failures["message"].str.contains("killed by signal 9").all()


def test_a_scenario_that_raises_in_run_17_of_40_is_one_failed_row(
    undisturbed: Study, many: Experiment, tmp_path: Path
) -> None:
    seeds = undisturbed.runs["seed"].unique()

    def stumble(model: TumorImmuneModel) -> None:
        if model.seed == seeds[8]:
            raise ZeroDivisionError("too little of something")

    experiment = set_up(
        tiny(
            ("replicates = 3", "replicates = 20"),
            ('[[arm]]\nname = "low-dose"\nregimen = [{ dose = "0.1 mg/kg", every = "4 h" }]', ""),
        ),
        arms=[],
    )
    broken = Experiment(**{**vars(experiment), "arms": (arm("control", experiment.arms[0].scenario, prepare=stumble),)})
    study = computed(broken, tmp_path / "study")
    runs = study.runs
    assert (len(runs), (runs["status"] == "ok").sum()) == (40, 39)
    failed = study.failures.iloc[0]
    assert (failed["stage"], failed["error"], failed["message"]) == (
        "setup",
        "ZeroDivisionError",
        "too little of something",
    )
    assert "stumble" in failed["traceback"]
    assert failed["command"] == f"immune-sim experiment repeat {tmp_path / 'study'} {failed['run_id']}"
    assert runs["final_burden"].isna().sum() == 1
    assert status(study).failed == 1
    assert len(study.courses["run_id"].unique()) == 39


def test_failed_runs_are_computed_again_when_it_is_asked_for(tmp_path: Path) -> None:
    """What failed for a reason outside, a file that was missing, takes the place of its failed row."""
    flag = tmp_path / "there"

    def needs_a_file(_: TumorImmuneModel) -> float:
        return float(flag.read_text())

    experiment = set_up(tiny(), endpoints={"own": needs_a_file})
    assert len(computed(experiment, tmp_path / "study").failures) == 12
    flag.write_text("1")
    assert len(computed(experiment, tmp_path / "study").failures) == 12, "a failed run is a result"
    mended = computed(experiment, tmp_path / "study", retry_failed=True)
    assert len(mended.runs) == 12
    assert (mended.runs["own"] == 1.0).all()


def test_a_full_disk_is_told_by_name_and_the_study_goes_on_later(
    undisturbed: Study, many: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_small_parts: None
) -> None:
    written: list[int] = []
    sync = os.fsync

    def full(handle: int) -> None:
        written.append(handle)
        if len(written) > 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OutputError, match=r"study.*cannot be written: no space left on device"):
        computed(many, tmp_path / "study")
    monkeypatch.setattr(files.os, "fsync", sync)
    there = Study.open(tmp_path / "study").read_runs(["run_id"])
    assert 0 < len(there) < 40
    assert not list((tmp_path / "study").rglob(".*.parquet*")), "no half of a file is left"
    seen: list[Standing] = []
    assert computed(many, tmp_path / "study", watch=seen.append).digest() == undisturbed.digest()
    assert seen[-1].new <= 40 - len(there)


def test_a_disk_that_fills_while_shards_are_put_together_leaves_nothing_damaged(
    undisturbed: Study, many: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal announces a shard that never comes; its runs are all in the small ones. Catches a false alarm."""
    monkeypatch.setattr(running, "FLUSH_RUNS", 4)
    write = shards.write_atomically

    def full(path: Path, content: str | bytes) -> None:
        if path.name == "part-00011.parquet":
            raise files.cannot_write(path, OSError(errno.ENOSPC, "No space left on device"))
        write(path, content)

    monkeypatch.setattr(shards, "write_atomically", full)
    with pytest.raises(OutputError, match=r"no space left on device. What was written before is kept: make room"):
        computed(many, tmp_path / "study")
    study = Study.open(tmp_path / "study")
    assert "courses/part-00011.parquet" in read_journals(study.folder).shards
    assert not study.check().damaged
    assert len(study.check().finished) == 40
    monkeypatch.setattr(shards, "write_atomically", write)
    assert computed(many, study.folder).digest() == undisturbed.digest()


def test_a_place_that_cannot_be_written_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"file/study cannot be written"):
        computed(tiny(), tmp_path / "file" / "study")
    if os.geteuid():
        (tmp_path / "locked").mkdir(mode=0o555)
        with pytest.raises(OutputError, match=r"locked/study cannot be written: permission denied"):
            computed(tiny(), tmp_path / "locked" / "study")


@pytest.mark.parametrize("kind", ["runs", "courses"])
@pytest.mark.parametrize("harm", ["cut short", "flipped", "removed"])
def test_a_damaged_shard_is_told_by_name_and_only_its_runs_are_computed_again(
    undisturbed: Study, many: Experiment, tmp_path: Path, in_small_parts: None, kind: str, harm: str
) -> None:
    study = computed(many, tmp_path / "study")
    victim = sorted((study.folder / kind).glob("*.parquet"))[2]
    raw = victim.read_bytes()
    if harm == "removed":
        victim.unlink()
    else:
        middle = len(raw) // 2
        victim.write_bytes(
            raw[:middle] if harm == "cut short" else raw[:middle] + bytes([raw[middle] ^ 8]) + raw[middle + 1 :]
        )
    found = study.check()
    assert list(found.damaged) == [f"{kind}/{victim.name}"]
    assert len(found.finished) == 36
    if harm == "cut short":
        with pytest.raises(OutputError, match=victim.name):
            study.read_courses() if kind == "courses" else study.read_runs()
    seen: list[Standing] = []
    mended = computed(many, tmp_path / "study", watch=seen.append)
    assert seen[-1].new == 4
    assert mended.digest() == undisturbed.digest()
    assert mended.courses.equals(undisturbed.courses)
    assert not mended.check().damaged


def test_a_journal_cut_in_the_middle_of_a_line_is_passed_over(
    undisturbed: Study, many: Experiment, tmp_path: Path, in_small_parts: None
) -> None:
    study = computed(many, tmp_path / "study")
    journal = study.folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-9])
    assert computed(many, study.folder).digest() == undisturbed.digest()
    assert read_journals(study.folder).broken <= 1


@pytest.mark.slow
def test_a_lost_dask_worker_is_made_up_for_elsewhere(undisturbed: Study, many: Experiment, tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        killed: list[int] = []

        def kill(standing: Standing) -> None:
            if standing.done >= 4 and not killed:
                killed.append(next(iter(client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)

        study = run_study(many, tmp_path / "study", executor=OnDask(client=client), watch=kill)
    assert killed
    assert study.digest() == undisturbed.digest()


@pytest.mark.slow
def test_ctrl_c_finishes_what_runs_and_prints_the_command_that_goes_on(
    undisturbed: Study, many: Experiment, tmp_path: Path
) -> None:
    (tmp_path / "tiny.toml").write_text(MANY)
    words = [sys.executable, "-c", COMMAND, "experiment", "run", "tiny.toml", "--out", "study", "--workers", "1"]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 300
    while len(read_journals(tmp_path / "study").runs) < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=120)
    if process.returncode == 0:
        pytest.skip("the study was done before it could be stopped")
    assert process.returncode == 130
    assert "immune-sim experiment run tiny.toml --out study --workers 1" in told
    there = Study.open(tmp_path / "study")
    assert len(there.runs) == len(read_journals(there.folder).runs), "all that ran is written"
    assert computed(many, there.folder).digest() == undisturbed.digest()


def test_a_scheduler_that_does_not_answer_is_told_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 0.2)
    with pytest.raises(ImmuneSimError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        OnDask("tcp://127.0.0.1:9")


def test_an_id_that_is_none_is_told_with_what_one_looks_like(undisturbed: Study) -> None:
    from immune_sim.runs.experiments.trust import experiment_of, task_of

    with pytest.raises(ImmuneSimError, match="p0000-control-r0000"):
        task_of(experiment_of(undisturbed), "17")
