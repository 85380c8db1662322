"""Sets of cells: whatever is done on columns equals the same done agent by agent."""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesa.agentset import AbstractAgentSet

from immune_sim.core.errors import CellError
from immune_sim.model import TumorImmuneModel
from immune_sim.model.agents import CELL_TYPES, CellAgent, CytotoxicTCell, NaturalKillerCell, TumorCell

SMALL = {"space.width": 40, "space.height": 40, "inoculum.tumor_cells": 150, "recruitment.ctl_density": 40.0}
SHARED = ("signal", "receptor_level", "site", "unique_id", "lineage", "kind_name")


@pytest.fixture
def model() -> TumorImmuneModel:
    model = TumorImmuneModel("ldn-mouse", rng=1, **SMALL)
    model.run_for(30)
    return model


def sets_of(model: TumorImmuneModel) -> dict[str, Any]:
    """One set of every making: live and fixed, whole and part, of one table and of both, in order and not."""
    everyone = model.agents
    return {
        "all": everyone,
        **{kind.__name__: model.agents_by_type[kind] for kind in CELL_TYPES},
        "copied": everyone.copy(),
        "shuffled": everyone.shuffle(),
        "selected": everyone.select(where=lambda cells: cells["signal"] > np.median(cells["signal"])),
        "empty": everyone.select(at_most=0),
    }


@pytest.mark.parametrize("name", SHARED)
def test_a_column_equals_a_pass_over_agents(model: TumorImmuneModel, name: str) -> None:
    """Catches rows of the wrong table, a lost order, and a conversion that changes a value."""
    for label, cells in sets_of(model).items():
        assert cells.get(name).tolist() == [getattr(cell, name) for cell in cells], label
        assert len(cells.get(name)) == len(cells) == len(list(cells)), label


def test_several_columns_and_places_equal_a_pass_over_agents(model: TumorImmuneModel) -> None:
    for label, cells in sets_of(model).items():
        pairs = [[cell.signal, cell.unique_id] for cell in cells]
        assert cells.get(["signal", "unique_id"]).tolist() == pairs, label
        assert [tuple(place) for place in cells.get("position").tolist()] == [cell.position for cell in cells], label
    assert model.agents[:3] == list(model.agents)[:3]
    mixed = model.agents.get(["kind_name", "position", "signal"])
    assert [tuple(each) for each in mixed] == [(cell.kind_name, cell.position, cell.signal) for cell in model.agents]


def test_other_attributes_work_as_in_mesa(model: TumorImmuneModel) -> None:
    tumor = model.agents_by_type[TumorCell]
    assert tumor.get("row").tolist() == list(range(len(tumor)))
    assert tumor.get("state_name").tolist() == [cell.state_name for cell in tumor]


@pytest.mark.parametrize("func", [sum, min, max, np.mean, np.median, len, lambda values: values[-1]])
def test_aggregates_equal_those_of_a_list(model: TumorImmuneModel, func: Callable[[Any], Any]) -> None:
    """Sums in single precision would be wrong in the sixth digit here."""
    for label, cells in sets_of(model).items():
        if not len(cells):
            continue
        for name in ("signal", "site"):
            assert cells.agg(name, func) == pytest.approx(func([getattr(cell, name) for cell in cells]), rel=1e-12), (
                label
            )
    low, high = model.agents.agg("signal", [min, max])
    assert (low, high) == (model.agents.agg("signal", min), model.agents.agg("signal", max))


def test_what_only_one_kind_has_follows_handle_missing(model: TumorImmuneModel) -> None:
    everyone = model.agents.shuffle()
    with pytest.raises(CellError, match="select") as error:
        everyone.get("antigenicity")
    assert isinstance(error.value, AttributeError)
    filled = everyone.get("antigenicity", handle_missing="default", default_value=-1.0)
    assert filled.tolist() == [getattr(cell, "antigenicity", -1.0) for cell in everyone]
    none = everyone.get("state_name", handle_missing="default")
    assert none.tolist() == [getattr(cell, "state_name", None) for cell in everyone]
    for name, default in (("state", -1), ("antigenicity", 0.1), ("state_name", 0), ("kills", False)):
        values = everyone.get(name, handle_missing="default", default_value=default)
        assert values.tolist() == [getattr(cell, name, default) for cell in everyone], name
    words = everyone.get("clone", handle_missing="default", default_value="no clone")
    assert words.tolist() == [getattr(cell, "clone", "no clone") for cell in everyone]
    with pytest.raises(ValueError, match="handle_missing"):
        everyone.get("signal", handle_missing="ignore")
    assert model.agents.get("energy", handle_missing="default", default_value=0).tolist() == [0] * len(everyone)
    with pytest.raises(CellError, match=r'no attribute "signl".*Did you mean "signal"'):
        everyone.get("signl")
    with pytest.raises(CellError, match="no attribute"):
        everyone.agg("antigenicity", sum)


