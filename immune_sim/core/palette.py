"""Colors that color-blind eyes tell apart, for light and for dark pages; one color for one thing wherever it is shown.

Tumor cells are warm, immune cells cool, and they differ in lightness too. The hues follow Okabe and Ito's set.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Ink = tuple[str, str]  # for a light page, for a dark page

TUMOR: Ink = ("#c8502f", "#f0825f")
QUIET: Ink = ("#dfa588", "#9c5a44")
APOPTOTIC: Ink = ("#7b4fa3", "#b48ade")
NECROTIC: Ink = ("#8b8f8d", "#6a716e")
NK: Ink = ("#1b6fb8", "#5db4f5")
CTL: Ink = ("#00856a", "#35d0a5")
DRUG: Ink = ("#7a5195", "#b892d6")
RECEPTOR: Ink = ("#b0478a", "#e58bc2")
LIGAND: Ink = ("#9a7400", "#e3bf4a")
SIGNAL: Ink = ("#3d6b7d", "#8fc3d6")
GRAY: Ink = ("#77807d", "#8d9794")
VESSEL: Ink = ("#d7b3bf", "#5a3742")

OTHER: Ink = ("#dcdfda", "#2b3231")  # cells that a coloring says nothing about: there, but out of the way

# Anchors of color ramps. CIVIDIS is even in lightness from dark to bright, for maps on paper.
CIVIDIS = ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838")

# A ramp for a light page and one for a dark page. Cells must stand out from the ground at both ends, so sequential
# ramps go towards the dark on a light page and towards the bright on a dark one; ramps of fields, which cover
# everything, begin near the ground. A diverging ramp has its quiet middle at rest. Hue never carries the order alone.
type Ramp = tuple[tuple[str, ...], tuple[str, ...]]
SHARES: Ramp = (
    ("#dcc146", "#c3ae5c", "#a59c74", "#8a8678", "#707173", "#575d6d", "#3b496c", "#123570", "#00224e"),
    ("#2f4d8c", "#475a83", "#5f6880", "#75767a", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"),
)
MAGENTAS: Ramp = (
    ("#f2b57a", "#ee9068", "#e2686b", "#c74c76", "#a63a79", "#7c2f70", "#52275c", "#2d1e3e"),
    ("#5f2d68", "#7c2f70", "#a63a79", "#cc4f77", "#e86e6f", "#f6946b", "#fbbd7d", "#fde6a8"),
)
TEALS: Ramp = (
    ("#8cc7a4", "#5aae99", "#338f8b", "#1f727a", "#175663", "#143c47", "#10242c"),
    ("#1b5a63", "#1f727a", "#338f8b", "#57ab98", "#88c6a5", "#bfe0b8", "#f3f7d2"),
)
REST: Ramp = (
    ("#174f8c", "#2f78b7", "#6ba3cc", "#a3bfcb", "#cdc5b1", "#dea878", "#d07c4c", "#b04a28", "#7a230c"),
    ("#8fd0ff", "#5fa9e0", "#437daa", "#3f5a6d", "#4d4c47", "#7d5c42", "#b87240", "#ea8b4b", "#ffbd8a"),
)
OXYGEN: Ramp = (  # wine where cells lack it, quiet where all is well
    ("#5c1033", "#8a2a4a", "#b35a68", "#cb8a87", "#d3aea5", "#d2c8c1", "#cbd5d5", "#cfe0e6"),
    ("#ffb3c1", "#ea7c95", "#bd5573", "#8d415b", "#6d4154", "#4d444f", "#3d464d", "#33464e"),
)
FIELD_TEALS: Ramp = (
    ("#f1f4ee", "#cfe5d5", "#9fcfb6", "#68b39e", "#38928d", "#1f727a", "#175663", "#123a45"),
    ("#10242c", "#143c47", "#175663", "#1f727a", "#338f8b", "#57ab98", "#88c6a5", "#bfe0b8", "#f3f7d2"),
)
FIELD_MAGENTAS: Ramp = (
    ("#f6f0ec", "#f3d3bd", "#f0ab86", "#e6786c", "#c74c76", "#9a3778", "#6b2b68", "#3a2048"),
    ("#21172d", "#3a2048", "#5f2a63", "#8f3374", "#c04876", "#e66c6f", "#f69a6c", "#fde6a8"),
)
FIELD_GOLDS: Ramp = (
    ("#f5f2e6", "#ece0af", "#dcc36a", "#bf9d33", "#96771a", "#6a530f", "#423307"),
    ("#1a170b", "#352c10", "#5c4a16", "#89701f", "#b8962f", "#e0bd55", "#fbeebb"),
)


def clone_inks(count: int) -> tuple[Ink, ...]:
    """This many colors that differ from one to the next: the hue turns by the golden angle, the lightness goes round.

    Neighbors in number differ in lightness as well as in hue, so that they stay apart for color-blind eyes.
    """
    return tuple(
        (
            _oklch((0.46, 0.60, 0.72)[i % 3], 0.13, 137.508 * i + 20.0),
            _oklch((0.62, 0.74, 0.86)[i % 3], 0.12, 137.508 * i + 20.0),
        )
        for i in range(count)
    )


def _oklch(lightness: float, chroma: float, hue: float) -> str:
    """A color of the OKLCH space (Ottosson 2020) as #rrggbb, less colorful where a screen cannot show it."""
    while True:
        a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        linear = (
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        )
        if chroma < 0.01 or all(0.0 <= each <= 1.0 for each in linear):
            break
        chroma -= 0.01
    clipped = (min(max(each, 0.0), 1.0) for each in linear)
    screen = (12.92 * each if each <= 0.0031308 else 1.055 * each ** (1 / 2.4) - 0.055 for each in clipped)
    return "#{:02x}{:02x}{:02x}".format(*(round(255 * each) for each in screen))


def ramp(anchors: Sequence[str], count: int = 255) -> tuple[str, ...]:
    """This many colors between the anchors (at least two), evenly spaced and interpolated in sRGB."""
    points = [tuple(int(color[i : i + 2], 16) for i in (1, 3, 5)) for color in anchors]
    colors = []
    for step in range(count):
        place = step / max(1, count - 1) * (len(points) - 1)
        left = min(int(place), len(points) - 2)
        share = place - left
        mixed = (round(a + (b - a) * share) for a, b in zip(points[left], points[left + 1], strict=True))
        colors.append("#{:02x}{:02x}{:02x}".format(*mixed))
    return tuple(colors)
