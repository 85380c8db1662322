"""Twin arms as a person uses them: the same with one change, side by side, the map of differences, the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

LOW = "Low-dose naltrexone, mouse"
LINKLESS = "Every hypothesis link off"

# The middle of every canvas: its frame, a line a pixel wide, falls on one pixel or the next as the room is rounded.
MIDDLE = """all => all.map(c => {
  const w = Math.round(c.width / 2), h = Math.round(c.height / 2);
  const part = c.getContext("2d").getImageData(Math.round(w / 2), Math.round(h / 2), w, h);
  return [w, h, ...new Uint32Array(part.data.buffer)].join(" ");
})"""


@pytest.fixture
def alone(lab: Lab) -> Iterator[Lab]:
    """The Lab without any arm beside the first, before and after."""
    lab.choose(LOW)
    yield lab
    for letter in "BCD":
        remove = lab.page.get_by_role("button", name=f"Remove {letter}", exact=True)
        if remove.count():
            remove.click()
            remove.wait_for(state="detached")


def compare(lab: Lab, change: str) -> None:
    """Put the same with one change beside the first, with one click in the list of changes."""
    arms = lab.page.locator(".arm").count()
    lab.press("Compare" if arms == 1 else "Add")
    lab.page.locator(".twin-panel").get_by_role("button", name=change, exact=True).click()
    lab.page.locator(".panel-title").wait_for(state="detached")
    lab.page.wait_for_function("n => document.querySelectorAll('.arm').length === n", arg=arms + 1)


def pictures(lab: Lab) -> list[str]:
    """What is in the middle of the canvases when they have come to rest, as texts that differ where they do."""
    canvases = lab.page.locator(".arm .tissue-canvas:not(.cloud-canvas)")
    before: list[str] = []
    while True:
        lab.page.wait_for_timeout(500)
        now = list(canvases.evaluate_all(MIDDLE))
        if now == before:
            return now
        before = now


def cause(lab: Lab) -> str:
    return lab.page.locator(".parting-cause").first.inner_text()


def test_one_click_gives_the_same_tissue_without_the_drug_and_says_what_came_of_it(alone: Lab) -> None:
    """Catches arms that begin with other cells, run apart in time, or part for no reason that is named."""
    compare(alone, "No drug")
    alone.page.wait_for_function("document.querySelectorAll('.arm .tissue-canvas:not(.cloud-canvas)').length === 2")
    alone.page.locator(".parting-cause").get_by_text("No difference so far").wait_for()
    first, second = pictures(alone)
    assert first == second
    alone.press("1 day")
    alone.wait_hour("h === 24")
    alone.page.locator(".parting-cause").get_by_text("Drug in plasma differs since day 0, 01:00").wait_for()
    alone.page.locator(".parting-cause").get_by_text("cells differ").wait_for()
    assert "First cell, day 0" in cause(alone)
    first, second = pictures(alone)
    assert first != second
    alone.page.wait_for_function("document.querySelector('.curves').data.some(t => t.name === 'blocked, %, B')")
    alone.page.wait_for_function(
        "document.querySelector('.curves').data.find(t => t.name === 'blocked, %, B').y.length === 25"
    )
    assert set(alone.curve("blocked, %, B")) == {0.0}
    assert max(alone.curve("blocked, %, A")) > 1.0
    alone.page.get_by_role("button", name="Remove B").click()
    alone.page.locator(".parting").wait_for(state="detached")
    assert alone.page.locator(".arm").count() == 1
    alone.page.wait_for_function("!document.querySelector('.curves').data.some(t => t.name.endsWith(', B'))")


def test_a_drug_that_acts_on_nothing_makes_no_cell_differ(alone: Lab) -> None:
    """Catches luck that the arms do not share: here it would be the only thing that could make them part."""
    alone.choose(LINKLESS)
    compare(alone, "No drug")
    alone.press("1 day")
    alone.wait_hour("h === 24")
    alone.page.locator(".parting-cause").get_by_text("So far every cell does the same").wait_for()
    first, second = pictures(alone)
    assert first == second


def test_the_map_shows_cells_that_are_here_or_there_only(alone: Lab) -> None:
    """Catches a switch that changes nothing, and a legend that counts none."""
    compare(alone, "Tumor proliferation")
    alone.press("1 day")
    alone.wait_hour("h === 24")
    alone.page.locator(".parting-cause").get_by_text("cells differ").wait_for()
    plain = pictures(alone)
    switch = alone.page.locator(".parting-switch .v-input--selection-controls__ripple")
    switch.click()
    legend = alone.page.locator(".arm").nth(1).locator(".tissue-legend")
    legend.get_by_text("only in A").wait_for()
    mapped = pictures(alone)
    assert mapped[0] == plain[0]
    assert mapped[1] != plain[1]
    assert any(character.isdigit() and character != "0" for character in legend.inner_text())
    switch.click()
    legend.get_by_text("cycling").wait_for()
    assert pictures(alone) == plain


def test_what_is_done_is_done_to_all_and_reset_brings_all_back(alone: Lab) -> None:
    """A value changed on the left acts in both arms: catches controls that are linked in words only."""
    alone.press("1 hour")
    alone.wait_hour("h === 1")
    compare(alone, "No drug")
    alone.press("Give a dose now")
    alone.page.locator(".message").get_by_text("Dose given").first.wait_for()
    alone.press("1 hour")
    alone.wait_hour("h === 2")
    alone.page.wait_for_function(
        "(t => t && t.y.length === 3)(document.querySelector('.curves').data.find(t => t.name === 'blocked, %, B'))"
    )
    assert alone.curve("blocked, %, B")[2] > 1.0
    alone.press("Reset")
    alone.wait_hour("h === 0")
    alone.page.locator(".parting-cause").get_by_text("No difference so far").wait_for()
    first, second = pictures(alone)
    assert first == second


def test_there_are_four_arms_at_most_and_each_can_be_told_apart(alone: Lab) -> None:
    for change in ("No drug", "Around the clock", "Ligand upregulation"):
        compare(alone, change)
    assert alone.page.get_by_role("button", name="Add", exact=True).count() == 0
    letters = alone.page.locator(".arm-head .arm-letter").all_inner_texts()
    assert letters == ["A", "B", "C", "D"]
    alone.press("1 hour")
    alone.wait_hour("h === 1")
    alone.page.wait_for_function("document.querySelector('.curves').data.some(t => t.name === 'living, D')")
    dashes = alone.page.locator(".curves").evaluate(
        "plot => plot.data.filter(t => t.name.startsWith('living')).map(t => t.line.dash)"
    )
    assert len(set(dashes)) == 4
    boxes = [each.bounding_box() for each in alone.page.locator(".arm .tissue-canvas:not(.cloud-canvas)").all()]
    assert all(box and box["height"] > 90 for box in boxes)
    assert all(box and box["y"] + box["height"] < 720 for box in boxes)


def test_a_branch_is_compared_with_the_run_it_left(alone: Lab) -> None:
    """A dose on the second day only: catches a branch that comes without its past or without what was done in it."""
    for day in (1, 2):
        alone.press("1 day")
        alone.wait_hour(f"h === {24 * day}")
    alone.page.evaluate("document.activeElement && document.activeElement.blur()")
    alone.page.locator('.strip-axis[aria-valuenow="48"]').wait_for()  # the strip is told a moment after the clock
    alone.page.keyboard.press("Shift+ArrowLeft")
    alone.wait_hour("h === 24")
    alone.press("Give a dose now")
    alone.page.locator(".change-log").get_by_text("dose by hand").wait_for()
    alone.press("1 day")
    alone.wait_hour("h === 48")
    alone.page.locator(".branches-button").click()
    alone.page.get_by_role("button", name="Compare side by side").first.click()
    alone.page.locator(".parting-cause").get_by_text("Drug in plasma differs since day 1, 01:00").wait_for()
    expect(alone.page.locator(".arm-title").nth(1)).to_have_text("First run")
