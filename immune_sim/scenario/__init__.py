"""The typed scenario file: reading, units, checking, writing back. ``from immune_sim.scenario import Scenario``.

Imported when it is asked for: the declarations stand beside kernels, which take a second to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = ["Scenario"]

if TYPE_CHECKING:
    from immune_sim.scenario.scenario import Scenario as Scenario
else:  # hidden from type checkers, which would take every misspelled name for something found here

    def __getattr__(name: str) -> object:
        """Import what was asked for by name."""
        if name == "Scenario":
            return import_module("immune_sim.scenario.scenario").Scenario
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
