"""All parameters of the scenario; changed ones are marked, and those that wait for a reset say so."""

from __future__ import annotations

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.controls import Action, text
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.parameter_sheet import ParameterSheet, described, shown

FIRST = ("links", "receptors", "pharmacokinetics")
LAST = ("space", "time", "clock", "inoculum", "endpoints")


@solara.component
def ParameterCard(session: Session) -> None:
    """The sheet of sliders and what is to be done about changes."""
    registry = session.scenario.registry
    _ = session.scenario_name.value  # another scenario, other values
    ordered = sorted(registry.groups.values(), key=_rank)
    groups = solara.use_memo(lambda: described(ordered, session.scenario), [dict(session.scenario.presets)])
    changes, waiting = session.changes.value, session.waiting.value
    base = session.scenario.values
    with v.Html(tag="section", class_="card parameter-card", attributes={"aria-label": "Parameters"}):
        text("Parameters", "card-title")
        with v.Html(tag="div", class_="parameter-sheet"):
            sheet = ParameterSheet.element(
                groups=groups, values=shown({**base, **changes}), base=shown(base), waiting=[*waiting]
            )
        if changes:
            with v.Html(tag="div", class_="changes"):
                text(_changed(len(changes), len(waiting)), "changes-words")
                if waiting:
                    Action(
                        "Reset now",
                        "mdi-restart",
                        session.reset,
                        kind="quiet",
                        title="Begin again at hour 0 with the new values",
                    )
                Action(
                    "Undo all",
                    "mdi-undo",
                    session.undo_all,
                    kind="quiet",
                    title="Put every value back to the scenario's",
                )

    def listen() -> None:
        solara.get_widget(sheet).listen(session.set_parameter, session.undo)

    solara.use_effect(listen, [])


def _changed(changed: int, waiting: int) -> str:
    words = f"{changed} changed"
    return words + (f", {waiting} at the next reset" if waiting else "")


def _rank(group: type) -> int:
    """The heart of the hypothesis first, settings of the experiment last, the rest in the order of the registry."""
    name: str = group.group  # type: ignore[attr-defined]
    return FIRST.index(name) if name in FIRST else len(FIRST) + (name in LAST)
