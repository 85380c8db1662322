"""Quantities as text: "4.5 mg", "24 h", "5 um/min", "17 per mm2". The only room that knows units.

Pint defines them. It takes half a second to import, so a quantity in the declared unit, or one that differs only by a
unit of time, is read without it (a test compares the two ways). Factors are exact fractions: "1.2 1/d" and "0.05 1/h"
give the same bits, and what is written in its own unit comes back unchanged.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

from immune_sim.scenario.hints import RefusedError, did_you_mean, quoted

Unit = tuple[tuple[str, int], ...]

_NUMBER = re.compile(
    r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3}(?![0-9]))?)(?![0-9.,])\s*(.*)", re.DOTALL
)
_COMMA = re.compile(r"[+-]?\d+,\d")
_FACTOR = re.compile(r"([/*]?)\s*(?:(1)(?![0-9.])|([^\W\d_]+|%)(?:\^?([+-]?[1-9])(?![0-9]))?)\s*")
_MOST_FACTORS = 6
_LONGEST = 100
_SPELLING = {"µ": "u", "μ": "u", "²": "^2", "³": "^3", "⁻¹": "^-1", "·": "*", "⋅": "*", "**": "^"}
_ALIASES = {
    **dict.fromkeys(("hour", "hours", "hr", "hrs"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("minute", "minutes", "mins"), "min"),
    **dict.fromkeys(("second", "seconds", "sec"), "s"),
    **dict.fromkeys(("weeks", "wk"), "week"),
    "mcg": "ug",
    "%": "percent",
}
_HOURS = {"h": Fraction(1), "d": Fraction(24), "week": Fraction(168), "min": Fraction(1, 60), "s": Fraction(1, 3600)}
_EVERYDAY = (
    "h",
    "d",
    "week",
    "min",
    "s",
    "um",
    "mm",
    "cm",
    "mg",
    "ug",
    "g",
    "kg",
    "nM",
    "uM",
    "pM",
    "mmHg",
    "L",
    "ml",
    "percent",
)
_WORDS = {
    "1": "a pure number",
    "time": "a time",
    "1/time": "a rate (per time)",
    "length": "a length",
    "length^2": "an area",
    "length^3": "a volume",
    "1/length^2": "a number per area",
    "1/length^3": "a number per volume",
    "length/time": "a speed (length per time)",
    "length^2/time": "a diffusion coefficient (area per time)",
    "length^3/time": "a flow (volume per time)",
    "1/length^2/time": "a rate per area",
    "mass": "a mass",
    "mass/time": "a mass per time",
    "mass/mass": "a mass per body mass",
    "mass/mass/time": "a mass per body mass and time",
    "length^3/mass": "a volume per body mass",
    "mass/length^3": "a mass per volume",
    "substance/length^3": "a concentration",
    "substance/length^3/time": "a concentration per time",
    "mass/length/time^2": "a pressure",
    "mass/substance": "a molar mass",
}


def quantity(text: str, unit: str, example: str) -> float:
    """The number that a text means in the unit; refused, with the example, where it means none."""
    number, given = split(text, example)
    if not given:
        raise RefusedError(f'{quoted(text)} has no unit. Write a quantity, for example "{example}".')
    try:
        value = float(Fraction(number) * factor(given, unit))
    except RefusedError as refused:
        raise RefusedError(f'{quoted(text)}{refused} Write a quantity, for example "{example}".') from None
    except OverflowError:
        raise RefusedError(f"{quoted(text)} is too large to compute with.") from None
    return value + 0.0  # without a negative zero


def split(text: str, example: str) -> tuple[str, str]:
    """Number and unit of a text, both as text; the unit may be empty."""
    found = _NUMBER.fullmatch(text.strip())
    if found and len(text) <= _LONGEST:
        return found[1], found[2]
    if _COMMA.match(text.strip()):
        raise RefusedError(
            f'{quoted(text)} has a comma. Write decimals with a point and thousands without a mark, say "{example}".'
        )
    if re.match(r"[+-]?(nan|inf)", text.strip().lower()):
        raise RefusedError(f'{quoted(text)} is not a finite number. Write for example "{example}".')
    raise RefusedError(f'{quoted(text)} is not a quantity. Write a number and a unit, for example "{example}".')


@lru_cache(maxsize=1024)
def factor(given: str, wanted: str) -> Fraction:
    """What turns a number in the given unit into the wanted one; RefusedError where both cannot be compared."""
    ours, theirs = _factors(given), _factors(wanted)
    if sorted(ours) == sorted(theirs):
        return Fraction(1)
    if len(ours) == len(theirs) and all(_alike(*pair) for pair in zip(ours, theirs, strict=True)):
        return math.prod(
            [_hours(a, power) / _hours(b, power) for (a, power), (b, _) in zip(ours, theirs, strict=True)],
            start=Fraction(1),
        )
    for name, _ in ours:
        if name not in _EVERYDAY and not _pint_knows(name):
            near = did_you_mean(name, [*_EVERYDAY, *_ALIASES], "")
            raise RefusedError(f': there is no unit "{name}".{" " * bool(near)}{near}')
    if _measure(ours) != _measure(theirs):
        raise RefusedError(f" is {_words(ours)}; {_words(theirs)} is needed.")
    return Fraction(_pint().convert(Fraction(1), _in_pint(ours), _in_pint(theirs)))


def dimension(unit: str) -> str:
    """What a unit measures, in words: "a time", "a speed (length per time)"."""
    return _words(_factors(unit))


def _hours(name: str, power: int) -> Fraction:
    return _HOURS.get(name, Fraction(1)) ** power


def _alike(ours: tuple[str, int], theirs: tuple[str, int]) -> bool:
    return ours == theirs or (ours[1] == theirs[1] and ours[0] in _HOURS and theirs[0] in _HOURS)


def _factors(unit: str) -> Unit:
    """Cut a unit into names and powers, in the written order: "um/min" is (um, 1), (min, -1)."""
    spelled = re.sub(r"\bper\b", "/", unit).strip()
    for usual, plain in _SPELLING.items():
        spelled = spelled.replace(usual, plain)
    factors: list[tuple[str, int]] = []
    at = 0
    while at < len(spelled):
        found = _FACTOR.match(spelled, at)
        if not found or len(factors) > _MOST_FACTORS:
            raise RefusedError(f': the unit "{unit}" cannot be read.')
        sign, one, name, power = found.groups()
        at = found.end()
        if not one and name not in ("cell", "cells"):
            factors.append((_ALIASES.get(name, name), int(power or 1) * (-1 if sign == "/" else 1)))
    return tuple(factors)


def _measure(unit: Unit) -> str:
    """What a unit measures, "length/time"; a mass per body mass stays one, "mg/kg" is no pure number."""
    of_mass = [(name, power) for name, power in unit if dict(_in_pint(((name, 1),)).dimensionality) == {"[mass]": 1}]
    powers = [(str(name).strip("[]"), int(power)) for name, power in sorted(_in_pint(unit).dimensionality.items())]
    if any(power > 0 for _, power in of_mass) and any(power < 0 for _, power in of_mass):
        powers = [("mass", 1), ("mass", -1), *powers]
    return _fraction(powers)


def _fraction(powers: list[tuple[str, int]]) -> str:
    above = [name if power == 1 else f"{name}^{power}" for name, power in powers if power > 0]
    below = [f"/{name}" if power == -1 else f"/{name}^{-power}" for name, power in powers if power < 0]
    return ("*".join(above) or "1") + "".join(below)


def _words(unit: Unit) -> str:
    measure = _measure(unit)
    return _WORDS.get(measure, measure)


@lru_cache(maxsize=1)
def _pint() -> Any:
    import pint  # late: half a second

    return pint.UnitRegistry(non_int_type=Fraction)


def _in_pint(unit: Unit) -> Any:
    return _pint().parse_units("*".join(f"{name}**({power})" for name, power in unit))


@lru_cache(maxsize=256)
def _pint_knows(name: str) -> bool:
    try:
        _pint().parse_units(name)
    except Exception:  # noqa: BLE001 pint raises a dozen kinds for a name that it cannot read
        return False
    return True
