"""Single cells as Mesa agents."""

from __future__ import annotations

import copy

import mesa
import numpy as np
import pytest

from immune_sim.core.cells import Column
from immune_sim.core.codes import APOPTOTIC, CTL, CYCLING, NK
from immune_sim.core.errors import CellError
from immune_sim.model import TumorImmuneModel
from immune_sim.model.agents import CytotoxicTCell, NaturalKillerCell, TumorCell

SMALL = {"space.width": 40, "space.height": 40, "inoculum.tumor_cells": 150}


@pytest.fixture
def model() -> TumorImmuneModel:
    model = TumorImmuneModel("ldn-mouse", rng=1, **SMALL)
    model.run_for(30)
    return model


def free_place(model: TumorImmuneModel, layer: str = "tumor_at") -> tuple[int, ...]:
    lattice = model.tissue.lattice
    sites = lattice.interior[getattr(lattice, layer)[lattice.interior] == -1]
    return tuple(int(x) for x in lattice.coordinates(sites[0]))


def assert_sound(model: TumorImmuneModel) -> None:
    """Both layers and both tables tell the same story; an independent walk over all sites."""
    lattice = model.tissue.lattice
    for at, table in ((lattice.tumor_at, model.tissue.tumor), (lattice.immune_at, model.tissue.immune)):
        seen = {int(site): int(at[site]) for site in lattice.interior if at[site] >= 0}
        assert seen == {int(site): row for row, site in enumerate(table["site"])}
        assert len(set(table["cell_id"].tolist())) == table.n


def test_views_read_their_row(model: TumorImmuneModel) -> None:
    """Catches a view that reads the row it was made with, or another table's columns."""
    for row, cell in enumerate(model.agents_by_type[TumorCell]):
        assert isinstance(cell, mesa.Agent)
        assert (cell.unique_id, cell.signal) == (model.tissue.tumor["cell_id"][row], model.tissue.tumor["signal"][row])
        assert cell.position == tuple(model.tissue.lattice.coordinates(model.tissue.tumor["site"][row]))
        assert cell.state_name == ("cycling", "quiescent", "apoptotic", "necrotic")[cell.state]
        assert cell.unique_id % 2 == 0
    kinds = [
        (type(cell), cell.kind_name, cell.unique_id % 2) for cell in model.agents if not isinstance(cell, TumorCell)
    ]
    assert set(kinds) <= {(NaturalKillerCell, "NK cell", 1), (CytotoxicTCell, "cytotoxic T cell", 1)}
    assert len(kinds) == model.tissue.immune.n


def test_numbers_come_out_as_plain_python(model: TumorImmuneModel) -> None:
    cell = model.agents_by_type[TumorCell][0]
    assert (type(cell.signal), type(cell.clone), type(cell.unique_id)) == (float, int, int)


def test_a_view_finds_its_cell_after_rows_moved(model: TumorImmuneModel) -> None:
    """Storing the table the other way round moves every row; catches a view that trusts the row it had."""
    tumor, lattice = model.tissue.tumor, model.tissue.lattice
    cells = model.agents_by_type[TumorCell].to_list()
    before = [(cell.unique_id, cell.site, cell.set_point) for cell in cells]
    tumor.reorder(np.arange(tumor.n)[::-1].copy())
    lattice.tumor_at[tumor["site"]] = np.arange(tumor.n)
    assert [(cell.unique_id, cell.site, cell.set_point) for cell in cells] == before
    cells[3].antigenicity = 0.25
    assert tumor["antigenicity"][tumor["cell_id"] == cells[3].unique_id].tolist() == [0.25]
    assert np.count_nonzero(tumor["antigenicity"] == 0.25) == 1


