"""What values must be together: each may be in its range and the scenario still make no sense."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from immune_sim.core.parameters import Value
from immune_sim.mechanisms.motility import MOST_HOPS
from immune_sim.scenario.checking import show
from immune_sim.scenario.registry import Registry

MOST_SITES = 20_000_000  # a site costs some tens of bytes; beyond this an ordinary machine runs out of memory


@dataclass(frozen=True)
class Rule:
    """A condition on several parameters.

    addresses: the parameters it reads, the first is the one to blame. holds: takes their values in this order.
    what: what to say otherwise; {0}, {1}... are the values as they stand in a file.
    """

    addresses: tuple[str, ...]
    holds: Callable[..., bool]
    what: str


def _fits(*extents: Any) -> bool:
    return bool(math.prod(extents) <= MOST_SITES)


def _walks_in_time(speed: Any, substeps: Any, site_size: Any) -> bool:
    return bool(speed * 60.0 / substeps / site_size <= MOST_HOPS)


RULES = (
    *(
        Rule(
            (f"motility.{kind}_speed", "time.substeps", "space.site_size"),
            _walks_in_time,
            f"{{0}} is more than {MOST_HOPS} sites in one of {{1}} sub-steps an hour. Write less, or more sub-steps.",
        )
        for kind in ("nk", "ctl")
    ),
    Rule(
        ("space.width", "space.height", "space.depth"),
        _fits,
        f"{{0}} x {{1}} x {{2}} sites are too many for the memory of a machine. Allowed: {MOST_SITES:,} sites in all.",
    ),
    Rule(
        ("inoculum.tumor_cells", "space.width", "space.height", "space.depth"),
        lambda cells, *extents: cells <= math.prod(extents),
        "{0} cells do not fit on {1} x {2} x {3} sites. Write fewer cells or a larger [space].",
    ),
    Rule(
        ("endpoints.endpoint_cells", "endpoints.detectable_cells"),
        lambda endpoint, detectable: endpoint >= detectable,
        "{0} cells are fewer than detectable_cells = {1}; a tumor is seen before it ends the run. Write at least {1}.",
    ),
    Rule(
        ("death.necrosis_onset", "death.necrosis_full"),
        lambda onset, full: onset >= full,
        '{0} is below necrosis_full = "{1}"; necrosis begins at the higher oxygen. Write at least "{1}".',
    ),
    Rule(
        ("tumor.oxygen_full", "tumor.oxygen_none"),
        lambda full, none: full >= none,
        '{0} is below oxygen_none = "{1}"; division is full at the higher oxygen. Write at least "{1}".',
    ),
)


def contradictions(
    registry: Registry, values: Mapping[str, Value], unknown: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield (address, what is wrong and what to write) of every rule that is broken; unknown values are not judged."""
    for rule in RULES:
        if any(address not in values or address in unknown for address in rule.addresses):
            continue
        given = [values[address] for address in rule.addresses]
        if not rule.holds(*given):
            shown = [
                show(registry.parameters[address], value) for address, value in zip(rule.addresses, given, strict=True)
            ]
            yield rule.addresses[0], rule.what.format(*shown)
