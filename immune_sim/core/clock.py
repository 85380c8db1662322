"""How one hour is divided."""

from __future__ import annotations

from immune_sim.core.parameters import param, parameters


@parameters("time", title="Time")
class Clock:
    """One step of the model is one hour; what is faster runs in sub-steps inside it."""

    substeps: int = param(
        4,
        unit="",
        low=1,
        high=32,
        grade="setting",
        source="assumed: 15 min; results do not depend on it beyond statistical error",
        about="sub-steps in an hour, for the receptor axis, motility and killing",
        live=False,
    )

    @property
    def dt(self) -> float:
        """Length of a sub-step in h."""
        return 1.0 / self.substeps
