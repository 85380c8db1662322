"""Arms beside the first: the same run with one change, where they differ, and what first made them differ."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from typing import Any

from immune_sim.app.dashboard.composer.plan import drawn
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.divergence import Divergence, divergence
from immune_sim.app.dashboard.engine.first_cause import Watch
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.replay import Change, Run
from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.model.model import TumorImmuneModel
from immune_sim.scenario.reading import REGIMEN

LETTERS = "ABCD"
COUNTS = 1.0  # s between counts of the cells that differ, while the clock runs


class Twins(Part):
    """Twin arms. Events: parted(arm, sentence), differing(arm, cells that differ, all cells)."""

    _counted_at = 0.0

    def beside(self, arm: int, own: dict[str, Any], from_now: bool) -> None:
        """Put the first run beside itself with other values (address -> value, "regimen" -> phases).

        They are used from the beginning, or from the present hour on.
        """
        if 0 in self.workshop.arms:
            first = self.workshop.arms[0]
            if from_now and REGIMEN in own:
                own = {**own, REGIMEN: still_to_come(first.model, own[REGIMEN])}
            self._begin(arm, with_change(first.now(), own, from_now))

    def beside_run(self, arm: int, run: Run) -> None:
        """Put any run beside the first; whichever is behind in time is played on, so that all go in lock-step."""
        while self.workshop.arms and round(self.workshop.arms[0].model.time) < run.hour:
            self.workshop.hour()
        hour = round(self.workshop.arms[0].model.time) if 0 in self.workshop.arms else run.hour
        self._begin(arm, dataclasses.replace(run, hour=hour))

    def differences(self, wanted: bool) -> None:
        """Paint where the arms differ from the first, or paint them as they are."""
        self.workshop.view.differences = wanted
        for arm in self.workshop.arms:
            self.workshop.act("picture_again", (arm,))

    def opened(self, arm: Arm) -> None:
        """Compare again where one of the two is another run."""
        pairs = [other for other in self.workshop.arms.values() if other.number and arm.number in (0, other.number)]
        for other in pairs:
            if 0 in self.workshop.arms:
                self._compare(self.workshop.arms[0], other)

    def hour(self) -> None:
        """Look for the first difference."""
        first = self.workshop.arms.get(0)
        for arm in self.workshop.arms.values():
            watch: Watch | None = arm.notes.get("watch")
            if first is not None and watch is not None and not watch.done and watch.seen == first.model.time - 1:
                before = watch.sentence
                watch.look(first.model, arm.model)
                if watch.sentence != before:
                    self.say("parted", arm.number, watch.sentence)

    def show(self, slow: bool) -> None:
        """Count the cells that differ; after a journey to other hours or branches look for the cause anew."""
        now = time.perf_counter()
        due = now - self._counted_at > COUNTS or not self.workshop.loop.playing
        if slow and due and 0 in self.workshop.arms:
            self._counted_at = now
            first = self.workshop.arms[0]
            for arm in self.workshop.arms.values():
                if arm.number and arm.notes.get("compared") != _past(first, arm):
                    self._compare(first, arm)
                found = self.found(arm)
                if found is not None:
                    self.say("differing", arm.number, found.differing, sum(found.counts.values()))

    def found(self, arm: Arm) -> Divergence | None:
        """Where an arm differs from the first now, None for the first itself and while there is nothing to compare."""
        first = self.workshop.arms.get(0)
        if arm.number == 0 or first is None or first.model.time != arm.model.time or not alike(first, arm):
            return None
        return divergence(arm.model.tissue, first.model.tissue)

    def _begin(self, arm: int, run: Run) -> None:
        self.workshop.busy("Preparing the second tissue")
        try:
            made = Arm(arm, run)
            first = self.workshop.arms.get(0)
            if first is not None and not alike(first, made):
                raise ScenarioError(Problem("arms", "a tissue of another size cannot be compared cell by cell."))
        except ScenarioError:
            self.say("dropped", arm)
            raise
        finally:
            self.workshop.busy("")
        self.workshop.open(made)

    def _compare(self, first: Arm, other: Arm) -> None:
        """Find the first difference; where both have a past, it is played again until they part."""
        watch = other.notes["watch"] = Watch(("A", LETTERS[other.number]))
        if first.model.time == other.model.time:
            self.workshop.busy("Comparing the arms")
            for one, two in _together(first.now(), other.now()):
                watch.look(one, two)
                if watch.done:
                    break
            self.workshop.busy("")
        other.notes["compared"] = _past(first, other)
        self.say("parted", other.number, watch.sentence)


def _past(one: Arm, other: Arm) -> tuple[object, ...]:
    """What both arms have behind them, as far as it decides where they part: branches, or an hour not looked at."""
    watch: Watch | None = other.notes.get("watch")
    unseen = watch is not None and not watch.done and watch.seen < one.model.time
    return one.timeline.here.number, other.timeline.here.number, unseen and one.model.time


def alike(one: Arm, other: Arm) -> bool:
    """Whether two tissues have the same places."""
    return bool(one.model.tissue.lattice.shape == other.model.tissue.lattice.shape)


def still_to_come(model: TumorImmuneModel, tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of a schedule from hour 0 on is left at the hour of a model; a dose that fell due at it has been given."""
    plan = drawn(model.scenario.with_overrides({REGIMEN: tables}))
    return [each.table() for each in plan.dosing_from(round(model.time), model.scenario.dosing)]


def with_change(run: Run, own: dict[str, Any], from_now: bool) -> Run:
    """A run as it would be with other values from its beginning, or from its present hour on."""
    if from_now:
        added = tuple(Change(float(run.hour), value, address) for address, value in own.items())
        return dataclasses.replace(run, changes=(*run.changes, *added))
    kept = tuple(each for each in run.changes if each.address not in own)
    return dataclasses.replace(run, overrides={**run.overrides, **own}, changes=kept)


def _together(one: Run, other: Run) -> Iterator[tuple[TumorImmuneModel, TumorImmuneModel]]:
    """Both runs from their beginning to the hour at which they stand, hour by hour."""
    first, second = (TumorImmuneModel(each.scenario, rng=each.seed) for each in (one, other))
    for _ in zip(one.hours(first), other.hours(second), strict=True):
        yield first, second
