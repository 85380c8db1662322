"""Declarations are found by themselves, in one order, and every one of them can be read back."""

from __future__ import annotations

import pytest

from immune_sim.core.parameters import GRADES, SOURCE_KINDS, Parameter, Stated, param, parameters
from immune_sim.scenario import checking, registry, units
from immune_sim.scenario.registry import Registry
from immune_sim.scenario.scenario import Scenario


@parameters("zebra", title="Stripes", presets={"many": {"stripes": Stated(9, "setting", "assumed: a test")}})
class Stripes:
    """A group of nobody."""

    stripes: int = param(5, low=0, high=10, grade="setting", source="assumed: a test", about="number of stripes")
    width: float = param(2.0, unit="mm", grade="setting", source="assumed: a test", about="width of a stripe")


@parameters("space", title="Another")
class Usurper:
    """A group that takes the name of another one."""

    x: float = param(0.0, grade="setting", source="assumed: a test", about="nothing")


def test_the_groups_of_core_and_mechanisms_are_there_in_order() -> None:
    """Would catch a module that is not walked, and an order that depends on the file system."""
    names = [group.group for group in registry.GROUPS]  # type: ignore[attr-defined]
    assert names[:2] == ["space", "time"]
    assert {"nk", "ctl", "links", "pharmacokinetics", "receptors", "endpoints"} <= set(names)
    assert names == sorted(names, key=lambda name: registry.ORDER.index(name) if name in registry.ORDER else 999)


def test_an_unnamed_group_follows_the_named_ones() -> None:
    assert list(Registry([Stripes, *registry.GROUPS]).groups)[-1] == "zebra"


def test_two_groups_of_one_name_are_refused() -> None:
    """Would catch a mechanism that silently replaces another one's parameters."""
    with pytest.raises(TypeError, match="two classes declare the parameters of 'space'"):
        Registry([*registry.GROUPS, Usurper])


def test_a_foreign_registry_reads_a_scenario_of_its_own() -> None:
    """The scenario floor knows no mechanism by name."""
    text = '[zebra]\npreset = "many"\nwidth = "1 cm"\n'
    scenario = Scenario.from_text(text, registry=Registry([Stripes]))
    assert scenario.parameters(Stripes) == Stripes(stripes=9, width=10.0)
    assert text.strip().replace("1 cm", "10 mm") in scenario.to_toml()


@pytest.mark.parametrize("each", registry.PARAMETERS.values(), ids=lambda each: each.address)
def test_every_declaration_is_whole_and_readable(each: Parameter) -> None:
    """Would catch a unit that nobody can write, a default out of range, a missing source or sentence."""
    assert checking.from_python(each, each.default) == each.default
    assert checking.from_python(each, checking.show(each, each.default)) == each.default
    assert each.about.strip()
    assert each.grade in GRADES
    assert each.source.startswith(SOURCE_KINDS)
    assert each.source.partition(":")[2].strip()
    if each.unit:
        assert " " in units.dimension(each.unit)  # a phrase such as "a time", not the bare dimension


@pytest.mark.parametrize("group", registry.GROUPS, ids=lambda group: group.group)
def test_every_preset_is_read(group: type) -> None:
    for preset in group.presets:  # type: ignore[attr-defined]
        text = f'[{group.group}]\npreset = "{preset}"'  # type: ignore[attr-defined]
        assert Scenario.from_text(text).parameters(group) == group(**group.presets[preset])  # type: ignore[attr-defined]
