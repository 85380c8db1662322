"""``immune-sim bench``: speed and memory on this machine, beside the targets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from immune_sim.app.console import examples
from immune_sim.app.numbers import whole

if TYPE_CHECKING:
    from immune_sim.runs.benchmark import Comparison
    from immune_sim.runs.profiling import Large, Profile

EXAMPLES = examples("immune-sim bench", "immune-sim bench --large", "immune-sim bench --large --json bench.json")
LARGE = {100_000: (24, 3), 1_000_000: (6, 3)}  # cells -> hours a turn, turns


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("bench", epilog=EXAMPLES)(bench)


def bench(
    large: Annotated[
        bool, typer.Option("--large", help="Also 100,000 and 1,000,000 cells, on one and two threads (minutes).")
    ] = False,
    turns: Annotated[
        int, typer.Option("--turns", parser=whole(1, 99), metavar="N", help="Turns of which the median counts.")
    ] = 3,
    hours: Annotated[
        int, typer.Option("--hours", parser=whole(1, 240), metavar="N", help="Hours of the standard tissue in a turn.")
    ] = 48,
    compiling: Annotated[
        bool, typer.Option("--compile", help="Also the first run of a new installation (a minute).")
    ] = False,
    reference_hours: Annotated[
        int,
        typer.Option(
            "--reference-hours", parser=whole(1, 48), metavar="N", help="Hours of the slow reference in a turn."
        ),
    ] = 2,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write all figures there.")
    ] = None,
) -> None:
    """Measure the speed on the standard tissue: 200 x 200 sites, 10,000 tumor cells, 1,000 immune cells, all fields."""
    from immune_sim.app import bench_tables
    from immune_sim.app.console import console
    from immune_sim.app.starting import say_that_it_compiles
    from immune_sim.runs.benchmark import compare
    from immune_sim.runs.profiling import profile
    from immune_sim.runs.provenance import provenance

    to, made = console(), provenance()
    bench_tables.tell_machine(to, made)
    say_that_it_compiles()
    whisper = console(stderr=True)
    compared = compare(turns, hours, reference_hours, lambda text: whisper.print(text, style="dim"))
    measured = profile(hours)
    bench_tables.tell_standard(to, compared, measured)
    starts = bench_tables.tell_starts(to, compiling)
    found = [_in_fresh_process(cells) for cells in LARGE] if large else []
    if found:
        bench_tables.tell_large(to, found, compared)
    if json_file:
        _write(json_file, made, compared, measured, found, starts)
        to.print(f"\nWritten to {json_file}")


def _in_fresh_process(cells: int) -> "Large":
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    from immune_sim.runs.profiling import measure_large

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure_large, cells, *LARGE[cells]).result()


def _write(
    path: Path,
    made: dict[str, Any],
    compared: "Comparison",
    measured: "Profile",
    found: "list[Large]",
    starts: dict[str, float],
) -> None:
    import json
    from dataclasses import asdict

    from immune_sim.runs.files import write_atomically

    told = {
        "provenance": made,
        "standard": {
            "fast": [each.as_json() for each in compared.fast],
            "reference": [each.as_json() for each in compared.slow],
            "ratios": compared.ratios,
            "ratio": compared.ratio,
        },
        "profile": asdict(measured),
        "seconds_to_first_hour": starts,
        "large": [
            {
                "cells": each.cells,
                "one_thread": each.one.as_json(),
                "two_threads": each.two.as_json(),
                "speed_up": each.speed_up,
                "peak_memory_bytes": each.peak,
            }
            for each in found
        ],
    }
    write_atomically(path, json.dumps(told, indent=2) + "\n")
