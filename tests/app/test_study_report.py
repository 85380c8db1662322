"""The report of a study: complete, self-contained, and true to its tables. Results are invented, folders are real."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from immune_sim.analysis.representatives import representatives
from immune_sim.app.cli import main
from immune_sim.app.study_report import files, published
from immune_sim.app.study_report import tissues as tissue_module
from immune_sim.app.study_report.drawings import drawings
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.themes import both, differences
from immune_sim.app.study_report.tissues import KEPT, common_hour, tissues
from immune_sim.app.study_report.writing import write_report
from immune_sim.core.errors import ImmuneSimError, OutputError
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.pictures import packed
from immune_sim.scenario.evidence import NOTE
from tests.study_folders import study_folder

HEAD = """
title = "Schedules"
base = "control-mouse"
horizon = "60 d"
every = "24 h"
outcomes = ["tumor_cells", "signal_mean"]
"""
ARMS = """
[[arm]]
name = "control"
title = "No drug"

[[arm]]
name = "low"
title = "0.1 mg/kg <once> a day"
regimen = [{ dose = "0.1 mg/kg", every = "24 h" }]
"""
MAP = """
[[factor]]
parameter = "regimen.dose"
label = "dose"
values = ["0.1 mg/kg", "10 mg/kg"]

[[factor]]
parameter = "receptors.tau_up"
label = "tau_up"
values = ["2 h", "9 h", "24 h"]
"""
SWITCHES = '[design]\nkind = "factorial"\n[design.links]\ntumor_proliferation = -0.6\nnk_cytotoxicity = 0.5\n'


def growth(arm: str, values: dict[str, float]) -> float:
    """Hours to the endpoint: the low dose adds 300, the first switch alone carries it."""
    return 1000.0 + (300.0 if arm == "low" and values.get("tumor_proliferation", 1) else 0.0)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two arms, 12 replicates, three failures, a third of the treated cured; said to be about the published study."""
    text = HEAD + 'replicates = 12\npublished = "zagon-1983"\n' + ARMS
    return study_folder(
        tmp_path_factory.mktemp("plain") / "study", text, growth, fails=lambda i: i in (3, 4, 10), cured=0.3
    )


@pytest.fixture(scope="module")
def page(plain: Path) -> str:
    return write_report(plain, images=False, with_tissues=False).page.read_text(encoding="utf-8")


def test_page_needs_nothing_but_itself(page: str) -> None:
    """No address is loaded; plotly is there once. Catches a font, script or picture from elsewhere."""
    own = page.replace(re.search(r"<script>(?!\n)(.*?)</script>", page, re.S).group(0), "")  # type: ignore[union-attr]
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", own)
    assert "url(" not in own
    assert page.count("plotly.js v") == 1


def test_page_says_once_that_it_claims_nothing(page: str) -> None:
    assert page.count(NOTE) == 1


def test_page_warns_before_it_shows(page: str) -> None:
    """Failures that differ between arms stand above the first table, and each failed run is listed with a command."""
    assert "3 of 24 runs failed" in page
    assert page.index("3 of 24 runs failed") < page.index("What came out")
    assert "ValueError: a cell left the tissue" in page
    assert "immune-sim experiment repeat" in page


def test_names_from_the_file_are_text_not_markup(page: str) -> None:
    assert "0.1 mg/kg &lt;once&gt; a day" in page
    assert "<once>" not in page.partition('id="figures"')[0]


def test_every_place_for_a_figure_has_one_and_none_is_left_over(page: str) -> None:
    places = set(re.findall(r'id="figure-([^"]+)"', page))
    held = re.search(r'<script type="application/json" id="figures">(.*?)</script>', page, re.S)
    assert held
    assert places == set(json.loads(held.group(1).replace("<\\/", "</")))
    assert {"survival", "latency", "take", "paired", "published_take", "course_tumor_cells"} <= places


