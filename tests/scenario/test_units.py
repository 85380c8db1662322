"""Text quantities: what is understood, that it is exact, and what is said about the rest."""

from __future__ import annotations

import contextlib
import math
import subprocess
import sys
from fractions import Fraction

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.scenario import units
from immune_sim.scenario.hints import RefusedError

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("24 h", "h", 24.0),
        ("60 d", "h", 1440.0),
        ("2 weeks", "h", 336.0),
        ("4.5mg", "mg", 4.5),
        ("5 um/min", "um/min", 5.0),
        ("5 µm/min", "um/h", 300.0),
        ("17 1/mm^2", "1/mm^2", 17.0),
        ("17 1/mm2", "1/mm^2", 17.0),
        ("17/mm²", "1/mm^2", 17.0),
        ("17 per mm2", "1/mm^2", 17.0),
        ("17 cells per mm2", "1/mm^2", 17.0),
        ("17 mm^-2", "1/mm^2", 17.0),
        ("1e5 um2/min", "um^2/min", 1e5),
        ("100 ug/kg", "mg/kg", 0.1),
        ("10 mg/kg/d", "mg/kg/h", 10 / 24),
        ("5 nmol/L", "nM", 5.0),
        ("38 mmHg", "mmHg", 38.0),
        ("-3 h", "h", -3.0),
        ("50 %", "", 0.5),
    ],
)
def test_a_quantity_means_what_it_says(text: str, unit: str, expected: float) -> None:
    """Would catch a factor upside down, a lost exponent, a spelling that is no longer read."""
    assert units.quantity(text, unit, f"1 {unit}") == expected


@given(FINITE)
def test_a_quantity_in_its_own_unit_keeps_every_bit(value: float) -> None:
    """Would catch any conversion on the way, such as times 1.0000000000000002."""
    assert units.quantity(f"{value!r} um/min", "um/min", "1 um/min") == value


@given(st.integers(1, 10**6))
def test_rates_per_day_and_per_hour_agree_bit_for_bit(n: int) -> None:
    """Factors are fractions: n per day is the float nearest to n / 24. Would catch a rounded factor of 0.041666."""
    assert units.quantity(f"{n} 1/d", "1/h", "1 1/h") == float(Fraction(n, 24))


@pytest.mark.parametrize("one", ["h", "d", "week", "min", "s"])
@pytest.mark.parametrize("other", ["h", "d", "week", "min", "s"])
def test_times_read_without_pint_agree_with_pint(one: str, other: str) -> None:
    """Would catch a wrong number in the small table of times."""
    registry = pint.UnitRegistry(non_int_type=Fraction)
    expected = registry.convert(Fraction(1), registry.parse_units(one), registry.parse_units(other))
    assert units.factor(f"um/{one}", f"um/{other}") == 1 / Fraction(expected)
    assert units.factor(one, other) == Fraction(expected)


def test_everyday_quantities_do_not_wait_for_pint() -> None:
    """Pint takes half a second. Would catch an import at the top, or a shipped duration that needs it."""
    code = (
        "import sys; from immune_sim.scenario import units\n"
        "assert units.quantity('60 d', 'h', '') == 1440.0 and units.quantity('5 um/min', 'um/min', '') == 5.0\n"
        "sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("4.5", "mg", '"4.5" has no unit. Write a quantity, for example "1 mg".'),
        ("5 um", "h", '"5 um" is a length; a time is needed. Write a quantity, for example "1 h".'),
        ("5 um", "um/min", "a speed (length per time) is needed"),
        ("0.1 mg/kg", "mg", '"0.1 mg/kg" is a mass per body mass; a mass is needed.'),
        ("5 %", "mg/kg", '"5 %" is a pure number; a mass per body mass is needed.'),
        ("5 Days", "h", 'there is no unit "Days". Did you mean "days"?'),
        ("5 blorps", "h", 'there is no unit "blorps".'),
        ("4,5 mg", "mg", '"4,5 mg" has a comma.'),
        ("1,000 um", "um", '"1,000 um" has a comma.'),
        ("nan h", "h", "is not a finite number"),
        ("-inf h", "h", "is not a finite number"),
        ("1e999 h", "h", "is too large"),
        ("1e308 d", "h", "is too large"),
        ("soon", "h", '"soon" is not a quantity. Write a number and a unit, for example "1 h".'),
        ("", "h", "is not a quantity"),
        ("1.5.2 h", "h", "is not a quantity"),
        ("5 h)", "h", 'the unit "h)" cannot be read'),
        ("9^9^9^9 h", "h", "cannot be read"),
        ("5 h^99", "h", "cannot be read"),
        ("5 __import__('os')", "h", "cannot be read"),
    ],
)
def test_what_is_no_quantity_is_refused_in_plain_words(text: str, unit: str, said: str) -> None:
    """Would catch pint's own errors coming through, and a power tower that never ends."""
    with pytest.raises(RefusedError) as refused:
        units.quantity(text, unit, f"1 {unit}")
    assert said in str(refused.value)


@given(st.text(max_size=300))
def test_no_text_brings_the_reader_down(text: str) -> None:
    """Any text is a finite number or is refused. Would catch an exception of pint, of int or of re."""
    with contextlib.suppress(RefusedError):
        assert math.isfinite(units.quantity(text, "h", "1 h"))
