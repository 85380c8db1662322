"""The Lab in a real browser that can reach nothing but this machine; every test does what a person would do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Lab, Visitor

pytestmark = pytest.mark.browser

GROWING = "The receptor axis alone"  # no immune cells: this tumor is there in every hour, whatever is calibrated
UNDRUGGED = "Control mouse, no drug"


def test_opens_alive_and_complete_with_the_network_off(visitor: Visitor) -> None:
    """Catches a front end that needs a CDN (``visitor`` fails on any request that left this machine)."""
    lab = visitor.open()
    lab.wait_hour("h >= 2")  # alive: the clock runs before anything is pressed
    page = lab.page
    assert page.locator(".figure.is-tumor b").inner_text() != ""
    page.locator(".curves[data-points]").wait_for()
    assert page.evaluate("typeof window.Plotly") == "object"
    assert page.locator(".legend-item").count() >= 6
    assert page.get_by_text("not medical advice").count() == 1
    assert "living tumor cells" in (page.locator(".tissue-canvas").get_attribute("aria-label") or "")


def test_play_advances_the_clock_and_pause_stops_it(lab: Lab) -> None:
    """Catches a clock that only seems to stop, and hours computed behind its back."""
    lab.choose(GROWING)
    before = lab.hour
    lab.press("Play")
    lab.wait_hour(f"h >= {before + 3}")
    stopped = lab.pause()
    lab.page.wait_for_timeout(700)
    assert lab.hour == stopped


def test_one_hour_and_one_day_add_just_that(lab: Lab) -> None:
    """Catches an hour lost or doubled between engine and page."""
    lab.choose(GROWING)
    start = lab.hour
    lab.press("1 hour")
    lab.wait_hour(f"h === {start + 1}")
    lab.press("1 day")
    lab.wait_hour(f"h === {start + 25}")
    lab.page.wait_for_function("n => +document.querySelector('.curves').dataset.points === n", arg=start + 26)


def test_reset_returns_to_hour_zero_with_the_same_tissue(lab: Lab) -> None:
    """Same seed, same tissue: catches a reset that draws another one."""
    lab.choose(GROWING)
    first = lab.picture()
    lab.press("1 day")
    lab.wait_hour("h === 24")
    assert lab.picture() != first
    lab.press("Reset")
    lab.wait_hour("h === 0")
    lab.expect_picture(first)


def test_coloring_changes_picture_and_legend(lab: Lab) -> None:
    """Catches a layer whose colors never reach the canvas."""
    lab.choose(GROWING)
    seen = {lab.picture()}
    for name in ("Receptors", "Signal", "Antigenicity", "Oxygen", "Chemokine"):
        lab.color_by(name)
        lab.page.locator(".legend-scale").get_by_text(name.rstrip("s")).first.wait_for()
        seen.add(lab.picture())
    assert len(seen) == 6
    lab.color_by("Type")
    lab.page.locator(".legend-item").first.wait_for()


def test_clicking_a_cell_shows_its_card_and_closing_hides_it(lab: Lab) -> None:
    """Catches a site that is mapped to the wrong place, or a cell that cannot be read."""
    lab.choose(GROWING)
    canvas = lab.page.locator(".tissue-canvas")
    box = canvas.bounding_box()
    assert box is not None
    card = lab.page.locator(".cell-card")
    for step in range(24):  # the inoculum is not closed: the first clicks may meet gaps
        canvas.click(position={"x": box["width"] / 2 + step % 5 * 3, "y": box["height"] / 2 + step // 5 * 3})
        lab.page.wait_for_timeout(250)
        if card.count():
            break
    assert card.get_by_text("Tumor cell").count() == 1
    traits = card.locator(".cell-traits")
    for name in ("Receptor level", "Signal", "MHC-I", "Clone"):
        assert traits.get_by_text(name, exact=True).count() == 1
    card.get_by_role("button", name="Close").click()
    card.wait_for(state="detached")


def test_a_dose_by_hand_raises_the_blockade_curve(lab: Lab) -> None:
    """Catches a dose that is only announced. Without a drug the blockade is 0."""
    lab.choose(UNDRUGGED)
    lab.press("1 hour")
    lab.wait_hour("h === 1")
    lab.press("Give a dose now")
    lab.page.locator(".message").get_by_text("Dose given").wait_for()
    lab.press("1 hour")
    lab.wait_hour("h === 2")
    lab.page.wait_for_function("+document.querySelector('.curves').dataset.points === 3")
    blockade = lab.curve("blocked, %")
    assert blockade[:2] == [0.0, 0.0]
    assert blockade[2] > 50.0


def test_a_wrong_dose_is_answered_in_words(lab: Lab) -> None:
    """Catches a traceback on the page or an engine that dies of it."""
    lab.choose(UNDRUGGED)
    field = lab.page.locator(".dose input")
    field.fill("much")
    lab.press("Give a dose now")
    lab.page.locator(".message").get_by_text("much").wait_for()
    hour = lab.hour
    lab.press("1 hour")
    lab.wait_hour(f"h === {hour + 1}")


def test_a_changed_value_is_marked_and_one_click_puts_it_back(lab: Lab) -> None:
    """Catches sliders that forget, or that mix up what is live and what waits for a reset."""
    lab.choose(GROWING)
    page = lab.page
    page.get_by_placeholder("Find a parameter").fill("tumor proliferation")
    row = page.locator(".param[data-address='links.tumor_proliferation']")
    number = row.locator(".param-number")
    number.fill("-2")
    number.press("Enter")
    page.locator(".changes").get_by_text("1 changed").wait_for()
    assert "is-changed" in (row.get_attribute("class") or "")
    row.hover()
    page.locator(".sheet-card").get_by_text("doi:10.1126/science.6867737").wait_for()
    page.get_by_placeholder("Find a parameter").fill("space width")
    width = page.locator(".param[data-address='space.width']")
    width.locator(".param-number").fill("120")
    width.locator(".param-number").press("Enter")
    page.locator(".changes").get_by_text("2 changed, 1 at the next reset").wait_for()
    page.get_by_role("button", name="Undo all").click()
    page.locator(".changes").wait_for(state="detached")


def test_the_evidence_names_both_sides_and_switches_a_link(lab: Lab) -> None:
    """Catches a page that shows only what supports the hypothesis."""
    page = lab.page
    lab.press("Read what speaks for and against")
    panel = page.locator(".evidence")
    for words in ("pmid:2540873", "Anticancer Res 1996", "not measured", "NCT00982696"):
        panel.get_by_text(words).first.wait_for()
    assert panel.locator(".link-row").count() == 9
    panel.locator(".link-row").nth(2).locator(".v-input--selection-controls__ripple").click()
    panel.locator(".link-row").nth(2).get_by_text("off", exact=True).wait_for()
    panel.get_by_role("button", name="Close").click()
    page.locator(".changes").get_by_text("1 changed").wait_for()


def test_a_solid_tissue_is_shown_in_slices(lab: Lab) -> None:
    """Catches a third dimension that is drawn flat."""
    lab.choose("Spheroid in three dimensions")
    lab.page.locator(".cut").wait_for()
    middle = lab.picture()
    thumb = lab.page.locator(".cut [role=slider]")
    thumb.focus()
    for _ in range(12):
        thumb.press("ArrowLeft")
    assert lab.picture() != middle


def test_two_people_have_two_tissues_and_leave_nothing_behind(browser: Browser, server: str, lab: Lab) -> None:
    """Catches a model, a scenario or a clock that is shared between sessions, and threads that outlive their page."""
    from tests.browser.conftest import Visitor as Person
    from tests.browser.conftest import resources

    lab.choose(GROWING)
    other = Person(browser, server)
    second = other.open()
    second.choose(UNDRUGGED)
    second.press("1 day")
    second.wait_hour("h === 24")
    assert lab.hour == 0
    expect(lab.page.locator(".scenario .v-select__selection")).to_have_text(GROWING)
    before = resources(server)
    second.page.goto("about:blank")  # as a person leaves; the page says good-bye on its way out
    until = time.monotonic() + 30.0
    gone = False
    while not gone and time.monotonic() < until:
        time.sleep(0.2)
        after = resources(server)
        gone = all(after[of][count] < before[of][count] for of, count in (("kernels", "total"), ("threads", "active")))
    assert gone, "the session or its engine outlives the page"
    other.context.close()
    assert other.refused == []
    assert other.errors == []


def test_pictures_keep_coming_and_only_new_points_travel(lab: Lab) -> None:
    """A loose limit, for a busy machine (18 a second is the aim): catches a page that is drawn anew for every hour."""
    lab.choose(GROWING)
    lab.press("Play")
    start, began = lab.painted, time.monotonic()
    lab.page.wait_for_timeout(2500)
    rate = (lab.painted - start) / (time.monotonic() - began)
    hour = lab.pause()
    assert rate >= 1.0
    lab.page.wait_for_function("n => +document.querySelector('.curves').dataset.points === n", arg=hour + 1)
    assert len(lab.curve("living")) == hour + 1
