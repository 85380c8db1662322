"""The Scenario object: complete values, round trip, hash, overrides, presets, what extends what."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immune_sim.core.errors import ScenarioError
from immune_sim.core.parameters import Parameter
from immune_sim.mechanisms.killing import KillingByNK
from immune_sim.mechanisms.links import Links
from immune_sim.scenario import checking
from immune_sim.scenario.consistency import contradictions
from immune_sim.scenario.dosing import Dosing
from immune_sim.scenario.overrides import parse_setting, read_settings
from immune_sim.scenario.registry import installed
from immune_sim.scenario.scenario import Scenario

PARAMETERS = installed().parameters


def allowed(each: Parameter) -> st.SearchStrategy[Any]:
    """Any value that a declaration allows."""
    if each.kind is str:
        return st.sampled_from(each.choices)
    if each.kind is bool:
        return st.booleans()
    low, high = max(each.low, -1e300), min(each.high, 1e300)
    return st.integers(int(low), int(high)) if each.kind is int else st.floats(low, high)


HOURS = st.one_of(st.integers(1, 800).map(float), st.floats(1.0, 87600.0))
DOSINGS = st.builds(
    Dosing,
    amount=st.floats(0.0, 1000.0),
    per_kg=st.booleans(),
    every=st.one_of(st.just(math.inf), HOURS),
    at=st.none() | st.integers(0, 1439),
    start=st.just(0.0) | HOURS,
    length=st.just(math.inf) | HOURS,
)
CYCLES = st.tuples(st.floats(0.01, 3650.0), st.floats(0.0, 3650.0))
INFUSIONS = st.builds(Dosing, amount=st.floats(0.0, 1000.0), infusion=st.just(True), per_kg=st.booleans(), start=HOURS)
CYCLED = st.builds(
    lambda cycle, **rest: Dosing(on_days=cycle[0], off_days=cycle[1], **rest), CYCLES, amount=st.floats(0.0, 1000.0)
)
LINES = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1)
    .map(lambda t: " ".join(t.split()))
    .filter(bool)
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Any scenario that a file can describe."""
    addresses = draw(st.lists(st.sampled_from(list(PARAMETERS)), unique=True, max_size=12))
    changes = {address: draw(allowed(PARAMETERS[address])) for address in addresses}
    preset = draw(st.none() | st.sampled_from(list(installed().presets("pharmacokinetics"))))
    presets = {"pharmacokinetics.preset": preset} if preset else {}
    if list(contradictions(installed(), installed().defaults | changes)):
        changes = {}
    base = Scenario(
        name=draw(LINES),
        title=draw(LINES),
        about=draw(LINES),
        duration=draw(HOURS),
        dosing=tuple(draw(st.lists(st.one_of(DOSINGS, CYCLED, INFUSIONS), max_size=3))),
        values=installed().defaults,
    )
    return base.with_overrides({**presets, **changes})


@given(scenarios())
@settings(max_examples=150)
def test_what_is_written_reads_back_bit_for_bit(scenario: Scenario) -> None:
    """Would catch a rounded number, a lost key, a unit of another size, an unescaped character, a forgotten preset."""
    text = scenario.to_toml()
    again = Scenario.from_text(text)
    assert again == scenario
    assert again.hash == scenario.hash
    assert [repr(value) for value in again.values.values()] == [repr(value) for value in scenario.values.values()]
    assert again.to_toml() == text


@given(st.data())
def test_a_bare_number_and_its_text_are_the_same_override(data: st.DataObject) -> None:
    """Would catch a bare number that is taken in another unit than the declared one."""
    each = PARAMETERS[data.draw(st.sampled_from(list(PARAMETERS)))]
    value = data.draw(allowed(each))
    assert checking.from_python(each, value) == checking.from_python(each, checking.show(each, value)) == value


@given(st.data())
def test_what_is_out_of_range_is_refused(data: st.DataObject) -> None:
    """Would catch a bound that is not looked at, from Python or from a file."""
    numbers = [each for each in PARAMETERS.values() if each.kind is float and math.isfinite(each.high)]
    each = data.draw(st.sampled_from(numbers))
    beyond = data.draw(
        st.sampled_from([math.nextafter(each.high, math.inf), math.nextafter(each.low, -math.inf), math.inf])
    )
    with pytest.raises(ScenarioError, match="Allowed: "):
        Scenario.default().with_overrides({each.address: beyond})


