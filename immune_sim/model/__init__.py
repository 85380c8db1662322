"""The only place where mechanisms meet: the tissue, its hour and its Mesa face."""

from __future__ import annotations

from typing import Any

__all__ = ["TumorImmuneModel"]


def __getattr__(name: str) -> Any:
    if name == "TumorImmuneModel":  # looked up late: importing Mesa takes most of a second
        from immune_sim.model.model import TumorImmuneModel

        return TumorImmuneModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
