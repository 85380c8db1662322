"""Other seeds behind the curve, their sentence and their table, in a real browser with the network off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from immune_sim.app.dashboard.replay import Run
from immune_sim.model.model import TumorImmuneModel

if TYPE_CHECKING:
    from tests.browser.conftest import Lab, Visitor

pytestmark = pytest.mark.browser

AXIS = "The receptor axis alone"
SOON = 180_000  # ms; the seeds have the lowest priority of all


def test_other_seeds_come_behind_the_curve_and_open_in_the_lab(lab: Lab) -> None:
    """The table's number is what the Lab then shows; catches a band of other values, and a seed that opens another."""
    lab.choose(AXIS)
    lab.press("1 day")
    lab.wait_hour("h === 24")
    lab.page.wait_for_function(
        "/^Larger than \\d+ of 20 other seeds on day 1, (inside|above|below) (the band)\\.$/"
        ".test(document.querySelector('.luck-words').innerText)",
        timeout=SOON,
    )
    middle = lab.curve("other seeds")
    assert len(middle) == 5  # every six hours, no further than the run
    assert len(lab.curve("living")) == 25
    lab.press("The other seeds as a table")
    row = lab.page.locator(".seeds tbody tr").filter(has=lab.page.get_by_role("button", name="Open", exact=True)).first
    seed, cells = (int(row.locator("td").nth(i).inner_text().replace(",", "")) for i in (0, 1))
    model = TumorImmuneModel(Run("axis-only", seed).scenario, rng=seed)
    model.run_for(24)
    assert cells == model.recorder.latest["tumor_cells"]
    row.get_by_role("button", name="Open", exact=True).click()
    lab.page.locator(".seeds").wait_for(state="detached")
    lab.page.locator(".seed").get_by_text(f"seed {seed}", exact=True).wait_for()
    lab.wait_hour("h === 24")
    lab.page.wait_for_function(
        "n => +document.querySelector('.figure.is-tumor').dataset.value.replace(',', '') === n", arg=cells
    )


def test_other_seeds_can_be_left_out(lab: Lab) -> None:
    lab.choose(AXIS)
    lab.page.locator(".luck-count").click()
    lab.page.locator(".menuable__content__active .v-list-item").get_by_text("off", exact=True).click()
    lab.page.locator(".luck-words").get_by_text("no other seeds are computed").wait_for()
    lab.page.wait_for_function("!document.querySelector('.curves').data.some(t => t.name.startsWith('other seeds'))")
    lab.page.locator(".luck-count").click()
    lab.page.locator(".menuable__content__active .v-list-item").get_by_text("20", exact=True).click()
    lab.page.locator(".luck-words").get_by_text("other seeds on day").wait_for(timeout=SOON)


def test_what_places_make_is_measured_by_mixing_the_agents(visitor: Visitor) -> None:
    """The words name no cause by themselves; one press measures one. The number said of B is that of a run of its own.
    Catches a second tissue that keeps its places, and a number of another arm or hour."""
    lab = visitor.open()
    lab.choose("Control mouse, no drug")
    words = lab.page.locator(".gap-words")
    words.get_by_text("Without places").wait_for()
    lab.press("Mix the agents")
    lab.page.get_by_role("group", name="B: the same agents, mixed").locator(".tissue-canvas").wait_for()
    lab.press("1 day")
    lab.wait_hour("h === 24")
    model = TumorImmuneModel("control-mouse", rng=1, **{"space.well_mixed": True})
    model.run_for(24)
    cells = f"{model.recorder.latest['tumor_cells']:,}"
    words.get_by_text(f"The same agents mixed (B): {cells}; between A and B only places differ.").wait_for()
    assert lab.page.get_by_role("button", name="Mix the agents").count() == 0
