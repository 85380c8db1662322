"""The ways of coloring a tissue: what each shows, of which cells, on which scale, and what its codes are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.core import palette
from immune_sim.core.codes import STATES
from immune_sim.core.palette import Ink, Ramp

type Codes = NDArray[np.uint8]

EMPTY = 0
NK_CODE, CTL_CODE, VESSEL_CODE = 5, 6, 7  # 1 to 4 are the states of tumor cells
SHADES = 255  # codes 1 to 255 are the shades of a scale
OTHER_CODE = 255  # of a coloring that speaks of some cells only: all others; its shades end one earlier
CLONE_COLORS = 252  # clones whose numbers differ by this many share a color


@dataclass(frozen=True)
class Entry:
    """One line of a legend: a code and what it stands for.

    ink: its color on light and on dark pages. value: what a shade of a scale stands for; count: sites of a class that
    have this code in the picture.
    """

    code: int
    label: str
    ink: Ink
    value: float | None = None
    count: int | None = None


@dataclass(frozen=True)
class Scale:
    """A range of values drawn in shades; values beyond the ends get the shade of the end."""

    low: float
    high: float
    ramp: Ramp
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def place(self, values: Any) -> NDArray[np.float32]:
        """Where values lie between the ends, 0 to 1."""
        values = np.asarray(values, dtype=np.float32)
        low, high = np.float32(self.low), np.float32(self.high)
        if self.logarithmic:
            values, low, high = np.log(np.maximum(values, low)), np.log(low), np.log(high)
        return np.asarray(np.clip((values - low) / (high - low), 0.0, 1.0), dtype=np.float32)

    def codes(self, values: Any, shades: int = SHADES) -> Codes:
        """Shades 1 to ``shades`` of values."""
        return np.asarray(1.5 + (shades - 1) * self.place(values)).astype(np.uint8)


@dataclass(frozen=True)
class Kind:
    """One way of coloring.

    trait: a column of the cell tables (or a value made from some), or field: one of the fields. scale: None for
    classes, which then are listed in ``classes``. cells: whose trait it is, "tumor", "immune" or "all"; only: "" or
    those of them it speaks of ("dying", "hit", "nk", "ctl").
    """

    name: str
    title: str
    about: str
    unit: str = ""
    scale: Scale | None = None
    trait: str = ""
    field: str = ""
    cells: str = "tumor"
    only: str = ""
    classes: tuple[Entry, ...] = ()

    @property
    def has_others(self) -> bool:
        """Whether cells that this coloring says nothing about are drawn too, as OTHER_CODE."""
        return not self.field and (self.cells == "immune" or bool(self.only))

    @property
    def shades(self) -> int:
        """How many shades its scale has."""
        return SHADES - 1 if self.has_others else SHADES


_STATE_INKS = (palette.TUMOR, palette.QUIET, palette.APOPTOTIC, palette.NECROTIC)
_TYPES = (
    *(Entry(code, state, ink) for code, state, ink in zip(range(1, 5), STATES, _STATE_INKS, strict=True)),
    Entry(NK_CODE, "NK cell", palette.NK),
    Entry(CTL_CODE, "cytotoxic T cell", palette.CTL),
    Entry(VESSEL_CODE, "vessel", palette.VESSEL),
)
_CAUSES = (  # codes are 1 + the cause that is written in the cell
    Entry(1, "by hand or an own mechanism", palette.GRAY),
    Entry(2, "spontaneous", palette.APOPTOTIC),
    Entry(3, "lack of oxygen", palette.LIGAND),
    Entry(4, "NK cell", palette.NK),
    Entry(5, "cytotoxic T cell", palette.CTL),
    Entry(OTHER_CODE, "living", palette.OTHER),
)
_ARREST = (
    Entry(1, "searching", palette.GRAY),
    Entry(2, "in contact", palette.TUMOR),
    Entry(OTHER_CODE, "tumor cell", palette.OTHER),
)
_ARMED = (
    Entry(1, "never kills", palette.GRAY),
    Entry(2, "can kill", palette.NK),
    Entry(OTHER_CODE, "other cell", palette.OTHER),
)
_CLONES = tuple(Entry(i + 1, f"{i}", ink) for i, ink in enumerate(palette.clone_inks(CLONE_COLORS)))

_RECEPTORS = Scale(0.0, 5.0, palette.MAGENTAS, (0, 1, 2, 3, 4, 5))
_SIGNAL = Scale(0.125, 8.0, palette.REST, (0.125, 0.5, 1, 2, 8), logarithmic=True)
_SHARE = Scale(0.0, 1.0, palette.SHARES, (0, 0.25, 0.5, 0.75, 1))
_OXYGEN = Scale(0.0, 40.0, palette.OXYGEN, (0, 5, 10, 20, 30, 40))
_DECADES = (1e-4, 1e-3, 1e-2, 1e-1, 1)
_SECRETED = Scale(1e-4, 1.0, palette.FIELD_TEALS, _DECADES, logarithmic=True)
_IFNG = Scale(1e-4, 1.0, palette.FIELD_MAGENTAS, _DECADES, logarithmic=True)
_LIGAND = Scale(1e-3, 10.0, palette.FIELD_GOLDS, (1e-3, 1e-2, 1e-1, 1, 10), logarithmic=True)
_LIGAND_FELT = Scale(1e-3, 10.0, palette.TEALS, _LIGAND.ticks, logarithmic=True)
_BOUND = Scale(0.003, 1.0, palette.TEALS, (0.003, 0.01, 0.03, 0.1, 0.3, 1), logarithmic=True)
_OUTPUT = Scale(0.0, 3.0, palette.TEALS, (0, 1, 2, 3))
_GENERATIONS = Scale(0.0, 40.0, palette.TEALS, (0, 10, 20, 30, 40))
_HITS = Scale(0.0, 3.0, palette.MAGENTAS, (0, 1, 2, 3))
_RECENT = Scale(0.0, 24.0, palette.SHARES, (0, 6, 12, 18, 24))
_LYING = Scale(0.0, 48.0, palette.SHARES, (0, 12, 24, 36, 48))
_KILLS = Scale(0.0, 10.0, palette.MAGENTAS, (0, 2, 4, 6, 8, 10))
_LEFT = Scale(0.0, 6.0, palette.TEALS, (0, 1, 2, 3, 4, 5, 6))
_AGE = Scale(1.0, 720.0, palette.SHARES, (1, 6, 24, 168, 720), logarithmic=True)
_FULL = "1 if every site held a secreting cell"

KINDS = (  # those that files and reports keep
    Kind("type", "Cells", "cells by type and state", cells="all", classes=_TYPES),
    Kind(
        "receptor", "Receptor level", "receptors of every cell, 1 is rest", "", _RECEPTORS, "receptor_level", "", "all"
    ),
    Kind("signal", "Signal", "receptor signal of every cell, 1 is rest", "", _SIGNAL, "signal", "", "all"),
    Kind("antigenicity", "Antigenicity", "how visible tumor cells are to T cells", "", _SHARE, "antigenicity"),
    Kind("oxygen", "Oxygen", "oxygen in the tissue", "mmHg", _OXYGEN, field="oxygen"),
    Kind("chemokine", "Chemokine", f"what attracts immune cells, {_FULL}", "", _SECRETED, field="chemokine"),
    Kind("ifng", "IFN-gamma", f"interferon of engaged immune cells, {_FULL}", "", _IFNG, field="ifng"),
)
MORE = (  # those that are drawn when somebody asks
    Kind("ligand", "Ligand", "ligand that tumor cells secrete, relative to rest", "", _LIGAND, field="ligand"),
    Kind("set_point", "Set point", "receptor level to which a cell returns", "", _RECEPTORS, "set_point", "", "all"),
    Kind("bound", "Bound receptors", "share of receptors that holds ligand", "", _BOUND, "bound_fraction", "", "all"),
    Kind("felt", "Ligand at the cell", "ligand from tumor cells, felt", "", _LIGAND_FELT, "ligand_local", "", "all"),
    Kind("clone", "Clone", "descendants of one founder share a color", trait="clone", classes=_CLONES),
    Kind("generation", "Generation", "divisions since the founder", "", _GENERATIONS, "generation"),
    Kind("mhc", "MHC-I", "MHC class I before IFN-gamma: shields from NK cells, shows to T cells", "", _SHARE, "mhc"),
    Kind("pdl1", "PD-L1", "PD-L1 before IFN-gamma: brakes T cells", "", _SHARE, "pdl1"),
    Kind("output", "Ligand output", "ligand a tumor cell secretes, 1 is rest", "", _OUTPUT, "ligand_output"),
    Kind("damage", "Damage", "hits by T cells that are not repaired yet", "hits", _HITS, "damage", only="hit"),
    Kind("last_hit", "Last hit", "time since the last hit by a T cell", "h", _RECENT, "hours_since_hit", only="hit"),
    Kind("cause", "Cause of death", "what killed those that are dying", trait="cause", only="dying", classes=_CAUSES),
    Kind("dying", "Time since death", "how long the dead lie there", "h", _LYING, "hours_dying", only="dying"),
    Kind(
        "arrest",
        "Arrest",
        "immune cells that stopped at a tumor cell",
        trait="engaged",
        cells="immune",
        classes=_ARREST,
    ),
    Kind("contact", "Contact", "share of the last hour in contact", "", _SHARE, "hours_engaged", "", "immune"),
    Kind("kills", "Kills", "tumor cells an immune cell has killed", "kills", _KILLS, "kills", "", "immune"),
    Kind("left", "Kills left", "kills until an NK cell is spent", "kills", _LEFT, "kills_left", "", "immune", "nk"),
    Kind(
        "armed", "Armed", "NK cells that can kill at all", trait="can_kill", cells="immune", only="nk", classes=_ARMED
    ),
    Kind(
        "exhaustion",
        "Exhaustion",
        "loss of function of T cells, 1 is full",
        "",
        _SHARE,
        "exhaustion",
        "",
        "immune",
        "ctl",
    ),
    Kind("age", "Age", "time since an immune cell arrived", "h", _AGE, "hours_since_arrival", "", "immune"),
)
NAMES = tuple(each.name for each in KINDS)
ALL = {each.name: each for each in (*KINDS, *MORE)}
