"""What the well-mixed equations keep from moment to moment, and what they say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

READERS = ("host", "tumor", "nk", "ctl")


class State(NamedTuple):
    """One state. Drug in mg, receptors and ligand relative to rest, cells in numbers.

    idle: NK cells that never kill or are spent; the killers follow behind the state, by kills left, most first.
    fresh: sum of the killers' stress boosts. *_held: cells in contact. exhaustion: sum over T cells.
    """

    depot: float = 0.0
    drug: float = 0.0
    metabolite: float = 0.0
    host_receptor: float = 1.0
    host_ligand: float = 1.0
    receptor: float = 1.0
    ligand_output: float = 1.0
    nk_receptor: float = 1.0
    ctl_receptor: float = 1.0
    tumor: float = 0.0
    apoptotic: float = 0.0
    necrotic: float = 0.0
    idle: float = 0.0
    fresh: float = 0.0
    killers_held: float = 0.0
    idle_held: float = 0.0
    ctl: float = 0.0
    ctl_held: float = 0.0
    exhaustion: float = 0.0
    antigen: float = 0.0
    primed: float = 0.0
    effectors: float = 0.0


WIDTH = len(State._fields)
FIRST_CELLS = State._fields.index("tumor")  # before it are amounts and levels


@dataclass(slots=True, kw_only=True)
class Flows:
    """What a state does, in cells per hour, and the levels that reports need.

    signals: of READERS. factors: of RATE_LINKS by name. crowding: share of tumor cells without room to divide.
    passage: rate at which a killer comes one stage closer to being spent. held: of killers, idle NK cells and T cells,
    the share in contact in the long run and the rate of approach to it.
    """

    blockade: float
    ligand_local: float
    bound_fraction: float
    signals: tuple[float, ...]
    factors: dict[str, float]
    crowding: float
    oxygen: float
    ifng: float
    births: float
    deaths_spontaneous: float
    deaths_hypoxia: float
    deaths_nk_kill: float
    deaths_ctl_kill: float
    nk_arrivals: float
    ctl_arrivals: float
    ctl_births: float
    passage: float
    held: tuple[tuple[float, float], ...]