def test_writing_a_set_equals_writing_each(model: TumorImmuneModel) -> None:
    """Catches values that are written in the order of rows, not of the set."""
    cells = model.agents.shuffle()
    values = np.linspace(0.5, 2.0, len(cells))
    assert cells.set("signal", values) is cells
    assert [cell.signal for cell in cells] == values.astype(np.float32).tolist()
    rest = model.agents_by_type[TumorCell].get("signal").copy()
    model.agents_by_type[NaturalKillerCell].set("signal", 0.25)
    assert {cell.signal for cell in model.agents_by_type[NaturalKillerCell]} == {0.25}
    assert model.agents_by_type[TumorCell].get("signal").tolist() == rest.tolist()


@pytest.mark.parametrize(
    ("name", "value"),
    [("signal", -1.0), ("signal", [1.0, 2.0]), ("site", 3), ("antigenicity", 0.5), ("signl", 1.0), ("signal", "high")],
)
def test_a_value_that_does_not_fit_changes_nothing(model: TumorImmuneModel, name: str, value: object) -> None:
    before = [{column: table[column].copy() for column in table} for table in model.tables]
    with pytest.raises(CellError):
        model.agents.set(name, value)
    for table, columns in zip(model.tables, before, strict=True):
        assert all(np.array_equal(table[column], values) for column, values in columns.items())


def test_selecting_by_columns_equals_selecting_agents(model: TumorImmuneModel) -> None:
    everyone = model.agents
    middle = float(np.median(everyone["signal"]))
    by_agent = everyone.select(lambda cell: isinstance(cell, TumorCell) and cell.signal < middle)
    by_column = everyone.select(agent_type=TumorCell, where=lambda cells: cells["signal"] < middle)
    assert 0 < len(by_agent) < len(everyone)
    assert by_column.to_list() == by_agent.to_list()
    assert everyone.select(where=everyone["signal"] < middle).to_list() == [
        cell for cell in everyone if cell.signal < middle
    ]
    assert everyone.select(agent_type=(NaturalKillerCell, CytotoxicTCell)).to_list() == [
        cell for cell in everyone if not isinstance(cell, TumorCell)
    ]
    assert len(everyone.select(agent_type=mesa.Agent)) == len(everyone.select(agent_type=CellAgent)) == len(everyone)
    assert everyone.select(at_most=3).to_list() == everyone.to_list()[:3]
    assert len(everyone.select(at_most=0.5)) == len(everyone) // 2
    assert (
        everyone.select(lambda cell: cell.signal < middle, at_most=2).to_list()
        == [cell for cell in everyone if cell.signal < middle][:2]
    )
    for wrong in (everyone["signal"], lambda cells: cells["signal"], np.ones(2, dtype=bool)):
        with pytest.raises(CellError, match="true or false"):
            everyone.select(where=wrong)


def test_selecting_in_place_changes_the_set_and_not_the_tissue(model: TumorImmuneModel) -> None:
    n, chosen = len(model.agents), model.agents.copy()
    assert chosen.select(agent_type=NaturalKillerCell, inplace=True) is chosen
    assert len(chosen) == model.tissue.nk_cells < n == len(model.agents)


