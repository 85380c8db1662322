"""The whole Lab without a mouse, and without eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

GROWING = "The receptor axis alone"
UNDRUGGED = "Control mouse, no drug"


def leave_fields(lab: Lab) -> None:
    """Put the focus on the page itself."""
    lab.page.evaluate("document.activeElement && document.activeElement.blur()")


def test_the_clock_by_keyboard(lab: Lab) -> None:
    """Catches a key that does nothing, does it twice, or needs the focus somewhere."""
    lab.choose(GROWING)
    keys = lab.page.keyboard
    leave_fields(lab)
    keys.press("ArrowRight")
    lab.wait_hour("h === 1")
    keys.press("Shift+ArrowRight")
    lab.wait_hour("h === 25")
    keys.press("Space")
    lab.wait_hour("h > 26")
    keys.press("Space")
    lab.page.get_by_role("button", name="Play", exact=True).wait_for()
    keys.press("r")
    lab.wait_hour("h === 0")


def test_colors_dose_and_help_by_keyboard(lab: Lab) -> None:
    """Catches keys that are listed and do not work."""
    lab.choose(UNDRUGGED)
    keys = lab.page.keyboard
    leave_fields(lab)
    keys.press("2")
    lab.page.locator(".legend-scale").get_by_text("Receptor").first.wait_for()
    keys.press("1")
    lab.page.locator(".legend-item").first.wait_for()
    keys.press("d")
    lab.page.locator(".change-log").get_by_text("dose by hand").wait_for()
    keys.press("?")
    panel = lab.page.locator(".panel")
    panel.get_by_text("let the clock run, or stand").wait_for()
    keys.press("r")  # an open panel keeps the keys
    lab.page.wait_for_timeout(300)
    assert lab.page.locator(".change-log").count() == 1
    keys.press("Escape")
    panel.get_by_text("let the clock run, or stand").wait_for(state="detached")


def test_keys_leave_fields_and_sliders_alone(lab: Lab) -> None:
    """Catches a page that resets the tissue while somebody writes the letter r."""
    lab.choose(GROWING)
    lab.press("1 hour")
    lab.wait_hour("h === 1")
    field = lab.page.get_by_placeholder("Find a parameter")
    field.fill("")
    field.press_sequentially("r 2 d")
    thumb = lab.page.locator(".speed [role=slider]")
    thumb.focus()
    thumb.press("ArrowRight")
    thumb.press("ArrowLeft")
    lab.page.wait_for_timeout(400)
    assert field.input_value() == "r 2 d"
    assert lab.hour == 1
    field.fill("")


def test_focus_is_seen_and_every_button_has_a_name(lab: Lab) -> None:
    """Walks through the page by Tab: catches a control without an outline and a button that is read as "button"."""
    lab.choose(GROWING)
    page = lab.page
    nameless = page.locator("button").evaluate_all(
        "all => all.filter(b => b.offsetParent && !(b.innerText.trim() || b.getAttribute('aria-label') || b.title))"
        ".map(b => b.outerHTML)"
    )
    assert nameless == []
    page.get_by_role("button", name="Play", exact=True).focus()
    page.keyboard.press("Shift+Tab")
    unseen = []
    for _ in range(14):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
              const at = document.activeElement, style = getComputedStyle(at);
              const ring = (s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
              const field = at.closest('.v-input, .sheet-search');
              return [at.outerHTML.slice(0, 90), ring(style) || !!field];
            }"""
        )
        if not found[1]:
            unseen.append(found[0])
    assert unseen == []


def test_a_screen_reader_hears_the_tissue_but_not_eighteen_times_a_second(lab: Lab) -> None:
    """Catches a silent page, and one that never stops talking."""
    lab.choose(GROWING)
    ear = lab.page.locator(".for-the-ear")
    assert ear.get_attribute("aria-live") == "polite"
    lab.page.wait_for_function("document.querySelector('.for-the-ear')?.textContent.includes('day 0, 00:00')")
    lab.page.evaluate(
        "window.said = 0; new MutationObserver(() => window.said++).observe(document.querySelector('.for-the-ear'),"
        " {subtree: true, childList: true, characterData: true})"
    )
    lab.press("Play")
    lab.page.wait_for_timeout(3000)
    while_playing = lab.page.evaluate("window.said")
    hour = lab.pause()
    day, rest = divmod(hour, 24)
    lab.page.wait_for_function(
        "words => document.querySelector('.for-the-ear')?.textContent.includes(words)", arg=f"day {day}, {rest:02d}:00"
    )
    assert while_playing <= 4  # the last state of the pause before, and one of the play; each may change two nodes


def test_everything_has_its_place_at_1280_by_720(lab: Lab) -> None:
    """Catches a part without a picture that takes the room of the tissue, a page that is laid over itself, and curves
    that change their size with the words below them."""
    lab.choose(GROWING)
    boxes = {name: lab.page.locator(name).bounding_box() for name in (".bar", ".tissue-canvas", ".curves", ".note")}
    bar, tissue, curves, note = (box or {"y": 0, "height": 0} for box in boxes.values())
    assert tissue["height"] > 300
    assert curves["height"] > 340
    assert tissue["y"] >= bar["y"] + bar["height"]
    assert note["y"] >= tissue["y"] + tissue["height"]
    assert note["y"] + note["height"] <= 720
    lab.press("1 day")
    lab.wait_hour("h === 24")
    lab.page.locator(".gap-words").get_by_text("Without places, day 1").wait_for()
    assert lab.page.locator(".curves").bounding_box() == curves