def test_two_views_of_one_cell_are_one_agent(model: TumorImmuneModel) -> None:
    one, other = model.agents[0], model.agents[0]
    assert one is not other
    assert one == other
    assert len({one, other, model.agents[1]}) == 2
    twin = TumorImmuneModel("ldn-mouse", rng=1, **SMALL)
    assert one != twin.cell(one.unique_id)
    assert one != one.unique_id


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("antigenicity", 1.5, "from 0 to 1"),
        ("antigenicity", -0.1, "from 0 to 1"),
        ("antigenicity", float("nan"), "out of range"),
        ("antigenicity", "high", "is not a number"),
        ("antigenicity", [0.1, 0.2], "Give one number"),
        ("receptor_level", -1.0, "out of range"),
        ("signal", float("inf"), "out of range"),
        ("state", APOPTOTIC, "use die()"),
        ("site", 5, "move_to"),
        ("cell_id", 4, "cannot be written"),
        ("unique_id", 4, "cannot be written"),
        ("position", (1, 1), "move_to"),
        ("antigenecity", 0.5, 'Did you mean "antigenicity"'),
        ("energy", 3, "It has"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_remedy(
    model: TumorImmuneModel, name: str, value: object, says: str
) -> None:
    """Kernels do not check bounds: a negative receptor level would write outside of a histogram."""
    cell = model.agents_by_type[TumorCell][0]
    before = cell.to_dict()
    with pytest.raises(CellError) as error:
        setattr(cell, name, value)
    assert says in str(error.value)
    assert cell.to_dict() == before


def test_whole_numbers_only_in_columns_of_whole_numbers(model: TumorImmuneModel) -> None:
    cell = model.agents_by_type[NaturalKillerCell][0]
    cell.kills_left = 3.0
    cell.can_kill = True
    assert (cell.kills_left, cell.can_kill) == (3, 1)
    with pytest.raises(CellError, match="whole number"):
        cell.kills_left = 2.5


def test_python_can_ask_whether_a_cell_has_an_attribute(model: TumorImmuneModel) -> None:
    cell = model.agents_by_type[NaturalKillerCell][0]
    assert hasattr(cell, "exhaustion")
    assert not hasattr(cell, "antigenicity")
    assert getattr(cell, "antigenicity", "none") == "none"
    assert {"kills_left", "position", "move_to"} <= set(dir(cell))
    with pytest.raises(CellError, match='no attribute "kils"') as error:
        _ = cell.kils
    assert 'Did you mean "kills"?' in str(error.value)


def test_a_removed_cell_is_gone_and_says_so(model: TumorImmuneModel) -> None:
    cell = model.agents_by_type[TumorCell][5]
    place, n = cell.position, model.tissue.tumor.n
    cell.remove()
    assert_sound(model)
    assert model.tissue.tumor.n == n - 1
    assert not cell.is_there
    assert cell not in model.agents
    assert [each for each in model.cells_at(place) if isinstance(each, TumorCell)] == []
    for use in (
        lambda: cell.signal,
        lambda: cell.position,
        lambda: setattr(cell, "signal", 1.0),
        lambda: cell.move_to((0, 0)),
        lambda: model.cell(cell.unique_id),
    ):
        with pytest.raises(CellError, match=f"cell {cell.unique_id} is no longer in the tissue"):
            use()
    cell.remove()
    assert model.tissue.tumor.n == n - 1
    assert "gone" in repr(cell)


def test_a_new_tumor_cell_has_traits_lineage_and_a_clone_of_its_own(model: TumorImmuneModel) -> None:
    """Catches a new cell that shares its luck or its clone with a founder."""
    tumor = model.tissue.tumor
    clones, lineages, ids = set(tumor["clone"]), set(tumor["lineage"].tolist()), set(tumor["cell_id"].tolist())
    founders = model.tissue.founders
    cell = TumorCell(model, position=free_place(model), antigenicity=0.5)
    assert_sound(model)
    assert (cell.state, cell.generation, cell.antigenicity, cell.mhc) == (CYCLING, 0, 0.5, 1.0)
    assert cell.clone == founders not in clones
    assert cell.lineage not in lineages
    assert cell.unique_id not in ids
    assert 0.2 < cell.set_point < 5.0
    assert cell.receptor_level == cell.set_point
    model.run_for(24)
    assert_sound(model)


def test_new_immune_cells_are_endowed_as_arriving_ones(model: TumorImmuneModel) -> None:
    place = free_place(model, "immune_at")
    killer = NaturalKillerCell(model, position=place, can_kill=1)
    assert (killer.kind, killer.kills_left, killer.position) == (NK, model.tissue.p.nk.capacity, place)
    t_cell = CytotoxicTCell(model, position=free_place(model, "immune_at"), exhaustion=0.5)
    assert (t_cell.kind, t_cell.exhaustion, t_cell.kills_left) == (CTL, 0.5, 0)
    assert set(model.cells_at(place)) >= {killer}
    assert_sound(model)


@pytest.mark.parametrize(
    ("position", "says"),
    [
        ((40, 0), "row 0 to 39, column 0 to 39"),
        ((-1, 0), "outside"),
        ((1, 2, 3), "whole numbers (row, column)"),
        ((0.5, 1), "whole numbers"),
        ("here", "whole numbers"),
    ],
)
def test_no_cell_outside_of_the_tissue(model: TumorImmuneModel, position: object, says: str) -> None:
    n = model.tissue.tumor.n
    with pytest.raises(CellError) as error:
        TumorCell(model, position=position)
    assert says in str(error.value)
    with pytest.raises(CellError):
        model.agents[0].move_to(position)
    assert model.tissue.tumor.n == n


def test_one_cell_a_site(model: TumorImmuneModel) -> None:
    taken = model.agents_by_type[TumorCell][0]
    with pytest.raises(CellError, match="holds a tumor cell"):
        TumorCell(model, position=taken.position)
    with pytest.raises(CellError, match="holds a tumor cell"):
        model.agents_by_type[TumorCell][1].move_to(taken.position)
    with pytest.raises(CellError, match="given twice"):
        TumorCell.create_agents(model, 2, positions=[free_place(model)] * 2)
    with pytest.raises(CellError, match="no attribute"):
        TumorCell(model, position=free_place(model), energy=3)
    assert_sound(model)


def test_cells_are_moved(model: TumorImmuneModel) -> None:
    cell = model.agents_by_type[TumorCell][0]
    there = free_place(model)
    cell.move_to(there)
    assert cell.position == there
    cell.move_to(there)
    immune = model.tissue.immune
    engaged = model.cell(int(immune["cell_id"][np.flatnonzero(immune["engaged"])[0]]))
    engaged.move_to(free_place(model, "immune_at"))
    assert engaged.engaged == 0
    assert_sound(model)
    model.run_for(3)
    assert_sound(model)


def test_many_cells_at_once(model: TumorImmuneModel) -> None:
    lattice = model.tissue.lattice
    free = lattice.coordinates(lattice.interior[lattice.tumor_at[lattice.interior] == -1])[:50]
    made = TumorCell.create_agents(model, 50, position=free.tolist(), antigenicity=np.linspace(0, 1, 50))
    assert made.get("position").tolist() == free.tolist()
    assert made.get("antigenicity").tolist() == np.linspace(0, 1, 50).astype(np.float32).tolist()
    assert len(set(made.get("lineage").tolist())) == 50
    assert_sound(model)
    with pytest.raises(CellError, match="1 positions for 2 cells"):
        TumorCell.create_agents(model, 2, positions=[(0, 0)])


def test_cells_from_a_table(model: TumorImmuneModel) -> None:
    import pandas as pd

    lattice = model.tissue.lattice
    free = lattice.coordinates(lattice.interior[lattice.immune_at[lattice.interior] == -1])[:3]
    table = pd.DataFrame({"position": [tuple(each) for each in free.tolist()], "exhaustion": [0.0, 0.5, 1.0]})
    made = CytotoxicTCell.from_dataframe(model, table, hours_since_arrival=2.0)
    assert made.get(["exhaustion", "hours_since_arrival"]).tolist() == [[0.0, 2.0], [0.5, 2.0], [1.0, 2.0]]


def test_a_cell_that_is_told_to_die_is_counted_and_cleared(model: TumorImmuneModel) -> None:
    alive = model.agents_by_type[TumorCell].select(where=lambda cells: cells["state"] == CYCLING)
    victims = alive.select(at_most=7).do("die")
    assert set(victims.get("state_name")) == {"apoptotic"}
    model.step()
    assert model.recorder.latest["deaths_other"] == 7
    model.run_for(12)
    assert len(victims) == 0


def test_the_books_close_whatever_is_done_by_hand(model: TumorImmuneModel) -> None:
    """Change of each kind of cell = what the outcomes say; catches a cell added or removed without a record."""

    def meddle(model: TumorImmuneModel) -> None:
        model.agents_by_type[TumorCell][0].remove()
        model.agents_by_type[NaturalKillerCell].select(at_most=2).do("remove")
        CytotoxicTCell(model, position=free_place(model, "immune_at"))

    model.add_process("meddling", meddle, after="death")
    TumorCell.create_agents(model, 1, positions=[free_place(model)])
    model.run_for(4)
    x = model.recorder.columns
    tumor = sum(x[name] for name in ("cycling", "quiescent", "apoptotic", "necrotic"))
    assert np.diff(tumor).tolist() == (x["births"] - x["cleared"] + x["tumor_by_hand"])[1:].tolist()
    assert np.diff(x["nk_cells"]).tolist() == (x["nk_arrivals"] - x["nk_exits"] + x["nk_by_hand"])[1:].tolist()
    assert (
        np.diff(x["ctl_cells"]).tolist()
        == (x["ctl_arrivals"] + x["ctl_births"] - x["ctl_exits"] + x["ctl_by_hand"])[1:].tolist()
    )
    assert x["tumor_by_hand"][-4:].tolist() == [0, -1, -1, -1]


def test_rows_do_not_move_inside_sub_steps(model: TumorImmuneModel) -> None:
    """Motility keeps an order of rows from sub-step to sub-step; changing the table there would read outside of it."""
    model.add_process("too early", lambda m: m.agents[0].remove(), after="motility", in_substeps=True)
    with pytest.raises(CellError, match="sub-steps"):
        model.step()


def test_an_own_column_is_an_attribute(model: TumorImmuneModel) -> None:
    model.tissue.tumor.add_column(Column("age", "float32", 0.0, "h", "time since it was labeled"))
    cell = model.agents_by_type[TumorCell][0]
    cell.age = 4.0
    assert model.agents_by_type[TumorCell].agg("age", sum) == 4.0
    with pytest.raises(CellError, match="already"):
        model.tissue.tumor.add_column(Column("age", "float32", 0.0, "h", "again"))
    model.step()
    assert cell.age == 4.0


def test_a_cell_has_a_kind(model: TumorImmuneModel) -> None:
    from immune_sim.model.agents import CellAgent

    with pytest.raises(CellError, match="TumorCell"):
        CellAgent(model, position=(0, 0))


def test_agents_of_other_classes_live_beside_the_cells(model: TumorImmuneModel) -> None:
    class Physician(mesa.Agent):
        pass

    doctor = Physician(model)
    assert doctor.unique_id < 0
    assert list(model.agents_by_type[Physician]) == [doctor]
    assert Physician in model.agent_types
    assert doctor not in model.agents
    doctor.remove()
    assert len(model.agents_by_type[Physician]) == 0


def test_the_tissue_is_emptied(model: TumorImmuneModel) -> None:
    model.remove_all_agents()
    assert (len(model.agents), model.tissue.tumor.n, model.tissue.immune.n) == (0, 0, 0)
    assert_sound(model)
    model.step()
    assert model.recorder.latest["tumor_cells"] == 0


def test_copies_of_values_are_free_of_the_table(model: TumorImmuneModel) -> None:
    cell = model.agents[0]
    values = copy.deepcopy(cell.to_dict())
    model.run_for(2)
    assert set(values) == set(model.tissue.tumor.declared)
