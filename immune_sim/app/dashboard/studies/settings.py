"""What is set about studies when the server starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("studies")
MOST_RUNS = 5_000


@dataclass(frozen=True)
class StudySettings:
    """folder: where studies are kept; nothing outside it is read. most_runs: that one session may ask for."""

    folder: Path = FOLDER
    most_runs: int = MOST_RUNS

    @property
    def most_workers(self) -> int:
        """Processes that a study may have."""
        from immune_sim.runs.experiments.executors import count_cores  # the command line reads this module and is quick

        return count_cores()


_settings = StudySettings()


def current() -> StudySettings:
    """The settings of this server."""
    return _settings


def use(settings: StudySettings) -> None:
    """Set them; called once, before the server runs."""
    global _settings  # noqa: PLW0603 - one server, one set of studies
    _settings = settings
