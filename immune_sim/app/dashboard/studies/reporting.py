"""The report of a study, written into its folder and handed back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from immune_sim.app.study_report.writing import write_report


def report(folder: Path, *, tell: Callable[[str], None]) -> str:
    """The page of the report as one HTML text; raises OutputError where there is nothing to report."""
    written = write_report(folder, images=False, watch=tell)
    return written.page.read_text(encoding="utf-8")
