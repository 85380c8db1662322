"""Pictures of the tissue that are kept while a run goes on: a few for the report, frames of everything on request."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from immune_sim.core.errors import OutputError
from immune_sim.model import layers
from immune_sim.model.layers import Codes, layer
from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs.files import make_folder, write_atomically

KEPT = "tissue.npz"
FRAMES = "frames"
MOST = 24  # pictures of a run; when there are more, every second one goes and the spacing doubles


class Album:
    """A watcher that keeps the tissue by type at a few hours, and in every coloring at the last one.

    pictures: hour -> codes (height, width) of the slice z (the middle one of a three-dimensional tissue).
    """

    def __init__(self, spacing: int = 6):
        self.spacing = spacing
        self.pictures: dict[int, Codes] = {}
        self.take: int | None = None

    def __call__(self, model: TumorImmuneModel) -> None:
        """Keep the present tissue if its time has come."""
        hour = round(model.time)
        reached = model.recorder.latest["tumor_cells"] >= model.tissue.p.endpoints.detectable_cells
        if self.take is None and reached:
            self.take = hour
        if hour % self.spacing == 0 or hour == self.take:
            self.pictures[hour] = layer(model, "type", middle(model)).codes
        if len(self.pictures) > MOST:
            self.spacing *= 2
            self.pictures = {
                each: codes for each, codes in self.pictures.items() if each % self.spacing == 0 or each == self.take
            }

    def save(self, folder: Path, model: TumorImmuneModel) -> None:
        """Write what was kept, and the present tissue in every coloring."""
        z, hour = middle(model), round(model.time)
        arrays: dict[str, Any] = {f"type_{each:06d}": codes for each, codes in sorted(self.pictures.items())}
        arrays |= {f"{name}_{hour:06d}": layer(model, name, z).codes for name in layers.NAMES}
        about = {
            "take": self.take,
            "last": hour,
            "z": z,
            "shape": model.tissue.lattice.shape,
            "site_size": model.tissue.lattice.site_size,
            "spacing": self.spacing,
        }
        write_atomically(folder / KEPT, packed(arrays, about))

    def recall(self, folder: Path, until: float) -> None:
        """Take over what an earlier part of the run kept up to an hour."""
        try:
            kept = StoredPictures.read(folder)
        except OutputError:
            return
        self.spacing = kept.about["spacing"]
        self.pictures = {
            hour: codes
            for hour, codes in kept.of("type").items()
            if hour <= until and (hour % self.spacing == 0 or hour == kept.about["take"])
        }
        self.take = kept.about["take"] if kept.about["take"] is not None and kept.about["take"] <= until else None


@dataclass(frozen=True)
class StoredPictures:
    """What an album wrote. about: hour of take, last hour, slice, shape of the lattice, size of a site in um."""

    arrays: dict[str, Codes]
    about: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> StoredPictures:
        """Read the pictures of a run; raises OutputError where they cannot be read."""
        try:
            with np.load(folder / KEPT, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
        except (OSError, ValueError, EOFError) as error:
            raise OutputError(f"{folder / KEPT} cannot be read: {error}") from error
        return cls(arrays, json.loads(bytes(arrays.pop("about")).decode()))

    def of(self, name: str) -> dict[int, Codes]:
        """The pictures of one coloring by hour."""
        return {
            int(key.rpartition("_")[2]): codes for key, codes in self.arrays.items() if key.rpartition("_")[0] == name
        }


class FrameWriter:
    """A watcher that writes every coloring of the whole tissue each so many hours, one compressed file an hour."""

    def __init__(self, folder: Path, every: int):
        self.folder, self.every = folder / FRAMES, every
        self.written = 0

    def __call__(self, model: TumorImmuneModel) -> None:
        """Write the present tissue if its time has come."""
        hour = round(model.time)
        if hour % self.every:
            return
        make_folder(self.folder)
        if not self.written:
            write_atomically(self.folder / "legend.json", json.dumps(legends(), indent=1) + "\n")
        arrays = {name: layer(model, name).codes for name in layers.NAMES}
        write_atomically(
            self.folder / f"hour-{hour:06d}.npz",
            packed(arrays, {"hour": hour, "site_size": model.tissue.lattice.site_size}),
        )
        self.written += 1


def middle(model: TumorImmuneModel) -> int | None:
    """The middle slice of a three-dimensional tissue, None for a flat one."""
    shape = model.tissue.lattice.shape
    return int(shape[0]) // 2 if len(shape) == 3 else None


def packed(arrays: dict[str, Any], about: dict[str, Any]) -> bytes:
    """Arrays and a small JSON text as one compressed NPZ file, the same bytes for the same content."""
    sink = io.BytesIO()
    text = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    np.savez_compressed(sink, allow_pickle=False, about=text, **arrays)
    return sink.getvalue()


def legends() -> dict[str, Any]:
    """What the codes of every coloring mean: classes by code, or the scale that codes 1 to 255 span."""
    known: dict[str, Any] = {}
    for each in layers.KINDS:
        if each.scale is None:
            empty = layers.described(each.name, np.zeros((1, 1), dtype=np.uint8))
            known[each.name] = {"about": each.about, "codes": {str(entry.code): entry.label for entry in empty.legend}}
        else:
            known[each.name] = {
                "about": each.about,
                "unit": each.unit,
                "low": each.scale.low,
                "high": each.scale.high,
                "logarithmic": each.scale.logarithmic,
                "codes": [1, layers.SHADES],
            }
    return known
