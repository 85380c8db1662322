"""By what a person can color the tissue: the words on the buttons, and the key that a canvas draws a legend from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from immune_sim.model.layers import ALL, OTHER_CODE, VESSEL_CODE, Kind, described

EMPTY_PICTURE = np.zeros((1, 1), dtype=np.uint8)
CLONE = "clone"
TUMOR_CELLS, IMMUNE_CELLS = "Tumor cells", "Immune cells"
CLONE_SHAPES = ("circle", "diamond", "triangle", "cross")


@dataclass(frozen=True)
class Look:
    """What the dashboard adds to a way of coloring: the word on its button, the unit of counting in its legend."""

    name: str
    label: str
    noun: str = "cells"

    @property
    def about(self) -> str:
        """What the colors show, in one sentence."""
        return ALL[self.name].about


LOOKS = (
    Look("type", "Type"),
    Look("receptor", "Receptors"),
    Look("signal", "Signal"),
    Look("antigenicity", "Antigenicity", "tumor cells"),
    Look("oxygen", "Oxygen", "sites"),
    Look("chemokine", "Chemokine", "sites"),
)
MORE = (
    (
        "All cells",
        (Look("set_point", "Set point"), Look("bound", "Bound receptors"), Look("felt", "Ligand at the cell")),
    ),
    (
        TUMOR_CELLS,
        (
            Look("clone", "Clone", "tumor cells"),
            Look("generation", "Generation", "tumor cells"),
            Look("mhc", "MHC-I", "tumor cells"),
            Look("pdl1", "PD-L1", "tumor cells"),
            Look("output", "Ligand output", "tumor cells"),
            Look("damage", "Damage", "cells that were hit"),
            Look("last_hit", "Last hit", "cells that were hit"),
            Look("cause", "Cause of death", "dying cells"),
            Look("dying", "Time since death", "dying cells"),
        ),
    ),
    (
        IMMUNE_CELLS,
        (
            Look("arrest", "Arrest", "immune cells"),
            Look("contact", "Contact", "immune cells"),
            Look("kills", "Kills", "immune cells"),
            Look("left", "Kills left", "NK cells"),
            Look("armed", "Armed", "NK cells"),
            Look("exhaustion", "Exhaustion", "T cells"),
            Look("age", "Age", "immune cells"),
        ),
    ),
    ("Fields", (Look("ligand", "Ligand", "sites"), Look("ifng", "IFN-gamma", "sites"))),
)
BY_NAME = {look.name: look for look in (*LOOKS, *(look for _, group in MORE for look in group))}


@dataclass(frozen=True)
class Sign:
    """A class close up and in the legend: word, shape, meaning, and under which heading it stands."""

    label: str
    shape: str
    about: str = ""
    group: str = ""


SIGNS = {
    "type": {
        1: Sign("cycling", "circle", "dividing", TUMOR_CELLS),
        2: Sign("quiescent", "circle", "crowded or short of oxygen", TUMOR_CELLS),
        3: Sign("apoptotic", "cross", "dying, still in their place", TUMOR_CELLS),
        4: Sign("necrotic", "square", "killed by lack of oxygen", TUMOR_CELLS),
        5: Sign("NK cell", "diamond", "natural killer cells", IMMUNE_CELLS),
        6: Sign("T cell", "triangle", "cytotoxic T cells", IMMUNE_CELLS),
        7: Sign("vessel", "ring", "oxygen and immune cells come in", "Tissue"),
    },
    "cause": {
        1: Sign("other", "cross", "by hand or an own mechanism"),
        2: Sign("spontaneous", "circle", "without an attacker"),
        3: Sign("no oxygen", "square", "killed by lack of oxygen"),
        4: Sign("NK cell", "diamond", "killed by a natural killer cell"),
        5: Sign("T cell", "triangle", "killed by a cytotoxic T cell"),
        OTHER_CODE: Sign("living", "circle", "tumor cells that live"),
    },
    "arrest": {
        1: Sign("searching", "circle", "immune cells that walk"),
        2: Sign("in contact", "diamond", "immune cells that stopped at a living tumor cell"),
        OTHER_CODE: Sign("tumor cell", "circle"),
    },
    "armed": {
        1: Sign("never kills", "ring", "NK cells of the share that does not kill"),
        2: Sign("can kill", "diamond", "NK cells that kill until they are spent"),
        OTHER_CODE: Sign("other cell", "circle"),
    },
}


def look(name: str) -> Look:
    """The way of coloring of this name."""
    return BY_NAME[name]


def key(name: str) -> dict[str, Any]:
    """What the codes of a layer mean, as a canvas takes it: palettes for light and dark, shapes, legend."""
    shown, kind = BY_NAME[name], ALL[name]
    drawn = described(name, EMPTY_PICTURE)
    common = {
        "title": _title(kind),
        "about": kind.about,
        "noun": shown.noun,
        "palette": {"light": list(drawn.palette[0]), "dark": list(drawn.palette[1])},
        "shades": min(kind.shades, len(drawn.palette[0]) - 1),
        "ghosts": ghosts(name),
    }
    if name == CLONE:
        count = len(drawn.palette[0]) - 1
        return common | {
            "kind": "clones",
            "ticks": [],
            "shapes": ["", *(clone_shape(code) for code in range(1, count + 1))],
        }
    if kind.scale is None:
        signs = SIGNS[name]
        entries = [
            {"code": code, "label": sign.label, "shape": sign.shape, "about": sign.about, "group": sign.group}
            for code, sign in signs.items()
        ]
        shapes = [signs[code].shape if code in signs else "" for code in range(len(drawn.palette[0]))]
        return common | {"kind": "classes", "shapes": shapes, "entries": entries}
    ticks = [{"at": float(kind.scale.place(each.value)), "text": each.label} for each in drawn.legend]
    shape = "square" if kind.field else "circle"
    shapes = ["", *[shape] * (len(drawn.palette[0]) - 1)]
    return common | {"kind": "scale", "shapes": shapes, "ticks": ticks, "filled": bool(kind.field)}


def ghosts(name: str) -> list[int]:
    """Codes of what is drawn small in a cloud of points: vessels, and cells that a layer says nothing about."""
    if name == "type":
        return [VESSEL_CODE]
    return [OTHER_CODE] if ALL[name].has_others else []


def clone_shape(code: int) -> str:
    """The shape of a clone close up: neighbors in number differ in it, as they do in color."""
    return CLONE_SHAPES[code % len(CLONE_SHAPES)]


def _title(kind: Kind) -> str:
    note = kind.unit or ("1 is rest" if "1 is rest" in kind.about else "")
    return f"{kind.title}, {note}" if note and note != kind.title.lower() else kind.title
