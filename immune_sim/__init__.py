"""A tissue of single tumor and immune cells under scheduled naltrexone: Mesa outside, arrays inside.

``from immune_sim import TumorImmuneModel`` is all a notebook needs. The model is imported when it is first asked for,
so that the command line can print its help without waiting for Mesa and Numba.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["TumorImmuneModel", "__version__"]

if TYPE_CHECKING:
    from immune_sim.model import TumorImmuneModel as TumorImmuneModel
else:  # hidden from type checkers, which would take every misspelled name for something found here

    def __getattr__(name: str) -> object:
        """Import what was asked for by name."""
        if name == "TumorImmuneModel":
            return import_module("immune_sim.model").TumorImmuneModel
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
