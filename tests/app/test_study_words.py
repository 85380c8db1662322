"""What a study says while it runs, when it is stopped and when files are damaged."""

from __future__ import annotations

import io
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from immune_sim.analysis.survival import restricted_mean, survival_table
from immune_sim.analysis.tables import FEWEST
from immune_sim.app.cli import app
from immune_sim.app.experiment_progress import StudyProgress, estimate_words, words_of
from immune_sim.app.study_mark import outdated
from immune_sim.app.study_report.words import luck
from immune_sim.app.study_report.writing import write_report
from immune_sim.core.errors import OutputError
from immune_sim.runs.experiments.estimate import Estimate, estimate
from immune_sim.runs.experiments.executors import InProcess
from immune_sim.runs.experiments.pool import Pool
from immune_sim.runs.experiments.running import Run
from immune_sim.runs.experiments.standing import Standing
from immune_sim.runs.experiments.task import Result, Task, execute
from immune_sim.runs.experiments.writing import OpenStudy
from immune_sim.runs.run import Interruption
from tests.runs.studies import TINY, computed, tiny

DAYS = 24.0


def table(times: list[float], horizon: float) -> pd.DataFrame:
    """The runs of one arm with these survival times, h; nan: not reached."""
    hours = [horizon if math.isnan(each) else each for each in times]
    return pd.DataFrame({"arm": "a", "point": 0, "status": "ok", "survival_time": times, "cleared": 0, "hours": hours})


@pytest.mark.parametrize("times", [[38.0, 40.0, 41.5, 39.0, 44.0], [38.0, 40.0, 41.5, 39.0, 44.0, math.nan, math.nan]])
def test_the_report_and_the_terminal_give_a_mean_survival_the_same_interval(times: list[float]) -> None:
    """Catches a normal quantile, a variance over n, or a run without event that counts in one place only."""
    horizon = 60.0 * DAYS
    hours = [each * DAYS for each in times]
    row = survival_table(table(hours, horizon), horizon=horizon).iloc[0]
    said = estimate("survival_time", [horizon if math.isnan(each) else each for each in hours])
    assert row["mean"] == pytest.approx(said.value)
    assert row["mean_low"] == pytest.approx(said.low)
    assert row["mean_high"] == pytest.approx(min(horizon, said.high))


def test_below_the_fewest_runs_neither_gives_an_interval() -> None:
    hours = [40.0 * DAYS + each for each in range(FEWEST - 1)]
    row = survival_table(table(hours, 60.0 * DAYS), horizon=60.0 * DAYS).iloc[0]
    assert np.isnan(row[["mean_low", "mean_high", "median_low", "median_high"]].to_numpy(dtype=float)).all()
    assert np.isfinite(row[["mean", "median"]].to_numpy(dtype=float)).all()
    said = estimate_words("survival_time", estimate("survival_time", hours))
    assert said == f"survival time 40.1 d (n = {FEWEST - 1}: too few for an interval)"


def test_times_that_never_came_are_not_told_as_events() -> None:
    horizon = 60.0 * DAYS
    all_open = estimate_words("survival_time", Estimate(horizon, -math.inf, math.inf, 2), 2, horizon)
    assert all_open == "survival time not reached within 60 d (0 of 2 runs)"
    some = estimate_words("survival_time", Estimate(50 * DAYS, 30 * DAYS, 70 * DAYS, 10), 4, horizon)
    assert some == "survival time 50.0 d (30.0 to 60.0, n = 10, 4 not reached)"
    standing = Standing(4, endpoint="survival_time", horizon=horizon, never=Counter(a=2))
    standing.values["a"] += [horizon, horizon]
    assert words_of(standing, "a", standing.estimates()["a"]) == all_open


def test_ctrl_c_is_acknowledged_once_and_the_time_left_gives_way() -> None:
    to = Console(file=io.StringIO(), width=200)
    progress = StudyProgress(to, moving=False)
    standing = Standing(10, done=3, new=3, under_way=2, seconds=[1.0] * 3)
    assert "left" in progress.line(standing)
    standing.stopping = True
    progress(standing)
    progress(standing)
    said = to.file.getvalue()  # type: ignore[attr-defined]
    assert said.count("Finishing the 2 runs under way; press Ctrl-C again to stop now") == 1
    assert progress.line(standing) == "3 of 10 runs, finishing 2"


def test_a_study_that_was_stopped_while_its_last_run_finished_is_complete(tmp_path: Path) -> None:
    asked = Interruption()

    def ask_at_the_last(standing: Standing) -> None:
        if standing.done == standing.planned:
            asked.ask()

    opened = OpenStudy.at(tiny(), tmp_path / "last")
    assert Run(opened, InProcess(), watch=ask_at_the_last, interruption=asked).work()[0] == "complete"
    early = Interruption()
    early.ask()
    opened = OpenStudy.at(tiny(), tmp_path / "early")
    assert Run(opened, InProcess(), interruption=early).work()[0] == "interrupted"


