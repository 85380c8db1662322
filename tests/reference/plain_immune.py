"""NK cells and cytotoxic T cells of the plain model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from immune_sim.core import random as address
from tests.reference.plain_rules import Place, below, happens, poisson, uniform
from tests.reference.plain_tumor import Cell, TumorCell

if TYPE_CHECKING:
    from tests.reference.plain_model import PlainModel


class ImmuneCell(Cell):
    """What NK cells and T cells share: they search, arrest on a target, and strike it."""

    name = ""
    stream = 0

    def __init__(self, model: PlainModel, place: Place, lineage: int, number: int):
        super().__init__(model, place, lineage, number)
        self.traits = model.words(address.IMMUNE_TRAITS, 0, [lineage])[0]
        self.heading = below(self.traits[1], len(model.space.directions))
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
        around = self.model.space.around(self.place)
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
        hops = int(self.speed * 60.0 * model.dt / model.space.mean_step + uniform(words[1]))
        for hop in range(min(hops, 120)):
            turning, leading = steps[hop // 2][2 * (hop % 2) : 2 * (hop % 2) + 2]
            if self.hop(turning, leading):
                return

    def hop(self, turning: int, leading: int) -> bool:
        """Try to enter a neighboring site, then look around; True where a target was met."""
        p, model = self.model.p.motility, self.model
        directions = len(model.space.directions)
        toward, pull = model.fields.chemotaxis_at(self.place)
        drift = p.chemotaxis * pull
        if uniform(turning) < drift:
            self.heading = toward
        elif uniform(turning) >= drift + (1.0 - drift) * p.persistence:
            self.heading = below(leading, directions)
        there = (
            model.space.places[below(leading, len(model.space.places))]
            if model.p.space.well_mixed
            else model.space.beyond(self.place, self.heading)
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
        missing_self = 1.0 + p.missing_self * (1.0 - self.model.fields.shown_mhc(target))
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
        brake = (1.0 - p.pdl1_block * self.model.fields.shown_pdl1(target)) * (
            1.0 - (1.0 - p.exhausted_killing) * self.exhaustion
        )
        return (
            p.hit_rate
            * target.traits["antigenicity"]
            * self.model.fields.shown_mhc(target)
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
        around = model.space.around(self.place)
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
