"""A run taken home as a film, a report and a table, as a person would do it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest

from immune_sim.app.dashboard import looks, pictures, replay
from immune_sim.app.dashboard.pictures import FIRST_SLICE
from immune_sim.model.model import TumorImmuneModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

UNDRUGGED = "Control mouse, no drug"


@pytest.fixture
def opened(lab: Lab) -> Iterator[Lab]:
    """The panel of an undrugged mouse on day 1, with one dose by hand."""
    lab.choose(UNDRUGGED)
    lab.press("Give a dose now")
    lab.press("1 day")
    lab.wait_hour("h === 24")
    lab.press("Take away")
    lab.page.locator("output.code").get_by_text(".24.").wait_for()
    yield lab
    lab.page.locator(".panel").get_by_role("button", name="Close").click()
    lab.page.locator(".panel-title").wait_for(state="detached")


def saved(lab: Lab, press: str) -> tuple[str, bytes]:
    with lab.page.expect_download() as download:
        lab.page.get_by_role("button", name=press, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_a_film_of_the_run_so_far(opened: Lab) -> None:
    """Decoded by another program: catches a picture too few, another run, a wrong color, a broken file."""
    image = pytest.importorskip("PIL.Image")
    run = replay.read(opened.page.locator("output.code").inner_text())
    opened.page.locator(".film-step .v-select__slot").click()
    opened.page.locator(".choice-menu .v-list-item").get_by_text("every 6 h (5 pictures)", exact=True).click()
    name, content = saved(opened, "Animated picture, GIF")
    assert name == f"{run.stem}.gif"
    film = image.open(io.BytesIO(content))
    assert film.n_frames == 5
    model = TumorImmuneModel(run.scenario, rng=run.seed)
    run.play(model)
    shown = pictures.picture(model, "type", FIRST_SLICE).codes
    ground = [0xFA, 0xFA, 0xF7]
    inks = [
        [int(each[k : k + 2], 16) for k in (1, 3, 5)] if each else ground
        for each in looks.key("type")["palette"]["light"]
    ]
    film.seek(4)
    scale = film.size[0] // shown.shape[1]
    drawn = np.asarray(film.convert("RGB"))[scale // 2 : shown.shape[0] * scale : scale, scale // 2 :: scale]
    np.testing.assert_allclose(drawn.astype(int), np.array(inks)[shown], atol=1)
    below = np.asarray(film.convert("L"))[shown.shape[0] * scale :]
    assert (below < 100).mean() > 0.01, "there are no words below the tissue"


def test_a_film_can_be_given_up_and_made_again(opened: Lab) -> None:
    """Catches a background that goes on, and a button that stays gray."""
    button = opened.page.get_by_role("button", name="Animated picture, GIF", exact=True)
    opened.page.evaluate(
        "window.gone = 0; new MutationObserver(() => {"
        " const b = document.querySelector('.going button'); if (b && !window.gone) { window.gone = 1; b.click(); }"
        "}).observe(document.body, {subtree: true, childList: true})"
    )
    button.click()
    opened.page.wait_for_function("window.gone === 1")
    opened.page.locator(".going").wait_for(state="detached")
    name, _ = saved(opened, "Animated picture, GIF")
    assert name.endswith(".gif")


def test_the_report_and_the_table_of_the_run(opened: Lab) -> None:
    """Catches a report of another hour or without the dose, and a table that other programs cannot read."""
    name, content = saved(opened, "Report, HTML")
    page = content.decode()
    assert name.endswith("-hour24.html")
    assert "seed 1, 24 hours; " in page
    assert "hour 0: dose of 0.002 mg" in page
    assert opened.page.locator("output.code").inner_text() in page
    name, content = saved(opened, "Time course, Parquet")
    table = pq.read_table(io.BytesIO(content))
    assert table.num_rows == 25
    assert table.schema.field("drug_concentration").metadata[b"unit"] == b"nM"
