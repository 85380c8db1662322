"""The scenario of a model, in the one form that Mesa's viewer passes by."""

from __future__ import annotations

from dataclasses import fields
from typing import Self

from immune_sim.scenario.scenario import Scenario


class RunScenario(Scenario):
    """A scenario like any other, but false where its truth is asked for.

    Mesa's SolaraViz takes every ``model.scenario`` that is true for one of Mesa's own class: it refuses ours, and on
    "Reset" would replace the chosen scenario by an empty one. It leaves a false one alone.
    """

    @classmethod
    def of(cls, given: Scenario) -> Self:
        """The same scenario in this form."""
        return cls(**{each.name: getattr(given, each.name) for each in fields(given)})

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return all(getattr(self, each.name) == getattr(other, each.name) for each in fields(self) if each.compare)

    __hash__ = Scenario.__hash__
