"""How often well-mixed immune cells are in contact with tumor cells, and how fast contact kills.

The agents decide once a sub-step: a free cell hops until it meets a tumor cell, an arrested one lets go or stays, and
whoever is arrested then strikes with the chance of a whole sub-step. These formulas count in the same way, so they hold
for any length of the sub-step; as it goes to 0 they become the usual rates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, eye_array
from scipy.sparse.linalg import spsolve

from immune_sim.core.lattice import Space
from immune_sim.mechanisms.motility import MOST_HOPS

type Floats = NDArray[np.float64]
DAMAGE_LEVELS = 161  # grid of the damage of a target; with the next one right to 2 % in the rate of kills
CHANCES = 49  # grid of the chance to hit in a sub-step
MOST_TOGETHER = 4  # T cells on one target


def mean_neighbors(space: Space) -> float:
    """Sites next to a site, averaged over the tissue: fewer at a closed edge."""
    per_axis = [3.0 if space.boundary == "periodic" else 3.0 - 2.0 / extent for extent in space.shape]
    return math.prod(per_axis) - 1.0


def contact_chance(
    living: float, dead: float, held: float, free: float, neighbors: float, infiltration: float
) -> float:
    """Chance that a hop to a random site succeeds and finds a living tumor cell there or next to it.

    living, dead, held, free: share of the sites that hold a living tumor cell, a dying one, an immune cell in contact,
    a free one. Those in contact stand where contact is possible. infiltration: chance to enter a tumor cell's site.
    """
    beside = 1.0 - math.pow(1.0 - living, neighbors)
    open_ground = max(0.0, 1.0 - living - dead)
    room = max(0.0, 1.0 - free - held / max(living + (1.0 - living) * beside, held, 1e-12))
    return room * (living * infiltration + (dead * infiltration + open_ground) * beside)


def search_rate(hops_per_step: float, chance: float, dt: float) -> float:
    """Rate in 1/h at which a searching cell arrests; each sub-step has a whole number of hops, with this mean."""
    hops = min(hops_per_step, float(MOST_HOPS))
    whole = math.floor(hops)
    missed = (1.0 - chance) ** whole * (1.0 - (hops - whole) * chance)
    return -math.log(max(missed, 1e-300)) / dt


def approach(search: float, leave: float, dt: float) -> tuple[float, float]:
    """Share of cells in contact in the long run, and the rate in 1/h at which it is approached.

    Exact at the ends of sub-steps: a free cell is arrested with 1 - exp(-search dt), an arrested one stays with
    exp(-leave dt), and one that lets go searches at once.
    """
    rate = search + leave
    if rate <= 0.0:
        return 0.0, 0.0
    return math.expm1(-search * dt) / math.expm1(-rate * dt), rate


@dataclass(frozen=True)
class HitTable:
    """Chance that a target in contact is killed in a sub-step; damage fades and must reach a level.

    hit (k,): chance of at least one hit by one T cell in the sub-step. kill (MOST_TOGETHER, k): chance of the kill,
    by the number of T cells on the target less one. What is left of earlier contacts is not counted.
    """

    hit: Floats
    kill: Floats

    def kill_chance(self, hit_rate: float, dt: float, others: float = 0.0) -> float:
        """Chance that a T cell kills in a sub-step dt (h) of contact, at a rate of hits in 1/h.

        others: mean number of further T cells on its target, a Poisson number; hits add up, one of them gets the kill.
        """
        hit = -math.expm1(-hit_rate * dt)
        chance = weights = 0.0
        weight = 1.0
        for together in range(1, MOST_TOGETHER + 1):
            chance += weight * float(np.interp(hit, self.hit, self.kill[together - 1])) / together
            weights += weight
            weight *= others / together
        return chance / weights


@lru_cache(maxsize=32)
def hit_table(lethal_damage: float, repair_half_life: float, leave: float, dt: float) -> HitTable:
    """Tabulate the kills of contacts that end at a rate ``leave`` (1/h); times in h.

    A hit raises the damage by 1; damage kills at lethal_damage, otherwise the contact goes on with exp(-leave dt). The
    chance v that contact ends in a kill, by damage, solves a linear system; the chance q in each sub-step that gives
    the same share of contacts solves q + (1 - q) stay v(0) = v(0).
    """
    stay, kept = math.exp(-leave * dt), 0.5 ** (dt / repair_half_life)
    damage = np.linspace(0.0, lethal_damage, DAMAGE_LEVELS)
    hit = np.linspace(0.0, 1.0, CHANCES) ** 3  # dense where a kill needs several rare hits
    kill = np.zeros((MOST_TOGETHER, CHANCES))
    enough = math.ceil(lethal_damage)  # hits that kill an undamaged target within a sub-step
    lethal = [
        damage + float(hits) >= lethal_damage if hits else np.zeros(DAMAGE_LEVELS, bool) for hits in range(enough)
    ]
    after = [
        diags_array(1.0 - lethal[hits]) @ _weights(np.minimum(damage + hits, lethal_damage) * kept, damage)
        for hits in range(enough)
    ]
    same = eye_array(DAMAGE_LEVELS)
    for together in range(1, MOST_TOGETHER + 1):
        for k, p in enumerate(hit[1:], start=1):
            mean = -together * math.log1p(-min(p, 1.0 - 1e-12))  # the hits of all together are a Poisson number
            shares = [math.exp(-mean) * mean**hits / math.factorial(hits) for hits in range(enough)]
            on = sum((share * after[hits] for hits, share in enumerate(shares)), 0.0 * same)
            if stay < 1.0:
                many = np.full(DAMAGE_LEVELS, 1.0 - sum(shares))
                killed = sum((share * lethal[hits] for hits, share in enumerate(shares)), many)
                v = float(spsolve((same - stay * on).tocsc(), killed)[0])
                kill[together - 1, k] = v * (1.0 - stay) / (1.0 - stay * v)
            else:  # contact never breaks: one kill in the mean number of sub-steps to it
                kill[together - 1, k] = 1.0 / float(spsolve((same - on).tocsc(), np.ones(DAMAGE_LEVELS))[0])
    return HitTable(hit, kill)


def _weights(at: Floats, grid: Floats) -> csr_array:
    """Sparse matrix (len(at), len(grid)) that interpolates linearly on a uniform grid."""
    places = at / (grid[1] - grid[0])
    below = np.clip(places.astype(np.int64), 0, len(grid) - 2)
    share = places - below
    rows = np.tile(np.arange(len(at)), 2)
    return csr_array(
        (np.concatenate([1.0 - share, share]), (rows, np.concatenate([below, below + 1]))), shape=(len(at), len(grid))
    )