def test_every_link_of_the_contents_leads_somewhere(page: str) -> None:
    targets = re.findall(r'href="#([^"]+)"', page)
    assert len(targets) >= 7
    assert all(f'id="{each}"' in page for each in targets)


def test_tables_are_written_as_they_are(plain: Path, page: str) -> None:
    take = pd.read_csv(plain / "tables" / "take.csv")
    runs = Study.open(plain).runs
    for arm, of_one in runs[runs["status"] == "ok"].groupby("arm", observed=True):
        row = take[take["arm"] == arm].iloc[0]
        assert (row["n"], row["events"]) == (len(of_one), of_one["take"].sum())
    assert (plain / "tables" / "bands.csv").is_file()


def test_published_arms_are_found_by_their_schedule(plain: Path) -> None:
    """33 % and x1.98 belong to 0.1 mg/kg once a day, whatever the arm is called. Figures come from the evidence."""
    told = Told.of(Study.open(plain))
    tables = told.analysis.tables
    found = {
        (each.arm, each.measure): each.published
        for each in published.compare(told.scenarios, tables["take"], tables["ratios"], told.horizon)
    }
    assert found["low", "take"] == 0.33
    assert found["low", "time_to_take"] == 1.98
    assert found["control", "survival_time"] == 1.0


def test_a_study_of_something_else_shows_no_published_figures(tmp_path: Path) -> None:
    folder = study_folder(tmp_path / "study", HEAD + "replicates = 3\n" + ARMS, growth)
    assert not [each for each in drawings(Told.of(Study.open(folder))) if each.part == "published"]


@pytest.mark.parametrize(("more", "part"), [(MAP, "map"), (SWITCHES, "effects")])
def test_designs_get_the_figures_they_are_made_for(tmp_path: Path, more: str, part: str) -> None:
    folder = study_folder(tmp_path / "study", HEAD + "replicates = 3\n" + ARMS + more, growth, spread=30.0)
    drawn = drawings(Told.of(Study.open(folder)))
    assert part in {each.part for each in drawn}
    assert "times" not in {each.part for each in drawn}  # a curve over unlike design points means nothing


def test_the_switch_that_carries_the_effect_is_found(tmp_path: Path) -> None:
    """300 h of difference with the first link on, none with it off. Catches effects on the arm itself."""
    folder = study_folder(tmp_path / "study", HEAD + "replicates = 6\n" + ARMS + SWITCHES, growth, spread=20.0)
    table = Told.of(Study.open(folder)).analysis.tables["effects__survival_time__low"].set_index("effect")
    assert table.loc["tumor_proliferation", "estimate"] == pytest.approx(300, abs=15)
    assert table.loc["nk_cytotoxicity", "estimate"] == pytest.approx(0, abs=15)


@pytest.mark.parametrize(("replicates", "drawn"), [(3, False), (8, True)])
def test_means_of_design_points_have_the_intervals_of_the_other_tables(
    tmp_path: Path, replicates: int, drawn: bool
) -> None:
    """None below five pairs, Student's above. Catches a normal quantile, and ends where the page promises none."""
    lone = MAP.split("[[factor]]")[1]
    folder = study_folder(tmp_path / "study", HEAD + f"replicates = {replicates}\n{ARMS}[[factor]]{lone}", growth)
    told = Told.of(Study.open(folder))
    (figure,) = [each for each in drawings(told) if each.name == "points_survival_time"]
    assert ("95 % intervals" in figure.caption) == drawn
    ends = [each.x for each in figure.draw("light").data if each.mode == "lines"]
    assert all(np.isfinite(each).all() for each in ends) == drawn
    if drawn:
        row = told.analysis.tables["points__survival_time__low"].iloc[0]
        reach = (ends[0][1] - ends[0][0]) / 2 * 24.0
        assert reach == pytest.approx(stats.t.ppf(0.975, replicates - 1) * row["error"], rel=1e-6)


def test_a_folder_without_finished_runs_is_refused(tmp_path: Path) -> None:
    folder = study_folder(tmp_path / "study", HEAD + "replicates = 1\n" + ARMS, growth, fails=lambda _: True)
    with pytest.raises(OutputError, match="no finished run"):
        write_report(folder, images=False)


