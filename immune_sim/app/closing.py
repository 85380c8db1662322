"""What a run comes to, told at its end: a short table, the curve of the burden, and where everything was written."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table
from rich.text import Text

from immune_sim.app.console import can_show
from immune_sim.app.setting_up import Job
from immune_sim.app.sketch import sketch
from immune_sim.app.words import endpoint_rows
from immune_sim.runs.run import ENDINGS, Ending

WIDEST_SKETCH = 76


def tell_results(to: Console, job: Job, ending: Ending) -> None:
    """Print the outcome of a run."""
    model = job.model
    speed = f", {ending.hours / ending.seconds:,.0f} hours/s" if ending.seconds > 0 and ending.hours else ""
    to.print(Text.assemble((model.scenario.title, "bold"), f", seed {model.seed}: {ENDINGS[ending.reason]}."))
    to.print(Text(f"{ending.hours:,} hours of tissue in {ending.seconds:.1f} s{speed}.\n", style="dim"))
    table = Table.grid(padding=(0, 3))
    for name, value in endpoint_rows(model.summary(), model.tissue.p.endpoints):
        table.add_row(Text(name, style="dim"), value)
    to.print(table)
    to.print()
    to.print(Text(_curve(job, min(to.width, WIDEST_SKETCH))))
    to.print()
    to.print(
        Text.assemble(("Written to ", "dim"), f"{job.folder.path}", ("  (report.html is for reading)", "dim")),
        soft_wrap=True,
    )


def _curve(job: Job, width: int) -> str:
    columns = job.model.recorder.columns
    ascii_only = not can_show("⣿└┤")
    detectable = float(job.model.tissue.p.endpoints.detectable_cells)
    days, burden = columns["hour"] / 24.0, columns["tumor_cells"].astype(float)
    near = detectable <= 2.0 * float(burden.max()) and not math.isclose(detectable, 0.0)
    title = "living tumor cells" + (f" ({'-' if ascii_only else '┄'} detectable: {detectable:,.0f})" if near else "")
    mark = (detectable, "detectable") if near else None
    return sketch(days, burden, width=width, x_label="days", y_label=title, mark=mark, ascii_only=ascii_only)
