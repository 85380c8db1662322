"""The rules of the tissue as a plain Mesa model: objects, loops and dictionaries, written from the descriptions.

It shares three things with the package on purpose: the declarations of parameters, the addressed random draws (so that
a small tissue must agree cell by cell, hour by hour), and the solvers of drug and fields, which have tests of their
own. The rest is written a second time in another style. It is also the slow baseline of ``immune-sim bench``, and
honest as such: draws are made for all cells of a decision at once, and nothing is computed twice.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import mesa
import numpy as np

from immune_sim.core import random as address
from immune_sim.mechanisms.pharmacokinetics import DrugLevels
from immune_sim.mechanisms.regimen import events
from immune_sim.model.parameters import Parameters
from immune_sim.scenario.scenario import Scenario
from tests.reference.plain_fields import PlainFields
from tests.reference.plain_host import PlainHost
from tests.reference.plain_immune import CytotoxicT, ImmuneCell, NaturalKiller
from tests.reference.plain_rules import WORD, Place, below, bounded, poisson
from tests.reference.plain_space import PlainSpace
from tests.reference.plain_tumor import TumorCell


class PlainModel(mesa.Model):
    """The whole tissue; ``step`` computes one hour.

    scenario: as for TumorImmuneModel. seed: the same seed gives the same tissue as the package. count: events of the
    last hour by name. tumor_layer, immune_layer: the cell on a place (coordinates in the order of the lattice's shape).
    """

    def __init__(self, scenario: str | Scenario = "control-mouse", seed: int = 1, **overrides: Any):
        super().__init__(rng=seed)
        given = Scenario.load(scenario).with_overrides(overrides)
        self.p = Parameters.of(given)
        self.luck = np.uint64(seed)
        self.hour = 0
        self.dt = 1.0 / self.p.clock.substeps
        self.rest = self.p.receptors.baseline_ligand / (1.0 + self.p.receptors.baseline_ligand)
        self.count: dict[str, int] = defaultdict(int)
        self.numbers = {"tumor": 0, "immune": 0}
        self.tumor_layer: dict[Place, TumorCell] = {}
        self.immune_layer: dict[Place, ImmuneCell] = {}
        self.space = PlainSpace(self.p.space)
        self.fields = PlainFields(self)
        self.host = PlainHost()
        self.drug = DrugLevels(self.p.pharmacokinetics)
        self._doses = events(given.regimen)
        self._next_dose = next(self._doses, None)
        self.released = 0.0
        self.blockade = [0.0] * self.p.clock.substeps
        self.ligand_seen = [1.0] * self.p.clock.substeps
        self._populate()
        self.fields.solve()

    # ---- luck and geometry

    def words(self, decision: int, tick: int, lineages: Iterable[int]) -> list[list[int]]:
        """Four words for each lineage."""
        lineages = np.array(list(lineages), dtype=np.uint64)
        out = np.empty((len(lineages), 4), dtype=np.uint32)
        address.draw(out, decision, tick, lineages, self.luck)
        return out.tolist()

    def next_number(self, layer: str) -> int:
        """A number for a new cell; numbers settle ties."""
        self.numbers[layer] += 1
        return self.numbers[layer]

    # ---- start

    def _populate(self) -> None:
        p = self.p.inoculum
        area = self.space.area
        self.vessels = self._luckiest(address.VESSELS, min(len(self.space.places), round(p.vessel_density * area)))
        for clone, place in enumerate(self._founders()):
            cell = TumorCell(self, place, self.space.flat[place], self.next_number("tumor"))
            cell.clone = clone
            cell.draw_set_point()
            self.tumor_layer[place] = cell
        order = self._by_luck(address.NK_START)
        nk = min(len(order), round(self.p.recruitment.nk_density * area))
        ctl = min(len(order) - nk, round(self.p.recruitment.ctl_density * area))
        for kind, chosen in ((NaturalKiller, order[:nk]), (CytotoxicT, order[nk : nk + ctl])):
            for index in sorted(chosen):
                resident = self._settle(kind, self.space.places[index], self.space.flat[self.space.places[index]])
                resident.hours_since_arrival = self.p.recruitment.nk_life  # no stress ligand any more

    def _by_luck(self, decision: int) -> list[int]:
        luck = [four[0] for four in self.words(decision, 0, range(len(self.space.places)))]
        return sorted(range(len(self.space.places)), key=lambda index: luck[index])

    def _luckiest(self, decision: int, count: int) -> list[Place]:
        return [self.space.places[index] for index in sorted(self._by_luck(decision)[:count])]

    def _founders(self) -> list[Place]:
        p = self.p.inoculum
        count = min(p.tumor_cells, len(self.space.places))
        if p.placement == "scattered":
            return self._luckiest(address.INOCULUM, count)
        rank = {index: i for i, index in enumerate(self._by_luck(address.INOCULUM))}
        middle = [(extent - 1) / 2.0 for extent in self.space.shape]
        nearest = sorted(
            range(len(self.space.places)), key=lambda index: (math.dist(self.space.places[index], middle), rank[index])
        )
        pool = nearest[: max(count, math.ceil(count / p.fill))]
        return [self.space.places[index] for index in sorted(sorted(pool, key=rank.__getitem__)[:count])]

    def _settle(self, kind: type[ImmuneCell], place: Place, luck: int) -> ImmuneCell:
        cell = kind(self, place, (4 * luck + kind.stream + 1) % 2**64, self.next_number("immune"))
        cell.draw_set_point()
        self.immune_layer[place] = cell
        return cell

    # ---- one hour

    def step(self) -> None:
        """Compute one hour."""
        self.count = defaultdict(int)
        self._advance_drug()
        self.ligand_seen = self.host.advance_receptors(self.p.receptors, self.p.links, self.blockade)
        self.agents.do("advance_receptors")
        self._search_and_kill()
        self._die()
        self._divide()
        self._divide_t_cells()
        self._turn_over()
        self._clear()
        self._recruit(self.host.prime(self.p.priming, self.released))
        self.fields.solve()
        self.hour += 1

    def _advance_drug(self) -> None:
        while self._next_dose is not None and self._next_dose.time < self.hour + 1:
            give = self.drug.give if self._next_dose.kind == "bolus" else self.drug.set_infusion
            above = self._next_dose.while_burden_above
            if above is None or sum(cell.alive for cell in self.tumor_layer.values()) > above:
                give(self._next_dose.time, self._next_dose.amount)
            self._next_dose = next(self._doses, None)
        self.blockade = []
        for k in range(self.p.clock.substeps):
            self.drug.advance(self.hour + (k + 0.5) * self.dt)
            self.blockade.append(self.drug.blockade())
        self.drug.advance(self.hour + 1.0)

    def _search_and_kill(self) -> None:
        searching = sorted(self.immune_layer.values(), key=lambda cell: cell.place)
        for cell in searching:
            cell.hours_engaged = 0.0
            cell.killed_this_hour = False
        for sub in range(self.p.clock.substeps):
            tick = self.hour * self.p.clock.substeps + sub
            self._move(searching, tick, forward=(self.hour + sub) % 2 == 0)
            self._kill(searching, tick, self.hour + sub * self.dt)

    def _slab_edges(self) -> list[int]:
        """Cells take their turns slab by slab; the cut is part of the rules because it sets the order of turns."""
        p = self.p.motility
        extent = self.space.shape[0]
        travel = math.ceil(max(p.nk_speed, p.ctl_speed) * 60.0 * self.dt / self.space.mean_step) + 1
        thickness = extent if self.p.space.well_mixed else 2 * travel + 2
        count = max(1, extent // thickness // 2 * 2)
        return [int(k * extent / count) for k in range(count)]

    def _move(self, searching: list[ImmuneCell], tick: int, *, forward: bool) -> None:
        edges = self._slab_edges()
        slabs: list[list[ImmuneCell]] = [[] for _ in edges]
        for cell in searching:
            slabs[sum(edge <= cell.place[0] for edge in edges) - 1].append(cell)
        turns = [cell for slab in (*slabs[0::2], *slabs[1::2]) for cell in (slab if forward else slab[::-1])]
        lineages = [cell.lineage for cell in turns]
        p = self.p.motility
        pairs = (min(120, int(max(p.nk_speed, p.ctl_speed) * 60.0 * self.dt / self.space.mean_step) + 1) + 1) // 2
        words = self.words(address.CONTACT, tick, lineages)
        steps = zip(*(self.words(address.MOTILITY, 64 * tick + pair, lineages) for pair in range(pairs)), strict=True)
        for cell, own, hops in zip(turns, words, steps, strict=True):
            cell.move(own, hops)

    def _kill(self, searching: list[ImmuneCell], tick: int, now: float) -> None:
        engaged = [cell for cell in searching if cell.target is not None]
        struck: dict[TumorCell, list[ImmuneCell]] = defaultdict(list)
        hits: dict[TumorCell, int] = defaultdict(int)
        words = self.words(address.STRIKE, tick, (cell.lineage for cell in engaged))
        for cell, own in zip(engaged, words, strict=True):
            times = cell.strikes(own[0]) if cell.target.alive else 0
            if times:
                struck[cell.target].append(cell)
                hits[cell.target] += times if isinstance(cell, CytotoxicT) else 0
        fading = math.log(2.0) / self.p.ctl.repair_half_life
        for target, attackers in struck.items():
            if hits[target]:
                target.damage = target.damage * math.exp(-fading * (now - target.damage_time)) + hits[target]
                target.damage_time = now
            lethal = target.damage >= self.p.ctl.lethal_damage
            killers = [cell for cell in attackers if lethal or isinstance(cell, NaturalKiller)]
            if killers:
                self._credit(min(killers, key=lambda cell: cell.number), target)

    def _credit(self, killer: ImmuneCell, target: TumorCell) -> None:
        target.die("apoptotic", f"{killer.name}_kill")
        killer.kills += 1
        killer.killed_this_hour = True
        if isinstance(killer, NaturalKiller):
            killer.kills_left -= 1

    def living(self) -> list[TumorCell]:
        """Living tumor cells."""
        return [cell for cell in self.tumor_layer.values() if cell.alive]

    def _die(self) -> None:
        living = self.living()
        words = self.words(address.TUMOR_FATE, self.hour, (cell.lineage for cell in living))
        for cell, own in zip(living, words, strict=True):
            cell.die_alone(own)

    def _divide(self) -> None:
        living = self.living()
        words = self.words(address.DIVISION, self.hour, (cell.lineage for cell in living))
        dividing = [
            ((order | 1, cell.number), cell)
            for cell, (chance, order, _, _) in zip(living, words, strict=True)
            if cell.wants_to_divide((chance, order))
        ]
        for _, cell in sorted(dividing, key=lambda pair: pair[0]):
            cell.divide()

    def _divide_t_cells(self) -> None:
        ready = [cell for cell in self.immune_layer.values() if cell.killed_this_hour and isinstance(cell, CytotoxicT)]
        words = self.words(address.CTL_DIVISION, self.hour, (cell.lineage for cell in ready))
        dividing = [(cell, four) for cell, four in zip(ready, words, strict=True) if cell.divides(four[0])]
        for cell, four in sorted(dividing, key=lambda pair: (pair[0].lineage, pair[0].number)):
            cell.divide(four)

    def _turn_over(self) -> None:
        cells = list(self.immune_layer.values())
        words = self.words(address.IMMUNE_FATE, self.hour, (cell.lineage for cell in cells))
        for cell, own in zip(cells, words, strict=True):
            if cell.leaves(own[0]):
                del self.immune_layer[cell.place]
                self.count[f"{cell.name}_exits"] += 1
                cell.remove()

    def _clear(self) -> None:
        self.released = 0.0
        for cell in list(self.tumor_layer.values()):
            if not cell.alive:
                cell.decay()

    def _recruit(self, t_cells: float) -> None:
        p, links = self.p.recruitment, self.p.links
        words = self.words(address.ARRIVALS, self.hour, [0])[0]
        nk_cells = p.nk_density * self.space.area / p.nk_life
        for kind, expected, gain in (
            (NaturalKiller, nk_cells, links.nk_recruitment),
            (CytotoxicT, t_cells, links.ctl_recruitment),
        ):
            factor = bounded(math.exp(gain * (self.host.signal - 1.0)), links.factor_bound)
            wanted = poisson(words[kind.stream] / WORD, expected * factor, most=10**9)
            for k in range(wanted if self.vessels else 0):
                self._enter(kind, k)

    def _enter(self, kind: type[ImmuneCell], k: int) -> None:
        for attempt in range(8):
            a, b, c, d = self.words(address.ENTRY, self.hour, [k | attempt << 32 | kind.stream << 48])[0]
            place: Place | None = self.vessels[below(a, len(self.vessels))]
            if place in self.immune_layer:
                place = self.space.beyond(place, below(b, len(self.space.directions)))
            if place is not None and place not in self.immune_layer:
                self._settle(kind, place, c << 32 | d)
                self.count[f"{kind.name}_arrivals"] += 1
                return
        self.count["arrivals_turned_away"] += 1

    # ---- report

    def counts(self) -> dict[str, int]:
        """Cells by type and state, and the events of the last hour."""
        states = [cell.state for cell in self.tumor_layer.values()]
        kinds = [cell.name for cell in self.immune_layer.values()]
        cells = {state: states.count(state) for state in ("cycling", "quiescent", "apoptotic", "necrotic")}
        return {
            **cells,
            "tumor_cells": cells["cycling"] + cells["quiescent"],
            "nk_cells": kinds.count("nk"),
            "ctl_cells": kinds.count("ctl"),
            **self.count,
        }
