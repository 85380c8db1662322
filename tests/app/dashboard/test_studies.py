"""Studies of the dashboard: what an upload may ask for, where it is kept, how it runs, what one sees of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.limits import Limits
from immune_sim.app.dashboard.studies import settings, shelf
from immune_sim.app.dashboard.studies.behind import Click, behind
from immune_sim.app.dashboard.studies.checking import Asked, checked_experiment, place_of
from immune_sim.app.dashboard.studies.desk import Desk
from immune_sim.app.dashboard.studies.showing import show
from immune_sim.core.errors import ImmuneSimError, ScenarioError
from immune_sim.runs.experiments.experiment import run_study
from immune_sim.runs.experiments.study import Study
from tests.runs.studies import TINY
from tests.study_folders import study_folder

ARMS = TINY.partition("[[factor]]")[0]
INVENTED = """
title = "Invented"
base = "control-mouse"
horizon = "60 d"
replicates = 12
outcomes = ["tumor_cells"]
endpoints = ["survival_time"]
[[arm]]
name = "control"
[[arm]]
name = "drug"
regimen = [{ dose = "0.1 mg/kg", every = "24 h" }]
"""


def test_an_upload_is_told_all_its_mistakes_and_no_other_file_is_opened(tmp_path: Path) -> None:
    """Would catch an upload that reads files of the server by naming them."""
    secret = tmp_path / "secret.toml"
    secret.write_text('name = "secret"')
    text = f'base = "{secret}"\nhorizon = "3 apples"\n[[arm]]\nname = "a"\nscenario = "../x.toml"\n[[arm]]\nnam = "b"\n'
    with pytest.raises(ScenarioError) as caught:
        checked_experiment(text.encode(), "mine.toml")
    said = str(caught.value)
    for line, words in (
        (1, "none is opened here"),
        (2, "3 apples"),
        (5, "none is opened here"),
        (7, 'Did you mean "name"?'),
    ):
        assert any(each.startswith(f"mine.toml:{line}") and words in each for each in said.splitlines()), said
    assert "secret" not in said.replace(str(secret), "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("space.width = 24", "space.width = 4000"), "Allowed on this server"),
        (
            ('values = ["0.05 1/h", "0.5 1/h"]', 'low = "0.05 1/h"\nhigh = "0.5 1/h"\nsteps = 10000'),
            "10,000 design points",
        ),
    ],
)
def test_an_upload_may_not_ask_for_too_much(change: tuple[str, str], words: str) -> None:
    text = TINY.replace(*change)
    assert text != TINY
    with pytest.raises(ScenarioError, match=words):
        checked_experiment(text.encode(), "mine.toml", allowed=Limits(sites=50_000))


def test_an_upload_that_is_too_large_is_not_read() -> None:
    with pytest.raises(ScenarioError, match="bytes are too many"):
        checked_experiment(b"#" * 300_000, "mine.toml")


def test_only_shipped_experiments_have_names() -> None:
    """A name that is a path would open a file of the server."""
    for name in ("../mine.toml", "/etc/mine.toml", 'title = "x"\nbase = "y"'):
        with pytest.raises(ScenarioError, match="Upload the file"):
            Asked(name).experiment(Limits())


def test_a_study_goes_on_in_its_folder_and_another_one_of_its_name_gets_its_own(tmp_path: Path) -> None:
    """Whatever a study is called, its folder lies among the studies."""
    made = checked_experiment(ARMS.replace('name = "tiny"', 'name = "Tiny"', 1).encode(), "mine.toml")
    place = place_of(made, tmp_path)
    assert place == tmp_path / "tiny"
    run_study(made, place, workers=0)
    assert place_of(made, tmp_path) == place
    other = checked_experiment(ARMS.replace('"tiny"', '"Tiny"', 1).replace("= 20", "= 30").encode(), "mine.toml")
    assert place_of(other, tmp_path) == tmp_path / "tiny-2"


def test_the_shelf_shows_what_lies_in_the_folder_and_follows_no_link(tmp_path: Path) -> None:
    studies, elsewhere = tmp_path / "studies", tmp_path / "elsewhere"
    studies.mkdir()
    study_folder(elsewhere, INVENTED, lambda arm, _: 500.0)
    study_folder(studies / "mine", INVENTED, lambda arm, _: 500.0, fails=lambda number: number == 3)
    (studies / "linked").symlink_to(elsewhere)
    (studies / "broken").mkdir()
    (studies / "broken" / "study.json").write_text("{")
    assert [each.folder for each in shelf.studies_in(studies)] == ["mine"]
    assert shelf.place_in(studies, "linked") is None
    assert shelf.place_in(studies, "../elsewhere") is None
    assert shelf.studies_in(tmp_path / "nowhere") == []


def test_marks_of_figures_lead_to_tissues_with_their_seeds(tmp_path: Path) -> None:
    """The code behind a mark is the run that was stored: its seed, and its scenario by its hash."""
    place = study_folder(tmp_path / "mine", INVENTED, lambda arm, _: 400.0 if arm == "control" else 900.0)
    shown = show(place, 0.0)
    assert {"runs", "times", "arms", "courses"} <= set(shown.parts)
    runs = Study.open(place).runs.set_index("run_id")
    row = runs.loc["p0000-drug-r0003"]
    [only] = behind(place, 0.0, Click("runs", custom=("p0000-drug-r0003", ""))).replicates
    run = replay.read(only.tissues[0].code)
    assert (run.seed, run.hour) == (row["seed"], row["hours"])
    assert run.scenario.dosing
    step = behind(place, 0.0, Click("survival", x=float(row["survival_time"]) / 24, group="drug"))
    assert row["seed"] in [tissue.seed for each in step.replicates for tissue in each.tissues]
    pair = behind(place, 0.0, Click("paired", custom=(0, 1, "", "|drug")))
    assert pair.count == 12
    assert [each.rank for each in pair.replicates][::2] == ["lowest", "median", "highest"]


def test_every_figure_has_a_table_and_its_rows_lead_to_the_same_tissues_as_the_marks(tmp_path: Path) -> None:
    """Catches a figure without numbers, an arm that is cut off, and a row that leads elsewhere than its mark."""
    place = study_folder(tmp_path / "mine", INVENTED, lambda arm, _: 400.0 if arm == "control" else 900.0)
    pictures = {each.name: each for each in show(place, 0.0).pictures}
    assert [name for name, each in pictures.items() if not each.table.rows] == []
    runs = pictures["runs"].table
    row = next(at for at, each in enumerate(runs.rows) if each[1] == "p0000-drug-r0003")
    for name, table in ((name, each.table) for name, each in pictures.items() if each.pickable):
        assert len(table.marks) == len(table.rows)
        said = {each[0] for each in table.rows}
        assert name.startswith("paired") or said == {each[0] for each in runs.rows}
    [only] = behind(place, 0.0, Click("runs", custom=tuple(runs.marks[row]["custom"]))).replicates
    assert str(only.tissues[0].seed) == runs.rows[row][3]
    course = pictures["course_tumor_cells"].table
    at = next(at for at, each in enumerate(course.rows) if each[1] == "10.00" and each[0] == runs.rows[row][0])
    found = behind(place, 0.0, Click("course_tumor_cells", x=course.marks[at]["x"], group=course.marks[at]["group"]))
    assert {tissue.hour for each in found.replicates for tissue in each.tissues} == {240}


def test_an_estimate_over_many_points_stands_for_no_tissue(tmp_path: Path) -> None:
    place = study_folder(tmp_path / "mine", INVENTED, lambda arm, _: 400.0)
    with pytest.raises(ImmuneSimError, match="No single tissue"):
        behind(place, 0.0, Click("effects_take"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose studies lie in a folder of the test."""
    before = settings.current()
    settings.use(settings.StudySettings(tmp_path))
    made = Desk()
    yield made
    made.close()
    settings.use(before)


