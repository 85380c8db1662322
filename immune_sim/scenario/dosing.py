"""The regimen as a person writes it: one [[regimen]] table is one phase of doses or of an infusion.

[[regimen]]
drug = "naltrexone"
dose = "4.5 mg"        # or "0.1 mg/kg"; or infusion = "0.5 mg/h", "10 mg/kg/d"
every = "24 h"         # or "once"
at = "22:00"           # hour 0 of a run is midnight; without it the first dose falls on the start
start = "0 d"          # the phase begins at the first such clock time from here on
for = "30 d"           # without it the phase lasts to the end of the run
on_days = 5            # a cycle of days with and days without the drug
off_days = 2
while_burden_above = 2000   # each dose is given only while there are more living tumor cells than this
"""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass
from typing import Any

from immune_sim.core.parameters import Parameter, Value
from immune_sim.mechanisms.pharmacokinetics import DRUGS
from immune_sim.mechanisms.regimen import HOURS_PER_DAY, Phase
from immune_sim.scenario import checking
from immune_sim.scenario.hints import RefusedError, did_you_mean, listed, quoted

BODY_MASS = "pharmacokinetics.body_mass"
ONCE = "once"
LONGEST = 10.0 * 365.0 * HOURS_PER_DAY


def _key(name: str, default: Value, about: str, unit: str = "", low: float = 0.0, high: float = math.inf) -> Parameter:
    choices = DRUGS if isinstance(default, str) else ()
    return Parameter(
        "regimen",
        name,
        default,
        type(default),
        unit,
        low,
        high,
        "setting",
        "assumed: chosen by the experimenter",
        about,
        choices,
    )


DRUG = _key("drug", DRUGS[0], "name of the drug")
DOSE = _key("dose", 4.5, 'amount of one dose, as a mass ("4.5 mg") or per body mass ("0.1 mg/kg")', "mg", 0.0, 10000.0)
DOSE_PER_KG = _key("dose", 0.1, DOSE.about, "mg/kg", 0.0, 1000.0)
INFUSION = _key(
    "infusion", 0.5, 'rate of a continuous infusion, "0.5 mg/h" or "10 mg/kg/d", in place of dose', "mg/h", 0.0, 10000.0
)
INFUSION_PER_KG = _key("infusion", 0.4, INFUSION.about, "mg/kg/h", 0.0, 1000.0)
EVERY = _key("every", 24.0, 'time from dose to dose, or "once" for a single one', "h", 0.1, LONGEST)
START = _key("start", 0.0, "time of the run at which the phase begins", "h", 0.0, LONGEST)
FOR = _key(
    "for",
    720.0,
    "how long the phase lasts from its first dose; to the end of the run when it is not given",
    "h",
    0.0,
    LONGEST,
)
ON_DAYS = _key("on_days", 5.0, "days with the drug in a cycle, counted from the first dose", "", 0.01, 3650.0)
OFF_DAYS = _key("off_days", 2.0, "days without the drug that follow in a cycle", "", 0.0, 3650.0)
WHILE_BURDEN_ABOVE = _key(
    "while_burden_above",
    2000,
    "a dose that falls due is given only while there are more living tumor cells than this at that hour",
    "",
    0,
    1_000_000_000,
)
AT_ABOUT = 'clock time of the first dose ("22:00"); hour 0 of a run is midnight'
KEYS = ("drug", "dose", "infusion", "every", "at", "start", "for", "on_days", "off_days", "while_burden_above")
PLAIN_KEYS = {
    "every": EVERY,
    "start": START,
    "for": FOR,
    "on_days": ON_DAYS,
    "off_days": OFF_DAYS,
    "while_burden_above": WHILE_BURDEN_ABOVE,
}
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_PER_MASS = re.compile(r"(?:/|\bper\b)\s*(?:[kmuµμ]?g|kilogram)\b")


