"""What one session may ask for, set when the server starts, and how many sessions there may be."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from immune_sim.core.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from immune_sim.scenario.scenario import Scenario  # the command line asks for the usual limits and starts fast

UM_PER_MM = 1000.0


@dataclass(frozen=True)
class Limits:
    """cells: tumor and immune cells with which a tissue may begin. sites: of its lattice, which no tissue can outgrow.

    sessions: pages that are open at the same time, each with a tissue of its own.
    """

    cells: int = 200_000
    sites: int = 1_000_000
    sessions: int = 24

    def check(self, scenario: Scenario) -> None:
        """Raise ScenarioError, in words, for a tissue that is larger than this server computes."""
        sites, cells = sites_of(scenario), cells_at_start(scenario)
        problems = []
        if sites > self.sites:
            shape = " x ".join(str(each) for each in lengths(scenario) if each > 1)
            problems.append(
                Problem(
                    "space",
                    f"{shape} are {sites:,} sites. Allowed on this server: {self.sites:,} "
                    "(immune-sim dashboard --max-sites). Make the tissue smaller.",
                )
            )
        if cells > self.cells:
            problems.append(
                Problem(
                    "inoculum",
                    f"the tissue begins with about {cells:,} cells. Allowed on this server: {self.cells:,} "
                    "(immune-sim dashboard --max-cells). Begin with fewer.",
                )
            )
        if problems:
            raise ScenarioError(problems)


def lengths(scenario: Scenario) -> tuple[int, ...]:
    """Width, height and depth in sites."""
    return tuple(int(scenario.values[f"space.{each}"]) for each in ("width", "height", "depth"))


def sites_of(scenario: Scenario) -> int:
    """Sites of the lattice."""
    return math.prod(lengths(scenario))


def cells_at_start(scenario: Scenario) -> int:
    """Tumor cells that are put in, and immune cells that their densities ask for on the area of the tissue."""
    values = scenario.values
    area = sites_of(scenario) * (float(values["space.site_size"]) / UM_PER_MM) ** 2
    density = float(values["recruitment.nk_density"]) + float(values["recruitment.ctl_density"])
    return int(values["inoculum.tumor_cells"]) + round(density * area)


class Door:
    """Counts the sessions of a server and lets in as many as there are places. Safe to use from any thread."""

    def __init__(self, places: int):
        self.places = places
        self._inside = 0
        self._guard = threading.Lock()

    @property
    def inside(self) -> int:
        """Sessions that were let in and have not left."""
        return self._inside

    def enter(self) -> bool:
        """Take a place; False where none is free."""
        with self._guard:
            if self._inside >= self.places:
                return False
            self._inside += 1
            return True

    def leave(self) -> None:
        """Give a place back."""
        with self._guard:
            self._inside = max(0, self._inside - 1)


_limits = Limits()
_door = Door(_limits.sessions)


def current() -> Limits:
    """The limits of this server."""
    return _limits


def door() -> Door:
    """The one door of this server."""
    return _door


def use(limits: Limits) -> None:
    """Set the limits; called once, before the server runs."""
    global _limits, _door
    _limits, _door = limits, Door(limits.sessions)
