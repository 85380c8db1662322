"""The parts of the page that are words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from immune_sim.analysis.endpoints import endpoint
from immune_sim.app.report.markup import Markup, code, element, raw, text
from immune_sim.app.study_mark import QUICK
from immune_sim.app.study_report.gather import LATENCY, SURVIVAL, Told
from immune_sim.app.study_report.words import HOURS_PER_DAY, Say, days, number, percent, rows_of, span
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
                text(QUICK),
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
    """One row per arm: what the study asks for in its order, then take, latency, clearance, and survival if it came."""
    tables = told.analysis.tables
    if "survival" not in tables or "take" not in tables:
        return raw("")
    columns = [each for name in _glanced(told) for each in _columns(told, name)]
    counts = {row["arm"]: row["n"] for row in rows_of(tables["survival"])}
    rows: Rows = []
    for arm in (each for each in told.arms if each in counts):
        cells = [_two_lines(each.rows[arm], *each.say) for each in columns]
        rows.append([arm_name(told, arm), text(counts[arm]), *cells])
    heads = ["arm", "runs", *(each.head for each in columns)]
    about = "Below each figure: its 95 % interval, Wilson's of a share, Student's of a mean; open: the end lies beyond "
    about += "the days followed."
    if told.came(SURVIVAL):
        about = f"Mean survival is restricted to the {told.horizon / HOURS_PER_DAY:g} days followed. {about}"
    return raw(grid(heads, rows, numbers_from=1) + element("p", text(about), cls="small"))


class _Column(NamedTuple):
    """A column of the first table. rows: arm -> row of a table; say: which of its estimates is shown, and how."""

    head: str
    rows: Mapping[str, dict[str, Any]]
    say: tuple[str, Say]


def _glanced(told: Told) -> list[str]:
    names = dict.fromkeys([*told.spoken, "take", LATENCY, "cleared"])
    return [each for each in names if endpoint(each).kind != "time" or told.came(each)]


def _columns(told: Told, name: str) -> list[_Column]:
    """The columns of one endpoint."""
    tables, what = told.analysis.tables, endpoint(name)

    def of(table: str) -> dict[str, dict[str, Any]]:
        rows = rows_of(tables[table])
        return {row["arm"]: row for row in rows if row.get("endpoint", name) == name}

    if name in ("take", "cleared"):
        return [_Column(name, of(name), ("share", percent))]
    if name == LATENCY:
        return [_Column("median days to tumor", of("latency"), ("median", days))]
    if name == SURVIVAL:
        late = of("survival")
        heads = ("median", "median survival, days"), ("mean", "mean survival, days")
        return [_Column(head, late, (kind, days)) for kind, head in heads]
    return [_Column(f"mean {what.label}", of("numbers"), ("mean", number))] if what.kind == "number" else []


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
