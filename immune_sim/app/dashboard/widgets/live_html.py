"""Figures that change several times a second, written straight into the page.

A reactive value would have the components of the whole page looked through for every change, which took the server
twenty times as long as the picture of the tissue.
"""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

SOURCE = Path(__file__).with_suffix(".js")


class LiveHtml(anywidget.AnyWidget):
    """html: what it shows; our own words and numbers only. kind: class of its one element."""

    _esm = SOURCE.read_text(encoding="utf-8")

    html = traitlets.Unicode("").tag(sync=True)
    kind = traitlets.Unicode("").tag(sync=True)
