"""Bands, representatives and cautions: laws that a careless table would break."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from immune_sim.analysis.bands import band_table
from immune_sim.analysis.cautions import cautions
from immune_sim.analysis.representatives import representatives


def course(run: str, values: list[float], arm: str = "a") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run_id": run,
            "arm": arm,
            "hour": np.arange(len(values), dtype=float),
            "tumor_cells": values,
            "signal_mean": values,
        }
    )


def test_a_stopped_run_keeps_its_burden() -> None:
    """Three runs stop at 8 cells after hour 1, two go on at 1: the median stays 8. Catches medians of the rest."""
    courses = pd.concat(
        [*(course(f"stop{i}", [1, 8]) for i in range(3)), *(course(f"on{i}", [1, 1, 1, 1]) for i in range(2))]
    )
    found = band_table(courses, ["tumor_cells"])
    assert found["median"].tolist() == [1, 8, 8, 8]


def test_other_outcomes_end_when_half_of_the_runs_have() -> None:
    courses = pd.concat(
        [*(course(f"stop{i}", [1, 8]) for i in range(3)), *(course(f"on{i}", [1, 1, 1, 1]) for i in range(2))]
    )
    found = band_table(courses, ["signal_mean"])
    assert found["hour"].tolist() == [0, 1]
    assert found["n"].tolist() == [5, 5]


def test_band_holds_the_middle_80_percent() -> None:
    found = band_table(pd.concat([course(f"r{i}", [float(i)]) for i in range(11)]), ["signal_mean"]).iloc[0]
    assert (found["low"], found["median"], found["high"]) == (1.0, 5.0, 9.0)


def runs(n: int = 12, **columns: object) -> pd.DataFrame:
    one = {
        "point": 0,
        "replicate": range(n),
        "seed": range(n),
        "status": "ok",
        "take": 1,
        "cleared": 0,
        "hours": 100.0,
        "survival_time": 90.0,
    }
    return pd.concat([pd.DataFrame(one | {"arm": arm} | columns) for arm in ("control", "drug")], ignore_index=True)


def test_a_sound_table_has_no_cautions() -> None:
    assert cautions(runs(), horizon=100.0) == []


def test_few_replicates_are_told_by_arm() -> None:
    said = cautions(runs(9))
    assert len(said) == 1
    assert "Fewer than 10 replicates (control 9, drug 9)" in said[0]


def test_failures_are_told_with_what_they_bias() -> None:
    """Catches failures counted as good runs, and an unequal share of failures passed over."""
    table = runs(20)
    table.loc[table.index[-3:], "status"] = "failed"
    said = " ".join(cautions(table))
    assert "3 of 40 runs failed (control 0%, drug 15%)" in said
    assert "unequally" in said
    assert "between 17 and 20" in said


def test_pairs_without_common_seed_are_told() -> None:
    table = runs()
    table.loc[table["arm"] == "drug", "seed"] += 100
    assert "12 of 12 pairs the arms had different seeds" in " ".join(cautions(table))


def test_runs_cut_off_early_and_times_of_a_few_runs_are_told() -> None:
    table = runs()
    table.loc[:4, ["survival_time", "hours"]] = [np.nan, 50.0]
    table.loc[table.index[-10:], "survival_time"] = np.nan
    said = " ".join(cautions(table, horizon=100.0))
    assert "5 runs were cut off before the horizon" in said  # not 15: ten were followed to the horizon
    assert "drug: only 2 of 12 runs reached the endpoint size" in said


@pytest.mark.parametrize(("name", "best", "worst"), [("survival_time", 3, 0), ("final_burden", 0, 3)])
def test_representatives_are_judged_by_what_is_good_for_the_host(name: str, best: int, worst: int) -> None:
    """Replicate 3 lives longest, and never reaching the endpoint is better still; replicate 0 has the least burden."""
    table = pd.DataFrame(
        {
            "arm": "a",
            "point": 0,
            "replicate": range(4),
            "status": "ok",
            "cleared": 0,
            "hours": [30.0, 50.0, 70.0, 100.0],
        }
    )
    table = table.assign(survival_time=[30.0, 50.0, 70.0, np.nan], final_burden=[10, 20, 30, 40])
    found = representatives(table, name).set_index("rank")["replicate"]
    assert (found["best"], found["worst"]) == (best, worst)
    assert found["median"] in {1, 2}


def test_one_run_is_shown_once() -> None:
    assert len(representatives(runs(1))) == 2


def test_times_of_one_run_are_told_in_a_small_study_too() -> None:
    """Catches a warning that is given only from five runs on."""
    runs = pd.DataFrame({"arm": "drug", "point": 0, "replicate": range(3), "take": [1.0, 0.0, 0.0], "hours": 10.0})
    assert "drug: only 1 of 3 runs reached a detectable tumor; times rest on these few." in cautions(runs)
