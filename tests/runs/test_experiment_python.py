"""A study from Python: the user's own arms and outcomes, in the same tables and from the same words."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from immune_sim import arm, run_experiment
from immune_sim.core.errors import ScenarioError
from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs.experiments.experiment import run_study
from tests.runs.studies import TINY, tiny

SMALL = {"space.width": 24, "space.height": 24, "inoculum.tumor_cells": 20, "duration": "6 h"}


def test_own_arms_outcomes_and_endpoints_stand_beside_the_others(tmp_path: Path) -> None:
    def twice_the_cells(model: TumorImmuneModel) -> float:
        return 2.0 * model.recorder.latest["tumor_cells"]

    def dose_at_noon(model: TumorImmuneModel) -> None:
        model.add_process("noon", lambda each: each.give_dose("1 mg/kg") if each.time == 3 else None)

    own = arm("by-hand", "control-mouse", SMALL, prepare=dose_at_noon)
    study = run_experiment(
        TINY,
        out=tmp_path / "study",
        workers=2,
        replicates=2,
        arms=[own],
        outcomes={"twice": twice_the_cells},
        endpoints={"last_hour": lambda model: model.time},
    )
    runs, courses = study.runs, study.courses
    assert "take" in study.tables
    assert study.figures
    assert all(each.same for each in study.verify(2))
    assert study.arms == ["control", "low-dose", "by-hand"]
    assert len(runs) == 2 * 3 * 2
    assert (runs["last_hour"] == 6.0).all()
    assert (courses["twice"] == 2 * courses["tumor_cells"]).all()
    control, by_hand = (runs[runs["arm"] == name]["hash"].to_numpy() for name in ("control", "by-hand"))
    assert (control != by_hand).all(), "the dose at noon was given"
    pd.testing.assert_frame_equal(
        run_experiment(
            TINY,
            out=tmp_path / "again",
            workers=0,
            replicates=2,
            arms=[own],
            outcomes={"twice": twice_the_cells},
            endpoints={"last_hour": lambda model: model.time},
        ).runs.drop(columns="wall_seconds"),
        runs.drop(columns="wall_seconds"),
    )


def test_a_function_that_raises_makes_a_failed_row_that_names_it(tmp_path: Path) -> None:
    study = run_experiment(
        TINY, out=tmp_path / "study", workers=0, replicates=1, endpoints={"bad": lambda model: model.nothing}
    )
    assert set(study.failures["stage"]) == {'endpoint "bad"'}
    assert len(study.failures) == 4


def test_names_that_are_taken_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="take: there is an outcome or endpoint of this name"):
        run_experiment(TINY, out=tmp_path / "study", endpoints={"take": lambda model: 0.0})
    with pytest.raises(ScenarioError, match=r"seed: there is .* already: it is a column of the tables"):
        run_experiment(TINY, out=tmp_path / "study", endpoints={"seed": lambda model: 0.0})
    with pytest.raises(ScenarioError, match=r"kill: there is .* already: it is given twice"):
        run_experiment(TINY, out=tmp_path / "study", outcomes={"kill": lambda model: 0.0})
    with pytest.raises(ScenarioError, match=r"ctl_cells: there is .* already: it is an outcome"):
        run_experiment(TINY, out=tmp_path / "study", outcomes={"ctl_cells": lambda model: 0.0})
    with pytest.raises(ScenarioError, match=r"same: there is .* already: it is given twice"):
        run_experiment(TINY, out=tmp_path / "study", outcomes={"same": abs}, endpoints={"same": abs})
    with pytest.raises(ScenarioError, match=r'arms: "../low" cannot be a name.* Write for example "low"'):
        run_experiment(TINY, out=tmp_path / "study", arms=[arm("../low")])
    with pytest.raises(ScenarioError, match='two arms are called "control"'):
        run_experiment(TINY, out=tmp_path / "study", arms=[arm("control")])
    assert not (tmp_path / "study").exists()


def test_an_experiment_built_by_hand_is_checked_too(tmp_path: Path) -> None:
    """Catches a check that stands only where files are read."""
    built = replace(tiny(), arms=(arm("a/b"),))
    with pytest.raises(ScenarioError, match='"a/b" cannot be a name'):
        run_study(built, tmp_path / "study", workers=0)


def test_a_script_without_a_guard_runs_a_study_with_functions_of_its_own(tmp_path: Path) -> None:
    """A pool that imports the main module again would start pools without end, or fail to find the function."""
    script = tmp_path / "script.py"
    script.write_text(
        "from immune_sim import run_experiment\n"
        f"TEXT = {TINY!r}\n"
        "def half(model):\n    return model.recorder.latest['tumor_cells'] / 2\n"
        "study = run_experiment(TEXT, out='study', workers=2, replicates=1, endpoints={'half': half})\n"
        "print(len(study.runs), (study.runs['half'] * 2 == study.runs['final_burden']).all())\n"
    )
    done = subprocess.run([sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "4 True", done.stderr


def test_a_study_is_shown_in_a_few_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a console and in a notebook; catches the representation of all that it holds, some ten thousand letters."""
    study = run_experiment(TINY, out=tmp_path / "study", workers=0, replicates=5)
    assert "1 of 20 runs" in capsys.readouterr().err, "progress is shown where nobody asks for silence"
    shown = repr(study)
    assert len(shown) < 400
    for words in ("A tiny study", "20 of 20 runs", str(study.folder), "control: final burden", "n = 10"):
        assert words in shown, shown
    page = study._repr_html_()
    assert len(page) < 2000
    for words in ("<b>A tiny study</b>", "low-dose", "final burden"):
        assert words in page, page
    run_experiment(TINY, out=tmp_path / "study", workers=0, replicates=6, quiet=True)
    assert not capsys.readouterr().err
