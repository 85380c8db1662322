"""The rules of the tissue as a plain Mesa model: objects, loops and dictionaries, written from the descriptions.

It shares three things with the package on purpose: the declarations of parameters, the addressed random draws (so
that a
small tissue must agree cell by cell, hour by hour) and the solvers of drug and fields, which have tests of their own.
The
rest is written a second time in another style. It is also the slow baseline of ``immune-sim bench``, and honest as
such:
draws are made for all cells of a decision at once, and nothing is computed twice.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import mesa
import numpy as np

from immune_sim.core import random as address
from immune_sim.core.fields import Diffusion, Grid, solve_variable
from immune_sim.core.lattice import Lattice
from immune_sim.mechanisms.pharmacokinetics import DrugLevels
from immune_sim.mechanisms.regimen import events
from immune_sim.model.parameters import Parameters
from immune_sim.scenario.scenario import Scenario

type Place = tuple[int, ...]
WORD = 2**32
SECOND_ADDRESS = 0x9E3779B97F4A7C15  # a dividing cell draws twice in one hour


def uniform(word: int) -> float:
    """The upper 24 bits of a word as a number in [0, 1)."""
    return (word >> 8) / 2**24


def below(word: int, count: int) -> int:
    """A word as a whole number from 0 to count - 1."""
    return (word % WORD) * count // WORD


def normal(one: int, other: int) -> float:
    """Two words as a standard normal number (Box and Muller)."""
    return math.sqrt(-2.0 * math.log((one + 1) / WORD)) * math.cos(2.0 * math.pi * other / WORD)


def happens(word: int, hazard: float) -> bool:
    """Whether an event of this hazard happens."""
    return uniform(word) < 1.0 - math.exp(-hazard)


def poisson(luck: float, mean: float, most: int = 50) -> int:
    """A Poisson number by inversion: the smallest number whose cumulative probability exceeds the draw."""
    number, term = 0, math.exp(-mean)
    reached = term
    while luck >= reached and number < most:
        number += 1
        term *= mean / number
        reached += term
    return number


def relax(value: float, target: float, tau_up: float, tau_down: float, dt: float) -> float:
    """Approach a target exponentially, with one time constant upwards and another downwards."""
    return target + (value - target) * math.exp(-dt / (tau_up if target > value else tau_down))


class Cell(mesa.Agent):
    """What all cells have: a place, an address of their luck, and the opioid receptor axis."""

    def __init__(self, model: PlainModel, place: Place, lineage: int, number: int):
        super().__init__(model)
        self.place = place
        self.lineage = lineage
        self.number = number
        self.receptor_level = 1.0
        self.set_point = 1.0
        self.signal = 1.0
        self.bound_fraction = model.rest
        self.ligand_local = 1.0

    def draw_set_point(self) -> None:
        """Take a receptor level at rest, log-normal with mean 1."""
        spread = self.model.p.heredity.set_point_spread
        a, b, _, _ = self.model.words(address.TRAITS, 0, [self.lineage])[0]
        self.set_point = self.receptor_level = self.signal = math.exp(spread * normal(a, b) - spread**2 / 2.0)

    def advance_receptors(self) -> None:
        """One hour of receptor turnover; the signal is its mean over the hour."""
        p, links, model = self.model.p.receptors, self.model.p.links, self.model
        total = 0.0
        for blockade, systemic in zip(model.blockade, model.ligand_seen, strict=True):
            ligand = (1.0 - p.paracrine_fraction) * systemic + p.paracrine_fraction * self.ligand_local
            self.bound_fraction = p.baseline_ligand * ligand / (1.0 + p.baseline_ligand * ligand + blockade)
            signal = self.receptor_level * self.bound_fraction / model.rest
            total += signal
            target = self.set_point * (
                1.0 + links.receptor_upregulation * (p.receptor_max - 1.0) * max(0.0, 1.0 - signal)
            )
            self.receptor_level = relax(self.receptor_level, target, p.tau_up, p.tau_down, model.dt)
        self.signal = total / len(model.blockade)

    def link(self, gain: float) -> float:
        """The factor by which this cell's signal changes a rate."""
        bound = self.model.p.links.factor_bound
        return min(max(math.exp(gain * (self.signal - 1.0)), 1.0 / bound), bound)


