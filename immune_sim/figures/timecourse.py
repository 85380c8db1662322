"""The curves of one run.

Each takes its table (outcome name -> values (n_hours,), a DataFrame or a mapping of arrays) and the declarations of the
outcomes, from which units and names of links come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from immune_sim.core import palette
from immune_sim.figures.look import Outcomes, Theme, add_level, add_line, days, figure, unit_of

Table = Any  # pandas.DataFrame or Mapping[str, numpy.ndarray]; both are read by name only
CELLS = "cells"
REST = "relative to rest"
DIED = "deaths_"
DEATH_LOOKS = {
    "spontaneous": ("spontaneous", palette.GRAY),
    "hypoxia": ("lack of oxygen", palette.LIGAND),
    "nk_kill": ("NK cells", palette.NK),
    "ctl_kill": ("cytotoxic T cells", palette.CTL),
    "other": ("by hand or an own mechanism", palette.DRUG),
}
LINK = "link_"
LINK_LOOKS = {
    "tumor_proliferation": (palette.TUMOR, "solid"),
    "tumor_apoptosis": (palette.APOPTOTIC, "solid"),
    "nk_recruitment": (palette.NK, "solid"),
    "ctl_recruitment": (palette.CTL, "solid"),
    "nk_cytotoxicity": (palette.NK, "dash"),
    "ctl_cytotoxicity": (palette.CTL, "dash"),
    "ctl_proliferation": (palette.LIGAND, "dot"),
}


def burden(table: Table, outcomes: Outcomes, *, theme: Theme = "light", detectable: float | None = None) -> go.Figure:
    """Living tumor cells, and those of them that rest; detectable: the size at which a tumor is found."""
    made, x = figure("Tumor burden", CELLS, theme=theme), days(table["hour"])
    add_line(made, x, table["tumor_cells"], "living", palette.TUMOR, theme=theme, filled=True)
    add_line(made, x, table["quiescent"], "of them quiescent", palette.QUIET, theme=theme)
    add_line(
        made, x, np.asarray(table["apoptotic"]) + np.asarray(table["necrotic"]), "dying", palette.APOPTOTIC, theme=theme
    )
    if detectable and detectable <= 2 * float(np.max(table["tumor_cells"])):
        add_level(made, detectable, "detectable", palette.GRAY, theme=theme)
    return made


def immune_cells(table: Table, outcomes: Outcomes, *, theme: Theme = "light") -> go.Figure:
    """NK cells and cytotoxic T cells in the tissue."""
    made, x = figure("Immune cells in the tissue", CELLS, theme=theme), days(table["hour"])
    add_line(made, x, table["nk_cells"], "NK cells", palette.NK, theme=theme)
    add_line(made, x, table["ctl_cells"], "cytotoxic T cells", palette.CTL, theme=theme)
    return made


def infiltration(table: Table, outcomes: Outcomes, *, theme: Theme = "light") -> go.Figure:
    """Density of immune cells inside and outside the tumor."""
    names = ["nk_density_inside", "nk_density_outside", "ctl_density_inside", "ctl_density_outside"]
    made, x = (
        figure("NK and T cells inside and outside the tumor", f"cells, {unit_of(outcomes, *names)}", theme=theme),
        days(table["hour"]),
    )
    for kind, ink, said in (("nk", palette.NK, "NK"), ("ctl", palette.CTL, "T cells")):
        add_line(made, x, table[f"{kind}_density_inside"], f"{said} inside", ink, theme=theme)
        add_line(made, x, table[f"{kind}_density_outside"], f"{said} outside", ink, theme=theme, dash="dot")
    return made


def drug(table: Table, outcomes: Outcomes, *, theme: Theme = "light") -> go.Figure:
    """Concentrations in plasma (left) and the blockade they make (right)."""
    unit = unit_of(outcomes, "drug_concentration", "metabolite_concentration")
    made, x = figure("Drug and blockade", unit, theme=theme), days(table["hour"])
    add_line(made, x, table["drug_concentration"], "drug", palette.DRUG, theme=theme, unit=unit)
    if np.any(np.asarray(table["metabolite_concentration"]) > 0):
        add_line(
            made, x, table["metabolite_concentration"], "active metabolite", palette.LIGAND, theme=theme, unit=unit
        )
    blocked = 100.0 * np.asarray(table["blockade"]) / (1.0 + np.asarray(table["blockade"]))  # as the dashboard says it
    add_line(made, x, blocked, "receptors blocked, % (right)", palette.GRAY, theme=theme, dash="dot", right=True)
    right = made.layout.yaxis.to_plotly_json() | {
        "overlaying": "y",
        "side": "right",
        "title": {"text": "receptors blocked, %"},
        "range": [0.0, 100.0],
        "autorange": False,
        "showgrid": False,
        "tickmode": "auto",
    }
    made.update_layout(yaxis2=right, margin={"r": 58})
    return made


def receptors(table: Table, outcomes: Outcomes, *, theme: Theme = "light") -> go.Figure:
    """Receptor level and signal of tumor cells, and the ligand that reaches them."""
    made, x = figure("Receptors, ligand and signal", REST, theme=theme), days(table["hour"])
    add_line(made, x, table["receptor_mean"], "receptors of tumor cells", palette.RECEPTOR, theme=theme)
    add_line(made, x, table["ligand_systemic"], "ligand", palette.LIGAND, theme=theme)
    add_line(made, x, table["signal_mean"], "signal of tumor cells", palette.SIGNAL, theme=theme)
    add_line(made, x, table["host_signal"], "signal of the host", palette.SIGNAL, theme=theme, dash="dot")
    add_level(made, 1.0, "rest", palette.GRAY, theme=theme)
    return made


def link_factors(table: Table, outcomes: Outcomes, *, theme: Theme = "light") -> go.Figure:
    """The factor by which every link changes the rate it acts on; 1 is no change. Links that are off are left out."""
    made, x = figure("What the links do", "factor on the rate", theme=theme), days(table["hour"])
    for name in (each for each in outcomes if each.startswith(LINK)):
        factor = np.asarray(table[name], dtype=float)
        ink, dash = LINK_LOOKS.get(name.removeprefix(LINK), (palette.GRAY, "solid"))
        if np.any(np.nan_to_num(factor, nan=1.0) != 1.0):
            add_line(made, x, factor, outcomes[name].about.rpartition("link on ")[2], ink, theme=theme, dash=dash)
    add_level(made, 1.0, "no change", palette.GRAY, theme=theme)
    return made


def deaths(table: Table, outcomes: Outcomes, *, theme: Theme = "light") -> go.Figure:
    """Tumor cells that died since the start, by cause, piled up."""
    made, x = figure("Tumor cells that died, by cause", f"{CELLS} since the start", theme=theme), days(table["hour"])
    for column in (each for each in outcomes if each.startswith(DIED)):
        total, cause = np.cumsum(np.asarray(table[column])), column.removeprefix(DIED)
        name, ink = DEATH_LOOKS.get(cause, (cause.replace("_", " "), palette.GRAY))
        if total[-1] > 0:
            add_line(made, x, total, name, ink, theme=theme, stack="deaths")
    return made


TIMECOURSES: dict[str, Callable[..., go.Figure]] = {
    "burden": burden,
    "immune_cells": immune_cells,
    "drug": drug,
    "receptors": receptors,
    "link_factors": link_factors,
    "deaths": deaths,
    "infiltration": infiltration,
}
