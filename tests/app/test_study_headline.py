"""What a study says first: about the endpoints it asks for, in their order, and nothing about what never happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from immune_sim.app.study_report.drawings import drawings
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.headline import sentences
from immune_sim.app.study_report.writing import write_report
from immune_sim.runs.experiments.study import Study
from tests.runs.studies import computed, tiny
from tests.study_folders import study_folder

ONE_POINT = ('values = ["0.05 1/h", "0.5 1/h"]', 'values = ["0.5 1/h"]')
MEASURE = '[[endpoint]]\nname = "burden_hour_4"\noutcome = "tumor_cells"\ntake = "at"\nhour = "4 h"\n\n'
OWN = ('[[arm]]\nname = "control"', f'{MEASURE}[[arm]]\nname = "control"')
ASKED = ('endpoints = ["final_burden"]', 'endpoints = ["final_burden", "survival_time", "take"]')
LONG = """
base = "control-mouse"
horizon = "60 d"
replicates = 12
endpoints = {}
[[arm]]
name = "control"
[[arm]]
name = "low"
regimen = [{{ dose = "0.1 mg/kg", every = "24 h" }}]
"""
Make = Callable[..., Told]


@pytest.fixture
def short(tmp_path: Path) -> Make:
    """A computed study of six hours, in which no tumor comes anywhere near an endpoint."""
    return lambda *changes: Told.of(computed(tiny(ONE_POINT, *changes), tmp_path / "study"))


@pytest.fixture
def long(tmp_path: Path) -> Make:
    """An invented study in which every tumor reaches the endpoint size, later in the second arm."""

    def make(endpoints: str) -> Told:
        growth = lambda arm, _: 1000.0 + (200.0 if arm == "low" else 0.0)  # noqa: E731
        return Told.of(Study.open(study_folder(tmp_path / "study", LONG.format(endpoints), growth)))

    return make


def test_survival_in_which_nothing_happened_is_not_mentioned_unless_asked_for(short: Make) -> None:
    """Catches "lived 0 days longer ... did better in 50 % of the pairs", flat curves, and a row of the pairs."""
    told = short(OWN)
    (said,) = [sentence for _, sentence in sentences(told)]
    assert said.startswith("came to ")
    assert "final burden" in said
    assert "lived" not in said
    assert "survival" not in said
    assert "survival_time" not in set(told.analysis.tables["paired"]["endpoint"])
    assert not {"survival", "latency", "paired"} & {each.name for each in drawings(told)}
    page = write_report(told.folder, images=False, with_tissues=False).page.read_text(encoding="utf-8")
    assert "median survival" not in page
    assert "log-rank" not in page.partition('id="figures"')[0]


def test_asked_for_it_is_said_to_have_happened_in_no_run(short: Make) -> None:
    told = short(ASKED)
    (said,) = [sentence for _, sentence in sentences(told)]
    assert "It reached the endpoint size in no run within 0.25 days, nor did the control" in said
    assert said.index("final burden") < said.index("endpoint size") < said.index("grew a detectable tumor in 0 of 3")
    table = told.analysis.tables["paired"].set_index("endpoint")
    assert pd.isna(table.loc["survival_time", "benefit"])


def test_an_endpoint_of_ones_own_takes_part_without_being_named_twice(short: Make) -> None:
    told = short(OWN)
    assert told.plan.endpoints == ("final_burden", "burden_hour_4")
    numbers, runs = told.analysis.tables["numbers"], told.runs
    own = numbers[(numbers["endpoint"] == "burden_hour_4") & (numbers["arm"] == "low-dose")].iloc[0]
    assert own["mean"] == pytest.approx(runs.loc[runs["arm"] == "low-dose", "burden_hour_4"].mean())
    assert "burden_hour_4" in set(told.analysis.tables["paired"]["endpoint"])
    (said,) = [sentence for _, sentence in sentences(told)]
    assert "burden hour 4" in said
    page = write_report(told.folder, images=False, with_tissues=False).page.read_text(encoding="utf-8")
    assert "mean burden hour 4" in page


def test_endpoints_are_spoken_of_in_the_order_of_the_file(long: Make) -> None:
    (said,) = [sentence for _, sentence in sentences(long('["take", "survival_time"]'))]
    assert said.startswith("grew a detectable tumor in 12 of 12 runs")
    assert ". It lived " in said


def test_survival_that_was_not_asked_for_is_told_last_where_it_happened(long: Make) -> None:
    (said,) = [sentence for _, sentence in sentences(long('["final_burden"]'))]
    assert " It lived " in said
    assert said.index("final burden") < said.index("lived")
    assert "days longer than the control in the same tissue, on average within 60 days" in said
    assert "Log-rank p" in said
