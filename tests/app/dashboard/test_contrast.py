"""Every text of the page can be read: contrast of at least 4.5 to 1 in both themes, computed from the tokens."""

from __future__ import annotations

import re
from itertools import product

import pytest

from immune_sim.app.dashboard.server import ASSETS

CSS = (ASSETS / "style" / "tokens.css").read_text(encoding="utf-8")
INKS = ("text", "text-soft", "accent", "warn")
GROUNDS = ("page", "surface", "surface-raised", "surface-sunken", "control")
FIGURES = ("tumor", "nk", "ctl", "drug", "receptor")  # numbers in the color of their curve, on the bar
OTHERS = (("accent-ink", "accent"), ("accent-ink", "accent-hover"), ("warn", "warn-soft"), ("text", "accent-soft"))
PAIRS = (*product(INKS, GROUNDS), *product(FIGURES, ("surface", "surface-raised")), *OTHERS)
ENOUGH = 4.5  # of text; WCAG 2.2, 1.4.3
PARTS = 3.0  # of lines and marks that one must see to use a part; WCAG 2.2, 1.4.11


def tokens(theme: str) -> dict[str, str]:
    block = re.search(rf"^\.theme--{theme} \{{(.*?)^\}}", CSS, re.MULTILINE | re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b", block[1]))


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    """The two ends of the scale, and the gray that is known to be just enough on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read(theme: str) -> None:
    """Catches a token that is made paler because it looks calmer."""
    known = tokens(theme)
    weak = {
        f"{ink} on {ground}": round(contrast(known[ink], known[ground]), 2)
        for ink, ground in PAIRS
        if contrast(known[ink], known[ground]) < ENOUGH
    }
    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_focus_is_seen(theme: str) -> None:
    known = tokens(theme)
    assert all(contrast(known["accent"], known[ground]) >= PARTS for ground in GROUNDS)


def test_every_part_of_the_look_is_taken_in() -> None:
    """Catches a new part that no page ever loads, and one that is gone."""
    taken = re.findall(r'@import url\("style/([\w-]+\.css)"\);', (ASSETS / "custom.css").read_text(encoding="utf-8"))
    assert sorted(taken) == sorted(part.name for part in (ASSETS / "style").iterdir())
