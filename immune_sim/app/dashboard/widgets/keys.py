"""The keyboard: keys that are pressed anywhere on the page, unless somebody is writing or moving a slider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

SOURCE = Path(__file__).with_suffix(".js")


class Keys(anywidget.AnyWidget):
    """Shows nothing. known: the keys that mean something, " " for space, "shift+ArrowRight" with a modifier."""

    _esm = SOURCE.read_text(encoding="utf-8")

    known = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._acts: Mapping[str, Callable[[], Any]] = {}
        self.on_msg(self._received)

    def listen(self, acts: Mapping[str, Callable[[], Any]]) -> None:
        """Name what each key does."""
        self._acts = acts

    def _received(self, _: Any, content: dict[str, Any], __: Any) -> None:
        act = self._acts.get(str(content.get("key", "")))
        if act is not None:
            act()
