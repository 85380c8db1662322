"""What lies beside the page: every table as CSV, every figure as SVG and PNG, where a browser can draw them."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from immune_sim.app.study_report.drawing import Drawing
from immune_sim.runs.files import make_folder, write_atomically

TABLES, FIGURES = "tables", "figures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FORMATS = ("svg", "png")
WIDTH, SCALE = 900, 2
HOW = (
    "Figures as SVG and PNG need the package kaleido and a Chromium or Chrome: pip install 'immune-sim[images]', and "
    "on Debian apt install chromium. The page itself can save each figure too: the camera above it."
)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Write every table as CSV into tables/; returns the names."""
    make_folder(folder / TABLES)
    for name, table in tables.items():
        write_atomically(folder / TABLES / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    return [f"{TABLES}/{name}.csv" for name in tables]


def why_no_images() -> str:
    """Why figures cannot be written as pictures here, "" where they can."""
    if importlib.util.find_spec("kaleido") is None or not _browser():
        return HOW
    return ""


def write_images(folder: Path, drawn: Sequence[Drawing]) -> list[str]:
    """Write every figure as SVG and PNG into figures/, on white; returns the names."""
    import plotly.io

    make_folder(folder / FIGURES)
    os.environ.setdefault("BROWSER_PATH", _browser())
    figures, names = [], []
    for each in drawn:
        figure = each.draw("light")
        figure.update_layout(paper_bgcolor="#ffffff", plot_bgcolor="#ffffff")
        for kind in FORMATS:
            figures.append(figure)
            names.append(f"{FIGURES}/{each.name}.{kind}")
    heights = [int(figure.layout.height) for figure in figures]
    plotly.io.write_images(figures, [folder / name for name in names], width=WIDTH, height=heights, scale=SCALE)
    return names


def _browser() -> str:
    given = os.environ.get("BROWSER_PATH", "")
    found = [place for name in BROWSERS if (place := shutil.which(name))]
    return given if given and Path(given).is_file() else next(iter(found), "")