class TumorCell(Cell):
    """A tumor cell: cycling, quiescent, apoptotic or necrotic."""

    def __init__(self, model: PlainModel, place: Place, lineage: int, number: int):
        super().__init__(model, place, lineage, number)
        traits = model.p.heredity
        self.state = "cycling"
        self.cause: str | None = None
        self.hours_dying = 0
        self.ligand_output = 1.0
        self.traits = {"antigenicity": traits.antigenicity, "mhc": traits.mhc, "pdl1": traits.pdl1}
        self.clone = 0
        self.generation = 0
        self.damage = 0.0
        self.damage_time = 0.0

    @property
    def alive(self) -> bool:
        """Whether the cell lives."""
        return self.cause is None

    def advance_receptors(self) -> None:
        """Receptors first, then the ligand that the cell secretes."""
        super().advance_receptors()
        p = self.model.p.receptors
        target = 1.0 + self.model.p.links.ligand_upregulation * (p.ligand_max - 1.0) * max(0.0, 1.0 - self.signal)
        self.ligand_output = relax(self.ligand_output, target, p.ligand_tau_up, p.ligand_tau_down, 1.0)

    def die(self, state: str, cause: str) -> None:
        """Begin to die."""
        self.state, self.cause = state, cause

    def die_alone(self, words: Sequence[int]) -> None:
        """Die spontaneously or from lack of oxygen, or not."""
        p = self.model.p.death
        oxygen = self.model.oxygen_at(self.place)
        lack = min(1.0, max(0.0, (p.necrosis_onset - oxygen) / max(p.necrosis_onset - p.necrosis_full, 1e-6)))
        if happens(words[0], p.death_rate * self.link(self.model.p.links.tumor_apoptosis)):
            self.die("apoptotic", "spontaneous")
        elif lack > 0.0 and happens(words[1], p.necrosis_rate * lack):
            self.die("necrotic", "hypoxia")

    def room(self, turn: int) -> list[Place]:
        """The sites from a neighbor outwards to the nearest free one; empty where there is none within reach."""
        around, layer = self.model.around(self.place), self.model.tumor_layer
        for k in range(len(around)):
            place = around[k + turn - len(around)]
            if place is not None and place not in layer:
                return [place]
        for reach in range(2, self.model.p.proliferation.push_depth + 2):
            for k in range(len(around)):
                line = self.model.line(self.place, (turn + k) % len(around), reach)
                if len(line) == reach and line[-1] not in layer:
                    return line
        return []

    def wants_to_divide(self, words: Sequence[int]) -> bool:
        """Tell whether it is cycling or quiescent, and whether it divides in this hour."""
        p = self.model.p.proliferation
        oxygen = self.model.oxygen_at(self.place)
        if oxygen <= p.oxygen_none or not self.room(0):
            self.state = "quiescent"
            return False
        self.state = "cycling"
        supplied = min(1.0, (oxygen - p.oxygen_none) / max(p.oxygen_full - p.oxygen_none, 1e-6))
        arrested = p.ifng_arrest * self.model.felt(self.place, p.ifng_half)
        return happens(
            words[0], p.rate * supplied * (1.0 - arrested) * self.link(self.model.p.links.tumor_proliferation)
        )

    def divide(self) -> None:
        """Put a daughter on a neighboring site, if there still is room, and pass the traits on."""
        model = self.model
        c, d, e, _ = model.words(address.DIVISION, model.hour, [self.lineage ^ SECOND_ADDRESS])[0]
        if model.p.space.well_mixed:
            tries = [model.places[below(word, len(model.places))] for word in (d, e)]
            line = [place for place in tries if place not in model.tumor_layer][:1]
        else:
            line = self.room(below(c, len(model.directions)))
        if not line:
            return
        for free, held in itertools.pairwise(reversed(line)):
            pushed = model.tumor_layer.pop(held)
            pushed.place = free
            model.tumor_layer[free] = pushed
        self.generation += 1
        high, low, _, _ = model.words(address.LINEAGE, self.generation, [self.lineage])[0]
        daughter = TumorCell(model, line[0], high << 32 | low, model.next_number("tumor"))
        model.tumor_layer[line[0]] = daughter
        self.endow(daughter)
        model.count["births"] += 1

    def endow(self, daughter: TumorCell) -> None:
        """Pass on what is inherited, with noise and mutation."""
        p = self.model.p.heredity
        for name in (
            "receptor_level",
            "signal",
            "bound_fraction",
            "ligand_output",
            "ligand_local",
            "clone",
            "generation",
        ):
            setattr(daughter, name, getattr(self, name))
        daughter.traits = dict(self.traits)
        a, b, c, d = self.model.words(address.INHERITANCE, 0, [daughter.lineage])[0]
        daughter.set_point = self.set_point * math.exp(p.set_point_noise * normal(a, b))
        if uniform(c) < p.mutation_probability:
            e, f, _, _ = self.model.words(address.INHERITANCE, 1, [daughter.lineage])[0]
            which = ("antigenicity", "mhc", "pdl1")[d % 3]
            daughter.traits[which] = min(1.0, max(0.0, daughter.traits[which] + p.mutation_size * normal(e, f)))

    def decay(self) -> None:
        """Count the hours since death, release antigen in the first of them, and vanish after the last."""
        p, model = self.model.p.death, self.model
        if self.hours_dying == 0:
            model.count[f"deaths_{self.cause}"] += 1
            model.released += self.traits["antigenicity"]
        self.hours_dying += 1
        if self.hours_dying >= (p.apoptotic_time if self.state == "apoptotic" else p.necrotic_time):
            del model.tumor_layer[self.place]
            model.count["cleared"] += 1
            self.remove()


