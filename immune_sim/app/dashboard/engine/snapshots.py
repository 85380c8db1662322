"""The state of a tissue kept in memory, and the tissue made from it again, bit for bit.

A snapshot is what a checkpoint holds (model/frozen.py) without its time course: the rows of the recorder are kept once
for a whole branch, because every snapshot would otherwise hold all rows before it again.
"""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from immune_sim.app.dashboard import replay
from immune_sim.model import frozen
from immune_sim.model.model import TumorImmuneModel

type Arrays = dict[str, np.ndarray]
OUTCOME = "outcome/"
TEXT_SIZE = 30_000  # bytes, about, of what is not an array


@dataclass(frozen=True)
class Snapshot:
    """A tissue as it reached an hour, before anything was changed by hand in that hour.

    text: what is not an array. arrays: by name, copies of their own.
    """

    hour: int
    text: dict[str, Any]
    arrays: Arrays

    @property
    def size(self) -> int:
        """Bytes."""
        return TEXT_SIZE + sum(array.nbytes for array in self.arrays.values())


def take(model: TumorImmuneModel) -> Snapshot:
    """Keep the state of a model that stands between two hours."""
    text, arrays = frozen.freeze(model)
    kept = {name: array.copy() for name, array in arrays.items() if not name.startswith(OUTCOME)}
    return Snapshot(round(model.time), copy.deepcopy(text), kept)


def restore(snapshot: Snapshot, rows: Arrays, threads: int = 1) -> TumorImmuneModel:
    """The model of a snapshot; it shares nothing with it. rows: the time course up to its hour, by outcome."""
    arrays = {name: array.copy() for name, array in snapshot.arrays.items()}
    arrays |= {f"{OUTCOME}{name}": column for name, column in rows.items()}
    text = copy.deepcopy(snapshot.text)
    return frozen.thaw(TumorImmuneModel, text, arrays, threads=threads, processes={}, drop_events=True)


def fingerprint(model: TumorImmuneModel) -> str:
    """Eight letters for everything a tissue is and has been through; equal ones are the same tissue, bit for bit."""
    text, arrays = frozen.freeze(model)
    text["interventions"] = [vars(each) for each in replay.merged(model.interventions)]
    digest = hashlib.blake2b(json.dumps(text, sort_keys=True, default=str).encode(), digest_size=4)
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()
