"""A study before it runs: what it asks, how large it is, how long it takes, and the button that starts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import reacton.ipyvuetify as v
import solara

from immune_sim.app.dashboard.components.controls import Action, text
from immune_sim.app.dashboard.components.upload import mistakes
from immune_sim.app.dashboard.studies import settings
from immune_sim.app.dashboard.studies.browsing import Browsing, shipped
from immune_sim.app.dashboard.studies.surveying import Survey
from immune_sim.app.redrawn import duration_words

MOST_REPLICATES = 100_000


@solara.component
def StudyPlan(browsing: Browsing) -> None:
    """The plan that is chosen, or why it cannot be one."""
    asked = browsing.asked.value
    survey = browsing.surveys.value.get(asked)
    with v.Html(tag="section", class_="card study-plan", attributes={"aria-label": "Study"}):
        if survey is not None:
            Plan(browsing, survey)
        elif browsing.problem.value:
            text(f"{asked.name} cannot run", "panel-title", "h2")
            Mistakes(browsing.problem.value)
            if asked.replicates is not None or (asked.quick and asked.content is not None):
                own = replace(asked, replicates=None, quick=False)
                Action("Back to the file's own values", "mdi-undo", lambda: browsing.plan(own))
        else:
            Waiting(browsing)


@solara.component
def Waiting(browsing: Browsing) -> None:
    """What is known of a study before its size and time are."""
    asked = browsing.asked.value
    known = next((each for each in shipped() if asked.content is None and each.name == asked.name), None)
    text(known.title if known else asked.name, "panel-title", "h2")
    if known:
        text(known.about, "study-lead")
    text(f"{browsing.busy.value or 'estimating the time'} \u2026", "study-about", role="status")


@solara.component
def Mistakes(words: str) -> None:
    """What is wrong, a line each."""
    with v.Html(tag="ul", class_="study-mistakes", attributes={"role": "alert"}):
        for line in mistakes(words):
            text(line, "", "li")


@solara.component
def Plan(browsing: Browsing, survey: Survey) -> None:
    """Question, choices, size and time."""
    done = min(survey.runs, max([each.done for each in browsing.kept.value if each.folder == survey.folder], default=0))
    missing = survey.runs - done
    text(survey.title, "panel-title", "h2")
    if survey.about:
        text(survey.about, "study-lead")
    Choices(browsing, survey)
    with v.Html(tag="div", class_="study-go"):
        if missing:
            Action(
                "Start" if not done else "Go on",
                "mdi-play",
                lambda: browsing.start(replace(survey, done=done)),
                kind="primary",
                title="Compute it beside the Lab; it can be stopped and gone on with at any time",
            )
        else:
            Action("Show the results", "mdi-chart-line", lambda: browsing.look_at(survey.folder), kind="primary")
        text(_time(survey, missing, browsing.workers.value), "study-time")
    text(_where(survey, done), "study-about")
    if browsing.problem.value:
        Mistakes(browsing.problem.value)
    Design(survey)


def _time(survey: Survey, missing: int, workers: int) -> str:
    if not missing:
        return f"all {survey.runs:,} runs are there already"
    at_most = "up to " if survey.at_most else ""
    seconds = missing * survey.seconds / max(1, workers)
    return f"{at_most}{missing:,} runs, about {duration_words(seconds)}; longer where tumors grow large"


def _where(survey: Survey, done: int) -> str:
    folder = settings.current().folder / survey.folder
    known = f"; {done:,} runs of it are there and are not computed again" if done else ""
    return f"Kept in {folder}{known}. You can go on in the Lab meanwhile."


@solara.component
def Choices(browsing: Browsing, survey: Survey) -> None:
    """Small or whole, how many replicates, on how many processes."""
    asked = browsing.asked.value

    def replicates(given: str) -> None:
        if given.strip().isdigit() and 1 <= int(given) <= MOST_REPLICATES:
            browsing.plan(replace(asked, replicates=int(given)))

    with v.Html(tag="div", class_="study-choices"):
        if survey.has_quick:
            v.Switch(
                v_model=asked.quick,
                on_v_model=lambda quick: browsing.plan(replace(asked, quick=bool(quick), replicates=None)),
                label="Quick version",
                inset=True,
                dense=True,
                hide_details=True,
                class_="study-switch",
                attributes={"title": "Smaller, done in minutes: to look at, not to conclude from"},
            )
        Field("Replicates", str(survey.replicates), replicates, "Runs of every arm at every design point")
        with v.Html(tag="label", class_="study-field"):
            text("Processes", "field-label", "span")
            v.Select(
                items=list(range(1, settings.current().most_workers + 1)),
                v_model=browsing.workers.value,
                on_v_model=browsing.workers.set,
                outlined=True,
                dense=True,
                hide_details=True,
                class_="study-workers",
                attributes={"aria-label": "Processes"},
            )


@solara.component
def Field(label: str, value: str, use: Callable[[str], None], title: str) -> None:
    """A number that is used when one leaves the field or presses Enter."""
    with v.Html(tag="label", class_="study-field", attributes={"title": title}):
        text(label, "field-label", "span")
        field = v.TextField(
            v_model=value, outlined=True, dense=True, hide_details=True, class_="study-number",
            attributes={"aria-label": label, "inputmode": "numeric"},
        )  # fmt: skip
        v.use_event(field, "change", lambda *told: use(str(told[-1])))


@solara.component
def Design(survey: Survey) -> None:
    """Arms with their schedules, factors, and how all of it multiplies."""
    text("Arms", "panel-section", "h3")
    with v.Html(tag="dl", class_="study-arms"):
        for title, schedule in survey.arms:
            text(title, "", "dt")
            text(schedule, "", "dd")
    if survey.factors:
        text("Varied", "panel-section", "h3")
        with v.Html(tag="ul", class_="study-factors"):
            for each in survey.factors:
                text(each, "", "li")
    points = f"{survey.points:,} design points \u00d7 " if survey.points > 1 else ""
    arms = f"{len(survey.arms)} {'arms' if len(survey.arms) > 1 else 'arm'}"
    at_most = "up to " if survey.at_most else ""
    text(
        f"{points}{arms} \u00d7 {at_most}{survey.replicates:,} replicates = {at_most}{survey.runs:,} runs of "
        f"{survey.days:g} days at most. Arms of a replicate share their seed.",
        "panel-about",
    )
