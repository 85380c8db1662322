"""The schedule composer: a schedule is drawn, seen in the body, read in one sentence, and used."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard import replay
from immune_sim.app.dashboard.components.controls import Action, IconAction, copy_button, text
from immune_sim.app.dashboard.composer.presets import BURDEN, PRESETS, Preset
from immune_sim.app.dashboard.composer.preview import FREE_MEANS
from immune_sim.app.dashboard.composer.scheduling import PANEL
from immune_sim.app.dashboard.composer.sentence import schedule_sentence
from immune_sim.app.dashboard.state import Session
from immune_sim.app.dashboard.widgets.dose_timeline import DoseTimeline
from immune_sim.scenario.dosing import Dosing
from immune_sim.scenario.writing import regimen_text


@solara.component
def ScheduleLine(session: Session) -> None:
    """The schedule of the tissue in one sentence, and the button that opens the composer."""
    changed = session.wanted.rescheduled.value
    with v.Html(tag="div", class_="scenario-regimen is-changed" if changed else "scenario-regimen"):
        v.Icon(children=["mdi-clock-outline"], x_small=True)
        text(session.scheduling.words, "", "span", title=FREE_MEANS)
        if changed:
            IconAction("mdi-undo", session.scheduling.undo, "Begin again with the scenario's own schedule")
        IconAction("mdi-pencil-outline", lambda: session.show_panel(PANEL, True), "Change the schedule (key s)")


@solara.component
def ComposerPanel(session: Session) -> None:
    """The dialog."""
    is_open = session.open_panel.value == PANEL

    def ask() -> None:
        session.scheduling.known.value = False
        if is_open:
            session.scheduling.ask()

    solara.use_effect(ask, [is_open])
    with v.Dialog(
        v_model=is_open,
        on_v_model=lambda opened: session.show_panel(PANEL, opened),
        max_width=980,
        content_class="panel-dialog",
    ):
        with v.Card(class_="panel composer", attributes={"aria-label": "Schedule"}):
            if is_open:
                with v.Html(tag="div", class_="panel-head"):
                    text("Schedule", "panel-title", "h2")
                    IconAction("mdi-close", lambda: session.show_panel(PANEL, False), "Close")
                if session.scheduling.known.value:
                    Composer(session)


@solara.component
def Composer(session: Session) -> None:
    """Presets, the timeline, the schedule in words and as text, and what to do with it."""
    plan = session.scheduling.desk.plan.value
    dosing = plan.dosing()
    with v.Html(tag="div"):
        Presets(session)
        Timeline(session)
        with v.Html(tag="div", class_="composer-said"):
            with v.Html(tag="div"):
                text(schedule_sentence(session.scheduling.desk.scenario, dosing), "composer-sentence", role="status")
                if plan.kept:
                    text(_kept(plan.kept), "panel-about")
                text(
                    f"Preview: the scenario's own kinetics from a body free of drug, every dose given. {FREE_MEANS}",
                    "panel-about",
                )
            ScenarioText(dosing)
        with v.Html(tag="div", class_="panel-row composer-use"):
            Action(
                "Use from now on",
                "mdi-play-outline",
                session.scheduling.use_now,
                kind="primary",
                title="The running tissue follows this schedule from the present hour on",
            )
            Action(
                "Use from the start",
                "mdi-restart",
                session.scheduling.use_from_start,
                title="Begin again at hour 0 with this schedule",
            )
            text(f"The tissue is on {replay.clock(session.stage.reading.value.hour)}.", "field-label")


@solara.component
def Presets(session: Session) -> None:
    """One click each; and the burden above which doses are given."""
    desk, plan = session.scheduling.desk, session.scheduling.desk.plan.value
    with v.Html(tag="div", class_="panel-row composer-presets", attributes={"role": "group", "aria-label": "Presets"}):
        for preset in PRESETS:
            Chip(preset, preset.name == desk.chosen.value, desk.take)
        v.Spacer()
        Condition(session)
    if plan.above is not None and not plan.doses:
        text("There is no dose yet that could ask for the burden.", "panel-about")


@solara.component
def Chip(preset: Preset, pressed: bool, on_click: Callable[[Preset], None]) -> None:
    """The button of a preset."""
    button = v.Btn(
        children=[preset.name],
        depressed=True,
        ripple=False,
        class_=f"action is-plain is-chip{' is-pressed' if pressed else ''}",
        attributes={"title": preset.about, "aria-pressed": str(pressed).lower()},
    )
    v.use_event(button, "click", lambda *_: on_click(preset))


@solara.component
def Condition(session: Session) -> None:
    """Doses only while the burden exceeds a number of cells."""
    desk = session.scheduling.desk
    above = desk.plan.value.above

    def typed(given: str) -> None:
        if given.strip().isdigit():
            desk.ask_burden(int(given))

    with v.Html(tag="div", class_="composer-condition"):
        v.Checkbox(
            label="only while above",
            v_model=above is not None,
            on_v_model=lambda on: desk.ask_burden(BURDEN if on else None),
            dense=True,
            hide_details=True,
            class_="composer-check",
        )
        v.TextField(
            v_model=str(BURDEN if above is None else above),
            on_v_model=typed,
            disabled=above is None,
            outlined=True,
            dense=True,
            hide_details=True,
            class_="composer-cells",
            attributes={"aria-label": "Living tumor cells above which doses are given", "inputmode": "numeric"},
        )
        text("tumor cells", "field-label", "span")


@solara.component
def Timeline(session: Session) -> None:
    """The timeline with the course of the plan."""
    desk = session.scheduling.desk
    seen = desk.preview()
    timeline = DoseTimeline.element(view=desk.view(), **desk.pictures(seen))
    solara.use_effect(lambda: solara.get_widget(timeline).listen(desk.hand), [])


@solara.component
def ScenarioText(dosing: Sequence[Dosing]) -> None:
    """The tables of a scenario file, to copy."""
    content = regimen_text(dosing) or "regimen = []"
    with v.Html(tag="div", class_="composer-text copyable"):
        copy_button("Copy the schedule as text of a scenario file")
        text(content, "code", "pre", tabindex="0", **{"aria-label": "The schedule as text of a scenario file"})


def _kept(kept: Sequence[Dosing]) -> str:
    many = f"{len(kept)} phases" if len(kept) > 1 else "1 phase"
    return f"{many} cannot be drawn here (an infusion, another unit or odd times) and will be kept as they are."