def test_an_empty_file_is_the_control_mouse() -> None:
    """The defaults of the package are the conditions of the control mouse."""
    empty = Scenario.from_text("")
    assert empty.changed == {}
    assert empty.hash == Scenario.shipped("control-mouse").hash


def test_groups_come_back_as_their_classes() -> None:
    """Would catch a value that lands in another field, and an int that turned into a float."""
    scenario = Scenario.from_text('[nk]\nkill_rate = "4.8 1/d"\ncapacity = 3\n')
    group = scenario.parameters(KillingByNK)
    assert isinstance(group, KillingByNK)
    assert (group.kill_rate, group.capacity) == (0.2, 3)
    assert scenario.changed == {"nk.kill_rate": 0.2, "nk.capacity": 3}


def test_a_scenario_cannot_be_changed_behind_its_back() -> None:
    """Would catch values that are a plain dictionary: a hash would no longer belong to them."""
    scenario = Scenario.default()
    with pytest.raises(TypeError):
        scenario.values["nk.capacity"] = 1  # type: ignore[index]
    with pytest.raises(AttributeError):
        scenario.name = "other"  # type: ignore[misc]


class TestHash:
    def test_names_texts_units_and_layout_do_not_count(self) -> None:
        one = Scenario.from_text(
            'title = "a"\nduration = "2 d"\n[nk]\nkill_rate = "4.8 1/d"\n[tumor]\ncycle_time = "1 d"'
        )
        other = Scenario.from_text('# hi\nduration = "48 h"\nnk.kill_rate = "0.2 1/h"\nabout = "b"')
        assert one.hash == other.hash
        assert one != other

    def test_per_body_mass_is_what_it_comes_to(self) -> None:
        """0.1 mg/kg in a mouse of 20 g is 0.002 mg."""
        one = Scenario.from_text('[[regimen]]\ndose = "0.1 mg/kg"\nevery = "1 d"')
        other = Scenario.from_text('[[regimen]]\ndose = "2 ug"\nevery = "24 h"')
        assert one.hash == other.hash

    @pytest.mark.parametrize(
        "change",
        [
            {"nk.capacity": 6},
            {"duration": "61 d"},
            {"regimen": [{"dose": "1 mg", "every": "1 d"}]},
            {"space.boundary": "periodic"},
            {"nk.kill_rate": math.nextafter(0.1, 1)},
        ],
    )
    def test_everything_the_run_depends_on_counts(self, change: dict[str, Any]) -> None:
        """Would catch a part that is left out, and rounding of the last bit."""
        assert Scenario.default().with_overrides(change).hash != Scenario.default().hash

    def test_it_is_the_same_tomorrow(self) -> None:
        """Would catch a hash that depends on the process; a pickled scenario travels to workers."""
        scenario = Scenario.shipped("ldn-human")
        again = pickle.loads(pickle.dumps(scenario))
        assert again == scenario
        assert again.hash == scenario.hash
        assert hash(again) == hash(scenario)


