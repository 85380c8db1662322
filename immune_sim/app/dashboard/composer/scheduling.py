"""The schedule of a session: the one the tissue began with, the one it follows now, and the desk to draw another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import solara

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.composer.desk import Desk
from immune_sim.app.dashboard.composer.sentence import schedule_sentence
from immune_sim.scenario.dosing import Dosing
from immune_sim.scenario.reading import REGIMEN
from immune_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from immune_sim.app.dashboard.state import Session

PANEL = "schedule"


class Scheduling:
    """What a session does with schedules. known: whether the desk shows the schedule that the tissue follows now."""

    def __init__(self, session: Session):
        self.session = session
        self.desk = Desk(session.scenario)
        self.known = solara.reactive(False)
        session.stage.hear("schedule", self._opened)

    @property
    def words(self) -> str:
        """The schedule that the tissue follows, in one sentence; reads the list of changes, so it redraws with it."""
        changed = self._changed
        since = f"Since {replay.clock(changed.hour)}: " if changed else ""
        return since + schedule_sentence(self.followed)

    @property
    def followed(self) -> Scenario:
        """The scenario with the values wanted now and the schedule that the tissue follows at this hour."""
        scenario = self.session.scenario.with_overrides(self.session.changes.value)
        return scenario.with_overrides({REGIMEN: self._changed.value}) if self._changed else scenario

    @property
    def own(self) -> bool:
        """Whether the tissue follows the scenario's own schedule."""
        return self._changed is None and not self.session.wanted.rescheduled.value

    @property
    def _changed(self) -> replay.Change | None:
        changed = [each for each in self.session.stage.log.value if isinstance(each.value, list)]
        return changed[-1] if changed else None

    def ask(self) -> None:
        """Ask the tissue for its schedule; the desk then shows it."""
        self.session.engine.tell("ask_schedule", 0)

    def _opened(self, arm: int, hour: int, dosing: Sequence[Dosing]) -> None:
        if arm == 0:
            self.desk.open(self.session.scenario.with_overrides(self.session.changes.value), dosing, hour)
            self.known.value = True

    def use_now(self) -> None:
        """Let the running tissue follow the plan from the present hour on."""
        self.session.show_panel(PANEL, False)
        self.session.use_schedule(self.desk.plan.value, now=True)

    def use_from_start(self) -> None:
        """Begin again at hour 0 with the plan."""
        self.session.show_panel(PANEL, False)
        self.session.use_schedule(self.desk.plan.value, now=False)
        self.session.play(True)

    def undo(self) -> None:
        """Begin again at hour 0 with the scenario's own schedule."""
        self.session.wanted.own_schedule()
        self.session.reset()
        self.session.play(True)
