"""Every icon that is named exists in the set of icons that the page loads, in a real browser with the network off."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import immune_sim.app.dashboard

if TYPE_CHECKING:
    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

MISSING = """names => names.filter((name) => {
  const icon = document.createElement("i");
  icon.className = `mdi ${name}`;
  document.body.append(icon);
  const drawn = getComputedStyle(icon, "::before").content;
  icon.remove();
  return drawn === "none" || drawn === "normal";
})"""


def test_no_button_lacks_its_picture(lab: Lab) -> None:
    """A name of a newer set leaves a button blank. Asked of the style sheet, since nobody sees every button."""
    folder = Path(immune_sim.app.dashboard.__file__).parent
    files = [each for each in folder.rglob("*") if each.suffix in {".py", ".js"}]
    named = sorted({name for each in files for name in re.findall(r"\bmdi-[a-z0-9-]+", each.read_text("utf-8"))})
    assert len(named) > 20
    assert lab.page.evaluate(MISSING, named) == []
