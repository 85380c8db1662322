"""The schedule composer, as a person uses it: open, press a preset, drag a dose, read the sentence, use it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

UNDRUGGED = "Control mouse, no drug"
QUARTER = 1.0 / 96.0


def open_composer(lab: Lab) -> None:
    lab.page.evaluate("document.activeElement && document.activeElement.blur()")
    lab.page.keyboard.press("s")
    lab.page.locator(".timeline-lane.is-clock").hover()  # once the dialog has come to rest


def close_composer(lab: Lab) -> None:
    lab.page.keyboard.press("Escape")
    lab.page.locator(".v-dialog--active").wait_for(state="detached")


def say(lab: Lab, words: str) -> None:
    """Wait until the sentence holds these words."""
    lab.page.locator(".composer-sentence").get_by_text(words).wait_for()


def lane(lab: Lab) -> dict[str, float]:
    box = lab.page.locator(".timeline-lane.is-clock").bounding_box()
    assert box
    return dict(box)


def drag(lab: Lab, selector: str, dx: float, dy: float) -> None:
    """Take the middle of a part and let it go somewhere else."""
    lab.page.locator(selector).hover()
    box = lab.page.locator(selector).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = lab.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + dx / 2, y + dy / 2, steps=3)
    mouse.move(x + dx, y + dy, steps=3)
    mouse.up()


def test_a_preset_is_dragged_read_and_used(lab: Lab) -> None:
    """Catches a drawing that is not what is said, a sentence that is not what runs, and a drug that does nothing."""
    lab.choose(UNDRUGGED)
    open_composer(lab)
    say(lab, "No drug.")
    lab.press("Nightly low dose")
    say(lab, "0.1 mg/kg of naltrexone injected every night at 22:00; most receptors are free for 14.5 h of each day.")
    drag(lab, ".dose-mark .dose-label", -20 * 4 * QUARTER * lane(lab)["width"], 0)
    say(lab, "every night at 02:00")
    expect(lab.page.locator(".composer-text .code")).to_contain_text('at = "02:00"')
    lab.press("Use from now on")
    lab.page.locator(".change-log").get_by_text("every night at 02:00").wait_for()
    lab.page.locator(".scenario-regimen").get_by_text("Since day 0, 00:00: 0.1 mg/kg").wait_for()
    for hour in (1, 2, 3):
        lab.press("1 hour")
        lab.wait_hour(f"h === {hour}")
    lab.page.wait_for_function("document.querySelector('.curves').data.find(t => t.name === 'blocked, %').y.length > 3")
    blockade = lab.curve("blocked, %")
    assert blockade[:3] == [0.0, 0.0, 0.0]
    assert blockade[3] > 75.0


def test_doses_are_added_resized_and_taken_away_by_hand(lab: Lab) -> None:
    """By mouse: a click, the knob, out of the lane; catches a hand that does something else than it shows."""
    lab.choose(UNDRUGGED)
    open_composer(lab)
    box = lane(lab)
    lab.page.mouse.click(box["x"] + box["width"] * 8 / 24, box["y"] + 20)
    say(lab, "0.1 mg/kg of naltrexone injected every day at 08:00")
    drag(lab, ".dose-mark .dose-knob", 0, -30)
    lab.page.wait_for_function(
        "document.querySelector('.composer-sentence')?.textContent.includes('0.1 mg/kg') === false"
    )
    lab.page.get_by_label("Amount", exact=True).fill("0.25")
    lab.page.get_by_label("Amount", exact=True).press("Enter")
    say(lab, "0.25 mg/kg")
    drag(lab, ".dose-mark .dose-label", 0, -170)
    say(lab, "No drug.")
    close_composer(lab)


def test_the_composer_by_keyboard(lab: Lab) -> None:
    """Add, move, enlarge, one day alone, remove; catches what only a mouse can do."""
    lab.choose(UNDRUGGED)
    open_composer(lab)
    keys = lab.page.keyboard
    lab.page.get_by_role("button", name="Add a dose", exact=True).press("Enter")
    say(lab, "every night at 22:00")
    lab.page.locator(".dose-mark").focus()
    keys.press("ArrowRight")
    say(lab, "every night at 22:15")
    keys.press("Shift+ArrowLeft")
    say(lab, "every night at 21:15")
    keys.press("ArrowUp")
    say(lab, "0.11 mg/kg")
    lab.page.locator(".timeline-lane[data-part=days]").focus()
    keys.press("ArrowRight")
    lab.page.get_by_text("Hours of day 0", exact=True).wait_for()
    keys.press("ArrowRight")
    keys.press("Shift+ArrowRight")
    lab.page.get_by_text("Hours of days 1 to 2", exact=True).wait_for()
    lab.page.locator(".dose-mark").focus()
    keys.press("Delete")
    say(lab, "once, on day 0 at 21:15; then 0.11 mg/kg of naltrexone injected every night at 21:15, from day 3 on")
    expect(lab.page.locator(".composer-text .code")).to_contain_text(re.compile(r"(\[\[regimen\]\].*){2}", re.DOTALL))
    close_composer(lab)


def test_a_schedule_from_the_start_and_one_that_asks_for_the_burden(lab: Lab) -> None:
    """Catches a reset that forgets the schedule, and a condition that is drawn and not used."""
    lab.choose(UNDRUGGED)
    lab.press("1 day")
    lab.wait_hour("h === 24")
    open_composer(lab)
    lab.page.locator(".timeline-now").wait_for(state="attached")
    lab.press("If tumor is large")
    say(lab, "while there are more than 2,000 tumor cells")
    lab.page.get_by_label("Living tumor cells above which doses are given").fill("50")
    say(lab, "while there are more than 50 tumor cells")
    expect(lab.page.locator(".composer-text .code")).to_contain_text("while_burden_above = 50")
    lab.press("Use from the start")
    lab.page.locator(".scenario-regimen").get_by_text("while there are more than 50 tumor cells").wait_for()
    lab.wait_hour("h > 24")
    lab.pause()
    lab.press("Reset")  # keeps the schedule
    lab.wait_hour("h === 0")
    lab.press("1 day")
    lab.wait_hour("h === 24")
    lab.page.wait_for_function(
        "document.querySelector('.curves').data.find(t => t.name === 'blocked, %').y.length === 25"
    )
    assert lab.curve("blocked, %")[23] > 75.0
    open_composer(lab)
    say(lab, "while there are more than 50 tumor cells")
    lab.press("Copy")
    lab.page.locator(".copies[data-copied]").wait_for()
    assert "while_burden_above = 50" in lab.page.evaluate("getSelection().toString()")
    close_composer(lab)
    lab.own_schedule()
    lab.page.locator(".scenario-regimen").get_by_text("No drug.").wait_for()
