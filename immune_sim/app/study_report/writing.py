"""The report of a study folder, written into it: page, tables, pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from immune_sim.app.study_mark import REPORT, mark_of
from immune_sim.app.study_report.drawings import drawings
from immune_sim.app.study_report.files import FIGURES, TABLES, why_no_images, write_images, write_tables
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.page import compose
from immune_sim.app.study_report.tissues import tissues
from immune_sim.core.errors import OutputError
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.files import write_atomically

Watch = Callable[[str], None]


@dataclass(frozen=True)
class Written:
    """What a report came to. images: number of pictures; why_not: why there are none."""

    page: Path
    tables: int
    images: int
    why_not: str = ""


def write_report(
    folder: Path, *, images: bool = True, with_tissues: bool = True, watch: Watch | None = None
) -> Written:
    """Write report.html, tables/ and figures/ into the folder of a study.

    images: SVG and PNG too. with_tissues: compute the runs that stand for their arms again, for pictures of them.
    watch: is told what is being done. Raises OutputError where the folder holds no finished run or cannot be written.
    """
    say = watch or (lambda _: None)
    study = Study.open(folder)
    told = Told.of(study)
    if not (told.runs["status"] == "ok").any():
        raise OutputError(f"{folder} holds no finished run yet, so there is nothing to report.")
    say("computing tables")
    tables = write_tables(folder, told.analysis.tables)
    drawn = drawings(told)
    shown, reason = tissues(told, study, watch=say) if with_tissues else ([], "")
    why_not = "left out on request" if not images else why_no_images()
    say("writing the page")
    files = [f"{TABLES}/*.csv", *([] if why_not else [f"{FIGURES}/*.svg, *.png"])]
    write_atomically(folder / REPORT, compose(told, drawn, shown, reason, files, mark_of(study)))
    count = 0
    if not why_not:
        say(f"drawing {len(drawn)} figures as SVG and PNG")
        count = len(write_images(folder, drawn))
    return Written(folder / REPORT, len(tables), count, why_not)
