"""The process behind a page: it can die and be begun again, and it goes when the page goes."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Lab, descendants

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def test_a_process_that_dies_is_told_and_begun_again(visitor: Visitor, running_server: tuple[str, int]) -> None:
    """Catches a page that stands still for ever, and a process that outlives its page."""
    before = descendants(running_server[1])
    lab = visitor.open()
    own = descendants(running_server[1]) - before
    # Beside the session's own there may be one that solves the equations; it ends by itself.
    for pid in own:
        os.kill(pid, signal.SIGKILL)
    lab.page.locator(".message").get_by_text("ended unexpectedly").wait_for()
    lab.press("Begin again")
    lab.wait_hour("h >= 1")
    lab.page.locator(".message").wait_for(state="detached")
    again = descendants(running_server[1]) - before
    assert again
    assert not again & own
    lab.page.goto("about:blank")
    until = time.monotonic() + 30.0
    while descendants(running_server[1]) - before and time.monotonic() < until:
        time.sleep(0.2)
    assert not descendants(running_server[1]) - before


def test_a_full_server_says_so_and_lets_in_who_comes_later(visitor: Visitor, crowded: str) -> None:
    """Catches a place that is never given back."""
    first, second = visitor.context.new_page(), visitor.context.new_page()
    visitor.server = crowded
    first.goto(crowded)
    Lab(first).wait_painted(1)
    second.goto(crowded)
    second.get_by_text("Try again when somebody has left").wait_for()
    first.goto("about:blank")
    until = time.monotonic() + 30.0
    while time.monotonic() < until and not second.locator(".tissue-canvas").count():
        second.reload()
        second.wait_for_timeout(1000)
    Lab(second).wait_painted(1)
