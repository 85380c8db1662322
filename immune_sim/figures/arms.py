"""One color and one dash per arm, the same in every figure of a study; the hues of Okabe and Ito.

The control is gray: what is compared with it stands out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from immune_sim.core.palette import Ink
from immune_sim.figures.look import THEMES, Theme

CONTROL: Ink = ("#5d6763", "#aeb9b4")
INKS: tuple[Ink, ...] = (
    ("#0072b2", "#56b4e9"),  # blue, sky blue
    ("#d55e00", "#f2935c"),  # vermillion
    ("#00815e", "#2fc79a"),  # bluish green
    ("#a8528a", "#dd9cc4"),  # reddish purple
    ("#a87800", "#e69f00"),  # orange
    ("#3d6b7d", "#8fc3d6"),
)
DASHES = ("solid", "dash", "dot")


@dataclass(frozen=True)
class ArmStyle:
    """How an arm is drawn and called. label: what a person calls it."""

    label: str
    ink: Ink
    dash: str = "solid"

    def color(self, theme: Theme) -> str:
        """Its color on this page."""
        return self.ink[THEMES.index(theme)]


Styles = Mapping[str, ArmStyle]


LETTER, KEY, LINE, HEAD = 6.6, 52, 21, 44  # width of a letter and of a key, height of a legend's line and of the title


def room_above(names: Sequence[str], across: float = 440) -> int:
    """Height that the title and a legend of these names take above the axes of a figure this many pixels wide."""
    widest = max((KEY + LETTER * len(name) for name in names), default=0.0)
    columns = max(1, int(across / widest)) if widest else 1
    return HEAD + LINE * -(-len(names) // columns)


def styles(arms: Sequence[str], labels: Mapping[str, str] | None = None, *, control: str | None = None) -> Styles:
    """The style of every arm; the control, the first one if not given, is gray. labels: names to show instead."""
    made, others = {}, 0
    for arm in arms:
        label = (labels or {}).get(arm) or arm
        if arm == (control or arms[0]):
            made[arm] = ArmStyle(label, CONTROL)
            continue
        made[arm] = ArmStyle(label, INKS[others % len(INKS)], DASHES[others // len(INKS) % len(DASHES)])
        others += 1
    return made
