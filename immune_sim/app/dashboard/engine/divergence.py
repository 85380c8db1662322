"""Where two tissues differ, cell by cell.

Cells are matched by their lineage, the address of their luck, which two arms with the same seed share: a cell of the
same lineage has the same history of divisions behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.core.cells import CellTable
from immune_sim.core.palette import GRAY, NK, OTHER, TUMOR, Ink
from immune_sim.model.state import Tissue

SAME, ONLY_THERE, OTHERWISE, ONLY_HERE = 1, 2, 3, 4
TABLES = {"tumor": "state", "immune": "kind"}  # and the column in which a cell of the same lineage may differ
type Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Sign:
    """A code: its word, its shape close up, its ink and its meaning; {0} is the arm that is compared with."""

    label: str
    shape: str
    ink: Ink
    about: str


SIGNS = {
    SAME: Sign("as in {0}", "circle", OTHER, "cells that are in both, at the same place and in the same state"),
    OTHERWISE: Sign("moved or changed", "square", GRAY, "cells that are in both, at another place or in another state"),
    ONLY_HERE: Sign("only here", "diamond", TUMOR, "cells that are here and not in {0}"),
    ONLY_THERE: Sign("only in {0}", "cross", NK, "places of cells that are in {0} and not here"),
}


@dataclass(frozen=True)
class Divergence:
    """codes: one a site, in the shape of the lattice; counts: cells by code, also those that lie below others."""

    codes: Codes
    counts: dict[int, int]

    @property
    def differing(self) -> int:
        """Cells that are not the same."""
        return sum(count for code, count in self.counts.items() if code != SAME)


def matched(here: CellTable, there: CellTable) -> NDArray[np.int64]:
    """For every cell here (n,) the row of the cell of the same lineage there, -1 where there is none."""
    if there.n == 0:
        return np.full(here.n, -1, dtype=np.int64)
    order = np.argsort(there["lineage"], kind="stable")
    lineages = there["lineage"][order]
    found = np.minimum(np.searchsorted(lineages, here["lineage"]), there.n - 1)
    return np.where(lineages[found] == here["lineage"], order[found], -1)


def divergence(here: Tissue, there: Tissue) -> Divergence:
    """Compare two tissues on lattices of the same shape; of what lies on a site the greatest difference is painted."""
    painted = np.zeros(here.lattice.tumor_at.shape, dtype=np.uint8)
    sites: dict[int, list[NDArray[np.int32]]] = {code: [] for code in SIGNS}
    for name, state in TABLES.items():
        one, other = getattr(here, name), getattr(there, name)
        rows = matched(one, other)
        both = rows >= 0
        same = both.copy()
        same[both] = (one["site"][both] == other["site"][rows[both]]) & (one[state][both] == other[state][rows[both]])
        missing = np.ones(other.n, dtype=bool)
        missing[rows[both]] = False
        sites[SAME].append(one["site"][same])
        sites[OTHERWISE].append(one["site"][both & ~same])
        sites[ONLY_HERE].append(one["site"][~both])
        sites[ONLY_THERE].append(other["site"][missing])
    for code in sorted(SIGNS):
        for each in sites[code]:
            painted[each] = code
    inside = painted[here.lattice.interior].reshape(here.lattice.shape)
    return Divergence(inside, {code: sum(map(len, found)) for code, found in sites.items()})


def key(against: str) -> dict[str, Any]:
    """What the codes mean, as the canvas takes it; against: the short name of the arm that is compared with."""
    codes = range(1, max(SIGNS) + 1)
    shown = (SAME, OTHERWISE, ONLY_HERE, ONLY_THERE)
    return {
        "kind": "classes",
        "title": "Differences",
        "about": "",
        "noun": "cells",
        "shades": 0,
        "ghosts": [],
        "palette": {
            theme: ["", *(SIGNS[code].ink[shade] for code in codes)] for shade, theme in enumerate(("light", "dark"))
        },
        "shapes": ["", *(SIGNS[code].shape for code in codes)],
        "entries": [
            {
                "code": code,
                "label": SIGNS[code].label.format(against),
                "shape": SIGNS[code].shape,
                "about": SIGNS[code].about.format(against),
            }
            for code in shown
        ],
    }
