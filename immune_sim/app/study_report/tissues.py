"""Tissues that stand for their arms: the best, the median and the worst seed, all on the same day.

Taken from the frames of the study where it kept that hour; else the runs are computed again up to it, and must have the
number of tumor cells that is stored. What was computed is kept in figures/tissues.npz for the next report.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from immune_sim.analysis.representatives import representatives
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.words import rows_of
from immune_sim.core.errors import ImmuneSimError
from immune_sim.model.layers import layer
from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.experiments.trust import experiment_of, task_of
from immune_sim.runs.files import make_folder, write_atomically
from immune_sim.runs.pictures import middle, packed
from immune_sim.runs.run import advance

Watch = Callable[[str], None]
Codes = NDArray[np.uint8]
KEPT = Path("figures") / "tissues.npz"
KEPT_EVERY = 6  # h, in which courses and frames are usually kept


@dataclass(frozen=True)
class Tissue:
    """The picture of one run: its row of the runs table (with ``rank``), hour, tumor cells, codes (height, width)."""

    row: dict[str, Any]
    hour: int
    cells: int
    codes: Codes


def tissues(told: Told, study: Study, *, watch: Watch | None = None) -> tuple[list[Tissue], str]:
    """The tissues to show, and in words why they are not all of one day, or why there are none."""
    runs = told.runs[told.runs["point"] == telling_point(told)]
    chosen = representatives(runs, told.plan.endpoints[0], horizon=told.horizon)
    try:
        return _on_one_day(told, study, chosen, watch or (lambda _: None)), ""
    except ImmuneSimError as error:
        last = _last_ones(told, chosen)
        return last, f"{error} Shown is the last hour of each run, as it was stored." if last else str(error)


def _on_one_day(told: Told, study: Study, chosen: pd.DataFrame, watch: Watch) -> list[Tissue]:
    hour, known, made = common_hour(chosen), _known(told.folder), []
    for row in rows_of(chosen):
        at = int(min(hour, row["hours"]))
        key = f"{row['run_id']} {at} {row['hash']}"
        if key not in known:
            stored = _from_frames(told, row["run_id"], at)
            if stored is None:
                watch(f"computing the {row['rank']} tissue of {told.labels[row['arm']]} again")
            known[key] = stored or _again(told, study, row, at)
        made.append(Tissue(row, at, *known[key]))
    _keep(told.folder, known)
    return made


def _last_ones(told: Told, chosen: pd.DataFrame) -> list[Tissue]:
    """The stored pictures of the last hours, those that are there."""
    rows = [(row, int(row["hours"])) for row in rows_of(chosen)]
    found = [(row, hour, _from_frames(told, row["run_id"], hour)) for row, hour in rows]
    return [Tissue(row, hour, *stored) for row, hour, stored in found if stored is not None]


def telling_point(told: Told) -> int:
    """The design point to look at: where the arms differ most in the first endpoint, the first one if nothing tells."""
    tables = [table for key, table in told.analysis.of("points").items() if key.startswith(told.plan.endpoints[0])]
    if not tables or tables[0]["mean"].isna().all():
        return int(told.runs["point"].iloc[0])
    return int(tables[0]["point"].iloc[int(np.nanargmax(np.abs(tables[0]["mean"].to_numpy())))])


def common_hour(chosen: pd.DataFrame) -> int:
    """The last hour, of those kept each 6 h, that all of these runs reached; cleared ones are not waited for."""
    going = chosen[chosen["cleared"].astype(float) != 1]
    hours = (going if len(going) else chosen)["hours"].astype(float)
    return int(hours.min() // KEPT_EVERY * KEPT_EVERY)


def _again(told: Told, study: Study, row: dict[str, Any], hour: int) -> tuple[int, Codes]:
    """Compute a run again up to an hour; raises ImmuneSimError where it is not the stored one."""
    task = task_of(experiment_of(study), row["run_id"])
    model = TumorImmuneModel(task.scenario, rng=task.seed)
    try:
        advance(model, until=float(hour))
        cells, stored = int(model.recorder.latest["tumor_cells"]), _cells(told, row["run_id"], hour)
        if stored is not None and stored != cells:
            raise ImmuneSimError(
                f"{row['run_id']} computed again has {cells:,} tumor cells at hour {hour}, and {stored:,} are stored: "
                "other code wrote this study. Run `immune-sim experiment verify` on it."
            )
        return cells, layer(model, "type", middle(model)).codes
    finally:
        model.tissue.threads.close()


def _from_frames(told: Told, run_id: str, hour: int) -> tuple[int, Codes] | None:
    """The stored picture of a run at an hour, the middle slice of a deep one; None where there is none."""
    cells, frames = _cells(told, run_id, hour), told.frames
    if frames.empty or cells is None:
        return None
    found = rows_of(frames[(frames["run_id"] == run_id) & (frames["hour"] == hour) & (frames["layer"] == "type")])
    if not found:
        return None
    shape = tuple(int(found[0][axis]) for axis in ("depth", "height", "width"))
    return cells, np.frombuffer(found[0]["codes"], dtype=np.uint8).reshape(shape)[shape[0] // 2]


def _cells(told: Told, run_id: str, hour: int) -> int | None:
    """The stored number of tumor cells, None where it was not kept."""
    if "tumor_cells" not in told.courses:
        return None
    found = told.courses[(told.courses["run_id"] == run_id) & (told.courses["hour"] == hour)]["tumor_cells"]
    return int(found.iloc[0]) if len(found) else None


def _known(folder: Path) -> dict[str, tuple[int, Codes]]:
    """What an earlier report computed: key -> tumor cells and codes; nothing where it cannot be read."""
    try:
        with np.load(folder / KEPT, allow_pickle=False) as stored:
            about = json.loads(bytes(stored["about"]).decode())
            return {key: (cells, stored[f"codes_{i}"]) for i, (key, cells) in enumerate(about)}
    except (OSError, ValueError, KeyError, EOFError):
        return {}


def _keep(folder: Path, known: dict[str, tuple[int, Codes]]) -> None:
    make_folder(folder / KEPT.parent)
    arrays = {f"codes_{i}": codes for i, (_, codes) in enumerate(known.values())}
    about: Any = [(key, cells) for key, (cells, _) in known.items()]
    write_atomically(folder / KEPT, packed(arrays, about))