@dataclass(frozen=True, kw_only=True)
class Dosing:
    """One phase as written, in inside units.

    amount: mg of a dose, or mg/h of an infusion; with per_kg for each kg of body mass. every: h, infinite for "once".
    at: minutes after midnight of the first dose, or None. start, length: h; an infinite length lasts to the end.
    on_days, off_days: the cycle, or None for no cycle. while_burden_above: cells, or None for no condition.
    """

    drug: str = DRUGS[0]
    amount: float
    per_kg: bool = False
    infusion: bool = False
    every: float = HOURS_PER_DAY
    at: int | None = None
    start: float = 0.0
    length: float = math.inf
    on_days: float | None = None
    off_days: float | None = None
    while_burden_above: int | None = None

    def phase(self, body_mass: float) -> Phase:
        """The same phase in mg and absolute hours, for a body of this mass in kg."""
        first = self.start
        if self.at is not None:
            clock = self.at / 60.0
            first = clock + HOURS_PER_DAY * max(0, math.ceil((self.start - clock) / HOURS_PER_DAY))
        amount = self.amount * body_mass if self.per_kg else self.amount
        return Phase(
            drug=self.drug,
            dose_mg=0.0 if self.infusion else amount,
            infusion_mg_per_h=amount if self.infusion else 0.0,
            every_h=self.every,
            first_h=first,
            until_h=first + self.length,
            on_days=1.0 if self.on_days is None else self.on_days,
            off_days=self.off_days or 0.0,
            while_burden_above=self.while_burden_above,
        )

    def table(self) -> dict[str, str | int | float]:
        """The keys of the [[regimen]] table that reads back as this phase, in the order in which one says them."""
        amount = (
            (INFUSION_PER_KG if self.per_kg else INFUSION) if self.infusion else (DOSE_PER_KG if self.per_kg else DOSE)
        )
        keys: dict[str, str | int | float] = {"drug": self.drug, amount.name: checking.show(amount, self.amount)}
        if not self.infusion:
            keys["every"] = ONCE if math.isinf(self.every) else checking.show(EVERY, self.every)
        if self.at is not None:
            keys["at"] = f"{self.at // 60:02d}:{self.at % 60:02d}"
        if self.start:
            keys["start"] = days_or_hours(self.start)
        if math.isfinite(self.length):
            keys["for"] = days_or_hours(self.length)
        last = ("on_days", "off_days", "while_burden_above")
        return keys | {name: getattr(self, name) for name in last if getattr(self, name) is not None}


def read_table(table: dict[str, Any], complete: bool = True) -> tuple[Dosing | None, list[tuple[str, str]]]:
    """One [[regimen]] table as a phase, or None with all its mistakes as (key, what is wrong and what to write).

    complete: whether a missing key is a mistake; False where a line of the file could not be read.
    """
    mistakes: list[tuple[str, str]] = []
    found: dict[str, Any] = {}
    for key, given in table.items():
        try:
            found |= _read_key(key, given)
        except RefusedError as refused:
            mistakes.append((key, str(refused)))
    if complete:
        mistakes += _missing(table)
    if mistakes or "amount" not in found:
        return None, mistakes
    return Dosing(**found), []


def days_or_hours(hours: float) -> str:
    """A time as one says it: whole days in days, all else in hours; either reads back as the same bits."""
    days = round(hours / HOURS_PER_DAY)
    return f"{days} d" if days * HOURS_PER_DAY == hours else f"{checking.plain(hours)} h"


def _read_key(key: str, given: object) -> dict[str, Any]:
    if key == "drug":
        return {"drug": checking.from_file(DRUG, given)}
    if key in ("dose", "infusion"):
        per_kg = isinstance(given, str) and bool(_PER_MASS.search(given))
        declared = {"dose": (DOSE, DOSE_PER_KG), "infusion": (INFUSION, INFUSION_PER_KG)}[key][per_kg]
        return {"amount": checking.from_file(declared, given), "per_kg": per_kg, "infusion": key == "infusion"}
    if key == "at":
        return {"at": _clock(given)}
    if key == "every" and isinstance(given, str) and given.strip().lower() == ONCE:
        return {"every": math.inf}
    if key in PLAIN_KEYS:
        return {"length" if key == "for" else key: checking.from_file(PLAIN_KEYS[key], given)}
    raise RefusedError(f'no key "{key}" in a phase. {did_you_mean(key, KEYS, "Known: " + ", ".join(KEYS) + ".")}')


def _clock(given: object) -> int:
    """Minutes after midnight of "22:00", or of TOML's own 22:00:00."""
    if isinstance(given, datetime.time) and not given.second and not given.microsecond:
        return given.hour * 60 + given.minute
    found = _CLOCK.fullmatch(given.strip()) if isinstance(given, str) else None
    if found:
        return int(found[1]) * 60 + int(found[2])
    raise RefusedError(
        f'{quoted(given)} is not a clock time. Write hours and minutes of a day of 24 hours, for example "22:00".'
    )


def _missing(table: dict[str, Any]) -> list[tuple[str, str]]:
    """What one key asks of the others, as (key, what to write)."""
    if "dose" in table and "infusion" in table:
        return [("infusion", "a phase gives doses or an infusion, and this one has both. Write two phases.")]
    if "infusion" in table and "every" in table:
        return [("every", "an infusion is continuous. Leave out every, or write dose in place of infusion.")]
    if "infusion" in table and "while_burden_above" in table:
        return [("while_burden_above", "it decides about single doses. Write dose and every in place of infusion.")]
    mistakes = []
    if "dose" not in table and "infusion" not in table:
        mistakes.append(("", 'no dose. Add for example dose = "4.5 mg", or infusion = "0.5 mg/h".'))
    elif "dose" in table and "every" not in table:
        mistakes.append(("", 'how often? Add for example every = "24 h", or every = "once" for a single dose.'))
    for one, other in (("on_days", "off_days"), ("off_days", "on_days")):
        if one in table and other not in table:
            mistakes.append(
                (one, f"a cycle needs {listed(('on_days', 'off_days'), 'and')}. Add for example {other} = 2.")
            )
    return mistakes
