"""What a report says of its study: whether that is a small version, and, by a mark in its head, of which runs it is."""

from __future__ import annotations

import re

from immune_sim.runs.experiments.study import Study

REPORT = "report.html"
QUICK = "A quick version of the study (--quick): smaller, to look at, not to conclude from."
HEAD = 4096  # letters in which the mark stands
_MARK = re.compile(r'<meta name="immune-sim-runs" content="(\d+) ([0-9a-f]+)">')


def mark_of(study: Study) -> str:
    """The mark of a report of the present runs, for the head of the page."""
    return f'<meta name="immune-sim-runs" content="{len(study.read_runs(["run_id"]))} {study.digest()}">'


def outdated(study: Study) -> str:
    """What is to be said where the folder holds a report of other runs than are there now; "" where it does not."""
    path = study.folder / REPORT
    try:
        with path.open(encoding="utf-8", errors="replace") as page:
            found = _MARK.search(page.read(HEAD))
    except OSError:
        return ""
    if found and found[2] == study.digest():
        return ""
    here = len(study.read_runs(["run_id"]))
    was = int(found[1]) if found else here
    told = f"of {was:,} runs; here are {here:,} now" if was != here else "of other runs than are here now"
    return f"{REPORT} is {told}. To renew it: immune-sim experiment report {study.folder}"