def test_dark_page_differs_in_colors_only(plain: Path) -> None:
    """What turns the light figure into the dark one touches no data. Catches two themes that show different things."""
    for drawing in drawings(Told.of(Study.open(plain))):
        changed = both(drawing)["dark"]
        assert changed
        for path, value in changed:
            assert isinstance(value, str), path
            assert re.match(r"#|rgba\(", value), (path, value)


def test_differences_of_trees() -> None:
    assert list(differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]})) == [(["a", 1, "b"], 3)]


def test_tissues_come_from_what_an_earlier_report_kept(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs kept under their hashes are shown without computing anything; without them the reason is told."""

    def never(*_: object) -> None:
        raise ImmuneSimError("other code wrote this study.")

    monkeypatch.setattr(tissue_module, "_again", never)
    told = Told.of(Study.open(plain))
    told.folder = tmp_path
    assert tissues(told, Study.open(plain)) == ([], "other code wrote this study.")
    chosen = representatives(told.runs, "survival_time", horizon=told.horizon)
    keys = [
        (f"{row['run_id']} {int(min(common_hour(chosen), row['hours']))} {row['hash']}", 7)
        for row in chosen.to_dict("records")
    ]
    arrays = {f"codes_{i}": np.full((4, 4), i, dtype=np.uint8) for i in range(len(keys))}
    (tmp_path / KEPT).parent.mkdir(exist_ok=True)
    (tmp_path / KEPT).write_bytes(packed(arrays, keys))  # type: ignore[arg-type]
    shown, reason = tissues(told, Study.open(plain))
    assert (len(shown), reason) == (len(chosen), "")
    assert [int(each.codes[0, 0]) for each in shown] == list(range(len(shown)))


def test_missing_browser_or_kaleido_is_said_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.shutil, "which", lambda _: None)
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    assert "pip install" in files.why_no_images()


def test_percentages_have_no_negative_zero() -> None:
    from immune_sim.app.study_report.words import interval, percent

    assert percent(-0.001) == "0 %"
    assert interval(0.5, math.nan, math.nan, percent) == "50 %"


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Ask the command line as the entry point does: exit code, output, errors."""

    def ask(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["immune-sim", "experiment", *words])
        monkeypatch.setenv("COLUMNS", "110")
        with pytest.raises(SystemExit) as stopped:
            main()
        output, errors = capsys.readouterr()
        return int(stopped.value.code or 0), output, errors

    return ask


def test_analysis_in_a_terminal(plain: Path, tmp_path: Path, terminal: Callable[..., tuple[int, str, str]]) -> None:
    """Cautions come first, then tables with intervals; every table is written as CSV where it was asked for."""
    code, output, _ = terminal("analyze", str(plain), "--csv", str(tmp_path))
    assert code == 0
    assert output.index("3 of 24 runs failed") < output.index("Survival") < output.index("Paired differences")
    assert (tmp_path / "tables" / "paired.csv").is_file()


def test_analysis_refuses_a_kind_it_does_not_know(plain: Path, terminal: Callable[..., tuple[int, str, str]]) -> None:
    code, _, errors = terminal("analyze", str(plain), "survivl")
    assert (code, 'Did you mean "survival"?' in errors) == (2, True)


def test_analysis_says_when_the_design_has_no_such_table(
    plain: Path, terminal: Callable[..., tuple[int, str, str]]
) -> None:
    code, output, _ = terminal("analyze", str(plain), "ablation")
    assert (code, "no table of this kind (ablation)" in output) == (0, True)


def test_report_in_a_terminal(plain: Path, terminal: Callable[..., tuple[int, str, str]]) -> None:
    code, output, _ = terminal("report", str(plain), "--no-images", "--no-tissues")
    assert (code, "report.html" in output) == (0, True)
    assert terminal("report", str(plain.parent))[0] == 1
