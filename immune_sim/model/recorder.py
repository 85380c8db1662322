"""Keeping outcomes: one row an hour in preallocated columns, and a pandas table on request."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from immune_sim.core.codes import CAUSES, CTL, NK, STATES
from immune_sim.core.rates import mean_factor
from immune_sim.mechanisms import census
from immune_sim.mechanisms.links import RATE_LINKS
from immune_sim.model.outcomes import NAMES, OUTCOMES
from immune_sim.model.state import Tissue

TALLIES = (
    "births",
    *(f"deaths_{cause}" for cause in CAUSES[1:]),
    "deaths_other",
    "cleared",
    "nk_arrivals",
    "nk_exits",
    "ctl_arrivals",
    "ctl_births",
    "ctl_exits",
    "arrivals_turned_away",
)
SHARES = (0.1, 0.5, 0.9)
TUMOR_SHARE = 0.25  # a block of the oxygen grid belongs to the tumor if living cells hold this share of its sites


class Recorder:
    """The time course of a run. ``latest`` is the last row, ``columns`` the whole of it, ``table()`` a DataFrame."""

    def __init__(self) -> None:
        self.rows = 0
        self.latest: dict[str, float] = {}
        self._columns = {each.name: np.zeros(256, dtype=each.dtype) for each in OUTCOMES}

    def record(self, tissue: Tissue) -> None:
        """Count the tissue and append a row."""
        row = count(tissue)
        tissue.by_hand = {}
        if self.rows == len(self._columns["hour"]):
            self._columns = {name: np.concatenate([old, np.zeros_like(old)]) for name, old in self._columns.items()}
        for name, column in self._columns.items():
            column[self.rows] = row[name]
        self.rows += 1
        self.latest = row

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """Views of the rows so far, by outcome."""
        return {name: column[: self.rows] for name, column in self._columns.items()}

    def table(self) -> pd.DataFrame:
        """All outcomes, one row an hour; row 0 is the start."""
        return pd.DataFrame({name: column.copy() for name, column in self.columns.items()})

    def restore(self, columns: dict[str, np.ndarray]) -> None:
        """Take over the columns of an earlier part of the run."""
        self.rows = len(columns["hour"])
        self._columns = {
            name: np.concatenate([columns[name], np.zeros(256, dtype=columns[name].dtype)]) for name in NAMES
        }
        self.latest = {name: column[self.rows - 1].item() for name, column in self._columns.items()}


def count(tissue: Tissue) -> dict[str, float]:
    """All outcomes of the tissue as it is now, by name."""
    row: dict[str, float] = {"hour": float(tissue.hour)}
    row.update({name: tissue.tallies.get(name, 0) for name in TALLIES})
    row.update({f"{kind}_by_hand": tissue.by_hand.get(kind, 0) for kind in ("tumor", "nk", "ctl")})
    signal = _count_tumor(tissue, row)
    signals = _count_immune(tissue, row)
    _measure_host(tissue, row, {"tumor": signal, **signals})
    return row


def _count_tumor(tissue: Tissue, row: dict[str, float]) -> np.ndarray:
    tumor = tissue.tumor
    ranges = tissue.threads.ranges(tumor.n, cost=4)
    totals = tissue.scratch.zeros("tumor totals", (len(ranges), census.TUMOR_TOTALS))
    histograms = tissue.scratch.zeros("tumor histograms", (len(ranges), 2, census.BINS))
    clones = tissue.scratch.get("clones", tissue.founders, "int32")
    names = ("state", "receptor_level", "signal", "bound_fraction", "antigenicity", "ligand_local")
    columns = tuple(tumor[name] for name in names)
    counting: list[Callable[[], Any]] = [
        partial(census.count_tumor, lo, hi, *columns, totals[k], histograms[k]) for k, (lo, hi) in enumerate(ranges)
    ]
    row.update(clone_diversity=0.0, radius=0.0)  # their places in the row, whichever thread is done first
    middle = len(ranges) // 2
    counting[middle:middle] = [
        lambda: row.update(clone_diversity=census.count_clones(columns[0], tumor["clone"], clones)),
        lambda: row.update(radius=_radius(tissue)),
    ]
    tissue.threads.together(counting, cost=6.0 * tumor.n)
    total, histogram = totals.sum(axis=0), histograms.sum(axis=0)
    living = int(total[0] + total[1])
    row["tumor_cells"] = living
    row.update({state: int(total[census.BY_STATE + code]) for code, state in enumerate(STATES)})
    for name, position, which in (("receptor", census.RECEPTOR, 0), ("signal", census.SIGNAL, 1)):
        row[f"{name}_mean"] = census.mean(int(total[position]), living)
        row.update(
            dict(
                zip(
                    (f"{name}_p10", f"{name}_p50", f"{name}_p90"),
                    census.quantiles(histogram[which], SHARES),
                    strict=True,
                )
            )
        )
    for name, position in (
        ("bound_fraction_mean", census.BOUND),
        ("antigenicity_mean", census.ANTIGENICITY),
        ("ligand_local_mean", census.LIGAND),
    ):
        row[name] = census.mean(int(total[position]), living)
    row["clones"] = int(np.count_nonzero(clones))
    return np.asarray(histogram[1])


def _radius(tissue: Tissue) -> float:
    fields = tissue.fields
    sites = census.radius_of_gyration(fields.oxygen_places, fields.living, fields.oxygen_edge)
    return sites * tissue.lattice.site_size


def _count_immune(tissue: Tissue, row: dict[str, float]) -> dict[str, np.ndarray]:
    immune, fields, parts = tissue.immune, tissue.fields, tissue.threads.count
    totals = tissue.scratch.zeros("immune totals", (parts, 2, census.IMMUNE_TOTALS))
    histograms = tissue.scratch.zeros("immune histograms", (parts, 2, census.BINS))
    inside = fields.tumor_blocks(TUMOR_SHARE)
    columns = tuple(immune[name] for name in ("kind", "site", "signal", "engaged", "exhaustion"))
    tissue.threads.over_rows_in_parts(
        immune.n,
        lambda k, lo, hi: census.count_immune(lo, hi, *columns, inside, fields.oxygen_block, totals[k], histograms[k]),
        cost=20,
    )
    total, histogram = totals.sum(axis=0), histograms.sum(axis=0)
    area_inside = fields.area_of(inside)
    area_outside = tissue.lattice.area - area_inside
    for kind, name in ((NK, "nk"), (CTL, "ctl")):
        cells, within = int(total[kind, census.COUNT]), int(total[kind, census.INSIDE])
        row[f"{name}_cells"] = cells
        row[f"{name}_engaged"] = int(total[kind, census.ENGAGED]) / cells if cells else 0.0
        row[f"{name}_density_inside"] = within / area_inside if area_inside else float("nan")
        row[f"{name}_density_outside"] = (cells - within) / area_outside if area_outside else float("nan")
    row["exhaustion_mean"] = census.mean(int(total[CTL, census.EXHAUSTED]), int(total[CTL, census.COUNT]))
    return {"nk": histogram[NK], "ctl": histogram[CTL]}


def _measure_host(tissue: Tissue, row: dict[str, float], signals: dict[str, np.ndarray]) -> None:
    links = tissue.p.links
    for link in RATE_LINKS:
        gain = getattr(links, link.name)
        if gain == 0.0:
            row[f"link_{link.name}"] = 1.0
        elif link.reads == "host":
            row[f"link_{link.name}"] = float(mean_factor(gain, tissue.host.signal, links.factor_bound))
        else:
            row[f"link_{link.name}"] = census.mean_link_factor(signals[link.reads], gain, links.factor_bound)
    row["drug_concentration"] = tissue.drug.concentration
    row["metabolite_concentration"] = tissue.drug.metabolite_concentration
    row["blockade"] = tissue.drug.blockade()
    row["ligand_systemic"] = tissue.host.ligand
    row["host_receptor"] = tissue.host.receptor_level
    row["host_signal"] = tissue.host.signal
    row["node_effectors"] = tissue.node.effectors
    row["oxygen_mean"] = float(tissue.fields.oxygen.mean())
    row["ifng_mean"] = float(tissue.fields.ifng.mean())
