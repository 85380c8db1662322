"""A scenario file of one's own: chosen, dropped, wrong, too large; and a server that is asked for too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from immune_sim.app.dashboard import replay, uploads

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

OWN = b'title = "My small mouse"\nextends = "control-mouse"\n[space]\nwidth = 60\nheight = 50\n'
DROP = """([name, text]) => {
  const held = new DataTransfer();
  held.items.add(new File([text], name, {type: "text/plain"}));
  const at = document.querySelector(".scenario .scenario-about");
  for (const kind of ["dragover", "drop"]) {
    at.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: held}));
    if (kind === "dragover") window.lit = document.querySelectorAll(".scenario.is-dropping").length;
  }
}"""


def choose_file(page: Page, name: str, content: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator(".scenario .upload-button").click()
    chooser.value.set_files([{"name": name, "mimeType": "text/plain", "buffer": content}])


def test_an_own_scenario_runs_and_a_code_carries_it(lab: Lab) -> None:
    """Catches a file that is shown and not run, a code that forgets it, a reset to a shipped one."""
    lab.choose("Control mouse, no drug")
    choose_file(lab.page, "mine.toml", OWN)
    lab.page.locator(".scenario .v-select__selection").get_by_text("My small mouse", exact=True).wait_for()
    lab.page.get_by_role("button", name="Pause", exact=True).wait_for()  # an opened scenario plays
    lab.pause()
    lab.press("Reset")
    lab.wait_hour("h === 0")
    lab.press("1 hour")
    lab.wait_hour("h === 1")
    lab.press("Take away")
    shown = lab.page.locator("output.code")
    shown.get_by_text(".1.").first.wait_for()
    run = replay.read(shown.inner_text())
    assert (run.title, run.hour, run.scenario.values["space.width"]) == ("My small mouse", 1, 60)
    lab.page.locator(".panel").get_by_role("button", name="Close").click()
    lab.choose("The receptor axis alone")
    lab.choose("My small mouse")


def test_a_dropped_file_shows_all_its_mistakes_and_changes_nothing(lab: Lab) -> None:
    """Catches a drop that opens the file in the browser, and a first mistake that hides the second."""
    lab.choose("Control mouse, no drug")
    lab.page.evaluate(DROP, ["wrong.toml", 'duration = 60 d\n[nk]\nkil_rate = "0.2 1/h"\n'])
    problem = lab.page.locator(".upload-problem")
    problem.get_by_text("wrong.toml:1").wait_for()
    problem.get_by_text('Did you mean "kill_rate"').wait_for()
    assert lab.page.evaluate("window.lit") == 1
    assert lab.page.locator(".scenario.is-dropping").count() == 0
    assert lab.page.locator(".scenario .v-select__selection").inner_text() == "Control mouse, no drug"
    lab.press("Close this message")
    problem.wait_for(state="detached")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"# " + b"x" * uploads.LARGEST_UPLOAD, "bytes are too many"),
        (b"[space]\nwidth = 3000\nheight = 3000\n", "--max-sites"),
        (b'extends = "/etc/passwd"\n', "shipped"),
    ],
)
def test_what_is_too_much_is_refused_in_words(lab: Lab, content: bytes, why: str) -> None:
    choose_file(lab.page, "much.toml", content)
    lab.page.locator(".upload-problem").get_by_text(why).wait_for()
    lab.press("Close this message")


def test_a_slider_cannot_pass_the_limits_of_the_server(lab: Lab) -> None:
    """Catches a reset that builds what an upload may not."""
    lab.choose("The receptor axis alone")
    for side in ("width", "height"):
        lab.page.get_by_placeholder("Find a parameter").fill(f"space {side}")
        number = lab.page.locator(f".param[data-address='space.{side}'] .param-number")
        number.fill("3000")
        number.press("Enter")
    lab.page.locator(".changes").get_by_text("2 changed").wait_for()
    lab.press("Reset")
    lab.page.locator(".message").get_by_text("9,000,000 sites").wait_for()
    lab.press("Undo all")
    lab.page.get_by_placeholder("Find a parameter").fill("")
