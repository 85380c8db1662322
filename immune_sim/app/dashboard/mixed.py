"""The same scenario without places: the mean-field curve beside the agents', and how far the two are apart.

The gap alone has no cause: the equations leave out places, but also chance, differences between cells of one kind and
gradients of the fields. What luck makes is measured by other seeds, what places make by the same agents, mixed.

Solving takes a second or three, so it is done in a process of its own, one at a time for all sessions, and kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from immune_sim.app.dashboard.engine import process
from immune_sim.app.dashboard.engine.line import Line
from immune_sim.app.dashboard.fan import FEWEST
from immune_sim.app.dashboard.replay import Run, clock
from immune_sim.model.meanfield import mean_field

type Floats = NDArray[np.float64]
UNSOLVED: Floats = np.empty(0)
LEFT_OUT = (
    "The same scenario as equations. They leave out places, chance, differences between cells of one kind, gradients "
    "of the fields, and damage that outlives a contact."
)
GRACE = 1.5  # s that the first pictures of a tissue have for themselves
KEPT = 16  # solutions
CLEAR = 0.5  # cells; below that an expected number counts as none
FEW = 10  # cells; how many times so few says nothing
ALIKE = 1.25  # ratio up to which two burdens count as the same
_solved: OrderedDict[str, Floats] = OrderedDict()
_one_at_a_time = threading.Lock()


def solve_later(run: Run, wanted: Callable[[], bool], done: Callable[[Floats], None]) -> None:
    """Call ``done`` with the burden (n,) at every whole hour of the run's scenario, if it is still wanted then.

    It is called from another thread, with UNSOLVED where the equations of a scenario cannot be solved.
    """
    threading.Thread(target=_wait, args=(run, wanted, done), name="immune-sim mean field", daemon=True).start()


def _wait(run: Run, wanted: Callable[[], bool], done: Callable[[Floats], None]) -> None:
    name = run.scenario.hash
    if name not in _solved:
        threading.Event().wait(GRACE)
    with _one_at_a_time:
        if not wanted():
            return
        burden = _solved.get(name)
        if burden is None:
            burden = _ask(run)
        if burden is None:
            done(UNSOLVED)
            return
        _solved[name] = burden
        while len(_solved) > KEPT:
            _solved.popitem(last=False)
    done(burden)


def _ask(run: Run) -> Floats | None:
    line = process.begin("mixed")
    try:
        line.send(run)
        answer: Floats | None = line.receive()
    except (EOFError, OSError):
        return None  # the curve is an addition; the tissue goes on without it
    finally:
        line.close()
    return answer


def work(line: Line) -> None:
    """In a process of its own: receive a run, send the burden of its scenario, None where it has no solution."""
    run = line.receive()
    try:
        burden = mean_field(run.scenario)["tumor_cells"]
    except Exception:  # noqa: BLE001 - the person did not ask for it, and a tissue that goes on says more
        burden = None
    line.send(burden)


def at_hours(burden: Floats | None, hours: NDArray[np.float64]) -> Floats:
    """The curve at the hours (n,) of a run; nan where there is none."""
    values = np.full(len(hours), np.nan)
    if burden is not None and len(burden):
        index = np.rint(hours).astype(np.int64)
        inside = index < len(burden)
        values[inside] = burden[index[inside]]
    return values


def gap(burden: Floats, hour: float, cells: int, changed: bool, others: Floats = UNSOLVED) -> str:
    """What the equations have at this hour and how far the tissue is from it; of causes only what was measured.

    changed: whether the tissue was changed by hand, which the curve does not know. others (n,): burdens of other seeds
    at this hour, as many as there are, which say whether luck alone can make the gap.
    """
    at = round(hour)
    if not len(burden):
        return "The equations of this scenario could not be solved."
    if at >= len(burden):
        return f"The well-mixed curve ends with the scenario on day {(len(burden) - 1) / 24:.0f}."
    mixed = float(burden[at])
    alike = _alike(mixed, cells)
    expected = f"{max(0.0, mixed):,.0f}"
    words = (
        f"Without places, {clock(at)}: {expected} cell{'' if expected == '1' else 's'}; {_beside(mixed, cells, alike)}."
    )
    if len(others) >= FEWEST and not alike:
        same, place = int(np.sum((others > mixed) == (cells > mixed))), "above" if cells > mixed else "below"
        words += f" {same} of {len(others)} other seeds lie {place} that too"
        words += ", so it is not luck alone." if same == len(others) else "."
    return words + (" Changes by hand left out." if changed else "")


def _alike(mixed: float, cells: int) -> bool:
    if cells == 0 or mixed < CLEAR:
        return cells == 0 and mixed < CLEAR
    return 1 / ALIKE <= cells / mixed <= ALIKE


def _beside(mixed: float, cells: int, alike: bool) -> str:
    if cells == 0:
        return "cleared here too" if alike else "cleared here"
    if alike:
        return "here about as many"
    if mixed < CLEAR:
        return f"here {cells:,}"
    said = f"{_times(cells / mixed)} as many" if cells > mixed else f"{_times(mixed / cells)} fewer"
    return f"here {cells:,}" + (f", {said}" if min(mixed, cells) >= FEW else "")


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio < 10.0 else f"{ratio:,.0f} times"
