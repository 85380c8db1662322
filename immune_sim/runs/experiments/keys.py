"""The keys of an experiment file and what stands behind them, declared once for reading and for messages."""

from __future__ import annotations

import math

from immune_sim.core.parameters import Parameter, Value

TEXTS = ("name", "title", "about", "base", "published")
HEAD = (*TEXTS, "horizon", "replicates", "seed", "independent_arms", "outcomes", "every", "endpoints", "frames")
QUICK_TABLE = "quick"
TABLES = ("overrides", "arm", "factor", "endpoint", "design", "quick")
ARM = ("name", "title", "about", "scenario", "regimen", "overrides")
FACTOR = ("parameter", "label", "values", "low", "high", "steps", "scale", "levels", "arms")
ENDPOINT = ("name", "outcome", "take", "hour")
RANGE = ("low", "high", "steps", "scale")
REPLICATES = ("until_half_width", "endpoint", "at_least", "at_most", "step")
FRAMES = ("every", "layers")
QUICK = ("replicates", "horizon", "overrides", "design", "values", "every")
DESIGN = {
    "grid": (),
    "list": ("points",),
    "latin hypercube": ("points",),
    "sobol": ("samples", "second_order"),
    "morris": ("trajectories", "levels"),
    "factorial": ("links", "which"),
}
DESIGN_ALL = ("kind", "same_exposure", "seed")
PUBLISHED = ("zagon-1983",)  # whose figures the evidence holds
OF_TAKE = ("at", "last", "mean", "minimum", "maximum", "area")
WHICH = ("full", "folded", "one out", "one in")


def _key(
    name: str,
    default: Value,
    about: str,
    low: float = -math.inf,
    high: float = math.inf,
    unit: str = "",
    choices: tuple[str, ...] = (),
) -> Parameter:
    return Parameter(
        "",
        name,
        default,
        type(default),
        unit,
        low,
        high,
        "setting",
        "assumed: chosen by the experimenter",
        about,
        choices,
    )


DECLARED = {
    each.name: each
    for each in (
        _key("replicates", 20, "runs of every arm at every design point", 1, 1_000_000),
        _key("seed", 1, "root of all random draws of the study", 0, 2**53),
        _key("independent_arms", False, "give every arm luck of its own", 0, 1),
        _key("every", 6.0, "how often the outcomes are kept", 1, 87_600, "h"),
        _key("same_exposure", True, "hold the area under the blockade curve while the timing varies", 0, 1),
        _key("points", 64, "points of a Latin hypercube", 1, 1_000_000),
        _key("samples", 64, "base samples of Sobol, a power of 2", 2, 2**20),
        _key("second_order", False, "sample for the indices of pairs too", 0, 1),
        _key("trajectories", 10, "trajectories of Morris", 2, 100_000),
        _key("levels", 4, "levels of Morris, an even number", 2, 64),
        _key("which", "full", "which part of a factorial", choices=WHICH),
        _key("kind", "grid", "how values are combined", choices=tuple(DESIGN)),
        _key("steps", 5, "values between low and high, both included", 2, 10_000),
        _key("scale", "linear", "how values lie between low and high", choices=("linear", "log")),
        _key("take", "last", "what is taken of an outcome", choices=OF_TAKE),
        _key("hour", 480.0, "the hour of a value", 0, 87_600, "h"),
        _key("at_least", 10, "replicates before the interval is looked at", 2, 1_000_000),
        _key("at_most", 200, "replicates at which it stops in any case", 2, 1_000_000),
        _key("until_half_width", 0.05, "half width of the 95 % interval at which replicates stop", 0.0),
        _key("step", 10, "replicates between two looks", 1, 1_000_000),
    )
}
