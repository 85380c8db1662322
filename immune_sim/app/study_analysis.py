"""What a study says, in a terminal: cautions first, then tables; and the report being written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from immune_sim.analysis.endpoints import endpoint
from immune_sim.analysis.study import SEPARATOR
from immune_sim.app.console import ask_for, console, is_watched
from immune_sim.app.study_mark import QUICK, outdated
from immune_sim.app.study_report import beside
from immune_sim.app.study_report.files import write_tables
from immune_sim.app.study_report.gather import LATENCY, SURVIVAL, Told
from immune_sim.app.study_report.headline import sentences
from immune_sim.app.study_report.words import days, number, p_value, percent, rows_of, say_of, span
from immune_sim.app.study_report.writing import write_report
from immune_sim.runs.experiments.study import Study
from immune_sim.scenario.evidence import ARMS_SOURCE, BINDING
from immune_sim.scenario.hints import did_you_mean

Cells = Sequence[str]
MOST_ROWS = 20


def tell_report(folder: Path, *, images: bool, tissues: bool) -> None:
    """Write the report of a study and tell where it is."""
    to, aside = console(), console(stderr=True)
    if is_watched():
        with Status("reading the study", console=aside) as status:
            written = write_report(folder, images=images, with_tissues=tissues, watch=status.update)
    else:
        written = write_report(folder, images=images, with_tissues=tissues)
    pictures = f", {written.images} pictures in figures/" if written.images else ""
    to.print(
        Text.assemble(("Written: ", "dim"), str(written.page), f", {written.tables} tables in tables/{pictures}"),
        soft_wrap=True,
    )
    if images and written.why_not:
        to.print(Text(written.why_not, style="yellow"))


def tell_analysis(folder: Path, what: str, csv: Path | None) -> None:
    """Print the tables of one kind, or all, and write all of them as CSV; raises ScenarioError for an unknown kind."""
    if what not in KINDS:
        raise ask_for(
            f'there is no analysis "{what}". {did_you_mean(what, KINDS, f"Choose among {', '.join(KINDS)}.")}'
        )
    study, to = Study.open(folder), console()
    told = Told.of(study)
    to.print(Text(told.title, style="bold"))
    for said in (
        *([QUICK] if told.manifest["quick"] else []),
        *told.analysis.cautions,
        *(f"Not computed: {each}" for each in told.analysis.missing),
    ):
        to.print(Text(f"! {said}", style="yellow"))
    for arm, sentence in sentences(told) if what == "all" else ():
        to.print(Text.assemble((f"\n{arm}", "bold"), f" {sentence}"))
    shown = sum([KINDS[name](to, told) for name in KINDS if name != "all" and what in ("all", name)])
    if not shown:
        to.print(
            f"\nThis study has no table of this kind ({what}): its design is {told.plan.kind}, {told.points} points."
        )
    write_tables(csv or folder, told.analysis.tables)
    to.print(Text.assemble(("\nAll tables as CSV: ", "dim"), str((csv or folder) / "tables")), soft_wrap=True)
    if old := outdated(study):
        to.print(Text(old, style="yellow"), soft_wrap=True)


def _numbers(to: Console, told: Told) -> int:
    cells = []
    for row in rows_of(told.analysis.tables.get("numbers")):
        ends = f"{number(row['least'])} to {number(row['most'])}"
        cells.append([endpoint(row["endpoint"]).label, row["arm"], str(row["n"]), span(row, "mean"), ends])
    return _print(to, "Endpoints that are numbers", ("endpoint", "arm", "n", "mean (95 %)", "all runs"), cells)


def _survival(to: Console, told: Told) -> int:
    count = 0
    for name, title in (
        ("survival", "Survival: until the endpoint size"),
        ("latency", "Latency: until a detectable tumor"),
    ):
        time = SURVIVAL if name == "survival" else LATENCY
        if not told.came(time) and time not in told.plan.endpoints:
            continue
        rows = rows_of(told.analysis.tables.get(name))
        tests = {row["arm"]: row for row in rows_of(told.analysis.tables.get(f"{name}_tests"))}
        cells = []
        for row in rows:
            test = tests.get(row["arm"])
            p = p_value(test["p_holm"]) if test and told.came(time) else ""
            events = f"{row['events']} of {row['n']}"
            cells.append([row["arm"], events, span(row, "median", days), span(row, "mean", days), p])
        heads = (
            "arm",
            "events",
            "median, days",
            f"mean within {days(told.horizon)} days",
            "log-rank p" + (", Holm-corrected" if len(tests) > 1 else ""),
        )
        count += _print(to, title, heads, cells)
    return count


def _published(to: Console, told: Told) -> int:
    lines = beside.lines(told)
    count = _print(to, "Published figures beside the simulated ones", beside.HEADS, lines)
    if lines:
        to.print(Text(f"Published: {ARMS_SOURCE}; receptors: {BINDING.source}", style="dim"))
    return count


def _effects(to: Console, told: Told) -> int:
    cells = []
    for row in rows_of(told.analysis.tables.get("paired")):
        say, kind = say_of(row["endpoint"]), endpoint(row["endpoint"])
        name = f"{kind.label}, days" if kind.kind == "time" else kind.label
        means = say(row["control_mean"]), say(row["arm_mean"])
        rest = span(row, "difference", say), percent(row["benefit"]), percent(row["saved"])
        cells.append([name, row["arm"], str(row["pairs"]), *means, *rest])
    heads = ("endpoint", "arm", "pairs", "control", "arm", "difference", "better in", "variance saved")
    return _print(to, f"Paired differences to {told.arms[0]}", heads, cells)


def _sensitivity(to: Console, told: Told) -> int:
    count = 0
    for key, table in told.analysis.of("sensitivity").items():
        columns = [each for each in ("mu_star", "first", "total", "correlation") if each in table]
        cells = [[row["factor"], *(span(row, each) for each in columns)] for row in rows_of(table)]
        luck = f"; luck is {percent(float(table['noise'].iloc[0]))} of the variance of the points"
        count += _print(to, _heading(told, key) + luck, ("factor", *columns), cells)
    return count


def _ablation(to: Console, told: Told) -> int:
    count = 0
    for key, table in told.analysis.of("effects").items():
        say = say_of(key.partition(SEPARATOR)[0])
        rows = rows_of(table.head(MOST_ROWS)) + rows_of(table[MOST_ROWS:].tail(1))
        cells = [
            [row["effect"], span(row, "estimate", say), p_value(row["p"]), percent(row["explained"])] for row in rows
        ]
        count += _print(to, _heading(told, key), ("effect of a link", "on less off", "p", "explains"), cells)
    return count


def _points(to: Console, told: Told) -> int:
    count = 0
    for key, table in told.analysis.of("points").items():
        say = say_of(key.partition(SEPARATOR)[0])
        best = table.reindex(table["mean"].sort_values(ascending=False, key=abs).index).head(MOST_ROWS)
        cells = [
            [*(each.said(row[each.label]) for each in told.factors), str(row["n"]), say(row["mean"]), say(row["error"])]
            for row in rows_of(best)
        ]
        heads = (*(each.label for each in told.factors), "n", "mean", "standard error")
        count += _print(to, f"{_heading(told, key)}, strongest points", heads, cells)
    return count


def _heading(told: Told, key: str) -> str:
    name, _, arm = key.partition(SEPARATOR)
    less = f" less {told.arms[0]}" if len(told.arms) > 1 else ""
    unit = ", days" if endpoint(name).kind == "time" else ""
    return f"{endpoint(name).label}{unit}: {arm}{less}"


def _print(to: Console, title: str, heads: Cells, rows: Sequence[Sequence[Any]]) -> int:
    """Print a table and count it; nothing where it has no rows."""
    if not rows:
        return 0
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for i, name in enumerate(heads):
        table.add_column(name, justify="left" if i == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    to.print()
    to.print(Text(title, style="bold"))
    to.print(table)
    return 1


KINDS: dict[str, Callable[[Console, Told], int]] = {
    "all": lambda to, told: 0,
    "published": _published,
    "numbers": _numbers,
    "survival": _survival,
    "effects": _effects,
    "points": _points,
    "sensitivity": _sensitivity,
    "ablation": _ablation,
}
