"""The parts of the page that are words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from immune_sim.app.report.markup import Markup, code, element, raw, text
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.words import HOURS_PER_DAY, Say, days, percent, rows_of, span
from immune_sim.app.words import regimen_sentence

Rows = list[list[Markup]]
SHORT = 26  # letters of a label that are kept on one line


def grid(heads: Sequence[str], rows: Rows, *, numbers_from: int = 1) -> Markup:
    """A table whose columns from the given one on hold numbers, set to the right."""
    side = ["n" if i >= numbers_from else "" for i in range(len(heads))]
    top = element("thead", element("tr", *(element("th", text(each), cls=side[i]) for i, each in enumerate(heads))))
    body = [element("tr", *(element("td", cell, cls=side[i]) for i, cell in enumerate(row))) for row in rows]
    return element("div", element("table", top, element("tbody", *body)), cls="scroll")


def arm_name(told: Told, arm: str) -> Markup:
    """An arm with the color that it has in every figure."""
    ink = told.styles[arm].ink
    dot = element("span", cls="dot", style=f"--light:{ink[0]};--dark:{ink[1]}")
    label = told.labels[arm]
    return element("span", dot, text(label), cls="arm" if len(label) <= SHORT else "")


def part(name: str, title: str, *inside: Markup, about: str = "") -> Markup:
    """A section of the page that the contents lead to."""
    intro = [element("p", text(about), cls="intro")] if about else []
    return element("section", element("h2", text(title)), *intro, *inside, id=name)


def head(told: Told) -> Markup:
    """Title, what was done, and what a reader must know first."""
    parts = [
        element("p", text("immune-sim, report of a virtual experiment"), cls="over"),
        element("h1", text(told.title)),
        element("p", text(facts(told)), cls="facts"),
    ]
    if told.manifest.get("about"):
        parts.append(element("p", text(told.manifest["about"]), cls="lead"))
    if told.manifest.get("quick"):
        parts.append(
            element(
                "p",
                text("A quick version of the study (--quick): smaller, to look at, not to conclude from."),
                cls="banner",
            )
        )
    warned = [*told.analysis.cautions, *(f"Not computed: {each}" for each in told.analysis.missing)]
    if warned:
        listed = element("ul", *(element("li", text(each)) for each in warned))
        parts.append(element("div", text("Before you believe it:"), listed, cls="banner"))
    return element("header", *parts)


def facts(told: Told) -> str:
    """How much there is of what, in one line."""
    done, failed = int((told.runs["status"] == "ok").sum()), int((told.runs["status"] != "ok").sum())
    points = f"{told.points} design points, " if told.points > 1 else ""
    return (
        f"{len(told.arms)} {'arms' if len(told.arms) > 1 else 'arm'}, {points}{replicates(told)}, {done:,} runs"
        + (f", {failed:,} more failed" if failed else "")
        + f"; followed for {told.horizon / HOURS_PER_DAY:g} days"
    )


def glance(told: Told) -> Markup:
    """One row per arm: take, latency, survival, clearance."""
    tables = told.analysis.tables
    if "survival" not in tables or "take" not in tables:
        return raw("")
    late, early, take, cleared = (
        {row["arm"]: row for row in rows_of(tables[name])} for name in ("survival", "latency", "take", "cleared")
    )
    rows: Rows = []
    for arm in (each for each in told.arms if each in late):
        cells = [
            _two_lines(take[arm], "share", percent),
            _two_lines(early[arm], "median", days),
            _two_lines(late[arm], "median", days),
            _two_lines(late[arm], "mean", days),
            _two_lines(cleared[arm], "share", percent),
        ]
        rows.append([arm_name(told, arm), text(late[arm]["n"]), *cells])
    heads = ["arm", "runs", "take", "median days to tumor", "median survival, days", "mean survival, days", "cleared"]
    until = f"{told.horizon / HOURS_PER_DAY:g}"
    about = f"Mean survival is restricted to the {until} days followed. Below each figure: its 95 % interval, "
    about += "Wilson's of a share, Student's of a mean; open: the end lies beyond the days followed."
    return raw(grid(heads, rows) + element("p", text(about), cls="small"))


def _two_lines(row: dict[str, Any], name: str, say: Say) -> Markup:
    """An estimate with its interval below it."""
    value, _, ends = span(row, name, say).partition(" (")
    return raw(element("div", text(value)) + element("div", text(ends.rstrip(")")), cls="small"))


def design(told: Told) -> Markup:
    """Arms, factors, replicates and seeds."""
    rows: Rows = []
    for arm, scenario in told.scenarios.items():
        about = told.manifest["arms"][arm].get("about") or ""
        said = element("div", arm_name(told, arm)) + (element("div", text(about), cls="small") if about else "")
        rows.append([raw(said), code(scenario.name), text(_capital(regimen_sentence(scenario.dosing)))])
    parts = [grid(["arm", "scenario", "schedule"], rows, numbers_from=9)]
    if told.factors:
        parts.append(element("h3", text("Factors")))
        parts.append(
            grid(
                ["factor", "varies", "values"],
                [[text(f.label), code(f.address), text(_values(f))] for f in told.factors],
                numbers_from=9,
            )
        )
    luck = "luck of its own in every arm" if told.manifest.get("independent_arms") else "the same luck in every arm"
    sentences = [
        f"Design: {told.plan.kind}, {told.points} design {'points' if told.points > 1 else 'point'}, "
        f"{replicates(told)} of each arm; a replicate has {luck}.",
    ]
    if told.manifest["design"].get("same_exposure"):
        sentences.append("The area under the blockade curve is the same wherever the timing varies.")
    return raw("".join(parts) + element("p", text(" ".join(sentences)), cls="small"))


def _values(factor: Any) -> str:
    if factor.levels:
        return ", ".join(each.text for each in factor.levels)
    scale = ", on a log scale" if factor.logarithmic else ""
    return f"{factor.said(factor.low)} to {factor.said(factor.high)}{scale}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def replicates(told: Told) -> str:
    """How many replicates there are: "10 replicates", "22 to 24 replicates"."""
    low, high = told.replicates
    return f"{low if low == high else f'{low} to {high}'} {'replicate' if high == 1 else 'replicates'}"
