"""What a figure over design points shows: an endpoint of an arm, or its difference to the control; in which unit."""

from __future__ import annotations

import pandas as pd

from immune_sim.analysis.endpoints import endpoint
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.words import scale_of


class Showing:
    """An endpoint and the contrast that explains it. arm: "" for all other arms together."""

    def __init__(self, told: Told, name: str, arm: str = ""):
        self.endpoint, self.difference = endpoint(name), len(told.arms) > 1
        self.percent, self.scale = self.endpoint.kind == "share", scale_of(name)
        self.unit = "days" if self.endpoint.kind == "time" else "share of runs" if self.percent else ""
        one = f"{told.labels[arm]} less" if arm else "arms less"
        self.name = self.endpoint.label + (f", {one} {told.labels[told.arms[0]]}" if self.difference else "")

    @property
    def title(self) -> str:
        """The name with a capital."""
        return self.name[:1].upper() + self.name[1:]

    def scaled(self, table: pd.DataFrame, *names: str) -> pd.DataFrame:
        """The table with these columns in the unit of the figure."""
        return table.assign(**{name: table[name] / self.scale for name in names})


def counted(told: Told) -> str:
    """How many runs or pairs are behind every design point."""
    low, high = told.replicates
    n = f"{low}" if low == high else f"{low} to {high}"
    return f"n = {n} {'pair' if len(told.arms) > 1 else 'run'}{'' if high == 1 else 's'} a design point"


def key_of(point: int | None, arm: str = "") -> str:
    """What a mark of a figure stands for, as a text that a page can hand back: a design point, an arm, or both."""
    return f"{'' if point is None else point}|{arm}"


def slug(words: str) -> str:
    """Words as a part of a file's name."""
    return "".join(each if each.isalnum() or each in ".-" else "_" for each in words)
