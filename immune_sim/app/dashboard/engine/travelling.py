"""Going to other hours and other branches; all tissues go together."""

from __future__ import annotations

from immune_sim.app.dashboard.engine import snapshots, strip
from immune_sim.app.dashboard.engine.arm import Arm
from immune_sim.app.dashboard.engine.changing import Changing
from immune_sim.app.dashboard.engine.parts import Part
from immune_sim.app.dashboard.engine.timeline import BUDGET, Timeline


class Travelling(Part):
    """Time travel. The tree is that of the first tissue; the others follow it to its hour.

    Events: travel(hour, tip, blocked, print), course(course), values(values), arrived(hour), compare(run, title).
    """

    _wanted: int | None = None
    _told: object = None
    _repeated = 0
    _printed: tuple[object, str] = (None, "")

    def go_to(self, hour: int) -> None:
        """Take every tissue to an hour of its branch; a later command is looked at before all of it is computed."""
        self._wanted = hour
        self._travel()

    def show_branch(self, number: int) -> None:
        """Show another branch at this hour, or at its tip if it is not as long."""
        first = self._first()
        if first is not None and number in first.timeline.branches:
            first.timeline.show(number)
            self._follow()

    def remove_branch(self, number: int) -> None:
        """Forget a branch and what grew from it."""
        first = self._first()
        if first is not None and number in first.timeline.branches:
            first.timeline.remove(number)
            self._follow()

    def rename_branch(self, number: int, title: str) -> None:
        """Call a branch something else."""
        first = self._first()
        if first is not None and number in first.timeline.branches:
            first.timeline.rename(number, title)
            self.workshop.loop.redraw()

    def compare_branch(self, number: int) -> None:
        """Ask the page to open a branch in a tissue of its own, at this hour."""
        first = self._first()
        if first is not None and number in first.timeline.branches:
            title = next(each.title for each in first.timeline.tree() if each.number == number)
            self.say("compare", first.timeline.run_of(number, round(first.model.time)), title)

    def strip_again(self) -> None:
        """Tell everything anew: the strip has just come."""
        self._told = None
        self.workshop.loop.redraw()

    def opened(self, arm: Arm) -> None:
        """Another run has other hours."""
        self._told = None
        self._repeated = arm.timeline.repeated
        self._share_budget()

    def dropped(self, number: int) -> None:
        """Those that stay may keep more."""
        self._told = None
        self._share_budget()

    def show(self, slow: bool) -> None:
        """Say where the first tissue stands, and its course where that has changed."""
        first = self._first()
        if first is None or not slow:
            return
        timeline = first.timeline
        if timeline.repeated != self._repeated:
            self._tell_changes()
        mark = (
            timeline.here.number,
            timeline.here.changes,
            timeline.note,
            [*timeline.branches],
            timeline.here.tip // (24 if self.workshop.loop.playing else 1),  # told once a day, and where it stands
        )
        names = [each.name for each in timeline.branches.values()]
        if (mark, names) != self._told:
            self._told = mark, names
            self.say("course", strip.course(timeline))
        blocked = strip.blocked(timeline.columns())
        self.say("travel", round(timeline.model.time), timeline.here.tip, blocked, self._print(timeline))

    def _print(self, timeline: Timeline) -> str:
        """The fingerprint of the tissue that is shown, "" while the clock runs."""
        if self.workshop.loop.playing:
            return ""
        shown = timeline.model, timeline.model.time, len(timeline.model.interventions)
        if shown != self._printed[0]:
            self._printed = shown, snapshots.fingerprint(timeline.model)
        return self._printed[1]

    def _share_budget(self) -> None:
        for each in self.workshop.arms.values():
            each.timeline.budget = BUDGET // len(self.workshop.arms)

    def _first(self) -> Arm | None:
        return next(iter(self.workshop.arms.values()), None)

    def _travel(self) -> None:
        hour, self._wanted = self._wanted, None
        if hour is None:
            return
        for arm in self.workshop.arms.values():
            arm.timeline.go_to(hour, lambda: self.workshop.loop.waiting)
        if any(round(arm.model.time) != hour for arm in self.workshop.arms.values()):
            self._wanted = hour  # after the commands that wait, one of which may name another hour
            self.workshop.loop.note(self._travel)
        else:
            self._arrived()

    def _follow(self) -> None:
        """Take the other tissues to the hour of the first."""
        first = self._first()
        assert first is not None
        for arm in self.workshop.arms.values():
            arm.timeline.go_to(round(first.model.time))
        self._arrived()

    def _arrived(self) -> None:
        self._tell_changes()
        first = self._first()
        if first is not None:
            self.say("arrived", round(first.model.time))

    def _tell_changes(self) -> None:
        """Say what was done up to this hour, and which values are in force; a person did not do it just now."""
        for number in self.workshop.arms:
            self.workshop.part(Changing).list_changes(number)
        first = self._first()
        if first is not None:
            self._repeated = first.timeline.repeated
            self.say("values", dict(first.model.scenario.values))
