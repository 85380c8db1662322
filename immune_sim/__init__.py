"""A tissue of single tumor and immune cells under scheduled naltrexone: Mesa outside, arrays inside.

``from immune_sim import TumorImmuneModel, run_experiment`` is all a notebook needs. Both are imported when they are
first asked for, so that the command line can print its help without waiting for Mesa and Numba.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["TumorImmuneModel", "__version__", "arm", "run_experiment"]

if TYPE_CHECKING:
    from immune_sim.app.notebook import run_experiment as run_experiment
    from immune_sim.model import TumorImmuneModel as TumorImmuneModel
    from immune_sim.runs.experiments.experiment import arm as arm
else:  # hidden from type checkers, which would take every misspelled name for something found here

    def __getattr__(name: str) -> object:
        """Import what was asked for by name."""
        found = {
            "TumorImmuneModel": "immune_sim.model",
            "arm": "immune_sim.runs.experiments.experiment",
            "run_experiment": "immune_sim.app.notebook",
        }
        if name in found:
            return getattr(import_module(found[name]), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
