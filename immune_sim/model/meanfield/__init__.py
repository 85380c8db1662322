"""The well-mixed limit of the model as ordinary differential equations: quick, exact in its limit, without places."""

from __future__ import annotations

from immune_sim.model.meanfield.course import course, mean_field

__all__ = ["course", "mean_field"]
