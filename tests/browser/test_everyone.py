"""For everyone: by keyboard and by ear, with fingers, on a tablet and on a projector, without motion."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from immune_sim.app.dashboard.components.keyboard import SHOWN
from immune_sim.app.dashboard.server import ASSETS
from tests.browser.conftest import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

UNDRUGGED = "Control mouse, no drug"
DIALOGS = ("Take away", "Keys (press ?)", "Read what speaks for and against", "Show the numbers of the curves (key: t)")
LOOK = Path(__file__).with_name("looking.js").read_text(encoding="utf-8").partition("\n")[2]


def seen(page: Page, what: str) -> Any:
    """The answer of a function of looking.js."""
    return page.evaluate(f"{LOOK.strip()}.{what}")


@pytest.fixture
def tablet(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """A context of a tablet held upright, used with fingers."""
    made = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True, is_mobile=True)
    made.set_default_timeout(40_000)
    yield made
    made.close()


def settled(page: Page, server: str) -> Lab:
    page.goto(server)
    opened = Lab(page)
    opened.wait_painted(1)
    opened.pause()
    return opened


def close_dialog(page: Page) -> None:
    page.keyboard.press("Escape")
    page.locator(".v-dialog--active").wait_for(state="detached")


def test_every_control_says_its_name_on_the_page_and_in_every_dialog(lab: Lab) -> None:
    """An accessibility pass by script: catches nameless controls, ids that stand twice, jumps in the order of focus."""
    lab.choose(UNDRUGGED)
    faults: dict[str, Any] = {"page": seen(lab.page, "faults()")}
    for name in DIALOGS:
        lab.press(name)
        lab.page.locator(".v-dialog--active").wait_for()
        lab.page.wait_for_timeout(300)
        faults[name] = seen(lab.page, "faults()")
        close_dialog(lab.page)
    assert {where: found for where, found in faults.items() if found} == {}


def test_the_focus_goes_into_a_dialog_and_back(lab: Lab) -> None:
    """Catches a dialog that a screen reader does not know of, and a focus that is lost when it closes."""
    lab.choose(UNDRUGGED)
    for name in DIALOGS[:2]:
        opener = lab.page.get_by_role("button", name=name, exact=True)
        opener.focus()
        lab.page.keyboard.press("Enter")
        opened = lab.page.get_by_role("dialog")
        opened.wait_for()
        lab.page.wait_for_function("document.activeElement.closest('[role=dialog][aria-modal=true][aria-label]')")
        close_dialog(lab.page)
        lab.page.wait_for_function("e => document.activeElement === e", arg=opener.element_handle())


def test_the_page_may_be_zoomed(lab: Lab) -> None:
    content = lab.page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "user-scalable=no" not in content
    assert "maximum-scale" not in content


def test_the_focus_walks_in_the_order_of_the_page(lab: Lab) -> None:
    """From the top through everything: catches a focus that is lost, stuck, invisible, or goes back and forth."""
    lab.choose(UNDRUGGED)
    page = lab.page
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.locator(".top-name").click()
    walked = []
    for _ in range(60):
        page.keyboard.press("Tab")
        walked.append(seen(page, "focus()"))
        if walked[-1][0] == "note":
            break
    parts = [part for part, _, _ in walked if part]
    order = [part for at, part in enumerate(parts) if at == 0 or parts[at - 1] != part]
    assert order == ["top", "lab-left", "bar", "tissue-card", "curve-card", "note"]
    assert [what for _, lit, what in walked if not lit] == []


def test_every_key_that_works_is_in_the_list(lab: Lab) -> None:
    """Catches a key that nobody is told of, and one that is told and not known."""
    from immune_sim.app.dashboard.components import keyboard

    class Anything:
        def __getattr__(self, name: str) -> Any:
            return Anything()

        def __call__(self, *_: Any) -> Any:
            return Anything()

    plain = {
        " ": "Space",
        "ArrowRight": "\u2192",
        "ArrowLeft": "\u2190",
        "Escape": "Esc",
        "ArrowUp": "\u2191",
        "ArrowDown": "\u2193",
    }
    known = [each.removeprefix("shift+") for each in keyboard.acts(Anything())]  # type: ignore[arg-type]
    lab.choose(UNDRUGGED)
    lab.page.evaluate("document.activeElement.blur()")
    lab.page.keyboard.press("?")
    shown = lab.page.locator(".keys")
    shown.wait_for()
    words = shown.inner_text()
    close_dialog(lab.page)
    assert [key for key in known if not key.isdigit() and plain.get(key, key) not in words] == []
    assert all(meaning in words for _, meaning in SHOWN)


def test_the_numbers_of_the_curves_can_be_read(lab: Lab) -> None:
    """Catches a table of another run or hour, and one that a screen reader cannot walk through."""
    lab.choose(UNDRUGGED)
    lab.press("1 day")
    lab.wait_hour("h === 24")
    lab.page.wait_for_function("+document.querySelector('.curves').dataset.points === 25")
    burden = [round(each) for each in lab.curve("living")]
    lab.page.evaluate("document.activeElement.blur()")
    lab.page.keyboard.press("t")
    table = lab.page.get_by_role("table", name="The curves at whole days and at the last hour")
    table.wait_for()
    assert table.get_by_role("rowheader").all_inner_texts() == ["0", "1"]
    rows = table.locator("tbody tr")
    assert [int(rows.nth(i).locator("td").first.inner_text().replace(",", "")) for i in (0, 1)] == [
        burden[0],
        burden[24],
    ]
    with lab.page.expect_download() as download:
        lab.press("Every hour, CSV")
    assert download.value.suggested_filename.endswith("-hour24.csv")
    close_dialog(lab.page)


def test_fingers_on_a_tablet_find_their_targets(tablet: BrowserContext, server: str) -> None:
    """Upright: catches what is cut at the side, parts that lie over each other, and targets below 40 pixels."""
    page = tablet.new_page()
    settled(page, server)
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
    assert seen(page, "small(40)") == []
    assert seen(page, "overlap()") == []
    page.get_by_role("button", name="1 hour", exact=True).tap()
    page.wait_for_function("+document.querySelector('.clock').dataset.hour > 0")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768), (1920, 1080)])
def test_nothing_is_cut_on_a_laptop_or_a_projector(lab: Lab, width: int, height: int) -> None:
    """Catches a sentence that is cropped and a page that is wider than its window."""
    lab.choose(UNDRUGGED)
    lab.page.set_viewport_size({"width": width, "height": height})
    try:
        lab.page.locator(".gap-words").get_by_text("Without places").wait_for()
        lab.page.wait_for_timeout(500)
        assert seen(lab.page, "cut()") == []
        card, words = (lab.page.locator(each).bounding_box() for each in (".curve-card", ".gap-words"))
        assert card is not None
        assert words is not None
        assert words["y"] + words["height"] <= card["y"] + card["height"]
        assert lab.page.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        lab.page.set_viewport_size({"width": 1280, "height": 720})


def test_nothing_moves_for_those_who_ask_for_that(browser: Browser, server: str) -> None:
    """Catches an animation that ignores the wish; the tissue itself changes only while the clock runs."""
    quiet = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 720})
    quiet.set_default_timeout(40_000)
    page = quiet.new_page()
    settled(page, server)
    page.get_by_role("button", name="Take away", exact=True).click()
    page.locator(".v-dialog--active").wait_for()
    moving = seen(page, "moving()")
    quiet.close()
    assert moving == []


def test_the_look_has_no_color_of_text_outside_the_tokens() -> None:
    """What test_contrast.py computes covers the page only while parts take their ink from the tokens."""
    parts = sorted((ASSETS / "style").glob("*.css"))
    inks = [ink for part in parts for ink in re.findall(r"(?<![\w-])color:\s*([^;}!]+)", part.read_text("utf-8"))]
    assert len(inks) > 100
    assert [
        each for each in inks if not each.strip().startswith(("var(--", "inherit", "transparent", "currentColor"))
    ] == []