def test_groups_equal_those_of_agents(model: TumorImmuneModel) -> None:
    tumor = model.agents_by_type[TumorCell].shuffle()
    expected: dict[int, list[float]] = defaultdict(list)
    for cell in tumor:
        expected[cell.clone].append(cell.signal)
    groups = tumor.groupby("clone")
    assert list(groups.groups) == list(expected)  # in the order of appearance, as Mesa has it
    assert groups.count() == {clone: len(values) for clone, values in expected.items()}
    assert groups.agg("signal", max) == {clone: max(values) for clone, values in expected.items()}
    assert {clone: cells.get("signal").tolist() for clone, cells in groups} == expected
    assert groups.apply(len) == groups.map(len) == groups.count()
    by_function = tumor.groupby(lambda cell: cell.signal > 1.0, result_type="list")
    assert by_function.count() == Counter(cell.signal > 1.0 for cell in tumor)
    assert set(by_function.agg("signal", len)) == set(by_function.groups)
    groups.do(lambda cells: cells.set("mhc", 0.5))
    assert set(tumor["mhc"].tolist()) == {0.5}
    assert model.agents.groupby("kind_name").count() == Counter(cell.kind_name for cell in model.agents)
    assert len(model.agents.select(at_most=0).groupby("signal")) == 0
    assert sum(model.agents.groupby("position").count().values()) == len(model.agents)


def test_sorting_equals_sorting_agents(model: TumorImmuneModel) -> None:
    """Descending unless asked otherwise, equal ones in their order, as in Mesa."""
    tumor = model.agents_by_type[TumorCell].shuffle()
    for ascending in (True, False):
        for key in ("generation", "signal"):
            expected = sorted(tumor, key=lambda cell: getattr(cell, key), reverse=not ascending)
            assert tumor.sort(key, ascending=ascending).to_list() == expected
            assert tumor.sort(lambda cell, name=key: getattr(cell, name), ascending=ascending).to_list() == expected
    assert tumor.sort("signal", inplace=True) is tumor


def test_do_and_map_act_on_those_that_are_still_there(model: TumorImmuneModel) -> None:
    tumor = model.agents_by_type[TumorCell]
    n = len(tumor)

    few = tumor.select(at_most=10)
    first_half, second_half = few.ids[:5].tolist(), few.ids[5:].tolist()

    def push_out_another(cell: CellAgent) -> int:
        model.cell(second_half[first_half.index(cell.unique_id)]).remove()
        return cell.unique_id

    assert few.map(push_out_another) == first_half
    assert (len(few), len(tumor)) == (5, n - 5)
    assert few.do(lambda cell, value: setattr(cell, "pdl1", value), 0.75) is few
    assert set(few["pdl1"].tolist()) == {0.75}
    assert few.map("to_dict") == [cell.to_dict() for cell in few]


def test_removing_many_equals_removing_each(model: TumorImmuneModel) -> None:
    twin = TumorImmuneModel("ldn-mouse", rng=1, **SMALL)
    twin.run_for(30)
    model.agents.select(where=lambda cells: cells["site"] % 3 == 0).do("remove")
    for cell in twin.agents.to_list():
        if cell.site % 3 == 0:
            cell.remove()
    assert sorted(model.agents.get("unique_id")) == sorted(twin.agents.get("unique_id"))
    assert model.tissue.by_hand == twin.tissue.by_hand
    model.run_for(5)
    twin.run_for(5)
    assert model.recorder.latest == pytest.approx(twin.recorder.latest, nan_ok=True, abs=0.0, rel=0.0)


def test_orders_are_drawn_from_the_models_generator(model: TumorImmuneModel) -> None:
    twin = TumorImmuneModel("ldn-mouse", rng=1, **SMALL)
    twin.run_for(30)
    ids = [cell.unique_id for cell in model.agents]
    assert model.agents.shuffle().ids.tolist() == twin.agents.shuffle().ids.tolist() != ids
    seen: list[int] = []
    other: list[int] = []
    model.agents.shuffle_do(lambda cell: seen.append(cell.unique_id))
    twin.agents.shuffle_do(lambda cell: other.append(cell.unique_id))
    assert seen == other
    assert sorted(seen) == sorted(ids)
    fixed = model.agents.copy()
    assert fixed.shuffle(inplace=True) is fixed
    assert sorted(fixed.ids) == sorted(ids)


def test_a_set_stays_right_while_the_tissue_changes(model: TumorImmuneModel) -> None:
    """Rows move every hour; a set must follow its cells and lose those that are cleared."""
    tumor = model.agents_by_type[TumorCell].copy()
    points = dict(zip(tumor.ids.tolist(), tumor["set_point"].tolist(), strict=True))
    everyone = model.agents
    n = len(everyone)
    model.run_for(48)
    assert len(everyone) == model.tissue.tumor.n + model.tissue.immune.n != n
    assert 0 < len(tumor) < len(points)
    assert all(points[cell.unique_id] == cell.set_point for cell in tumor)
    assert set(tumor.ids.tolist()) == set(points) & set(model.tissue.tumor["cell_id"].tolist())


