"""Saving a model each so many hours while it runs."""

from __future__ import annotations

from pathlib import Path

from immune_sim.model.model import TumorImmuneModel
from immune_sim.runs.files import make_folder

CHECKPOINTS = "checkpoints"


class CheckpointWriter:
    """A watcher that saves the model each so many hours; ``last`` is the newest file, None before the first."""

    def __init__(self, folder: Path, every: int | None):
        self.folder, self.every = folder / CHECKPOINTS, every
        self.last: Path | None = None

    def __call__(self, model: TumorImmuneModel) -> None:
        """Save the model if its time has come; hour 0 can be had again from the scenario."""
        hour = round(model.time)
        if self.every and hour and hour % self.every == 0:
            self.save(model)

    def save(self, model: TumorImmuneModel) -> Path:
        """Save the model now."""
        make_folder(self.folder)
        self.last = self.folder / f"hour-{round(model.time):06d}.npz"
        model.save(self.last)
        return self.last