def until(true: Callable[[], bool], patience: float = 120.0) -> None:
    """Wait for something."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_studies_run_one_after_the_other_and_a_cancelled_one_keeps_its_runs(desk: Desk, tmp_path: Path) -> None:
    """A cancelled study has whole runs only, and goes on to the same results as one that was never stopped."""
    long = ARMS.replace("replicates = 3", "replicates = 400").encode()
    first = desk.hand_in(Asked("long.toml", long), "Long", "long", 1)
    second = desk.hand_in(Asked("tiny.toml", ARMS.encode()), "Tiny", "tiny", 1)
    until(lambda: bool((desk.orders[0].progress or first.progress) and desk.orders[0].progress.done))  # type: ignore[union-attr]
    assert desk.orders[1].state == "waiting"
    assert desk.before(second) == 1
    desk.cancel(first.number)
    until(lambda: desk.orders[1].over)
    assert [each.state for each in desk.orders] == ["stopped", "complete"]
    stopped = Study.open(tmp_path / "long").runs
    assert 0 < len(stopped) < 800
    whole = run_study(checked_experiment(ARMS.encode(), "tiny.toml"), tmp_path / "again", workers=0)
    assert Study.open(tmp_path / "tiny").digest() == whole.digest()
    same = stopped.merge(whole.runs, on="run_id")
    assert len(same)
    assert (same["hash_x"] == same["hash_y"]).all()


def test_what_cannot_run_is_refused_in_words_and_the_desk_goes_on(desk: Desk) -> None:
    desk.hand_in(Asked("bad.toml", b'horizon = "3 apples"\n'), "Bad", "bad", 1)
    until(lambda: desk.orders[0].over)
    assert desk.orders[0].state == "refused"
    assert "3 apples" in desk.orders[0].words
    with pytest.raises(ScenarioError, match="3 apples"):
        desk.ask("survey", asked=Asked("bad.toml", b'horizon = "3 apples"\n'), studies=Path("x"), allowed=Limits())
