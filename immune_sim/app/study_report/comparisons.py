"""Arms against the control, in sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator

from immune_sim.analysis.endpoints import endpoint
from immune_sim.app.report.markup import Markup, element, raw, text
from immune_sim.app.study_report.gather import LATENCY, SURVIVAL, Told
from immune_sim.app.study_report.headline import sentences
from immune_sim.app.study_report.sections import Rows, arm_name, grid
from immune_sim.app.study_report.words import number, p_value, percent, rows_of, say_of, span


def findings(told: Told) -> Iterator[Markup]:
    """What the study says about every arm against the control, a sentence each."""
    for arm, sentence in sentences(told):
        yield element("p", element("b", text(arm)), text(f" {sentence}"), cls="finding-line")


def paired(told: Told) -> Markup:
    """The table of paired differences."""
    table = told.analysis.tables.get("paired")
    if table is None:
        return raw("")
    rows: Rows = []
    for row in rows_of(table):
        say = say_of(row["endpoint"])
        kind = endpoint(row["endpoint"])
        rows.append(
            [
                text(f"{kind.label}, days" if kind.kind == "time" else kind.label),
                arm_name(told, row["arm"]),
                text(row["pairs"]),
                text(say(row["control_mean"])),
                text(say(row["arm_mean"])),
                text(span(row, "difference", say)),
                text(percent(row["benefit"])),
                text(percent(row["saved"])),
            ]
        )
    heads = ["endpoint", "arm", "pairs", "control", "arm", "difference", "better in", "variance saved"]
    about = (
        "Arms of one replicate share their luck, so their difference is that of the same tissue. Better in: share of "
        "pairs in which the arm did better for the host, ties counted half. Variance saved: what pairing took off the "
        "variance of the difference. A time that never came counts with the time followed. Brackets: 95 % intervals, "
        "by bootstrap over the pairs; of shares Newcombe's."
    )
    return raw(grid(heads, rows, numbers_from=2) + element("p", text(about), cls="small"))


def tests(told: Told) -> Markup:
    """The table of log-rank tests and differences of restricted means."""
    rows: Rows = []
    for name, words, time in (
        ("survival_tests", "survival time", SURVIVAL),
        ("latency_tests", "time to tumor", LATENCY),
    ):
        table = told.analysis.tables.get(name) if told.came(time) else None  # nothing came: nothing to test
        for row in rows_of(table):
            cells = [
                number(row["chi2"]),
                p_value(row["p"]),
                p_value(row["p_holm"]),
            ]
            rows.append([text(words), arm_name(told, row["arm"]), *(text(each) for each in cells)])
    if not rows:
        return raw("")
    heads = ["time", "arm against control", "log-rank chi2", "p", "p, Holm-corrected"]
    about = (
        "These take the arms for independent; since arms share their luck, the paired differences are the sharper "
        "comparison. How large the gain is, the table above tells. Holm-corrected: adjusted for the number of arms "
        "compared; this is the p given elsewhere on this page."
    )
    return raw(grid(heads, rows, numbers_from=2) + element("p", text(about), cls="small"))
