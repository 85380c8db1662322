"""The figures of ``immune-sim bench`` beside their targets."""

from __future__ import annotations

import os
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from immune_sim.runs.benchmark import Comparison
from immune_sim.runs.profiling import Large, Profile, time_to_first_hour

HOURS_PER_SECOND, RATIO, UPDATES = 500.0, 100.0, 30e6  # targets of the standard tissue on one core
START, COMPILING = 3.0, 60.0  # s, targets of a later run and of the first one
LARGE_HOURS, SPEED_UP, MEMORY, SPREAD = 5.0, 1.6, 2**30, 3.0  # targets of the large ones


def tell_machine(to: Console, made: dict[str, Any]) -> None:
    machine = made["machine"]
    to.print(
        f"{machine['cpu']}, {machine['cores']} cores, Python {made['python']}, numba {made['libraries']['numba']}",
        style="dim",
    )
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > 0.5:
        to.print(f"Other programs are busy (load {load:.1f}); the figures come out too low.", style="yellow")


def _rows(
    to: Console,
    title: str,
    rows: list[tuple[str, str, str, bool | None]],
    heads: tuple[str, str] = ("measured", "target"),
) -> None:
    table = Table(
        box=None,
        padding=(0, 3, 0, 0),
        title=title,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
        header_style="dim",
    )
    for name in ("", *heads):
        table.add_column(name, justify="left" if not name else "right")
    table.add_column("")
    for name, measured, target, met in rows:
        verdict = Text("") if met is None else Text("reached", "green") if met else Text("missed", "yellow")
        table.add_row(name, measured, target, verdict)
    to.print()
    to.print(table)


def tell_standard(to: Console, compared: Comparison, measured: Profile) -> None:
    typical, ratio = compared.typical, compared.ratio
    rows: list[tuple[str, str, str, bool | None]] = [
        (f"tumor cells over {typical.hours} hours", f"{typical.tumor_start:,} to {typical.tumor_end:,}", "", None),
        ("immune cells", f"{typical.immune_start:,} to {typical.immune_end:,}", "", None),
        (
            "hours of tissue per second",
            f"{typical.hours_per_second:,.0f}",
            f"{HOURS_PER_SECOND:,.0f}",
            typical.hours_per_second >= HOURS_PER_SECOND,
        ),
        ("  per second of CPU time", f"{typical.hours / typical.cpu_seconds:,.0f}", "", None),
        (
            "million cell-hours per second",
            f"{typical.cell_hours_per_second / 1e6:.2f}",
            "5.5",
            typical.cell_hours_per_second >= 5.5e6,
        ),
    ]
    if ratio is None:
        rows.append(("plain Mesa", "not here: it is in a checkout only", f"{RATIO:.0f}", None))
    else:
        spread = f" ({min(compared.ratios):,.0f} to {max(compared.ratios):,.0f})"
        rows.append(("times plain Mesa per cell-hour", f"{ratio:,.0f}{spread}", f"{RATIO:.0f}", ratio >= RATIO))
    rows += [
        (f"million updates per second: {name}", f"{each / 1e6:.1f}", "", None)
        for name, each in measured.updates_per_second.items()
    ]
    rows += [
        (
            "  the three together",
            f"{measured.together / 1e6:.1f}",
            f"{UPDATES / 1e6:.0f}",
            measured.together >= UPDATES,
        ),
        ("bytes per cell in the tables", f"{measured.bytes_per_cell:.0f}", "", None),
    ]
    _rows(to, "Standard tissue, one thread", rows)
    whole = sum(measured.entries.values()) + measured.recording
    parts = [*sorted(measured.entries.items(), key=lambda entry: -entry[1]), ("recording and Mesa", measured.recording)]
    _rows(
        to,
        "Where an hour goes",
        [(name, f"{each:,.0f} us", f"{100 * each / whole:.0f} %", None) for name, each in parts],
        ("an hour", "share"),
    )


def tell_starts(to: Console, compiling: bool) -> dict[str, float]:
    found = {"later": time_to_first_hour()}
    rows: list[tuple[str, str, str, bool | None]] = [
        ("a later run", f"{found['later']:.1f} s", f"{START:.0f} s", found["later"] <= START)
    ]
    if compiling:
        first = found["first"] = time_to_first_hour(compiled=False)
        rows.append(("the first one, compiling", f"{first:.0f} s", f"{COMPILING:.0f} s", first <= COMPILING))
    _rows(to, "From the start to the first hour", rows)
    return found


def tell_large(to: Console, found: list[Large], compared: Comparison) -> None:
    for each in found:
        two, memory = each.two.hours_per_second, each.peak
        biggest = each.cells == max(each.cells for each in found)
        rows: list[tuple[str, str, str, bool | None]] = [
            ("tumor cells, immune cells", f"{each.one.tumor_start:,}, {each.one.immune_start:,}", "", None),
            ("hours per second, one thread", f"{each.one.hours_per_second:.2f}", "", None),
            (
                "hours per second, two threads",
                f"{two:.2f}",
                f"{LARGE_HOURS:.0f}" if biggest else "",
                two >= LARGE_HOURS if biggest else None,
            ),
            ("gain of the second thread", f"{each.speed_up:.2f}", f"{SPEED_UP}", each.speed_up >= SPEED_UP),
            ("us per cell-hour, one thread", f"{each.one.microseconds:.3f}", "", None),
            (
                "peak memory, MiB",
                f"{memory / 2**20:,.0f}" if memory else "unknown",
                "1,024" if biggest else "",
                memory < MEMORY if memory and biggest else None,
            ),
        ]
        _rows(to, f"{each.cells:,} tumor cells", rows)
    costs = [compared.typical.microseconds, *(each.one.microseconds for each in found)]
    spread = max(costs) / min(costs)
    _rows(
        to,
        "10,000 to 1,000,000 cells",
        [("largest cost per cell-hour over smallest", f"{spread:.2f}", f"{SPREAD:.0f}", spread <= SPREAD)],
    )
