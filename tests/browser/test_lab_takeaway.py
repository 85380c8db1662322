"""What a person did is listed, saved and brought back, in a real browser with the network off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from immune_sim.app.dashboard import replay
from immune_sim.model.meanfield import mean_field
from immune_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

GROWING = "The receptor axis alone"
UNDRUGGED = "Control mouse, no drug"


def saved(lab: Lab, press: str) -> tuple[str, bytes]:
    """Press a button that hands over a file; its name and content."""
    with lab.page.expect_download() as download:
        lab.page.get_by_role("button", name=press, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def change(lab: Lab, address: str, value: str) -> None:
    lab.page.get_by_placeholder("Find a parameter").fill(address.replace(".", " ").replace("_", " "))
    number = lab.page.locator(f".param[data-address='{address}'] .param-number")
    number.fill(value)
    number.press("Enter")


def dismiss(lab: Lab) -> None:
    lab.page.locator(".panel").get_by_role("button", name="Close").click()
    lab.page.locator(".panel-title").wait_for(state="detached")


def test_a_dose_by_hand_is_listed_with_its_hour_and_saved(lab: Lab) -> None:
    """Catches a change that leaves no trace, or a file without it."""
    lab.choose(UNDRUGGED)
    assert lab.page.locator(".change-log").count() == 0
    lab.press("1 day")
    lab.wait_hour("h === 24")
    lab.press("Give a dose now")
    log = lab.page.locator(".change-log")
    log.get_by_text("day 1, 00:00").wait_for()
    log.get_by_text("dose by hand, 0.1 mg/kg (0.002 mg)").wait_for()
    name, content = saved(lab, "Save")
    assert name.startswith("control-mouse-seed")
    assert name.endswith("-hour24.toml")
    dosing = Scenario.from_text(content.decode()).dosing
    assert [(each.amount, each.start) for each in dosing] == [(0.002, 24.0)]
    lab.press("Reset")
    log.wait_for(state="detached")


def test_a_code_brings_back_scenario_hour_and_live_changes(lab: Lab) -> None:
    """The tissue before and after, dot by dot: catches a change, a seed or an hour that is lost."""
    lab.choose(GROWING)
    lab.press("1 day")
    lab.wait_hour("h === 24")
    change(lab, "links.tumor_proliferation", "-2")
    lab.page.locator(".change-log").get_by_text("tumor proliferation to -2").wait_for()
    lab.press("1 day")
    lab.wait_hour("h === 48")
    before = lab.picture()
    lab.press("Take away")
    shown = lab.page.locator("output.code")
    shown.get_by_text(".48.").wait_for()
    code = shown.inner_text()
    assert replay.read(code).hour == 48
    dismiss(lab)
    lab.choose(UNDRUGGED)
    lab.press("Take away")
    field = lab.page.get_by_label("Code to bring back")
    field.fill("nonsense")
    lab.press("Bring back")
    lab.page.locator(".panel-problem").get_by_text("not a code").wait_for()
    field.fill(code)
    lab.press("Bring back")
    lab.wait_hour("h === 48")
    lab.page.locator(".change-log").get_by_text("tumor proliferation to -2").wait_for()
    lab.page.locator(".panel-title").wait_for(state="detached")
    lab.expect_picture(before)
    lab.press("Undo all")


def test_time_course_and_picture_are_handed_over(lab: Lab) -> None:
    """Catches an empty picture, and a table without its hours."""
    lab.choose(GROWING)
    lab.press("1 hour")
    lab.wait_hour("h === 1")
    lab.press("Take away")
    name, table = saved(lab, "Time course, CSV")
    lines = table.decode().splitlines()
    assert name.endswith("-hour1.csv")
    assert len(lines) == 3
    assert {"hour", "tumor_cells", "blockade"} <= set(lines[0].split(","))
    name, picture = saved(lab, "Picture, PNG")
    assert name.endswith("-hour1.png")
    assert picture.startswith(b"\x89PNG")
    width, height = (int.from_bytes(picture[at : at + 4]) for at in (16, 20))
    assert min(width, height) > 1200  # enough for a work sheet, on whatever screen it was taken
    dismiss(lab)


def test_the_well_mixed_curve_comes_by_itself_and_can_be_left_out(lab: Lab) -> None:
    """Catches a curve of another scenario or hour, and a switch that only changes a word."""
    lab.choose(GROWING)
    lab.page.locator(".gap-words").get_by_text("Without places").wait_for()
    lab.press("1 day")
    lab.wait_hour("h === 24")
    lab.page.wait_for_function("+document.querySelector('.curves').dataset.points === 25")
    lab.page.wait_for_function(
        "(y => y.length === 25 && Array.from(y).every(v => v !== null))"
        "(document.querySelector('.curves').data.find(t => t.name === 'well mixed').y)"
    )
    mixed, living = lab.curve("well mixed"), lab.curve("living")
    assert mixed[0] == pytest.approx(living[0], rel=0.05)
    assert all(value > 0 for value in mixed)
    expected = mean_field(Scenario.shipped("axis-only"), 24.0)["tumor_cells"]
    assert mixed == pytest.approx(list(expected), rel=1e-2)
    switch = lab.page.locator(".gap-switch .v-input--selection-controls__ripple")
    switch.click()
    lab.page.wait_for_function(
        "document.querySelector('.curves').data.find(t => t.name === 'well mixed').y.every(v => v === null)"
    )
    lab.page.wait_for_function("document.querySelector('.gap-words').innerText === ''")
    switch.click()
    lab.page.locator(".gap-words").get_by_text("Without places").wait_for()


def test_a_page_that_is_loaded_anew_offers_the_run_it_had(lab: Lab) -> None:
    """Catches a run that is lost without a word when the page or its session goes."""
    lab.choose(UNDRUGGED)
    lab.press("1 day")
    lab.wait_hour("h === 24")
    lab.page.wait_for_function("(sessionStorage.getItem('immune-sim:run') || '').includes('day 1, 00:00')")
    lab.page.reload()
    lab.press("Bring back day 1")
    lab.page.locator(".run-before").wait_for(state="detached")
    lab.wait_hour("h === 24")
    expect(lab.page.locator(".scenario")).to_contain_text("Control mouse")
