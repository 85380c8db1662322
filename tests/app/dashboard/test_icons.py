"""Every icon that the dashboard names is in the font that comes with it; one that is not would be an empty gap."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from immune_sim.app import dashboard

NAMED = re.compile(r"\bmdi-[a-z0-9-]+")
PACKAGE = Path(dashboard.__file__).parent


def test_every_icon_is_in_the_font_that_is_shipped() -> None:
    """Catches a name of a newer font: the button then shows a gap, and no error is told anywhere."""
    sheets = (Path(sys.prefix) / "share" / "solara" / "cdn" / "@widgetti").glob("solara-vuetify-app@*/dist/*.css")
    known = {
        name for sheet in sheets for name in re.findall(r"\.(mdi-[a-z0-9-]+):{1,2}before", sheet.read_text("utf-8"))
    }
    assert len(known) > 1000
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".js")]
    used = {(name, path.name) for path in sources for name in NAMED.findall(path.read_text("utf-8"))}
    assert used
    assert {each for each in used if each[0] not in known} == set()
