"""What a session's process can do comes in parts; this is where to add one.

A part is a subclass of ``Part`` in a module beside this one, and a line in ``workshop.PARTS``. Its public methods are
commands: ``session.engine.tell("give_dose", arm, amount)`` on the server calls ``give_dose(arm, amount)`` here, between
two hours. Arguments must be picklable, and so must what ``say("log", arm, ...)`` sends back, which arrives as
``Stage.on_log(arm, ...)`` or at whoever called ``stage.hear("log", function)``. Arms are numbered 0 to 3; a command
about one tissue names its arm first. An exception in a command stops the clock and is told on the page: raise
ScenarioError where the text says what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from immune_sim.app.dashboard.engine.arm import Arm
    from immune_sim.app.dashboard.engine.workshop import Workshop

HOOKS = frozenset({"opened", "hour", "spare", "show", "dropped", "say"})


class Part:
    """Commands and what they need; the hooks below are called by the workshop, in the order of ``workshop.PARTS``."""

    def __init__(self, workshop: Workshop):
        self.workshop = workshop

    def say(self, event: str, *arguments: Any) -> None:
        """Send an event to the page."""
        self.workshop.say(event, *arguments)

    def opened(self, arm: Arm) -> None:
        """Another run is in this arm."""

    def hour(self) -> None:
        """All arms have computed an hour."""

    def spare(self) -> bool:
        """There is time: do a little, some hundredths of a second, of what can wait. Whether there is more to do."""
        return False

    def show(self, slow: bool) -> None:
        """A picture is due. slow: so is everything that need not follow every picture (five times a second)."""

    def dropped(self, number: int) -> None:
        """The arm of this number is gone."""

    def commands(self) -> dict[str, Any]:
        """The public methods of this part by name."""
        names = (name for name in vars(type(self)) if not name.startswith("_") and name not in HOOKS)
        return {name: getattr(self, name) for name in names if callable(getattr(self, name))}
