"""Tumor cells of the plain model, and what every cell has."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import mesa

from immune_sim.core import random as address
from tests.reference.plain_rules import Place, below, bounded, happens, normal, relax, uniform

if TYPE_CHECKING:
    from tests.reference.plain_model import PlainModel

SECOND_ADDRESS = 0x9E3779B97F4A7C15  # a dividing cell draws twice in one hour


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
        return bounded(math.exp(gain * (self.signal - 1.0)), self.model.p.links.factor_bound)


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
        oxygen = self.model.fields.oxygen_at(self.place)
        lack = min(1.0, max(0.0, (p.necrosis_onset - oxygen) / max(p.necrosis_onset - p.necrosis_full, 1e-6)))
        if happens(words[0], p.death_rate * self.link(self.model.p.links.tumor_apoptosis)):
            self.die("apoptotic", "spontaneous")
        elif lack > 0.0 and happens(words[1], p.necrosis_rate * lack):
            self.die("necrotic", "hypoxia")

    def room(self, turn: int) -> list[Place]:
        """The sites from a neighbor outwards to the nearest free one; empty where there is none within reach."""
        around, layer = self.model.space.around(self.place), self.model.tumor_layer
        for k in range(len(around)):
            place = around[k + turn - len(around)]
            if place is not None and place not in layer:
                return [place]
        for reach in range(2, self.model.p.proliferation.push_depth + 2):
            for k in range(len(around)):
                line = self.model.space.line(self.place, (turn + k) % len(around), reach)
                if len(line) == reach and line[-1] not in layer:
                    return line
        return []

    def wants_to_divide(self, words: Sequence[int]) -> bool:
        """Tell whether it is cycling or quiescent, and whether it divides in this hour."""
        p = self.model.p.proliferation
        oxygen = self.model.fields.oxygen_at(self.place)
        if oxygen <= p.oxygen_none or not self.room(0):
            self.state = "quiescent"
            return False
        self.state = "cycling"
        supplied = min(1.0, (oxygen - p.oxygen_none) / max(p.oxygen_full - p.oxygen_none, 1e-6))
        arrested = p.ifng_arrest * self.model.fields.felt(self.place, p.ifng_half)
        return happens(
            words[0], p.rate * supplied * (1.0 - arrested) * self.link(self.model.p.links.tumor_proliferation)
        )

    def divide(self) -> None:
        """Put a daughter on a neighboring site, if there still is room, and pass the traits on."""
        model = self.model
        c, d, e, _ = model.words(address.DIVISION, model.hour, [self.lineage ^ SECOND_ADDRESS])[0]
        if model.p.space.well_mixed:
            tries = [model.space.places[below(word, len(model.space.places))] for word in (d, e)]
            line = [place for place in tries if place not in model.tumor_layer][:1]
        else:
            line = self.room(below(c, len(model.space.directions)))
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