class TestOverrides:
    def test_numbers_texts_and_numpy(self) -> None:
        """A bare number is in the declared unit, text carries its own; the command line has only texts."""
        changed = Scenario.default().with_overrides(
            {
                "nk.kill_rate": "4.8 1/d",
                "tumor.cycle_time": np.float64(30.0),
                "space.width": np.int64(50),
                "nk.capacity": "7",
                "space.well_mixed": "true",
                "nk.killers": "0.25",
                "links.tumor_proliferation": "-50 %",
                "space.boundary": "periodic",
                "duration": 48,
            }
        )
        assert changed.duration == 48.0
        assert changed.changed == {
            "nk.kill_rate": 0.2,
            "tumor.cycle_time": 30.0,
            "space.width": 50,
            "nk.capacity": 7,
            "space.well_mixed": True,
            "nk.killers": 0.25,
            "links.tumor_proliferation": -0.5,
            "space.boundary": "periodic",
        }

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"nk.kil_rate": 1}, 'nk.kil_rate: no parameter "kil_rate". Did you mean "kill_rate"?'),
            ({"kill_rate": 1}, 'kill_rate: no such parameter. Did you mean "nk.kill_rate"?'),
            ({"nkk.kill_rate": 1}, 'Did you mean "nk.kill_rate"?'),
            ({"nk": 1}, 'nk: this is a table. Name one parameter in it, for example "nk.kill_rate".'),
            ({"zzz": 1}, "zzz: no such parameter. `immune-sim parameters` lists all."),
            ({"nk.kill_rate": "0.2"}, 'nk.kill_rate: "0.2" has no unit. Write a quantity, for example "0.1 1/h".'),
            ({"nk.kill_rate": 20}, "nk.kill_rate: 20 1/h is out of range. Allowed: 0 to 10 1/h."),
            ({"nk.kill_rate": None}, 'nk.kill_rate: None is not a quantity. Write for example "0.1 1/h".'),
            ({"nk.capacity": "5 h"}, "capacity is a whole number without one: write for example 5."),
            ({"space.well_mixed": "yes"}, '"yes" is not true or false.'),
            ({"duration": "60"}, 'duration: "60" has no unit. Write a quantity, for example "60 d".'),
            ({"pharmacokinetics.preset": "rat"}, '"rat" is not a preset'),
            (
                {"regimen[0].dose": "1 mg"},
                'the regimen has no phase. Change one of those, or give "regimen" as a whole list.',
            ),
            ({"regimen": "daily"}, '"daily" is not a list of phases.'),
            ({"regimen": [{"dose": 4.5, "every": "1 d"}]}, "regimen[0].dose: 4.5 has no unit."),
            ({"inoculum.tumor_cells": 10**6}, "1000000 cells do not fit on 200 x 200 x 1 sites."),
        ],
    )
    def test_a_wrong_one_is_explained(self, change: dict[str, Any], said: str) -> None:
        with pytest.raises(ScenarioError) as error:
            Scenario.default().with_overrides(change)
        assert said in str(error.value)

    def test_all_wrong_ones_are_reported_with_their_origin(self) -> None:
        with pytest.raises(ScenarioError) as error:
            Scenario.default().with_overrides({"nk.kill_rate": -1, "zzz": 1, "nk.capacity": 1.5}, origin="--set")
        assert [str(problem).split(":")[:2] for problem in error.value.problems] == [
            ["--set", " nk.kill_rate"],
            ["--set", " zzz"],
            ["--set", " nk.capacity"],
        ]

    def test_a_phase_is_changed_by_its_key(self) -> None:
        """A number keeps the unit in which the phase is written; would catch 0.5 mg in place of 0.5 mg/kg."""
        low = Scenario.shipped("ldn-mouse")
        changed = low.with_overrides({"regimen[0].dose": 0.5, "regimen.every": "12 h", "regimen.0.at": "08:30"})
        assert changed.dosing[0].table() == {"drug": "naltrexone", "dose": "0.5 mg/kg", "every": "12 h", "at": "08:30"}
        assert low.with_overrides({"regimen": []}).hash == Scenario.shipped("control-mouse").hash

    def test_a_preset_comes_before_single_values(self) -> None:
        """Whatever the order in which they are given; would catch a preset that wipes out a single value."""
        human = Scenario.default().with_overrides(
            {"pharmacokinetics.body_mass": "80 kg", "pharmacokinetics.preset": "human oral naltrexone"}
        )
        assert human.values["pharmacokinetics.body_mass"] == 80.0
        assert human.values["pharmacokinetics.drug_half_life"] == 4.0
        assert 'preset = "human oral naltrexone"\nbody_mass = "80 kg"' in human.to_toml()

    def test_the_original_stays(self) -> None:
        scenario = Scenario.default()
        scenario.with_overrides({"nk.capacity": 9})
        assert scenario.changed == {}

    def test_a_setting_of_the_command_line(self) -> None:
        assert parse_setting("nk.kill_rate=0.2 1/h") == ("nk.kill_rate", "0.2 1/h")
        assert parse_setting(' nk.kill_rate = "0.2 1/h"') == ("nk.kill_rate", "0.2 1/h")
        with pytest.raises(ScenarioError, match="is not a setting"):
            parse_setting("nk.kill_rate")

    def test_a_regimen_on_the_command_line(self) -> None:
        """Would catch "[]", which the message about a wrong regimen asks for, being refused."""
        ldn = Scenario.shipped("ldn-mouse")
        assert ldn.with_overrides(read_settings(["regimen=[]"])).dosing == ()
        told = read_settings(['regimen=[{"dose": "4.5 mg", "every": "24 h"}]'])
        assert [phase.dose_mg for phase in ldn.with_overrides(told).regimen] == [4.5]

    def test_every_wrong_setting_is_told_and_none_silently_wins(self) -> None:
        with pytest.raises(ScenarioError) as refused:
            read_settings(["nk.capacity", "nk.capacity=3", "nk.capacity=4"])
        assert len(refused.value.problems) == 2
        assert "set twice" in str(refused.value)

    def test_a_value_goes_back_to_the_declaration_of_its_preset(self) -> None:
        """Would catch the sources of the mouse being shown for human values."""
        human, mouse = Scenario.shipped("ldn-human"), Scenario.shipped("ldn-mouse")
        address = "pharmacokinetics.drug_half_life"
        assert human.origin(address).default == human.values[address]
        assert human.origin(address).source != mouse.origin(address).source
        assert human.origin("nk.kill_rate") is human.registry.parameters["nk.kill_rate"]


