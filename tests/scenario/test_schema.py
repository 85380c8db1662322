"""The JSON Schema that editors complete with: valid, in step with the reader, and strict where it can be."""

from __future__ import annotations

import json
import tomllib

import pytest

from immune_sim.core.errors import ScenarioError
from immune_sim.scenario.catalog import Entry, shipped_scenarios
from immune_sim.scenario.registry import PARAMETERS
from immune_sim.scenario.scenario import Scenario
from immune_sim.scenario.schema import schema, schema_text

jsonschema = pytest.importorskip("jsonschema")
VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_it_is_a_schema_of_its_dialect() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("entry", shipped_scenarios(), ids=lambda entry: entry.name)
def test_shipped_scenarios_are_valid_as_written_and_as_written_back(entry: Entry) -> None:
    VALIDATOR.validate(tomllib.loads(entry.path.read_text(encoding="utf-8")))
    VALIDATOR.validate(tomllib.loads(Scenario.shipped(entry.name).to_toml()))


def test_every_parameter_is_described_with_its_default_and_source() -> None:
    """Would catch a declaration that the schema forgets."""
    properties = schema()["properties"]
    for address, each in PARAMETERS.items():
        group, name = address.split(".")
        entry = properties[group]["properties"][name]
        assert each.about in entry["description"]
        assert each.source in entry["description"]
        assert "default" in entry


def test_every_default_is_valid_where_it_stands() -> None:
    for group, table in schema()["properties"].items():
        for name, entry in table.get("properties", {}).items():
            if "default" in entry:
                VALIDATOR.validate({group: {name: entry["default"]}})


@pytest.mark.parametrize(
    "text",
    [
        'abuot = "x"',
        "duration = 60",
        "[nkk]",
        "[nk]\nkil_rate = 1",
        "[nk]\nkill_rate = 0.2",
        '[nk]\nkill_rate = "0.2"',
        "[nk]\nkillers = 2",
        "[nk]\ncapacity = 2.5",
        '[space]\nboundary = "open"',
        '[pharmacokinetics]\npreset = "rat"',
        '[[regimen]]\ndose = "4.5 mg"',
        '[[regimen]]\ndose = 4.5\nevery = "24 h"',
        '[[regimen]]\ninfusion = "1 mg/h"\nevery = "2 h"',
        '[[regimen]]\ninfusion = "1 mg/h"\nwhile_burden_above = 2000',
        '[[regimen]]\ndose = "1 mg"\nevery = "2 h"\nwhile_burden_above = "2000 cells"',
        '[[regimen]]\ndose = "1 mg"\nevery = "24 h"\nat = "25:00"',
        '[[regimen]]\ndose = "1 mg"\nevery = "24 h"\non_days = 5',
    ],
)
def test_it_refuses_what_the_reader_refuses(text: str) -> None:
    """Would catch a table that is left open, a range or a choice that is lost."""
    assert not VALIDATOR.is_valid(tomllib.loads(text))
    with pytest.raises(ScenarioError):
        Scenario.from_text(text)
