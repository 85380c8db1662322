"""Colors that color-blind eyes tell apart, for light and for dark pages; one color for one thing wherever it is shown.

Tumor cells are warm, immune cells cool, and they differ in lightness too. The hues follow Okabe and Ito's set.
"""

from __future__ import annotations

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

# Anchors of color ramps. Sequential ones are even in lightness (cividis and its kin); the diverging one has its pale
# middle at rest, so that less and more than rest are told apart.
# Oxygen has a ramp of its own: wine where cells lack it, a soft blue gray where all is well.
OXYGEN = ("#5c1033", "#8a2a4a", "#b35a68", "#cf8f8b", "#dcb9ad", "#d9d0c6", "#c6d0cf", "#b0c6ce")
CIVIDIS = ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838")
MAGENTAS = ("#2d1e3e", "#52275c", "#7c2f70", "#a63a79", "#cc4f77", "#e86e6f", "#f6946b", "#fbbd7d", "#fde6a8")
TEALS = ("#10242c", "#143c47", "#175663", "#1f727a", "#338f8b", "#57ab98", "#88c6a5", "#bfe0b8", "#f3f7d2")
REST = ("#2166ac", "#4393c3", "#92c5de", "#d1dfe6", "#e9e4d8", "#f2c7a3", "#e08b5c", "#c4532f", "#8c2d12")


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
