"""Where a study stands while it runs, and the lock that keeps a second process from writing it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from immune_sim.core.errors import OutputError
from immune_sim.runs.experiments.estimate import TIMES, Estimate, estimate
from immune_sim.runs.files import cannot_write

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows has none: there nothing keeps two processes apart
    fcntl = None


@dataclass
class Standing:
    """Where a study stands while it runs.

    planned: the most runs there may be, finished ones included. under_way: handed out, not done. stopping: an end
    was asked for. seconds: of the runs of this session. values: arm -> first endpoint of its runs. never: arm -> runs
    in which the first endpoint is a time that did not come within the horizon, h.
    """

    planned: int
    done: int = 0
    failed: int = 0
    new: int = 0
    seconds: list[float] = field(default_factory=list)
    workers: int = 1
    endpoint: str = ""
    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    damaged: dict[str, str] = field(default_factory=dict)
    again: int = 0
    under_way: int = 0
    stopping: bool = False
    horizon: float = math.nan
    never: Counter[str] = field(default_factory=Counter)

    @property
    def seconds_left(self) -> float:
        """About how long it will take; nan before the first run.

        Told by the time that runs take; the first one of each worker, which loads its kernels, counts only until
        there are others.
        """
        if not self.seconds:
            return math.nan
        usual = self.seconds[self.workers :] or self.seconds
        return sum(usual) / len(usual) * (self.planned - self.done) / self.workers

    def estimates(self) -> dict[str, Estimate]:
        """The running estimate of the first endpoint in every arm, over all points."""
        return {arm: estimate(self.endpoint, values) for arm, values in self.values.items() if values}


def never_came(endpoint: str, value: float) -> bool:
    """Whether the value of a run says that a time did not come."""
    return endpoint in TIMES and math.isnan(value)


Watch = Callable[[Standing], None]


@contextmanager
def locked(folder: Path, writer: str) -> Iterator[None]:
    """Keep a second process from writing the same part of a study; the lock ends with the process, however it ends."""
    path = folder / f".lock{'-' if writer else ''}{writer}"
    try:
        file = path.open("w")
    except OSError as error:
        raise cannot_write(path, error) from error
    with file:
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(
                f"another process computes this study in {folder} now. Wait for its end, or stop it with Ctrl-C."
            ) from None
        except OSError:
            pass  # a file system without locks
        yield
