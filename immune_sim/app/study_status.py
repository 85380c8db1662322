"""Where a study stands, in a terminal; imports little, so that looking is quick."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.text import Text

from immune_sim.app.console import console
from immune_sim.app.experiment_progress import estimate_words
from immune_sim.app.study_mark import QUICK, outdated
from immune_sim.runs.experiments.shards import remedy
from immune_sim.runs.experiments.status import Status, status
from immune_sim.runs.experiments.study import Study

DAMAGED = 1


def tell_status(folder: Path) -> int:
    """Print where a study stands; exit code 1 where a file of it is damaged."""
    study = Study.open(folder)
    found, to = status(study), console()
    to.print(Text(found.name, style="bold"))
    to.print(f"runs        {how_many(found, study.manifest['replicates']['half_width'])}, {found.failed:,} failed")
    to.print(f"points      {found.points:,}")
    for arm, count in found.per_arm.items():
        known = found.estimates.get(arm)
        told = f", {estimate_words(found.endpoint, known, found.never[arm], found.horizon)}" if known else ""
        to.print(Text.assemble((f"  {arm}: ", "dim"), f"{count:,} runs{told}"))
    if found.digest:
        to.print(f"digest      {found.digest[:16]}")
    if not found.damaged and (old := outdated(study)):
        to.print(Text(f"report      {old}", style="yellow"), soft_wrap=True)
    tell_damaged(folder, found.damaged)
    if found.failed and not found.damaged:
        for row in study.failures.head(5).to_dict("records"):
            failed = f"failed      {row['run_id']} at {row['stage']}: {row['error']}: {row['message']}"
            to.print(Text(failed, style="yellow"), soft_wrap=True)
            to.print(Text(f"            {row['command']}", style="cyan"), soft_wrap=True)
    return DAMAGED if found.damaged else 0


def tell_cautions(study: Study) -> None:
    """What to beware of before a number of the study is believed, a small version of it first of all."""
    from immune_sim.analysis.cautions import cautions  # long to import

    manifest = study.manifest
    said = cautions(study.runs, horizon=manifest["horizon"], paired=not manifest["independent_arms"])
    for each in ([QUICK] if manifest["quick"] else []) + said:
        console().print(Text(f"! {each}", style="yellow"))


def how_many(found: Status, half_width: float | None) -> str:
    """Runs that are there, of those that were asked for."""
    if found.done > found.planned:
        return f"{found.done:,}, more than the {found.planned:,} that were asked for last"
    return f"{found.done:,} of {'at most ' if half_width else ''}{found.planned:,}"


def tell_damaged(folder: Path, damaged: Mapping[str, str]) -> None:
    """Name the damaged files of a study and say what cures them; nothing where there is none."""
    for name, what in damaged.items():
        console().print(Text(f"damaged     {folder / name}: {what}", style="red"), soft_wrap=True)
    if damaged:
        console().print(remedy(damaged.values()), soft_wrap=True)