def test_a_set_is_a_set(model: TumorImmuneModel) -> None:
    everyone, tumor = model.agents, model.agents_by_type[TumorCell].copy()
    assert isinstance(everyone, AbstractAgentSet)
    first, killer = tumor[0], model.agents_by_type[NaturalKillerCell][0]
    assert first in tumor
    assert first in everyone
    assert killer not in tumor
    assert killer not in model.agents_by_type[TumorCell]
    assert killer in model.agents_by_type[NaturalKillerCell]
    assert "cell" not in everyone
    twin = TumorImmuneModel("ldn-mouse", rng=1, **SMALL)
    assert twin.cell(twin.agents.ids[0]) not in everyone
    tumor.discard(first)
    tumor.discard(killer)
    assert first not in tumor
    assert first.is_there
    tumor.add(killer)
    tumor.add(killer)
    assert tumor.to_list()[-1] == killer
    tumor.remove(killer)
    with pytest.raises(KeyError):
        tumor.remove(killer)
    assert len(tumor | {first, killer}) == len(tumor) + 2
    assert (tumor & model.agents_by_type[NaturalKillerCell].copy()).to_list() == []
    assert copy.copy(everyone).to_list() == everyone.to_list()
    for change in (everyone.discard, everyone.remove):
        with pytest.raises(CellError, match="all cells of the tissue"):
            change(first)
    assert "TumorCell" in repr(everyone)
    assert everyone[-1] == everyone.to_list()[-1]
    with pytest.raises(IndexError):
        everyone[len(everyone)]


def test_columns_and_tables(model: TumorImmuneModel) -> None:
    tumor = model.agents_by_type[TumorCell]
    table = tumor.to_dataframe()
    assert set(table.columns) == set(model.tissue.tumor.declared)
    assert table.index.tolist() == tumor.ids.tolist()
    assert "antigenicity" not in model.agents.columns()
    some = model.agents.to_dataframe("position", "kind_name")
    assert some["position"].tolist() == [cell.position for cell in model.agents]
    assert some["kind_name"].tolist() == [cell.kind_name for cell in model.agents]
    assert model.cells(tumor.ids[:2]).to_list() == tumor.to_list()[:2]
    assert model.cells([10**9]).to_list() == []


def test_what_a_set_gives_is_free_of_the_table(model: TumorImmuneModel) -> None:
    """Catches a view on a column, which a later hour would change under its owner's hands."""
    tumor = model.agents_by_type[TumorCell]
    values = tumor.get("signal")
    values[:] = 7.0
    assert 7.0 not in tumor["signal"]


@given(st.data())
def test_any_chain_of_steps_equals_lists(data: st.DataObject) -> None:
    """Drawn chains of selecting, sorting, shuffling and removing against plain lists of agents."""
    model = TumorImmuneModel(
        "ldn-mouse", rng=2, **{**SMALL, "space.width": 16, "space.height": 16, "inoculum.tumor_cells": 60}
    )
    cells, expected = model.agents.copy(), model.agents.to_list()
    for _ in range(data.draw(st.integers(1, 5))):
        step = data.draw(st.sampled_from(("sort", "half", "even", "tumor", "remove")))
        if step == "sort":
            cells, expected = cells.sort("set_point"), sorted(expected, key=lambda cell: cell.set_point, reverse=True)
        elif step == "half":
            cells, expected = cells.select(at_most=0.5), expected[: int(len(expected) * 0.5)]
        elif step == "even":
            cells, expected = (
                cells.select(where=lambda some: some["site"] % 2 == 0),
                [cell for cell in expected if cell.site % 2 == 0],
            )
        elif step == "tumor":
            cells, expected = (
                cells.select(agent_type=TumorCell),
                [cell for cell in expected if isinstance(cell, TumorCell)],
            )
        else:
            for cell in expected[1::3]:
                cell.remove()
            expected = [cell for i, cell in enumerate(expected) if i % 3 != 1]
        assert cells.to_list() == expected
        assert cells.get("set_point").tolist() == [cell.set_point for cell in expected]
