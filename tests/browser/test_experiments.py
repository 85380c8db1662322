"""The page of experiments, as a person uses it: an own study is uploaded, started, looked at, opened in the Lab."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from immune_sim.app.dashboard.server import HOST, free_port
from tests.browser.conftest import Visitor, _wait_for
from tests.runs.studies import TINY

expect.set_options(timeout=60_000)
PROGRAM = "from immune_sim.app.cli import main; main()"
STUDY = (
    TINY.partition("[[factor]]")[0]
    .replace("A tiny study", "A study of mine")
    .replace('horizon = "6 h"', 'horizon = "48 h"')
    .replace('endpoints = ["final_burden"]', 'endpoints = ["survival_time", "final_burden"]')
    .replace("inoculum.tumor_cells = 20", "inoculum.tumor_cells = 60")
    .replace("[overrides]", "[overrides]\nendpoints.detectable_cells = 65\nendpoints.endpoint_cells = 70")
)


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder for studies."""
    return tmp_path_factory.mktemp("studies")


@pytest.fixture(scope="module")
def study_server(studies: Path) -> Iterator[str]:
    """A dashboard started from the command line with its own folder and a low limit of runs."""
    port = free_port(0)
    words = ["dashboard", "--port", str(port), "--no-browser", "--studies", str(studies), "--max-runs", "500"]
    running = subprocess.Popen([sys.executable, "-c", PROGRAM, *words], stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"http://{HOST}:{port}", running)
        yield f"http://{HOST}:{port}"
    finally:
        running.terminate()
        running.wait(20)


@pytest.fixture
def page(browser: Browser, study_server: str) -> Iterator[Page]:
    """The page of experiments; afterwards nothing was asked of the network and nothing went wrong."""
    person = Visitor(browser, study_server)
    opened = person.context.new_page()
    opened.on("pageerror", lambda error: person.errors.append(str(error)))
    opened.goto(f"{study_server}/experiments")
    opened.locator(".studies").wait_for()
    yield opened
    person.context.close()
    assert person.refused == []
    assert person.errors == []


def upload(page: Page, text: str, name: str = "mine.toml") -> None:
    """Give the page a file."""
    page.locator(".studies input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    )


def click(page: Page, mark: Locator) -> None:
    """Press the pointer on the middle of a mark."""
    box = mark.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_an_own_study_from_the_file_to_a_tissue_in_the_lab(page: Page, studies: Path) -> None:
    upload(page, STUDY)
    plan = page.locator(".study-plan")
    expect(plan.get_by_role("heading", name="A study of mine")).to_be_visible()
    expect(plan).to_contain_text("6 runs, about")
    plan.get_by_role("button", name="Start").click()
    results = page.locator(".study-results")
    expect(results).to_contain_text("2 arms, 3 replicates, 6 runs")
    assert [each.name for each in studies.iterdir()] == ["tiny"]

    page.locator(".study-figure[data-drawn]").wait_for()
    dots = page.locator(".study-figure .points path")
    assert dots.count() == 6
    page.get_by_text("Tables", exact=True).click()
    cells = page.locator(".study-table td:nth-child(4)")  # the seeds
    expect(cells).to_have_count(6)
    seeds = cells.all_inner_texts()
    page.get_by_text("Tables", exact=True).click()
    page.locator(".study-figure[data-drawn]").wait_for()
    click(page, dots.last)
    behind = page.locator(".study-behind")
    expect(behind).to_contain_text("seed")
    seed = re.findall(r"seed (\d+)", behind.inner_text())[0]
    assert seed in seeds
    link = behind.get_by_role("link", name=re.compile("Open on"))
    hour = int(re.findall(r"\.(\d+)\.[0-9a-f]{6}", link.get_attribute("href") or "")[0])
    link.click()
    page.wait_for_function("h => document.querySelector('.clock')?.dataset.hour === h", arg=str(hour))
    expect(page.locator(".place:not(.is-away) .seed")).to_contain_text(f"seed {seed}")


def test_a_row_of_a_table_leads_to_its_tissue_by_keyboard(page: Page) -> None:
    """Catches tissues that only a pointer reaches, and a bar of a figure that sends a study to somebody's cloud."""
    page.locator(".study-item", has_text="A study of mine").last.locator(".study-title").click()
    page.locator(".study-figure[data-drawn]").wait_for()
    assert page.locator(".modebar-btn[data-title^=Share]").count() == 0
    page.get_by_text("Tables", exact=True).click()
    table = page.get_by_role("region", name=re.compile("Table: "))
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(6)
    seed = rows.nth(4).locator("td").nth(3).inner_text()
    rows.nth(4).get_by_role("button", name="Tissues").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".study-behind")).to_contain_text(f"seed {seed}")


def test_figures_of_a_dark_page_are_dark(page: Page) -> None:
    """Catches a figure that is drawn before it knows where it stands: dark letters on a dark page."""
    page.get_by_role("button", name="Dark page").click()
    page.locator("#app.theme--dark").wait_for()
    page.locator(".study-item", has_text="A study of mine").last.locator(".study-title").click()
    page.locator(".study-figure[data-drawn]").wait_for()
    ink = page.locator(".study-figure .gtitle").evaluate("e => getComputedStyle(e).fill")
    assert min(int(each) for each in re.findall(r"\d+", ink)[:3]) > 150


def test_a_study_can_be_stopped_and_gone_on_with(page: Page) -> None:
    upload(page, STUDY.replace("replicates = 3", "replicates = 200").replace('"tiny"', '"long"'), "long.toml")
    plan = page.locator(".study-plan")
    expect(plan).to_contain_text("400 runs, about")
    plan.get_by_role("button", name="Start").click()
    progress = page.locator(".study-progress")
    page.wait_for_function("+document.querySelector('.study-progress .study-time')?.dataset.done > 0")
    expect(progress).to_contain_text("So far")
    grounds = progress.locator(".study-bar").evaluate(
        "bar => ['background', 'determinate'].map(part => "
        "getComputedStyle(bar.querySelector('.v-progress-linear__' + part)).backgroundColor)"
    )
    assert grounds[0] != grounds[1], "the bar looks full whatever was done"
    progress.get_by_role("button", name="Cancel").click()
    results = page.locator(".study-results")
    expect(results.get_by_role("button", name="Go on")).to_be_visible()
    expect(page.locator(".study-item.is-chosen .study-meta")).to_contain_text("of 400 runs")
    page.locator(".study-figure[data-drawn]").wait_for()


def test_mistakes_and_limits_are_told_in_words(page: Page) -> None:
    upload(page, 'base = "/etc/passwd.toml"\nhorizon = "3 apples"\n[[arm]]\nnam = "x"\n', "bad.toml")
    mistakes = page.locator(".study-mistakes li")
    expect(mistakes).to_have_count(3)
    expect(mistakes.first).to_contain_text("none is opened here")
    upload(page, STUDY.replace("replicates = 3", "replicates = 300").replace('"tiny"', '"many"'), "many.toml")
    plan = page.locator(".study-plan")
    expect(plan).to_contain_text("600 runs, about")
    plan.get_by_role("button", name="Start").click()
    expect(page.locator(".study-mistakes")).to_contain_text("500 in all")


def test_shipped_studies_say_their_size_and_time(page: Page) -> None:
    first = page.locator(".study-item").first
    expect(first).to_contain_text(re.compile(r"30 runs, about \d+ (s|min)"), timeout=60_000)
    expect(first.get_by_role("button", name="Start")).to_be_visible()
    expect(page.locator(".study-place")).to_be_visible()