class TestExtends:
    def test_only_the_difference_is_said(self, tmp_path: Path) -> None:
        """Values, presets, duration and regimen come from the other file; what is said here stands above."""
        (tmp_path / "base.toml").write_text(
            'duration = "10 d"\n[nk]\ncapacity = 7\nkillers = 0.1\n[links]\ntumor_apoptosis = 1'
        )
        (tmp_path / "mine.toml").write_text('extends = "base.toml"\n[nk]\ncapacity = 8')
        mine = Scenario.from_file(tmp_path / "mine.toml")
        assert mine.duration == 240.0
        assert mine.based_on == "base.toml"
        assert mine.changed == {"nk.capacity": 8, "nk.killers": 0.1, "links.tumor_apoptosis": 1.0}

    def test_a_regimen_replaces_the_other_and_an_empty_one_too(self) -> None:
        assert Scenario.from_text('extends = "ldn-mouse"').dosing == Scenario.shipped("ldn-mouse").dosing
        assert Scenario.from_text('extends = "ldn-mouse"\nregimen = []').dosing == ()

    def test_a_preset_replaces_the_whole_group(self) -> None:
        """Would catch values of the other file that shine through a preset."""
        text = 'extends = "ldn-human"\n[pharmacokinetics]\npreset = "mouse injection"'
        assert Scenario.from_text(text).values["pharmacokinetics.body_mass"] == 0.02

    def test_what_is_written_stands_alone(self) -> None:
        text = Scenario.shipped("pancreas-like").to_toml()
        assert "extends" not in text
        assert Scenario.from_text(text).hash == Scenario.shipped("pancreas-like").hash


class TestLoad:
    def test_whatever_names_a_scenario(self, tmp_path: Path) -> None:
        scenario = Scenario.shipped("nk-only")
        path = tmp_path / "mine.toml"
        path.write_text(scenario.to_toml())
        for given_as in (scenario, "nk-only", path, str(path), scenario.to_toml()):
            assert Scenario.load(given_as).hash == scenario.hash

    def test_a_wrong_name_gets_the_nearest(self) -> None:
        with pytest.raises(ScenarioError, match=r'no scenario "ldn-mose" is shipped[.] Did you mean "ldn-mouse"'):
            Scenario.load("ldn-mose")

    def test_anything_else_is_explained(self) -> None:
        with pytest.raises(ScenarioError, match="3 is not a scenario"):
            Scenario.load(3)


def test_every_link_can_be_off() -> None:
    """Would catch a link that was added and that "every-link-off" does not switch off."""
    links = Scenario.shipped("every-link-off").parameters(Links)
    assert {name for name, value in vars(links).items() if value} == {"factor_bound"}
