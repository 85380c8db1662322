"""The figures of ``immune-sim bench`` beside their targets."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from immune_sim.runs.benchmark import Comparison
from immune_sim.runs.profiling import Large, Profile, time_to_first_hour, two_threads

HOURS_PER_SECOND, CELL_HOURS, RATIO, UPDATES = 500.0, 5.5, 100.0, 30.0  # standard tissue, one core; millions
START, COMPILING = 3.0, 60.0  # s to the first hour, of a later run and of the first one
LARGE_HOURS, SPEED_UP, MEMORY, SPREAD = 5.0, 1.6, 1024.0, 3.0  # the large tissues; memory in MiB
BUSY = 0.5  # load above which other programs are said to disturb
MISSING = "Plain Mesa was not measured: the reference is in tests/reference of a checkout, not in an installed package."


@dataclass(frozen=True)
class Row:
    """One figure. target: None where there is none; at_most: it is not to be exceeded instead of to be reached."""

    name: str
    value: float
    target: float | None = None
    digits: int = 0
    at_most: bool = False
    note: str = ""

    def cells(self) -> tuple[str, str, str, Text]:
        """Name, value, target and verdict as they are printed."""
        shown = f"{self.value:,.{self.digits}f}{self.note}"
        if self.target is None:
            return self.name, shown, "", Text("")
        met = self.value <= self.target if self.at_most else self.value >= self.target
        verdict = Text("reached", "green") if met else Text("missed", "yellow")
        return self.name, shown, f"{self.target:,g}", verdict


def tell_machine(to: Console, made: dict[str, Any]) -> None:
    """Say what is measured on, and whether something else disturbs."""
    machine, numba = made["machine"], made["libraries"]["numba"]
    to.print(f"{machine['cpu']}, {machine['cores']} cores, Python {made['python']}, Numba {numba}", style="dim")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > BUSY:
        to.print(f"Other programs are busy (load {load:.1f}); the figures come out too low.", style="yellow")


def tell_standard(to: Console, compared: Comparison, measured: Profile) -> None:
    """The standard tissue on one thread, the reference beside it, and where the time goes."""
    speed, ratio = compared.typical, compared.ratio
    rows = [
        Row(f"tumor cells over {speed.hours} hours", speed.tumor_start, note=f" to {speed.tumor_end:,}"),
        Row("immune cells", speed.immune_start, note=f" to {speed.immune_end:,}"),
        Row("hours of tissue per second", speed.hours_per_second, HOURS_PER_SECOND),
        Row("  per second of processor time", speed.hours / speed.cpu_seconds),
        Row("million cell-hours per second", speed.cell_hours_per_second / 1e6, CELL_HOURS, 2),
    ]
    if ratio is not None:
        spread = f" ({min(compared.ratios):,.0f} to {max(compared.ratios):,.0f})"
        rows.append(Row("times plain Mesa, per cell-hour", ratio, RATIO, note=spread))
    rows += [Row(f"million updates/s, {name}", each / 1e6, digits=1) for name, each in measured.updates.items()]
    rows += [
        Row("  the three together", measured.together / 1e6, UPDATES, 1),
        Row("bytes per cell in the tables", measured.bytes_per_cell),
    ]
    _print(to, "Standard tissue, one thread", rows)
    if ratio is None:
        to.print(MISSING, style="dim")
    _print_profile(to, measured)


def tell_starts(to: Console, compiling: bool) -> dict[str, float]:
    """Measure how long the first hour takes, print it, and return it by kind of start."""
    found = {"later": time_to_first_hour()}
    rows = [Row("a later run, s", found["later"], START, 1, at_most=True)]
    if compiling:
        found["first"] = time_to_first_hour(compiled=False)
        rows.append(Row("the first run, compiling, s", found["first"], COMPILING, at_most=True))
    _print(to, "From the start to the first hour", rows)
    return found


def tell_large(to: Console, found: list[Large], compared: Comparison) -> None:
    """Large tissues on one and two threads, and how the cost of a cell grows with their number."""
    largest = max(each.cells for each in found)
    for each in found:
        aim = each.cells == largest
        rows = [
            Row("tumor cells", each.one.tumor_start, note=f", {each.one.immune_start:,} immune"),
            Row("hours per second, one thread", each.one.hours_per_second, digits=2),
            Row("hours per second, two threads", each.two.hours_per_second, LARGE_HOURS if aim else None, 2),
            Row("gain of the second thread", each.speed_up, SPEED_UP, 2),
            Row("us per cell-hour, one thread", each.one.microseconds, digits=3),
        ]
        if each.peak is not None:
            rows.append(Row("peak memory, MiB", each.peak / 2**20, MEMORY if aim else None, at_most=True))
        _print(to, f"{each.cells:,} tumor cells", rows)
    limits = two_threads()
    _print(
        to,
        "What a second thread can bring on this machine",
        [
            Row("work that only computes, times", limits.arithmetic, digits=2),
            Row("sums over arrays in memory, times", limits.memory, digits=2),
            Row("handing over a task, us", 1e6 * limits.hand_over),
        ],
    )
    costs = [compared.typical.microseconds, *(each.one.microseconds for each in found)]
    row = Row("largest cost per cell-hour over smallest", max(costs) / min(costs), SPREAD, 2, at_most=True)
    _print(to, f"10,000 to {largest:,} cells", [row])


def _print_profile(to: Console, measured: Profile) -> None:
    parts = measured.entries | {"recording and Mesa": measured.recording}
    whole = sum(parts.values())
    table = _table("Where an hour goes", "us an hour", "share")
    for name, each in sorted(parts.items(), key=lambda part: -part[1]):
        table.add_row(name, f"{each:,.0f}", f"{100 * each / whole:.0f} %")
    to.print()
    to.print(table)


def _print(to: Console, title: str, rows: list[Row]) -> None:
    table = _table(title, "measured", "target")
    table.add_column("")
    for row in rows:
        table.add_row(*row.cells())
    to.print()
    to.print(table)


def _table(title: str, *heads: str) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0), title=Text(title, "bold"), title_justify="left", header_style="dim")
    table.add_column("", min_width=32)
    for head in heads:
        table.add_column(head, justify="right")
    return table
