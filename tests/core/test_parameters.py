"""What every declared parameter must say, and what a wrong declaration is told."""

from __future__ import annotations

import math

import pint
import pytest

from immune_sim.core.parameters import GRADES, SOURCE_KINDS, Parameter, Stated, declared_in, param, parameters
from immune_sim.scenario.registry import installed

UNITS = pint.UnitRegistry()
UNITS.define("molar = mol / liter = M")
ALL = sorted(installed().parameters.values(), key=lambda each: each.address)


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.address)
def test_a_parameter_says_what_one_needs_to_know(each: Parameter) -> None:
    """Catches a missing source or meaning, a default outside its range and a unit that cannot be read."""
    assert each.grade in GRADES
    assert each.source.startswith(SOURCE_KINDS)
    assert len(each.source.split(":", 1)[1].strip()) >= 4, "a source names a paper or a reason"
    assert len(each.about.split()) >= 3
    assert not each.about.endswith(".")
    assert each.name.isidentifier()
    assert each.name == each.name.lower()
    assert isinstance(each.default, each.kind)
    UNITS.Unit(each.unit)
    if each.kind is str:
        assert each.default in each.choices
        assert len(each.choices) == len(set(each.choices)) >= 2
    elif each.kind is not bool:
        assert math.isfinite(each.high - each.low), "a range without ends cannot become a slider"
        assert each.low < each.high
        assert each.low <= each.default <= each.high


def test_a_measured_value_names_its_paper() -> None:
    """Catches an in-vivo grade on an assumption, and a value said to be quoted that names nobody."""
    for each in ALL:
        if each.grade in {"in vivo", "in vitro"}:
            assert each.source.startswith(("doi:", "pmid:", "cite:")), each.address
        if each.grade == "secondary":
            assert "assumed" not in each.source, each.address
        assert "evidence table" not in each.source, "a source must be one that a reader can find"


def test_addresses_are_unique_and_presets_complete() -> None:
    """Catches two groups of one name."""
    assert len({each.address for each in ALL}) == len(ALL) >= 80
    for group in installed().groups.values():
        for values in group.presets.values():
            group(**values)


def test_a_group_is_frozen_and_keyword_only() -> None:
    """Catches a parameter that a kernel's caller could change behind the scenario's back."""

    @parameters("planted", title="Planted")
    class Planted:
        rate: float = param(
            0.5,
            unit="1/h",
            low=0.0,
            high=1.0,
            grade="assumption",
            source="assumed: a test",
            about="a rate for this test",
        )

    assert declared_in(Planted)[0].address == "planted.rate"
    with pytest.raises(AttributeError):
        Planted().rate = 0.7  # type: ignore[misc]
    with pytest.raises(TypeError):
        Planted(0.7)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"source": "somebody said"}, "must begin with"),
        ({"grade": "rumor"}, "must be one of"),
        ({"low": 0.6}, "outside its own range"),
        ({"high": 0.4}, "outside its own range"),
    ],
)
def test_a_wrong_declaration_fails_at_import(wrong: dict[str, object], told: str) -> None:
    """Catches a parameter without evidence before any test runs."""
    right = {
        "default": 0.5,
        "low": 0.0,
        "high": 1.0,
        "grade": "assumption",
        "source": "assumed: a test",
        "about": "a rate",
    }
    with pytest.raises(TypeError, match=told):

        @parameters("planted", title="Planted")
        class Planted:
            rate: float = param(**(right | wrong))


def test_a_preset_with_an_unknown_or_wrong_value_fails_at_import() -> None:
    """Catches a preset that would silently do nothing."""
    good = (1.0, "assumption", "assumed: a test")
    for preset, told in (
        ({"speed": Stated(*good)}, "no parameter speed"),
        ({"rate": Stated(2.0, *good[1:])}, "out of range"),
        ({"rate": Stated(1.0, "rumor", good[2])}, "must be one of"),  # type: ignore[arg-type]
        ({"rate": Stated(1.0, "model", "somebody said")}, "must begin with"),
    ):
        with pytest.raises(TypeError, match=told):

            @parameters("planted", title="Planted", presets={"odd": preset})
            class Planted:
                rate: float = param(
                    0.5, low=0.0, high=1.0, grade="assumption", source="assumed: a test", about="a rate"
                )
