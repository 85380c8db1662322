"""One value against its declaration: type, unit, range; and back to the text that a person reads."""

from __future__ import annotations

import math
from typing import Any

from immune_sim.core.parameters import Parameter, Value
from immune_sim.scenario import units
from immune_sim.scenario.hints import RefusedError, listed, quoted

_WHOLE = 2.0**53  # beyond it a float skips whole numbers


def from_file(parameter: Parameter, given: object) -> Value:
    """The value inside of what a scenario file gives: text with a unit, or a plain number where there is no unit.

    Raises RefusedError with what is allowed and what to write.
    """
    if parameter.unit and _is_number(given):
        raise RefusedError(f'{quoted(given)} has no unit. Write a quantity, for example "{example(parameter)}".')
    if isinstance(given, str) and not parameter.unit and parameter.kind is not str and not _percent(parameter, given):
        raise RefusedError(
            f"{quoted(given)} is text. Write {_kind(parameter)} without quotes, for example {example(parameter)}."
        )
    return _value(parameter, given)


def from_python(parameter: Parameter, given: object) -> Value:
    """The value inside of an override: a bare number is in the unit of the declaration, text must carry its unit.

    Text also serves the command line: where the declaration has no unit, "5" and "true" are read as 5 and True.
    Raises RefusedError with what is allowed and what to write.
    """
    given = given.item() if hasattr(given, "item") else given  # a number of NumPy
    if parameter.kind is int and isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, str) and not parameter.unit and not _percent(parameter, given):
        given = _untyped(parameter, given.strip())
    return _value(parameter, given)


def in_range(parameter: Parameter, value: float) -> bool:
    """Whether a number lies between the bounds of its declaration, both included."""
    return parameter.low <= value <= parameter.high


def show(parameter: Parameter, value: Value) -> str:
    """The value as a person writes it in a scenario file, without quotes: 0.1 1/h, 200, true, closed."""
    shown = value if isinstance(value, str) else plain(value)
    return f"{shown} {parameter.unit}" if parameter.unit else shown


def example(parameter: Parameter) -> str:
    """A value that is allowed, the default without its last digits, as it is written in a scenario file."""
    default = parameter.default
    return show(parameter, float(f"{default:.4g}") if isinstance(default, float) else default)


def range_words(parameter: Parameter) -> str:
    """The allowed values in words: "0 to 10 1/h", "at least 0", "true or false"."""
    if parameter.kind is str:
        return listed(parameter.choices)
    if parameter.kind is bool:
        return "true or false"
    low, high = parameter.low, parameter.high
    unit = f" {parameter.unit}" if parameter.unit else ""
    if math.isfinite(low) and math.isfinite(high):
        return f"{plain(low)} to {plain(high)}{unit}"
    if math.isfinite(low):
        return f"at least {plain(low)}{unit}"
    return f"at most {plain(high)}{unit}" if math.isfinite(high) else f"any number{unit and ' of' + unit}"


def plain(number: float) -> str:
    """A number in the shortest text that reads back as the same bits: 10, 0.1, 1e-05, true."""
    if isinstance(number, bool):
        return str(number).lower()
    if isinstance(number, float) and number.is_integer() and abs(number) < _WHOLE:
        return str(int(number))
    return repr(number)


def _value(parameter: Parameter, given: object) -> Value:
    if parameter.kind is str:
        return _choice(parameter, given)
    if parameter.kind is bool:
        if isinstance(given, bool):
            return given
        raise RefusedError(f"{quoted(given)} is not true or false. Write true or false, without quotes.")
    return _within(parameter, given, _number(parameter, given))


def _choice(parameter: Parameter, given: object) -> str:
    if isinstance(given, str) and given in parameter.choices:
        return given
    raise RefusedError(f"{quoted(given)} is not a choice. Write {listed(parameter.choices)}.")


def _number(parameter: Parameter, given: object) -> int | float:
    value: Any = given
    if isinstance(given, str):
        value = units.quantity(given, parameter.unit, example(parameter))
        value = int(value) if parameter.kind is int and value.is_integer() else value
    elif not _is_number(given):
        shown = f'"{example(parameter)}"' if parameter.unit else example(parameter)
        raise RefusedError(f"{quoted(given)} is not {_kind(parameter)}. Write for example {shown}.")
    if not _is_finite(value):
        raise RefusedError(f"{quoted(given)} is not a finite number. Allowed: {range_words(parameter)}.")
    if parameter.kind is int and not isinstance(value, int):
        raise RefusedError(f"{quoted(given)} is not a whole number. Write for example {example(parameter)}.")
    return value if parameter.kind is int else float(value) + 0.0  # without a negative zero


def _within(parameter: Parameter, given: object, value: int | float) -> Value:
    if in_range(parameter, value):
        return value
    inside = show(parameter, value)
    written = quoted(given) if isinstance(given, str) else inside
    same = not isinstance(given, str) or "".join(given.split()) == "".join(inside.split())
    raise RefusedError(f"{written} {'' if same else f'({inside}) '}is out of range. Allowed: {range_words(parameter)}.")


def _untyped(parameter: Parameter, given: str) -> object:
    """What text without a unit means on a command line, or the text itself."""
    if parameter.kind is bool:
        return {"true": True, "false": False}.get(given.lower(), given)
    if parameter.kind is str:
        return given
    number, unit = units.split(given, example(parameter))
    if unit:
        raise RefusedError(
            f"{quoted(given)} has a unit. {parameter.name} is {_kind(parameter)} without one: "
            f"write for example {example(parameter)}."
        )
    value = float(number)
    return int(value) if parameter.kind is int and value.is_integer() and abs(value) < _WHOLE else value


def _percent(parameter: Parameter, given: str) -> bool:
    return parameter.kind is float and not parameter.unit and given.rstrip().endswith(("%", "percent"))


def _is_number(given: object) -> bool:
    return isinstance(given, (int, float)) and not isinstance(given, bool)


def _is_finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number too long for a float
        return False


def _kind(parameter: Parameter) -> str:
    if parameter.unit:
        return "a quantity"
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}[parameter.kind]
