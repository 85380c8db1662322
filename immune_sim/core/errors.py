"""The exceptions of the package: each says where, what was given, what is allowed and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ImmuneSimError(Exception):
    """Root of every error that is raised on purpose; its text is meant for the user."""


@dataclass(frozen=True)
class Problem:
    """One mistake in the user's input.

    where: file, table and key, as the user wrote them ("regimen[0].dose").
    what: what was given and what is allowed, with the remedy.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class ScenarioError(ImmuneSimError):
    """A scenario, an override or a schedule that cannot be run; lists every mistake found.

    headline: what the list that follows has in common, in place of the number of mistakes.
    """

    def __init__(self, problems: Sequence[Problem] | Problem | str, headline: str = ""):
        if isinstance(problems, str):
            problems = Problem("", problems)
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        self.headline = headline
        super().__init__("\n".join([*filter(None, [headline]), *map(str, self.problems)]))


class CheckpointError(ImmuneSimError):
    """A checkpoint that is damaged, or was written by an incompatible version."""


class OutputError(ImmuneSimError):
    """A result that cannot be written where it was asked for."""


class BrokenHourError(ImmuneSimError):
    """A model in which an hour ended in an error, and which was asked to go on."""


class CellError(ImmuneSimError):
    """A cell that was removed, or a change of a cell that the tissue cannot hold."""


class CellAttributeError(CellError, AttributeError):
    """An attribute that this kind of cell does not have; to Python an AttributeError, so that hasattr works."""


class UnknownColumnError(CellError, KeyError):
    """A column that a table of cells does not have; to Python a KeyError, whose text would stand in quotes."""

    __str__ = Exception.__str__
