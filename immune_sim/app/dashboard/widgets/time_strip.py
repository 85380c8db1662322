"""The strip of hours under the views: a scrubber with doses, blockade and branches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

SOURCES = (Path(__file__).with_name("branches.js"), Path(__file__).with_suffix(".js"))  # one module, in this order
LONGEST_TITLE = 60


class TimeStrip(anywidget.AnyWidget):
    """A scrubber.

    hour: shown now. tip: the last hour computed on this branch. end: of the scenario. doses: hours of planned doses.
    marks: what was done by hand, each with hour, kind ("dose" or "value") and words. blockade: one byte an hour, 255
    where all is blocked. branches: dicts of BranchSaid without the changes. note: said under the list of branches.
    fingerprint: letters for the tissue that is shown, "" while the clock runs.
    comparable: whether there is room for another tissue beside this one.
    """

    _esm = "\n".join(each.read_text(encoding="utf-8") for each in SOURCES)

    hour = traitlets.Int(0).tag(sync=True)
    tip = traitlets.Int(0).tag(sync=True)
    end = traitlets.Int(24).tag(sync=True)
    doses = traitlets.List(traitlets.Float()).tag(sync=True)
    marks = traitlets.List(traitlets.Dict()).tag(sync=True)
    blockade = traitlets.Bytes(b"").tag(sync=True)
    branches = traitlets.List(traitlets.Dict()).tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    fingerprint = traitlets.Unicode("").tag(sync=True)
    comparable = traitlets.Bool(True).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._acts: dict[str, Callable[..., Any]] = {}
        self.on_msg(self._received)

    def listen(
        self,
        go: Callable[[int], Any],
        show: Callable[[int], Any],
        compare: Callable[[int], Any],
        remove: Callable[[int], Any],
        rename: Callable[[int, str], Any],
    ) -> None:
        """Name who is told of a wanted hour, and of branches (by number) to show, compare, remove and rename."""
        self._acts = {"show": show, "compare": compare, "remove": remove}
        self._go, self._rename = go, rename

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        kind = content.get("kind")
        if not self._acts:
            return
        if kind == "go":
            self._go(int(content["hour"]))
        elif kind == "rename":
            self._rename(int(content["number"]), str(content["title"])[:LONGEST_TITLE])
        elif kind in self._acts:
            self._acts[kind](int(content["number"]))
