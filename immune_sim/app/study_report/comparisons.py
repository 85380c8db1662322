"""Arms against the control, in sentences and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from immune_sim.analysis.endpoints import endpoint
from immune_sim.analysis.tables import FEWEST
from immune_sim.app.report.markup import Markup, element, raw, text
from immune_sim.app.study_report.gather import Told
from immune_sim.app.study_report.sections import Rows, arm_name, grid
from immune_sim.app.study_report.words import HOURS_PER_DAY, days, number, p_value, percent, rows_of, say_of, span


def findings(told: Told) -> Iterator[Markup]:
    """What the study says about every arm against the control, a sentence each."""
    for arm, sentence in sentences(told):
        yield element("p", element("b", text(arm)), text(f" {sentence}"), cls="finding-line")


def sentences(told: Told) -> Iterator[tuple[str, str]]:
    """The name of every arm but the control, and what is said about it."""
    tests, paired = told.analysis.tables.get("survival_tests"), told.analysis.tables.get("paired")
    if tests is None or paired is None or tests.empty:
        return
    for row in rows_of(tests):
        found = rows_of(paired[(paired["arm"] == row["arm"]) & (paired["endpoint"] == "survival_time")])
        if not found:
            continue
        pair = found[0]
        more = "longer" if pair["difference"] >= 0 else "shorter"
        until = f"{told.horizon / HOURS_PER_DAY:g}"
        gain = pair["difference"]
        sentence = (
            f"lived {days(abs(gain))} days {more} than the control in the same tissue, on average "
            f"within {until} days "
            f"({_gain_words(pair)}); "
            f"it did better in {percent(pair['benefit'])} of the pairs. "
            f"Log-rank p {_equals(p_value(row['p_holm']))}{corrected(len(tests))}"
        )
        yield told.labels[row["arm"]], f"{sentence}."


def corrected(comparisons: int) -> str:
    """What is said behind a p-value that was adjusted for the number of comparisons."""
    return f" (Holm-corrected for {comparisons} comparisons)" if comparisons > 1 else ""


def _gain_words(pair: Mapping[str, Any]) -> str:
    """The interval of the gain with its pairs, or why there is none."""
    low, high, count = pair["difference_low"], pair["difference_high"], pair["pairs"]
    if math.isfinite(low) and math.isfinite(high):
        return f"95 % interval of the gain {days(low)} to {days(high)}, {count} pairs"
    pairs = f"{count} {'pair' if count == 1 else 'pairs'}"
    why = "too few for an interval" if count < FEWEST else "all alike, so that no interval can be given"
    return f"{pairs}, {why}"


def _equals(said: str) -> str:
    return said if said.startswith("<") else f"= {said}"


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
    for name, words in (("survival_tests", "survival time"), ("latency_tests", "time to tumor")):
        table = told.analysis.tables.get(name)
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
