"""What an experiment is made of: arms, factors, design, replicates, outcomes, endpoints; checked, ready to be run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from immune_sim.core.parameters import Value
from immune_sim.mechanisms.endpoints import ENDPOINTS

if TYPE_CHECKING:  # the model and all its mechanisms take long to import: who only looks at a study waits for neither
    from immune_sim.model.model import TumorImmuneModel
    from immune_sim.scenario.scenario import Scenario

Kind = Literal["grid", "list", "latin hypercube", "sobol", "morris", "factorial"]
KINDS: tuple[Kind, ...] = ("grid", "list", "latin hypercube", "sobol", "morris", "factorial")
SAMPLED = ("latin hypercube", "sobol", "morris")
Which = Literal["full", "folded", "one out", "one in"]
Reduction = Literal["at", "last", "mean", "minimum", "maximum", "area"]
REDUCTIONS: tuple[Reduction, ...] = ("at", "last", "mean", "minimum", "maximum", "area")
STANDARD = tuple(each.name for each in ENDPOINTS)
ModelFunction = Callable[["TumorImmuneModel"], float]


@dataclass(frozen=True)
class Arm:
    """One scenario as it is compared, complete. prepare: code that changes a new model, for arms built in Python."""

    name: str
    scenario: Scenario
    title: str = ""
    about: str = ""
    prepare: Callable[[TumorImmuneModel], Any] | None = None


@dataclass(frozen=True)
class Level:
    """One value of a factor: as tables hold it, as a person reads it, and the overrides that it stands for."""

    value: Value
    text: str
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Factor:
    """Something that is varied between design points.

    label: the column of the tables. address: what is varied, "" for named levels. levels: the values, in order; of a
    sampled factor none. low, high: its range then, in inside units. read: makes a level of a number in that range.
    arms: the only arms on which it acts, or None for all that can take it.
    """

    label: str
    address: str
    unit: str = ""
    levels: tuple[Level, ...] = ()
    low: float = 0.0
    high: float = 0.0
    scale: Literal["linear", "log"] = "linear"
    arms: tuple[str, ...] | None = None
    read: Callable[[float], Level] | None = None

    @property
    def of_schedule(self) -> bool:
        """Whether it varies the regimen."""
        return self.address.startswith("regimen")


@dataclass(frozen=True)
class Design:
    """How the values of the factors are combined to design points.

    points: of a Latin hypercube, or the rows of a list. samples, second_order: of Sobol. trajectories, grid_levels: of
    Morris. which: which part of a factorial. same_exposure: hold the area under the blockade curve of every arm while
    the timing varies. seed: of the sampling.
    """

    kind: Kind = "grid"
    points: int = 0
    rows: tuple[Mapping[str, Level], ...] = ()
    samples: int = 0
    second_order: bool = False
    trajectories: int = 0
    grid_levels: int = 4
    which: Which = "full"
    same_exposure: bool = False
    seed: int = 1


@dataclass(frozen=True)
class Replicates:
    """How many replicates every point and arm gets: from at_least to at_most, in steps, until the interval is narrow.

    half_width: of the 95 % interval of the endpoint, None for a fixed number (at_least, equal to at_most).
    """

    at_least: int = 1
    at_most: int = 1
    step: int = 1
    endpoint: str = ""
    half_width: float | None = None


@dataclass(frozen=True)
class Measure:
    """An endpoint made of an outcome: its value at an hour, or its mean, extreme or area over the run.

    hour: of "at"; nan comes out where the run had ended before.
    """

    name: str
    outcome: str
    reduction: Reduction
    hour: float = 0.0


@dataclass(frozen=True)
class Frames:
    """Which pictures of the tissue are kept: layers, each so many hours, or at the last hour only (every = 0)."""

    every: int = 0
    layers: tuple[str, ...] = ("type",)


@dataclass(frozen=True)
class Experiment:
    """A whole study, checked. text: the file it came from. main: the endpoints to look at, the first one first."""

    name: str
    arms: tuple[Arm, ...]
    title: str = ""
    about: str = ""
    published: str = ""
    factors: tuple[Factor, ...] = ()
    design: Design = field(default_factory=Design)
    replicates: Replicates = field(default_factory=Replicates)
    seed: int = 1
    independent_arms: bool = False
    outcomes: tuple[str, ...] = ("tumor_cells",)
    every: int = 6
    main: tuple[str, ...] = ("survival_time", "take")
    measures: tuple[Measure, ...] = ()
    frames: Frames | None = None
    quick: bool = False
    text: str = ""
    outcome_functions: Mapping[str, ModelFunction] = field(default_factory=dict)
    endpoint_functions: Mapping[str, ModelFunction] = field(default_factory=dict)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The column of every endpoint in the runs table."""
        return (*STANDARD, *(each.name for each in self.measures), *self.endpoint_functions)

    def arm(self, name: str) -> Arm:
        """The arm of this name."""
        return next(each for each in self.arms if each.name == name)


def seed_of(experiment: Experiment, point_key: str, replicate: int, arm: str) -> int:
    """The seed of a run: a function of design point and replicate; of the arm too where arms are independent.

    Arms so share their luck, and neither the order of runs nor the number of points or workers matters. 63 bits.
    """
    told = ["immune-sim seed 1", str(experiment.seed), point_key, str(replicate)]
    if experiment.independent_arms:
        told.append(arm)
    return int.from_bytes(hashlib.sha256("\n".join(told).encode()).digest()[:8], "big") >> 1
