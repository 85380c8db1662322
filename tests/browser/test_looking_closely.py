"""Looking closely, as a person does it: any color, zoom, a followed cell, clones, solid tissues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from immune_sim.model.model import TumorImmuneModel

if TYPE_CHECKING:
    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

GROWING = "The receptor axis alone"
SOLID = "Spheroid in three dimensions"
CANVAS = ".tissue-place.is-canvas .tissue-canvas"
# the picture's own record of what is where: the widget's view of the tissue, as the page knows it
ZOOMED = f"() => document.querySelector('{CANVAS}').style.touchAction === 'none'"


def more(lab: Lab, name: str) -> None:
    """Color by something from the menu."""
    lab.page.locator(".v-btn.more").click()
    lab.page.locator(".more-menu .more-choice").get_by_text(name, exact=True).click()
    lab.page.locator(".v-btn.more").get_by_text(name, exact=True).wait_for()


def counts(lab: Lab, where: str) -> list[int]:
    """The numbers in a part of the legend."""
    texts = lab.page.locator(f".tissue-place.is-canvas {where}").all_inner_texts()
    return [int(text.replace(",", "").replace("\u00b7", "0")) for text in texts if text]


def tumor_cells(lab: Lab) -> int:
    return int(lab.page.locator(".figure.is-tumor").get_attribute("data-value", timeout=5000).replace(",", ""))  # type: ignore[union-attr]


# The point of the picture nearest to its middle where three by three points have the color of cycling cells.
CYCLING = """canvas => {
  const rows = [...document.querySelectorAll('.is-canvas .legend-item')];
  const row = rows.find((each) => each.innerText.includes('cycling'));
  const hex = getComputedStyle(row.querySelector('.legend-swatch')).getPropertyValue('--swatch').trim().slice(1);
  const ink = [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16)), { width, height } = canvas;
  const bytes = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  const like = (x, y) => ink.every((v, i) => Math.abs(bytes[4 * (y * width + x) + i] - v) < 14);
  let best = null, least = Infinity;
  for (let y = 1; y < height - 1; y++) for (let x = 1; x < width - 1; x++) {
    const far = Math.hypot(x - width / 2, y - height / 2);
    if (far >= least || ![-1, 0, 1].every((i) => [-1, 0, 1].every((j) => like(x + i, y + j)))) continue;
    best = [x, y]; least = far;
  }
  const box = canvas.getBoundingClientRect();
  return best && [box.left + (best[0] + 0.5) * box.width / width, box.top + (best[1] + 0.5) * box.height / height];
}"""


def read_a_cell(lab: Lab) -> None:
    """Click a cycling tumor cell about the middle, as it is painted, and wait for its card."""
    lab.page.wait_for_function(
        "() => { const t = document.querySelector('.is-canvas .tissue').dataset; return t.due === t.painted; }"
    )
    place = lab.page.locator(CANVAS).evaluate(CYCLING)
    assert place is not None
    lab.page.mouse.click(*place)
    lab.page.locator(".cell-card").wait_for()


def test_every_trait_and_field_can_be_chosen_and_its_legend_counts(lab: Lab) -> None:
    """The menu is walked from end to end. Catches a look whose colors or counts do not arrive."""
    lab.choose(GROWING)
    lab.page.locator(".v-btn.more").click()
    choices = lab.page.locator(".more-menu .more-choice")
    choices.first.wait_for()
    names = choices.all_inner_texts()
    assert len(names) >= 20
    assert all(choices.nth(i).get_attribute("title") for i in range(len(names)))
    lab.page.keyboard.press("Escape")
    for name in names:
        more(lab, name)
        lab.page.locator(".tissue-place.is-canvas .tissue-legend .legend-count").first.wait_for()
    more(lab, "Generation")
    lab.page.wait_for_function(
        "() => [...document.querySelectorAll('.is-canvas .legend-ranges span')].some(s => parseInt(s.textContent))"
    )
    living_and_dying = sum(counts(lab, ".legend-ranges span"))
    assert living_and_dying >= tumor_cells(lab)
    lab.color_by("Type")
    lab.page.locator(".is-canvas .legend-item").first.wait_for()


def test_clones_are_listed_with_their_cells_and_drawn_over_time(lab: Lab) -> None:
    lab.choose(GROWING)
    more(lab, "Clone")
    lab.press("1 day")
    lab.wait_hour("h === 24")
    lab.page.wait_for_function(
        "() => document.querySelector('.is-canvas .legend-since')?.textContent.includes('day 1')"
    )
    cells = counts(lab, ".legend-clones .legend-count")
    assert cells[:-1] == sorted(cells[:-1], reverse=True)
    assert sum(cells) == tumor_cells(lab)
    drawn = lab.page.locator(".is-canvas .legend-strip").evaluate(
        "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"
    )
    assert drawn >= 4  # several clones have a band of their own
    lab.color_by("Type")


def test_the_cell_under_the_pointer_stays_while_the_wheel_turns(lab: Lab) -> None:
    """Close to the corner, where most is to be lost. Catches a zoom around the middle, or one that is pushed back."""
    lab.choose(GROWING)
    box = lab.page.locator(CANVAS).bounding_box()
    assert box is not None
    size = min(box["width"], box["height"])
    x, y = (
        int(box["x"] + (box["width"] - size) / 2) + 20,
        int(box["y"]) + 20,
    )  # close to the tissue's corner
    under = "() => +document.querySelector('.is-canvas .tissue-box').dataset.site"
    lab.page.mouse.move(x, y)
    before = lab.page.evaluate(under)
    assert 0 <= before < 200 * 200
    for _ in range(5):
        lab.page.mouse.wheel(0, -500)
        lab.page.wait_for_timeout(50)
    lab.page.wait_for_function(ZOOMED)
    lab.page.mouse.move(x + 3, y)
    lab.page.mouse.move(x, y)
    assert lab.page.evaluate(under) == before
    lab.page.locator(".is-canvas").get_by_role("button", name="Whole tissue").click()


def test_keys_zoom_move_and_read_and_the_clock_keeps_its_arrows(lab: Lab) -> None:
    """Catches arrow keys that compute an hour while somebody looks around, or no longer do when nobody does."""
    lab.choose(GROWING)
    page, canvas = lab.page, lab.page.locator(CANVAS)
    hour = lab.hour
    page.locator(".v-btn.more").focus()
    page.keyboard.press("Tab")
    canvas.focus()
    whole = lab.picture()
    for _ in range(6):
        page.keyboard.press("+")
    page.wait_for_function(ZOOMED)
    zoomed = lab.picture()
    assert zoomed != whole
    page.keyboard.press("ArrowRight")
    assert lab.picture() != zoomed
    assert lab.hour == hour
    page.keyboard.press("Enter")
    page.locator(".cell-card").wait_for()
    page.keyboard.press("0")
    page.wait_for_function(f"() => !({ZOOMED})()")
    page.keyboard.press("ArrowRight")
    lab.wait_hour(f"h === {hour + 1}")
    page.locator(".cell-card").get_by_role("button", name="Close").click()


def test_two_fingers_zoom(browser: Browser, server: str) -> None:
    """Pointer events of two fingers, as a tablet sends them. Catches a page that only knows a mouse."""
    from tests.browser.conftest import Visitor

    person = Visitor(browser, server)
    lab = person.open()
    lab.pause()
    lab.page.locator(CANVAS).evaluate(
        """canvas => {
          const box = canvas.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
          canvas.setPointerCapture = () => {};
          const send = (type, id, dx) => canvas.dispatchEvent(new PointerEvent(type,
            { pointerId: id, pointerType: 'touch', clientX: x + dx, clientY: y, bubbles: true, cancelable: true }));
          send('pointerdown', 11, -20); send('pointerdown', 12, 20);
          for (let i = 1; i <= 10; i++) { send('pointermove', 11, -20 - 8 * i); send('pointermove', 12, 20 + 8 * i); }
          send('pointerup', 11, -100); send('pointerup', 12, 100);
        }"""
    )
    lab.page.wait_for_function(ZOOMED)
    assert lab.page.locator(".cell-card").count() == 0  # two fingers are no click
    person.context.close()
    assert person.errors == []


def test_a_followed_cell_tells_its_story_and_stays_in_the_middle(lab: Lab) -> None:
    lab.choose(GROWING)
    page = lab.page
    page.locator(".is-canvas").get_by_role("button", name="Whole tissue").click()
    read_a_cell(lab)
    card = page.locator(".cell-card")
    who = card.locator(".cell-id").inner_text()
    card.get_by_role("button", name="Follow", exact=True).click()
    card.get_by_text("curves grow").wait_for()
    lab.press("1 day")
    lab.wait_hour("h === 24")
    curve = card.locator(".spark-curve.is-receptor")
    page.wait_for_function("() => (document.querySelector('.spark-curve.is-receptor')?.points.length ?? 0) === 25")
    assert curve.count() == 1
    assert card.locator(".cell-id").inner_text().startswith(who)
    expect(card.locator(".cell-counts")).to_contain_text("division")
    keep = page.locator(".is-canvas").get_by_role("button", name="Keep the cell in the middle")
    if keep.is_visible():  # it may have died within the day
        keep.click()
        page.wait_for_function(ZOOMED)
        assert keep.get_attribute("aria-pressed") == "true"
    else:
        expect(card.locator(".cell-fate")).to_contain_text("Died")
    card.get_by_role("button", name="Stop following").click()
    curve.wait_for(state="detached")
    card.get_by_role("button", name="Close").click()
    page.locator(".is-canvas").get_by_role("button", name="Whole tissue").click()


def test_what_becomes_of_a_followed_cell_is_said(lab: Lab) -> None:
    """In a growing tumor without attackers a cell divides or dies within days; both are told with day and hour."""
    lab.choose(GROWING)
    page = lab.page
    read_a_cell(lab)
    card = page.locator(".cell-card")
    card.get_by_role("button", name="Follow", exact=True).click()
    told = card.locator(".cell-happenings li")
    for _ in range(12):
        hour = lab.hour
        lab.press("1 day")
        lab.wait_hour(f"h === {hour + 24}")
        page.wait_for_timeout(300)
        if told.count():
            break
    assert any(word in told.first.inner_text() for word in ("divided", "died", "no longer"))
    daughter = card.get_by_role("button", name="Follow daughter")
    if daughter.count():
        name = daughter.first.inner_text().strip().removeprefix("Follow daughter ")
        daughter.first.click()
        card.locator(".cell-id").get_by_text(f"cell {name}").wait_for()
    card.get_by_role("button", name="Close").click()


def test_a_followed_cell_is_known_before_it_was_born_and_after_the_clock_went_back(lab: Lab) -> None:
    """A daughter that is met on day 2: at hour 0 she is not born, and coming home nothing of her story is lost; she
    outlasts another color, and goes with a reset. Catches a story that begins with the click or ends with a scrub, and
    traits of another hour."""
    lab.choose(GROWING)
    page, card, axis = lab.page, lab.page.locator(".cell-card"), lab.page.locator(".strip-axis")
    for day in (24, 48):
        lab.press("1 day")
        lab.wait_hour(f"h === {day}")
    points = "document.querySelector('.spark-curve.is-receptor')?.points.length ?? 0"
    read_a_cell(lab)
    card.get_by_role("button", name="Follow", exact=True).click()
    page.wait_for_function(f"() => ({points}) > 1")  # what it did before the click was found
    daughter = card.get_by_role("button", name="Follow daughter")
    if daughter.count():
        daughter.first.click()
        card.locator(".cell-id").get_by_text("born day").wait_for()
    whose = card.locator(".cell-id").inner_text()
    page.wait_for_function(f"() => ({points}) > 1")
    known = page.evaluate(points)
    more(lab, "Generation")
    axis.press("Home")
    lab.wait_hour("h === 0")
    if "born day" in whose:
        card.locator(".cell-fate").get_by_text("Not there yet: born on day").wait_for()
        card.locator(".cell-id").get_by_text("not in the tissue at this hour").wait_for()
        assert card.locator(".cell-traits dt").count() == 0
    else:
        page.wait_for_function(f"() => ({points}) === 0")
    axis.press("End")
    lab.wait_hour("h === 48")
    page.wait_for_function(f"n => ({points}) === n", arg=known)
    expect(card.locator(".cell-id")).to_have_text(whose, use_inner_text=True)
    lab.press("Reset")
    lab.wait_hour("h === 0")
    card.wait_for(state="detached")
    lab.color_by("Type")


def test_ranges_of_a_legend_count_the_cells_in_them(lab: Lab) -> None:
    """Kills are whole numbers that stand on ticks; counted again from the tables of a run of its own. Catches a cell
    with four kills that is counted below four."""
    lab.choose("Tumor cells scattered among immune cells (hypothetical)")
    model = TumorImmuneModel("lymphoma-like", rng=int(lab.page.locator(".seed").inner_text().split()[-1]))
    model.run_for(24)
    kills = model.tissue.immune["kills"]
    assert np.any(kills == 2)
    assert np.any(kills == 4)
    lab.press("1 day")
    lab.wait_hour("h === 24")
    more(lab, "Kills")
    expected = np.histogram(kills, [0, 2, 4, 6, 8, 1000])[0].tolist()
    page = lab.page
    page.wait_for_function(
        "n => document.querySelector('.is-canvas .legend-scale .legend-count')?.textContent === `${n} immune cells`",
        arg=f"{len(kills):,}",
    )
    assert counts(lab, ".legend-ranges span") == expected
    lab.color_by("Type")
    tumor = model.tissue.tumor["state"]
    said = dict(zip(("cycling", "quiescent", "apoptotic", "necrotic"), np.bincount(tumor, minlength=4), strict=True))
    for name, count in said.items():
        row = page.locator(".is-canvas .legend-item").filter(has_text=name)
        row.locator(".legend-count").get_by_text(f"{count:,}", exact=True).wait_for()


def test_a_coloring_of_cells_that_are_not_there_says_so(lab: Lab) -> None:
    lab.choose(GROWING)
    more(lab, "Exhaustion")
    lab.page.locator(".is-canvas .legend-count").get_by_text("no T cells now").wait_for()
    lab.color_by("Type")


def turn(lab: Lab, seconds: float) -> dict[str, Any]:
    """Drag the cloud for a while; how many times a second it was drawn, and how many points."""
    page, box = lab.page, lab.page.locator(".cloud-canvas").bounding_box()
    assert box is not None
    page.evaluate("window.__immune_sim_cloud.times.length = 0")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    began, i = page.evaluate("performance.now()"), 0
    while page.evaluate("performance.now()") - began < 1000 * seconds:
        i += 1
        page.mouse.move(x + i % 90, y + i % 40)
    page.mouse.up()
    shown: dict[str, Any] = page.evaluate(
        "() => { const l = window.__immune_sim_cloud; return { points: l.points, frames: l.times.length }; }"
    )
    return shown | {"rate": shown["frames"] / seconds}


def test_a_solid_tissue_is_cut_along_three_axes_and_turned_as_a_cloud(lab: Lab) -> None:
    """The rate is a loose limit for a busy machine; 15 a second is the aim. Catches points drawn one by one."""
    lab.choose(SOLID)
    page, cut = lab.page, lab.page.locator(".cut")
    cut.wait_for()
    seen = {lab.picture()}
    for axis in ("x", "y"):
        cut.get_by_text(axis, exact=True).click()
        cut.get_by_text(f"{axis} 31 of 60").wait_for()
        seen.add(lab.picture())
    assert len(seen) == 3
    cut.get_by_text("Cloud", exact=True).click()
    page.wait_for_function("() => (window.__immune_sim_cloud?.points ?? 0) > 500")
    assert page.locator(CANVAS).is_hidden()
    cloud = page.locator(".cloud-canvas")
    before = cloud.evaluate("c => c.toDataURL()")
    assert turn(lab, 1.5)["rate"] >= 4
    assert cloud.evaluate("c => c.toDataURL()") != before
    points = page.evaluate("window.__immune_sim_cloud.points")
    thumb = cut.locator("[role=slider]")
    thumb.focus()
    thumb.press("End")  # nothing is cut away
    page.wait_for_function("n => window.__immune_sim_cloud.points !== n", arg=points)
    page.locator(".is-cloud").get_by_role("button", name="Zoom in").click()
    cut.get_by_text("Slices", exact=True).click()
    page.locator(CANVAS).wait_for()


def test_a_cloud_turns_by_itself_unless_motion_is_unwanted(browser: Browser, server: str) -> None:
    from tests.browser.conftest import Visitor

    person = Visitor(browser, server)
    lab = person.open()
    lab.page.emulate_media(reduced_motion="reduce")
    lab.choose(SOLID)
    lab.page.locator(".cut").get_by_text("Cloud", exact=True).click()
    lab.page.wait_for_function("() => (window.__immune_sim_cloud?.points ?? 0) > 500")
    spin = lab.page.get_by_role("button", name="Turn by itself")
    picture = "() => document.querySelector('.cloud-canvas').toDataURL()"
    lab.page.wait_for_timeout(300)
    still = lab.page.evaluate(picture)
    lab.page.wait_for_timeout(700)
    assert lab.page.evaluate(picture) == still
    spin.click()
    lab.page.wait_for_function(f"still => ({picture})() !== still", arg=still)
    person.context.close()
    assert person.errors == []