class ImmuneCell(Cell):
    """What NK cells and T cells share: they search, arrest on a target, and strike it."""

    name = ""
    stream = 0

    def __init__(self, model: PlainModel, place: Place, lineage: int, number: int):
        super().__init__(model, place, lineage, number)
        self.traits = model.words(address.IMMUNE_TRAITS, 0, [lineage])[0]
        self.heading = below(self.traits[1], len(model.directions))
        self.target_place: Place | None = None
        self.hours_engaged = 0.0
        self.hours_since_arrival = 0.0
        self.kills = 0
        self.killed_this_hour = False

    @property
    def target(self) -> TumorCell | None:
        """The cell on which it is arrested."""
        return None if self.target_place is None else self.model.tumor_layer.get(self.target_place)

    @property
    def speed(self) -> float:
        """In um/min."""
        raise NotImplementedError

    @property
    def detachment(self) -> float:
        """Rate of letting go, in 1/h."""
        raise NotImplementedError

    def strike_rate(self, target: TumorCell) -> float:
        """Rate of strikes on a target, in 1/h."""
        raise NotImplementedError

    def strikes(self, word: int) -> int:
        """How often it strikes its target in this sub-step, a Poisson number."""
        return poisson(1.0 - uniform(word), self.strike_rate(self.target) * self.model.dt)

    def contact(self, turn: int) -> Place | None:
        """The place of a living tumor cell here or next to here."""
        layer = self.model.tumor_layer
        met = layer.get(self.place)
        if met is not None and met.alive:
            return self.place
        around = self.model.around(self.place)
        for k in range(len(around)):
            place = around[k + turn - len(around)]
            met = layer.get(place)
            if met is not None and met.alive:
                return place
        return None

    def move(self, words: Sequence[int], steps: Sequence[Sequence[int]]) -> None:
        """Hold on to the target or let go; if free, walk until a target is met or the time is over."""
        model = self.model
        if self.target_place is not None:
            held = self.target
            if held is not None and held.alive and not happens(words[0], self.detachment * model.dt):
                self.hours_engaged += model.dt
                return
            self.target_place = None
        hops = int(self.speed * 60.0 * model.dt / model.mean_step + uniform(words[1]))
        for hop in range(min(hops, 120)):
            turning, leading = steps[hop // 2][2 * (hop % 2) : 2 * (hop % 2) + 2]
            if self.hop(turning, leading):
                return

    def hop(self, turning: int, leading: int) -> bool:
        """Try to enter a neighboring site, then look around; True where a target was met."""
        p, model = self.model.p.motility, self.model
        directions = len(model.directions)
        toward, pull = model.chemotaxis_at(self.place)
        drift = p.chemotaxis * pull
        if uniform(turning) < drift:
            self.heading = toward
        elif uniform(turning) >= drift + (1.0 - drift) * p.persistence:
            self.heading = below(leading, directions)
        there = (
            model.places[below(leading, len(model.places))]
            if model.p.space.well_mixed
            else model.beyond(self.place, self.heading)
        )
        if there is None or there in model.immune_layer:
            self.heading = below(leading * 0x9E3779B1, directions)
        elif there not in model.tumor_layer or (turning & 0xFF) / 256.0 < p.infiltration:
            model.immune_layer[there] = model.immune_layer.pop(self.place)
            self.place = there
        met = self.contact(below(leading << 8, directions))
        if met is not None and (leading & 0xFFFF) / 65536.0 < p.arrest:
            self.target_place = met
            self.hours_engaged += model.dt
            return True
        return False

    def leaves(self, word: int) -> bool:
        """Age by one hour; True where it dies or leaves in it."""
        self.hours_since_arrival += 1
        return happens(word, 1.0 / self.life)

    @property
    def life(self) -> float:
        """Mean time in the tissue in h."""
        raise NotImplementedError


class NaturalKiller(ImmuneCell):
    """Kills at a rate, best what shows little MHC-I, and soon after it arrived."""

    name, stream = "nk", 0

    def __init__(self, model: PlainModel, place: Place, lineage: int, number: int):
        super().__init__(model, place, lineage, number)
        self.can_kill = uniform(self.traits[0]) < model.p.nk.killers
        self.kills_left = model.p.nk.capacity

    speed = property(lambda self: self.model.p.motility.nk_speed)
    detachment = property(lambda self: self.model.p.motility.nk_detachment)
    life = property(lambda self: self.model.p.recruitment.nk_life)

    def strike_rate(self, target: TumorCell) -> float:
        """Rate of killing, in 1/h."""
        p = self.model.p.nk
        if not self.can_kill or self.kills_left <= 0:
            return 0.0
        missing_self = 1.0 + p.missing_self * (1.0 - self.model.shown_mhc(target))
        stress = 1.0 + p.stress_boost * math.exp(-self.hours_since_arrival / p.stress_time)
        return p.kill_rate * missing_self * stress * self.link(self.model.p.links.nk_cytotoxicity)

    def secretes(self) -> float:
        """IFN-gamma relative to a cell that is in contact all the time."""
        return self.hours_engaged


class CytotoxicT(ImmuneCell):
    """Hits; hits add up, fade and kill. Needs antigen and MHC-I; PD-L1 and exhaustion hold it back."""

    name, stream = "ctl", 1

    def __init__(self, model: PlainModel, place: Place, lineage: int, number: int):
        super().__init__(model, place, lineage, number)
        self.exhaustion = 0.0

    detachment = property(lambda self: self.model.p.motility.ctl_detachment)
    life = property(lambda self: self.model.p.recruitment.ctl_life)

    @property
    def speed(self) -> float:
        """Slower when exhausted."""
        p = self.model.p.motility
        return p.ctl_speed * (1.0 - (1.0 - p.exhausted_speed) * self.exhaustion)

    def strike_rate(self, target: TumorCell) -> float:
        """Rate of hits, in 1/h."""
        p = self.model.p.ctl
        brake = (1.0 - p.pdl1_block * self.model.shown_pdl1(target)) * (
            1.0 - (1.0 - p.exhausted_killing) * self.exhaustion
        )
        return (
            p.hit_rate
            * target.traits["antigenicity"]
            * self.model.shown_mhc(target)
            * brake
            * self.link(self.model.p.links.ctl_cytotoxicity)
        )

    def leaves(self, word: int) -> bool:
        """Tire in contact, recover without, then age."""
        p = self.model.p.exhaustion
        contact = min(self.hours_engaged, 1.0)
        tired = 1.0 - (1.0 - self.exhaustion) * math.exp(-contact / p.onset_time)
        self.exhaustion = tired * math.exp(-(1.0 - contact) / p.recovery_time)
        return super().leaves(word)

    def divides(self, word: int) -> bool:
        """Whether it divides after a kill."""
        return uniform(word) < self.model.p.ctl.division_probability * self.link(
            self.model.p.links.ctl_proliferation
        ) * (1.0 - self.exhaustion)

    def divide(self, words: Sequence[int]) -> None:
        """Put a daughter on a free neighboring site, if there is one."""
        model = self.model
        _, b, c, d = words
        around = model.around(self.place)
        turn = below(b, len(around))
        for place in (*around[turn:], *around[:turn]):
            if place is not None and place not in model.immune_layer:
                daughter = CytotoxicT(model, place, c << 32 | d, model.next_number("immune"))
                for name in (
                    "receptor_level",
                    "set_point",
                    "ligand_local",
                    "bound_fraction",
                    "signal",
                    "exhaustion",
                    "heading",
                ):
                    setattr(daughter, name, getattr(self, name))
                model.immune_layer[place] = daughter
                model.count["ctl_births"] += 1
                return

    def secretes(self) -> float:
        """IFN-gamma relative to a fresh cell that is in contact all the time."""
        return self.hours_engaged * (1.0 - (1.0 - self.model.p.ctl.exhausted_killing) * self.exhaustion)


class PlainModel(mesa.Model):
    """The whole tissue; ``step`` computes one hour.

    scenario: as for TumorImmuneModel. seed: the same seed gives the same tissue as the package. count: events of the
    last
    hour by name. tumor_layer, immune_layer: the cell on a place (coordinates in the order of the lattice's shape).
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
        self._lay_out()
        self.drug = DrugLevels(self.p.pharmacokinetics)
        self._doses = events(given.regimen)
        self._next_dose = next(self._doses, None)
        self.host = {"receptor_level": 1.0, "ligand": 1.0, "signal": 1.0}
        self.node = (0.0, 0.0, 0.0)
        self.released = 0.0
        self.blockade = [0.0] * self.p.clock.substeps
        self.ligand_seen = [1.0] * self.p.clock.substeps
        self.ifng = [0.0] * self._grids["signals"].size
        self.oxygen = [self.p.oxygen.supply] * self._grids["oxygen"].size
        self._solvers: dict[str, Diffusion] = {}
        self._populate()
        self._solve_fields()

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

    def _lay_out(self) -> None:
        space = self.p.space
        self.shape = space.shape
        self.directions = [step for step in itertools.product((-1, 0, 1), repeat=len(self.shape)) if any(step)]
        self.mean_step = space.site_size * sum(math.hypot(*step) for step in self.directions) / len(self.directions)
        self.places: list[Place] = list(itertools.product(*map(range, self.shape)))
        self._around = {place: [self._step(place, step) for step in self.directions] for place in self.places}
        lattice = Lattice(space)
        self._flat = dict(zip(self.places, lattice.interior.tolist(), strict=True))
        self._grids = {
            "oxygen": Grid(lattice, self.p.oxygen.coarsening),
            "signals": Grid(lattice, self.p.signals.coarsening),
        }
        self._block = {
            name: dict(zip(self.places, grid.block[lattice.interior].tolist(), strict=True))
            for name, grid in self._grids.items()
        }

    def _step(self, place: Place, step: Place) -> Place | None:
        there = tuple(x + d for x, d in zip(place, step, strict=True))
        if self.p.space.boundary == "periodic":
            return tuple(x % extent for x, extent in zip(there, self.shape, strict=True))
        return there if all(0 <= x < extent for x, extent in zip(there, self.shape, strict=True)) else None

    def beyond(self, place: Place, direction: int) -> Place | None:
        """The neighbor in a direction, None behind the wall."""
        return self._around[place][direction]

    def around(self, place: Place) -> list[Place | None]:
        """All neighbors in the order of directions, None behind the wall."""
        return self._around[place]

    def line(self, place: Place, direction: int, reach: int) -> list[Place]:
        """Up to ``reach`` sites in a straight line, cut off by the wall."""
        line: list[Place] = []
        at: Place | None = place
        for _ in range(reach):
            at = self._around[at][direction]
            if at is None:
                break
            line.append(at)
        return line

    # ---- start

    def _populate(self) -> None:
        p = self.p.inoculum
        area = len(self.places) * (self.p.space.site_size / 1000.0) ** 2
        self.area = area
        self.vessels = self._luckiest(address.VESSELS, min(len(self.places), round(p.vessel_density * area)))
        for clone, place in enumerate(self._founders()):
            cell = TumorCell(self, place, self._flat[place], self.next_number("tumor"))
            cell.clone = clone
            cell.draw_set_point()
            self.tumor_layer[place] = cell
        order = self._by_luck(address.NK_START)
        nk = min(len(order), round(self.p.recruitment.nk_density * area))
        ctl = min(len(order) - nk, round(self.p.recruitment.ctl_density * area))
        for kind, chosen in ((NaturalKiller, order[:nk]), (CytotoxicT, order[nk : nk + ctl])):
            for index in sorted(chosen):
                resident = self._settle(kind, self.places[index], self._flat[self.places[index]])
                resident.hours_since_arrival = (
                    self.p.recruitment.nk_life
                )  # long since arrived, no stress ligand any more

    def _by_luck(self, decision: int) -> list[int]:
        luck = [four[0] for four in self.words(decision, 0, range(len(self.places)))]
        return sorted(range(len(self.places)), key=lambda index: luck[index])

    def _luckiest(self, decision: int, count: int) -> list[Place]:
        return [self.places[index] for index in sorted(self._by_luck(decision)[:count])]

    def _founders(self) -> list[Place]:
        p = self.p.inoculum
        count = min(p.tumor_cells, len(self.places))
        if p.placement == "scattered":
            return self._luckiest(address.INOCULUM, count)
        rank = {index: i for i, index in enumerate(self._by_luck(address.INOCULUM))}
        middle = [(extent - 1) / 2.0 for extent in self.shape]
        nearest = sorted(
            range(len(self.places)), key=lambda index: (math.dist(self.places[index], middle), rank[index])
        )
        pool = nearest[: max(count, math.ceil(count / p.fill))]
        return [self.places[index] for index in sorted(sorted(pool, key=rank.__getitem__)[:count])]

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
        self._advance_host()
        self.agents.do("advance_receptors")
        self._search_and_kill()
        self._die()
        self._divide()
        self._divide_t_cells()
        self._turn_over()
        self._clear()
        self._recruit(self._prime())
        self._solve_fields()
        self.hour += 1

    def _advance_drug(self) -> None:
        while self._next_dose is not None and self._next_dose.time < self.hour + 1:
            give = self.drug.give if self._next_dose.kind == "bolus" else self.drug.set_infusion
            give(self._next_dose.time, self._next_dose.amount)
            self._next_dose = next(self._doses, None)
        self.blockade = []
        for k in range(self.p.clock.substeps):
            self.drug.advance(self.hour + (k + 0.5) * self.dt)
            self.blockade.append(self.drug.blockade())
        self.drug.advance(self.hour + 1.0)

    def _advance_host(self) -> None:
        p, links, host = self.p.receptors, self.p.links, self.host
        self.ligand_seen = []
        signals = []
        for blockade in self.blockade:
            self.ligand_seen.append(host["ligand"])
            bound = p.baseline_ligand * host["ligand"] / (1.0 + p.baseline_ligand * host["ligand"] + blockade)
            signals.append(host["receptor_level"] * bound / self.rest)
            deficit = max(0.0, 1.0 - signals[-1])
            more_receptors = 1.0 + links.receptor_upregulation * (p.receptor_max - 1.0) * deficit
            more_ligand = 1.0 + links.ligand_upregulation * (p.ligand_max - 1.0) * deficit
            host["receptor_level"] = relax(host["receptor_level"], more_receptors, p.tau_up, p.tau_down, self.dt)
            host["ligand"] = relax(host["ligand"], more_ligand, p.ligand_tau_up, p.ligand_tau_down, self.dt)
        host["signal"] = sum(signals) / len(signals)

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
        extent = self.shape[0]
        travel = math.ceil(max(p.nk_speed, p.ctl_speed) * 60.0 * self.dt / self.mean_step) + 1
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
        pairs = (min(120, int(max(p.nk_speed, p.ctl_speed) * 60.0 * self.dt / self.mean_step) + 1) + 1) // 2
        words = self.words(address.CONTACT, tick, lineages)
        steps = zip(*(self.words(address.MOTILITY, 64 * tick + pair, lineages) for pair in range(pairs)), strict=True)
        for cell, own, hops in zip(turns, words, steps, strict=True):
            cell.move(own, hops)

    def _kill(self, searching: list[ImmuneCell], tick: int, now: float) -> None:
        engaged = [cell for cell in searching if cell.target is not None]
        struck: dict[TumorCell, list[ImmuneCell]] = defaultdict(list)
        hits: dict[TumorCell, int] = defaultdict(int)
        for cell, words in zip(
            engaged, self.words(address.STRIKE, tick, (cell.lineage for cell in engaged)), strict=True
        ):
            times = cell.strikes(words[0]) if cell.target.alive else 0
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

    def _living(self) -> list[TumorCell]:
        return [cell for cell in self.tumor_layer.values() if cell.alive]

    def _die(self) -> None:
        living = self._living()
        for cell, words in zip(
            living, self.words(address.TUMOR_FATE, self.hour, (cell.lineage for cell in living)), strict=True
        ):
            cell.die_alone(words)

    def _divide(self) -> None:
        living = self._living()
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
        for cell, words in zip(
            cells, self.words(address.IMMUNE_FATE, self.hour, (cell.lineage for cell in cells)), strict=True
        ):
            if cell.leaves(words[0]):
                del self.immune_layer[cell.place]
                self.count[f"{cell.name}_exits"] += 1
                cell.remove()

    def _clear(self) -> None:
        self.released = 0.0
        for cell in list(self.tumor_layer.values()):
            if not cell.alive:
                cell.decay()

    def _prime(self) -> float:
        """The lymph node over one hour, by the classical Runge-Kutta method; returns the effectors that left it."""
        p, released, steps = self.p.priming, self.released, 20

        def change(state: tuple[float, ...]) -> tuple[float, ...]:
            antigen, primed, effectors, _ = state
            return (
                released - antigen / p.memory,
                p.priming_rate * antigen - primed / p.delay,
                p.expansion * primed / p.delay - effectors / p.egress_time - effectors / p.contraction_time,
                effectors / p.egress_time,
            )

        def ahead(state: tuple[float, ...], slope: tuple[float, ...], by: float) -> tuple[float, ...]:
            return tuple(x + by * dx for x, dx in zip(state, slope, strict=True))

        state, h = (*self.node, 0.0), 1.0 / steps
        for _ in range(steps):
            k1 = change(state)
            k2 = change(ahead(state, k1, h / 2.0))
            k3 = change(ahead(state, k2, h / 2.0))
            k4 = change(ahead(state, k3, h))
            state = tuple(
                x + h * (a + 2.0 * b + 2.0 * c + d) / 6.0 for x, a, b, c, d in zip(state, k1, k2, k3, k4, strict=True)
            )
        self.node = state[:3]
        return state[3]

    def _recruit(self, t_cells: float) -> None:
        p, links = self.p.recruitment, self.p.links
        words = self.words(address.ARRIVALS, self.hour, [0])[0]
        nk_cells = p.nk_density * self.area / p.nk_life
        for kind, expected, gain in (
            (NaturalKiller, nk_cells, links.nk_recruitment),
            (CytotoxicT, t_cells, links.ctl_recruitment),
        ):
            factor = min(
                max(math.exp(gain * (self.host["signal"] - 1.0)), 1.0 / links.factor_bound), links.factor_bound
            )
            wanted = poisson(words[kind.stream] / WORD, expected * factor, most=10**9)
            for k in range(wanted if self.vessels else 0):
                self._enter(kind, k)

    def _enter(self, kind: type[ImmuneCell], k: int) -> None:
        for attempt in range(8):
            a, b, c, d = self.words(address.ENTRY, self.hour, [k | attempt << 32 | kind.stream << 48])[0]
            place: Place | None = self.vessels[below(a, len(self.vessels))]
            if place in self.immune_layer:
                place = self._around[place][below(b, len(self.directions))]
            if place is not None and place not in self.immune_layer:
                self._settle(kind, place, c << 32 | d)
                self.count[f"{kind.name}_arrivals"] += 1
                return
        self.count["arrivals_turned_away"] += 1

    # ---- fields

    def oxygen_at(self, place: Place) -> float:
        """Oxygen in mmHg."""
        return self.oxygen[self._block["oxygen"][place]]

    def felt(self, place: Place, half: float) -> float:
        """The effect of IFN-gamma, from 0 to 1."""
        level = self.ifng[self._block["signals"][place]]
        return level / (level + half)

    def shown_mhc(self, cell: TumorCell) -> float:
        """MHC-I on the surface, raised by IFN-gamma."""
        p = self.p.signals
        return cell.traits["mhc"] + p.mhc_induction * (1.0 - cell.traits["mhc"]) * self.felt(
            cell.place, p.induction_half
        )

    def shown_pdl1(self, cell: TumorCell) -> float:
        """PD-L1 on the surface, raised by IFN-gamma."""
        p = self.p.signals
        return cell.traits["pdl1"] + p.pdl1_induction * (1.0 - cell.traits["pdl1"]) * self.felt(
            cell.place, p.induction_half
        )

    def chemotaxis_at(self, place: Place) -> tuple[int, float]:
        """The direction up the chemokine gradient and how strongly it pulls."""
        return self._pulls[self._block["signals"][place]]

    def _solve_fields(self) -> None:
        p, grid = self.p.signals, self._grids["signals"]
        chemokine, ligand, ifng = ([0.0] * grid.size for _ in range(3))
        for cell in self._living():
            block = self._block["signals"][cell.place]
            chemokine[block] += p.chemokine_basal + (1.0 - p.chemokine_basal) * self.felt(cell.place, p.induction_half)
            ligand[block] += cell.ligand_output
        for cell in self.immune_layer.values():
            ifng[self._block["signals"][cell.place]] += cell.secretes()
        self._solve_oxygen()
        self.chemokine = self._solve("chemokine", p.chemokine_diffusion, p.chemokine_decay, chemokine)
        self.ifng = self._solve("ifng", 60.0 * p.ifng_diffusion, math.log(2.0) / p.ifng_half_life, ifng)
        self.ligand = self._solve("ligand", p.ligand_diffusion, math.log(2.0) / p.ligand_half_life, ligand)
        self._find_gradients()
        for layer in (self.tumor_layer, self.immune_layer):
            for cell in layer.values():
                cell.ligand_local = self.ligand[self._block["signals"][cell.place]]

    def _solver(self, name: str, diffusion: float) -> Diffusion:
        if name not in self._solvers:
            self._solvers[name] = Diffusion(self._grids["oxygen" if name == "oxygen" else "signals"], diffusion)
        return self._solvers[name]

    def _solve(self, name: str, diffusion: float, decay: float, secreted: list[float]) -> list[float]:
        grid, solver = self._grids["signals"], self._solver(name, diffusion)
        source = (np.array(secreted) / grid.sites_per_block).astype(np.float32).reshape(grid.shape)
        return np.maximum(solver.divide(source, 1.0 + solver.eigenvalues / np.float32(decay)), 0.0).ravel().tolist()

    def _solve_oxygen(self) -> None:
        p, grid = self.p.oxygen, self._grids["oxygen"]
        living, vessels = [0] * grid.size, [0] * grid.size
        for cell in self._living():
            living[self._block["oxygen"][cell.place]] += 1
        for place in self.vessels:
            vessels[self._block["oxygen"][place]] += 1
        exchange = [p.exchange * count / grid.sites_per_block for count in vessels]
        decay = [
            p.decay + p.uptake * count / grid.sites_per_block + e for count, e in zip(living, exchange, strict=True)
        ]
        supplied = [e * p.supply for e in exchange]
        shaped = (np.array(each, dtype=np.float32).reshape(grid.shape) for each in (decay, supplied, self.oxygen))
        self.oxygen = np.maximum(solve_variable(self._solver("oxygen", p.diffusion), *shaped)[0], 0.0).ravel().tolist()

    def _find_gradients(self) -> None:
        p, grid = self.p.signals, self._grids["signals"]
        reach = math.sqrt(p.chemokine_diffusion / p.chemokine_decay)
        level = dict(zip(itertools.product(*map(range, grid.shape)), self.chemokine, strict=True))
        self._pulls = []
        for block, here in level.items():
            slope = [self._slope(level, block, axis) for axis in range(len(block))]
            along = [
                sum(d * g for d, g in zip(step, slope, strict=True)) / math.hypot(*step) for step in self.directions
            ]
            steepest = max(0.0, *along)
            self._pulls.append(
                (
                    along.index(steepest) if steepest > 0.0 else 0,
                    min(1.0, reach * steepest / (here + p.chemokine_floor)),
                )
            )

    def _slope(self, level: dict[Place, float], block: Place, axis: int) -> float:
        """Central difference along an axis in 1/um; one-sided at a closed wall."""
        grid = self._grids["signals"]
        extent, x = grid.shape[axis], block[axis]
        ends = [x - 1, x + 1]
        ends = (
            [end % extent for end in ends]
            if self.p.space.boundary == "periodic"
            else [min(max(end, 0), extent - 1) for end in ends]
        )
        low, high = (level[(*block[:axis], end, *block[axis + 1 :])] for end in ends)
        apart = 1 if self.p.space.boundary != "periodic" and x in {0, extent - 1} else 2
        return (high - low) / (apart * grid.spacing) if extent > 1 else 0.0

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