def test_a_pool_with_nothing_to_do_starts_no_process(tmp_path: Path) -> None:
    computed(tiny(), tmp_path / "study")
    pool = Pool(2)
    ended, standing = Run(OpenStudy.at(tiny(), tmp_path / "study"), pool).work()
    assert (ended, standing.new, pool.pids) == ("complete", 0, [])


def test_readers_tell_damage_in_the_words_of_the_check(tmp_path: Path) -> None:
    """Catches the message of the Parquet library before the advice."""
    study = computed(tiny(), tmp_path / "study")
    shard = study.folder / "runs" / "part-00001.parquet"
    shard.write_bytes(shard.read_bytes()[:-100])
    wrong = study.check().damaged["runs/part-00001.parquet"]
    with pytest.raises(OutputError) as told:
        study.read_runs()
    assert str(told.value).startswith(f"{shard} is damaged: {wrong}.\nRun the same experiment again: it sets this file")


def test_without_any_event_the_mean_has_no_interval_in_either_place() -> None:
    mean, _ = restricted_mean(pd.DataFrame({"time": [0.0], "survival": [1.0], "at_risk": [8], "events": [0]}), 60.0)
    assert math.isnan(mean.low)


def test_the_time_left_is_told_by_runs_not_by_the_start_of_the_workers() -> None:
    """Two workers whose first runs took 40 s to load their kernels, then 2 s each: 8 left take 8 s, not minutes."""
    standing = Standing(14, done=2, new=2, workers=2, seconds=[40.0, 40.0])
    assert standing.seconds_left == pytest.approx(240.0), "nothing better is known yet"
    standing.seconds += [2.0] * 4
    standing.done = 6
    assert standing.seconds_left == pytest.approx(8.0)


def test_arms_are_told_in_their_order_whichever_run_is_done_first(tmp_path: Path) -> None:
    """The executor hands the runs of a study back from the last to the first."""

    class Backwards(InProcess):
        def __init__(self) -> None:
            super().__init__()
            self.slots, self.held = 12, list[Task]()

        def submit(self, task: Task) -> None:
            self.held.insert(0, task)

        def collect(self, timeout: float) -> list[Result]:
            return [execute(self.held.pop(0))]

    told: list[list[str]] = []
    opened = OpenStudy.at(tiny(), tmp_path / "study")
    Run(opened, Backwards(), watch=lambda each: told.append([*each.estimates()])).work()
    assert told[:2] == [[], ["low-dose"]]
    assert told[-1] == ["control", "low-dose"]


def test_a_report_older_than_the_runs_is_told_until_it_is_renewed(tmp_path: Path) -> None:
    """Catches a report of few runs that silently stays when a study goes on, and a warning that never ends."""
    study = computed(tiny(), tmp_path / "study")
    assert outdated(study) == ""
    write_report(study.folder, images=False, with_tissues=False)
    assert outdated(study) == ""
    study = computed(tiny(("replicates = 3", "replicates = 4")), study.folder)
    assert outdated(study).startswith("report.html is of 12 runs; here are 16 now. To renew it: immune-sim experiment")
    write_report(study.folder, images=False, with_tissues=False)
    assert outdated(study) == ""


@pytest.mark.parametrize("command", ["status", "analyze"])
def test_status_and_analyze_tell_an_old_report(tmp_path: Path, command: str) -> None:
    study = computed(tiny(), tmp_path / "study")
    (study.folder / "report.html").write_text("<p>without a mark</p>")
    told = CliRunner().invoke(app, ["experiment", command, str(study.folder)]).output
    assert "report.html is of other runs than are here now" in told


def test_a_quick_study_warns_where_its_numbers_are_first_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end of the run and in analyze, not in the report alone."""
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text(TINY + "\n[quick]\nreplicates = 2\n")
    ended = CliRunner().invoke(app, ["experiment", "run", "tiny.toml", "--quick", "--workers", "0"]).output
    read = CliRunner().invoke(app, ["experiment", "analyze", "results/tiny-quick"]).output
    for told in (" ".join(ended.split()), " ".join(read.split())):
        assert "! A quick version of the study (--quick): smaller, to look at, not to conclude from." in told
        assert "Fewer than 10 replicates" in told


def test_a_file_that_is_not_there_leads_to_the_list_of_its_own_kind() -> None:
    told = CliRunner().invoke(app, ["experiment", "run", "nofile.toml"])
    assert "`immune-sim experiment list` lists the shipped ones" in f"{told.output} {told.exception}"


def test_luck_is_told_of_endpoints_in_which_something_happened() -> None:
    """Catches a dash in place of a share because the first endpoint is the same in every run."""
    rows = [("survival_time", "a", math.nan), ("take", "a", 0.28), ("time_to_take", "a", 0.05)]
    noise = pd.DataFrame(rows, columns=["endpoint", "contrast", "of_one_run"])
    said = "Of the variance of single runs, 28 % (tumor take) and 5 % (time to tumor) is luck"
    assert luck(noise).startswith(said)
    assert luck(noise.iloc[:1]) == luck(None) == ""
