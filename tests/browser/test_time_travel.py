"""Going back, doing something else and coming home, in a real browser with the network off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Lab, Visitor

pytestmark = pytest.mark.browser

UNDRUGGED = "Control mouse, no drug"


def wait_strip(lab: Lab, condition: str) -> None:
    """Wait until the hour shown (h) and the tip of the branch (t) fulfill a condition, the clock says the same, and the
    picture that came before them is painted."""
    lab.page.wait_for_function(
        "(() => { const strip = document.querySelector('.strip').dataset, h = +strip.hour, t = +strip.tip;"
        " const tissue = document.querySelector('.is-canvas .tissue').dataset;"
        " return +document.querySelector('.clock').dataset.hour === h && tissue.due === tissue.painted"
        f" && ({condition}); }})()"
    )


def begin(lab: Lab, days: int) -> None:
    lab.choose(UNDRUGGED)
    for day in range(1, days + 1):
        lab.press("1 day")
        wait_strip(lab, f"h === {24 * day} && t === h")


def drag_to(lab: Lab, share: float) -> None:
    """Drag the thumb to a share of the hours that are kept."""
    kept = lab.page.locator(".strip-kept").bounding_box()
    thumb = lab.page.locator(".strip-thumb circle").bounding_box()
    assert kept is not None
    assert thumb is not None
    y = thumb["y"] + thumb["height"] / 2
    mouse = lab.page.mouse
    mouse.move(thumb["x"] + thumb["width"] / 2, y)
    mouse.down()
    mouse.move(kept["x"] + kept["width"] * (share + 0.2), y, steps=6)
    mouse.move(kept["x"] + kept["width"] * share, y, steps=6)
    mouse.up()


def branches(lab: Lab) -> list[str]:
    """Titles in the list of branches, which stays open."""
    if not lab.page.locator(".branches-panel").is_visible():
        lab.page.locator(".branches-button").click()
    return lab.page.locator(".branch-title").all_inner_texts()


def test_an_hour_comes_back_as_it_was(lab: Lab) -> None:
    """The picture, dot by dot: catches a tissue that is only nearly the same, and curves that lose what comes later."""
    begin(lab, 1)
    first = lab.picture()
    lab.press("1 day")
    wait_strip(lab, "h === 48")
    second = lab.picture()
    drag_to(lab, 0.3)
    wait_strip(lab, "h > 5 && h < 24 && t === 48")
    assert lab.picture() not in (first, second)
    assert len(lab.curve("living")) == 49
    lab.page.locator(".curves-now").wait_for()
    lab.page.locator(".strip-axis").press("End")
    wait_strip(lab, "h === 48")
    lab.expect_picture(second)
    lab.page.locator(".curves-now").wait_for(state="hidden")
    lab.page.locator(".scenario .card-title").click()
    lab.page.keyboard.press("Shift+ArrowLeft")
    wait_strip(lab, "h === 24")
    lab.expect_picture(first)
    lab.page.keyboard.press("ArrowLeft")
    wait_strip(lab, "h === 23")
    lab.page.keyboard.press("ArrowRight")
    wait_strip(lab, "h === 24 && t === 48")
    lab.expect_picture(first)


def test_a_change_at_an_earlier_hour_begins_a_branch(lab: Lab) -> None:
    """Catches a change that overwrites what was there, and a branch that cannot be shown, named or removed."""
    begin(lab, 2)
    end = lab.picture()
    lab.page.locator(".strip-axis").press("Shift+ArrowLeft")
    wait_strip(lab, "h === 24")
    assert branches(lab) == ["First run"]
    lab.press("Give a dose now")
    lab.page.locator(".change-log").get_by_text("day 1, 00:00").wait_for()
    lab.press("1 day")
    wait_strip(lab, "h === 48 && t === 48")
    other = lab.picture()
    assert other != end
    assert branches(lab) == ["First run", "dose by hand, 0.1 mg/kg (0.002 mg)"]
    lab.page.locator(".branch-show").first.click()
    lab.page.locator(".change-log").wait_for(state="detached")
    wait_strip(lab, "h === 48")
    lab.expect_picture(end)
    lab.page.locator(".branch-row").last.get_by_role("button", name="Rename").click()
    name = lab.page.get_by_label("Name of this branch")
    name.fill("one dose")
    name.press("Enter")
    lab.page.locator(".branch-title").get_by_text("one dose").wait_for()
    lab.page.locator(".branch-show").last.click()
    lab.page.locator(".change-log").wait_for()
    wait_strip(lab, "h === 48")
    lab.expect_picture(other)
    lab.page.locator(".branch-row").last.get_by_role("button", name="Remove this branch").click()
    lab.page.locator(".change-log").wait_for(state="detached")
    lab.page.locator(".branch-title").get_by_text("one dose").wait_for(state="detached")
    wait_strip(lab, "h === 48")
    lab.expect_picture(end)
    lab.page.keyboard.press("Escape")


def letters(lab: Lab) -> str:
    """The checksum of the tissue that is shown, in the open list of branches."""
    branches(lab)
    clock = lab.page.locator(".clock").inner_text().lower().replace("\n", ", ")
    return lab.page.locator(".branches-note").get_by_text(f"on {clock}").locator("code").inner_text()


def time_course(lab: Lab) -> list[str]:
    """The lines of the exported time course."""
    lab.press("Take away")
    with lab.page.expect_download() as download:
        lab.page.get_by_role("button", name="Time course, CSV", exact=True).click()
    lines = download.value.path().read_text().splitlines()
    lab.page.keyboard.press("Escape")
    lab.page.locator(".v-dialog--active").wait_for(state="detached")
    return lines


def test_branches_share_their_past_bit_for_bit_and_show_it(lab: Lab) -> None:
    """Letters and exported rows of two branches: one up to the fork, two after it. Catches a past that is only nearly
    shared, and letters that do not look at the tissue."""
    begin(lab, 2)
    first, rows = letters(lab), time_course(lab)
    axis = lab.page.locator(".strip-axis")
    axis.press("Shift+ArrowLeft")
    wait_strip(lab, "h === 24")
    shared = letters(lab)
    lab.press("Give a dose now")
    lab.page.locator(".strip-mark").wait_for(state="attached")
    lab.press("1 day")
    wait_strip(lab, "h === 48 && t === 48")
    second, other = letters(lab), time_course(lab)
    assert len({first, shared, second}) == 3
    axis.press("Shift+ArrowLeft")
    wait_strip(lab, "h === 24 && t === 48")
    assert letters(lab) == shared
    assert len(rows) == len(other) == 50  # a head and 49 hours
    assert other[:26] == rows[:26]
    assert not set(other[26:]) & set(rows[26:])
    lab.page.locator(".branch-show").first.click()
    lab.page.locator(".branch-row.is-here").get_by_text("First run").wait_for()
    wait_strip(lab, "h === 24")
    assert letters(lab) == shared
    axis.press("End")
    wait_strip(lab, "h === 48")
    assert letters(lab) == first
    lab.page.keyboard.press("Escape")


def test_who_scrubs_quickly_while_it_plays_arrives_where_the_thumb_is(lab: Lab) -> None:
    """The clock stands, nothing of what was computed is lost, and the tissue is that of the hour. Catches a queue of
    hours that is worked off one by one, and a clock that runs on under the hand."""
    begin(lab, 1)
    axis = lab.page.locator(".strip-axis")
    axis.press("Home")
    wait_strip(lab, "h === 0")
    for _ in range(7):
        axis.press("ArrowRight")
    wait_strip(lab, "h === 7")
    seventh = letters(lab)
    lab.page.keyboard.press("Escape")
    lab.press("Play")
    wait_strip(lab, "t >= 72")
    # At once, for the strip is drawn anew while it plays.
    kept = lab.page.evaluate("document.querySelector('.strip-kept').getBoundingClientRect().toJSON()")
    y, mouse = kept["y"] + kept["height"] / 2, lab.page.mouse
    mouse.move(kept["x"] + 0.9 * kept["width"], y)
    mouse.down()
    for i in range(60):
        mouse.move(kept["x"] + kept["width"] * (i * 17 % 60) / 60, y)
    mouse.move(kept["x"] + 0.4 * kept["width"], y)
    mouse.up()
    lab.page.get_by_role("button", name="Play", exact=True).wait_for()
    wanted = int(axis.get_attribute("aria-valuenow") or -1)
    wait_strip(lab, f"h === {wanted} && t >= 72")
    tip = lab.page.locator(".strip").get_attribute("data-tip")
    axis.press("Home")
    for _ in range(7):
        axis.press("ArrowRight")
    wait_strip(lab, f"h === 7 && t === {tip}")
    assert letters(lab) == seventh
    lab.page.keyboard.press("Escape")


def test_a_branch_grows_from_a_branch_and_goes_with_it(lab: Lab) -> None:
    """Removing a branch takes what grew from it, also from under the eyes; its parent is shown then. Catches a page
    that shows a branch that is gone."""
    begin(lab, 1)
    end = letters(lab)
    for hour, back in ((14, 10), (20, 4)):
        for _ in range(back):
            lab.page.locator(".strip-axis").press("ArrowLeft")
        wait_strip(lab, f"h === {hour}")
        lab.press("Give a dose now")
        lab.page.locator(".change-log").get_by_text(f"day 0, {hour}:00").wait_for()
        for step in range(hour, 24):
            lab.press("1 hour")
            wait_strip(lab, f"h === {step + 1} && t === h")
    rows = lab.page.locator(".branch-row")
    assert len(branches(lab)) == 3
    assert [rows.nth(i).evaluate("row => +row.style.getPropertyValue('--depth')") for i in range(3)] == [0, 1, 2]
    assert lab.page.locator(".strip-branch").count() == 2
    rows.nth(1).get_by_role("button", name="Remove this branch").click()
    lab.page.locator(".change-log").wait_for(state="detached")
    wait_strip(lab, "h === 24")
    assert branches(lab) == ["First run"]
    assert letters(lab) == end
    lab.page.keyboard.press("Escape")


def test_sliders_show_the_values_of_the_hour(lab: Lab) -> None:
    """A live value that was changed later is not in force earlier; catches a slider that says otherwise."""
    begin(lab, 1)
    lab.page.get_by_placeholder("Find a parameter").fill("links tumor proliferation")
    field = lab.page.locator(".param[data-address='links.tumor_proliferation']")
    before = field.locator(".param-number").input_value()
    field.locator(".param-number").fill("-2")
    field.locator(".param-number").press("Enter")
    lab.page.locator(".strip-mark").wait_for(state="attached")
    lab.press("1 day")
    wait_strip(lab, "h === 48")
    lab.page.locator(".strip-axis").press("Home")
    wait_strip(lab, "h === 0")
    lab.page.locator(".changes").wait_for(state="detached")
    assert field.locator(".param-number").input_value() == before
    lab.press("1 day")
    lab.press("1 hour")
    wait_strip(lab, "h === 25 && t === 48")
    lab.page.locator(".change-log").get_by_text("tumor proliferation to -2").wait_for()
    assert branches(lab) == ["First run"]
    lab.page.keyboard.press("Escape")


def test_a_branch_stands_beside_the_first_run(visitor: Visitor) -> None:
    """Both go to every hour together; catches a branch that is compared without what was done on it."""
    lab = visitor.open()
    begin(lab, 1)
    lab.page.locator(".strip-axis").press("Home")
    wait_strip(lab, "h === 0")
    lab.press("Give a dose now")
    lab.page.locator(".change-log").wait_for()
    lab.press("1 day")
    wait_strip(lab, "h === 24 && t === 24")
    branches(lab)
    lab.page.locator(".branch-show").first.click()
    lab.page.locator(".change-log").wait_for(state="detached")
    lab.page.locator(".branch-row").last.get_by_role("button", name="Compare side by side").click()
    beside = lab.page.get_by_role("group", name="B: dose by hand, 0.1 mg/kg (0.002 mg)")
    beside.locator(".tissue-canvas").wait_for()
    lab.page.locator(".parting-cause").get_by_text("since day 0, 01:00").wait_for()
    lab.page.locator(".strip-axis").press("Home")
    wait_strip(lab, "h === 0 && t === 24")
    lab.press("1 hour")
    wait_strip(lab, "h === 1 && t === 24")
