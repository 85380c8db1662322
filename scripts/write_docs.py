"""Write the generated pages of docs/ (``--write``), or check that they are up to date (``--check``)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from immune_sim.mechanisms.endpoints import ENDPOINTS
from immune_sim.model.outcomes import OUTCOMES
from immune_sim.model.schedule import standard_entries
from immune_sim.scenario.parameters_page import page as parameters_page

DOCS = Path(__file__).resolve().parents[1] / "docs"
COMMAND = "python scripts/write_docs.py --write"
MADE = f"Made from the code by `{COMMAND}`. Do not edit it; a test keeps it true.\n"


def outcomes_page() -> str:
    """What a run reports, as tables."""
    lines = ["# Outcomes", "", MADE, "## Every hour", "", "| name | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{each.name}` | {each.unit} | {each.about} |" for each in OUTCOMES]
    lines += ["", "## At the end", "", "| name | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{each.name}` | {each.unit} | {each.about} |" for each in ENDPOINTS]
    return "\n".join(lines) + "\n"


def schedule_page() -> str:
    """The order of one hour, as a table."""
    lines = ["# The order of one hour", "", MADE, "| entry | runs every | what it does |", "|---|---|---|"]
    lines += [
        f"| {each.name} | {'sub-step' if each.in_substeps else 'hour'} | {each.about} |" for each in standard_entries()
    ]
    lines += [
        "",
        "Entries that run every sub-step follow each other within one sub-step, then the next sub-step begins.",
        "",
    ]
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "parameters.md": parameters_page,
    "outcomes.md": outcomes_page,
    "schedule.md": schedule_page,
}


def main() -> int:
    """Write or check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write the pages")
    action.add_argument("--check", action="store_true", help="exit with 1 where a page is out of date")
    given = parser.parse_args()
    stale = [
        name
        for name, make in PAGES.items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != make()
    ]
    if given.write:
        for name in stale:
            (DOCS / name).write_text(PAGES[name](), encoding="utf-8", newline="\n")
        return 0
    for name in stale:
        sys.stderr.write(f"docs/{name} is out of date: run {COMMAND}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
