"""What a study says first: every arm against the control, endpoint by endpoint, as the study asks for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from immune_sim.analysis.endpoints import endpoint
from immune_sim.analysis.tables import FEWEST, pairs
from immune_sim.app.study_report.gather import SURVIVAL, Told
from immune_sim.app.study_report.words import HOURS_PER_DAY, Say, days, number, p_value, percent, rows_of, say_of

Row = Mapping[str, Any]
NEVER = {
    "survival_time": "reached the endpoint size in no run within {} days, nor did the control: survival cannot tell "
    "them apart",
    "time_to_take": "had a detectable tumor in no run within {} days, nor had the control",
    "time_to_clearance": "cleared its tumor in no run within {} days, nor did the control",
}
TIMES = {  # more and less than the control; the same
    "survival_time": ("lived {} days longer than", "lived {} days shorter than", "lived as long as"),
    "time_to_take": (
        "had a detectable tumor {} days later than",
        "had a detectable tumor {} days earlier than",
        "had a detectable tumor as early as",
    ),
    "time_to_clearance": (
        "cleared its tumor {} days later than",
        "cleared its tumor {} days earlier than",
        "cleared its tumor as early as",
    ),
}
SHARES = {"take": "grew a detectable tumor", "cleared": "cleared its tumor"}


def sentences(told: Told) -> Iterator[tuple[str, str]]:
    """The name of every arm but the control, and what is said about it; nothing of several design points at once."""
    table = told.analysis.tables.get("paired")
    if table is None or table.empty or told.points > 1:
        return
    for arm in told.arms[1:]:
        of_arm = {row["endpoint"]: row for row in rows_of(table[table["arm"] == arm])}
        said = [_sentence(told, of_arm[name]) for name in told.spoken if name in of_arm and of_arm[name]["pairs"]]
        if said:
            yield told.labels[arm], f"{'. It '.join(said)}."


def _sentence(told: Told, row: Row) -> str:
    what = endpoint(row["endpoint"])
    say: Callable[[Told, Row], str] = {"time": _time, "share": _share, "number": _number}[what.kind]
    return say(told, row)


def _time(told: Told, row: Row) -> str:
    name, until = row["endpoint"], f"{told.horizon / HOURS_PER_DAY:g}"
    if not told.came(name, told.arms[0], row["arm"]):
        return NEVER[name].format(until)
    longer, shorter, alike = TIMES[name]
    if _all_alike(told, row):
        return f"{alike} the control in {_each_pair(row)}"
    gain = row["difference"]
    more = (longer if gain >= 0 else shorter).format(days(abs(gain)))
    ends = _interval(row, say_of(name), "gain" if name == SURVIVAL else "difference")
    said = f"{more} the control in the same tissue, on average within {until} days ({ends}); {_better(row)}"
    return said + (_log_rank(told, row["arm"]) if name == SURVIVAL else "")


def _share(told: Told, row: Row) -> str:
    table = rows_of(told.analysis.tables[row["endpoint"]])
    counts = {each["arm"]: f"{each['events']} of {each['n']}" for each in table}
    ends = _interval(row, percent, "difference of the shares")
    return f"{SHARES[row['endpoint']]} in {counts[row['arm']]} runs, the control in {counts[told.arms[0]]} ({ends})"


def _number(told: Told, row: Row) -> str:
    name = row["endpoint"]
    noun, _, unit = ("length, hours" if name == "hours" else endpoint(name).label).partition(", ")
    article = "an" if noun[:1] in "aeiou" else "a"
    one, base = number(row["arm_mean"]), number(row["control_mean"])
    if _all_alike(told, row):
        return f"came to the same {noun} as the control in {_each_pair(row)}: {one} {unit}".rstrip()
    inside = "; ".join(filter(None, (_relative(row), _interval(row, number, "difference"))))
    said = f"came to {article} {noun} of {f'{one} {unit}'.rstrip()} on average, the control to {base} ({inside})"
    return said + (f"; {_better(row)}" if math.isfinite(row["benefit"]) else "")


def _relative(row: Row) -> str:
    """How much more or less than the control, in percent; nothing where the control is not above 0."""
    if not row["control_mean"] > 0:
        return ""
    change = row["difference"] / row["control_mean"]
    return f"{percent(abs(change))} {'more' if change >= 0 else 'less'}"


def _interval(row: Row, say: Say, of_what: str) -> str:
    """The interval of a difference with its pairs, or why there is none."""
    low, high, count = row["difference_low"], row["difference_high"], row["pairs"]
    counted = f"{count} {'pair' if count == 1 else 'pairs'}"
    if math.isfinite(low) and math.isfinite(high):
        return f"95 % interval of the {of_what} {say(low)} to {say(high)}, {counted}"
    why = "too few for an interval" if count < FEWEST else "all alike, so that no interval can be given"
    return f"{counted}, {why}"


def _all_alike(told: Told, row: Row) -> bool:
    """Whether the arm did exactly as the control in every pair."""
    both = pairs(told.runs, row["arm"], told.arms[0], row["endpoint"], told.horizon)
    return bool((both["difference"] == 0).all())


def _each_pair(row: Row) -> str:
    return "the one pair" if row["pairs"] == 1 else f"all {row['pairs']} pairs"


def _better(row: Row) -> str:
    return f"it did better in {percent(row['benefit'])} of the pairs"


def _log_rank(told: Told, arm: str) -> str:
    tests = rows_of(told.analysis.tables.get("survival_tests"))
    found = next((p_value(row["p_holm"]) for row in tests if row["arm"] == arm), "")
    if not found:
        return ""
    corrected = f" (Holm-corrected for {len(tests)} comparisons)" if len(tests) > 1 else ""
    return f". Log-rank p {found if found.startswith('<') else f'= {found}'}{corrected}"
