"""The tissue at time zero: where tumor cells, NK cells and vessels are."""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.parameters import param, parameters
from immune_sim.core.random import uniforms


@parameters("inoculum", title="Tissue at time zero")
class Inoculum:
    """Tumor cells and vessels at the start."""

    tumor_cells: int = param(
        200,
        low=0,
        high=10_000_000,
        grade="setting",
        source="assumed: a small inoculum",
        about="tumor cells at the start",
        live=False,
    )
    placement: str = param(
        "disc",
        choices=("disc", "scattered"),
        grade="setting",
        source="assumed: injected at one place",
        about="disc: around the middle (a ball in three dimensions); scattered: anywhere",
        live=False,
    )
    fill: float = param(
        0.5,
        low=0.01,
        high=1.0,
        grade="assumption",
        source="assumed: injected cells do not form a solid mass",
        about="share of the sites of the disc that hold a tumor cell",
        live=False,
    )
    vessel_density: float = param(
        100.0,
        unit="1/mm^2",
        low=0.0,
        high=4000.0,
        grade="assumption",
        source="assumed: one vessel per 0.01 mm2",
        about="vessels per area of section",
        live=False,
    )


def middle_sites(
    coordinates: np.ndarray, shape: tuple[int, ...], count: int, fill: float, luck: np.ndarray
) -> np.ndarray:
    """Indices of ``count`` places drawn from the count / fill places nearest to the middle.

    coordinates (sites, dims); luck (sites,) uniform draws that decide which of them, and which of equally near ones.
    """
    center = (np.array(shape) - 1) / 2.0
    distance = np.sqrt(((coordinates - center) ** 2).sum(axis=1))
    pool = min(len(coordinates), max(count, math.ceil(count / fill)))
    nearest = np.lexsort((luck, distance))[:pool]
    return np.sort(nearest[np.argsort(luck[nearest], kind="stable")[:count]])


def any_sites(count: int, luck: np.ndarray) -> np.ndarray:
    """Indices of ``count`` places anywhere, those with the smallest draws."""
    return np.sort(np.argsort(luck, kind="stable")[:count])


def site_luck(decision: int, sites: int, seed: int) -> np.ndarray:
    """One uniform draw for every place of the tissue, (sites,)."""
    return uniforms(decision, 0, np.arange(sites, dtype=np.uint64), seed)[:, 0]
