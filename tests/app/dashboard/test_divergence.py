"""Where two arms differ and why: cells are matched by lineage, and the first to do something else is named."""

from __future__ import annotations

import numpy as np
import pytest

from immune_sim.app.dashboard.engine.divergence import ONLY_HERE, ONLY_THERE, OTHERWISE, SAME, divergence, key
from immune_sim.app.dashboard.engine.first_cause import Watch
from immune_sim.app.dashboard.engine.twins import still_to_come, with_change
from immune_sim.app.dashboard.replay import Change, Run
from immune_sim.model.model import TumorImmuneModel

SMALL = {"space.width": 48, "space.height": 48}


def arms(hours: int, **own: object) -> tuple[TumorImmuneModel, TumorImmuneModel]:
    made = TumorImmuneModel("ldn-mouse", rng=2, **SMALL), TumorImmuneModel("ldn-mouse", rng=2, **{**SMALL, **own})
    for model in made:
        model.run_for(hours)
    return made


def cells(model: TumorImmuneModel) -> dict[tuple[str, int], tuple[int, int]]:
    """Site and state (or kind) by kind of cell and lineage, for an independent count."""
    found = {}
    for table, state in ((model.tissue.tumor, "state"), (model.tissue.immune, "kind")):
        for row in range(table.n):
            found[state, int(table["lineage"][row])] = int(table["site"][row]), int(table[state][row])
    return found


def test_the_same_run_twice_is_the_same_cell_by_cell() -> None:
    first, second = arms(12)
    found = divergence(second.tissue, first.tissue)
    assert found.differing == 0
    assert set(np.unique(found.codes)) == {0, SAME}
    watch = Watch()
    watch.look(first, second)
    assert "No difference" in watch.sentence


def test_every_cell_is_counted_once_as_what_it_is() -> None:
    """Against a plain count by lineage: catches cells that are matched by their row or number."""
    first, second = arms(30, **{"links.tumor_proliferation": 0.0})
    there, here = cells(first), cells(second)
    both = here.keys() & there.keys()
    same = {each for each in both if here[each] == there[each]}
    found = divergence(second.tissue, first.tissue)
    assert found.counts == {
        SAME: len(same),
        OTHERWISE: len(both - same),
        ONLY_HERE: len(here.keys() - there.keys()),
        ONLY_THERE: len(there.keys() - here.keys()),
    }
    assert found.counts[ONLY_HERE] > 0
    assert found.counts[ONLY_THERE] > 0
    assert found.codes.shape == second.tissue.lattice.shape
    assert np.count_nonzero(found.codes == ONLY_HERE) == len({here[each][0] for each in here.keys() - there.keys()})


def test_a_tumor_that_is_cleared_leaves_only_what_is_missing() -> None:
    """Catches a comparison with an empty table."""
    first, second = arms(2)
    second.tissue.remove(second.tissue.tumor, np.arange(second.tissue.tumor.n))
    counts = divergence(second.tissue, first.tissue).counts
    assert counts[ONLY_THERE] >= first.tissue.tumor.n
    assert divergence(first.tissue, second.tissue).counts[ONLY_HERE] >= first.tissue.tumor.n


def test_the_first_cause_names_the_drug_and_a_cell_that_then_divides_or_dies() -> None:
    """A dose in hour 5 of one arm only: catches a cause before the change, and a cell of the wrong arm."""
    first, second = (TumorImmuneModel("control-mouse", rng=2, **SMALL) for _ in "AB")
    watch = Watch()
    for hour in range(200):
        if hour == 5:
            second.give_dose("1 mg/kg")
        for model in (first, second):
            model.run_for(1)
        watch.look(first, second)
        assert hour >= 5 or not watch.quantity
        if watch.done:
            break
    assert "Drug in plasma differs since day 0, 06:00: 0 nM in A, " in watch.sentence
    assert watch.sentence.index("Drug") < watch.sentence.index("First cell")
    table, in_first, in_second = watch.cell_id or ("", -1, -1)
    assert table == "tumor"
    one, other = first.tissue.tumor, second.tissue.tumor
    before = one["generation"][one.row_of(in_first)], other["generation"][other.row_of(in_second)]
    dead = one["state"][one.row_of(in_first)] >= 2, other["state"][other.row_of(in_second)] >= 2
    if "divides in A" in watch.cell:
        assert before[0] > before[1]
    elif "divides in B" in watch.cell:
        assert before[1] > before[0]
    else:
        assert dead[0] != dead[1]
    assert "its signal: " in watch.cell or "its receptor level: " in watch.cell
    assert "times rest in A, " in watch.cell


def test_a_drug_that_no_link_passes_on_changes_no_cell() -> None:
    """Catches a difference that is invented: with every link off the cells do the same."""
    first = TumorImmuneModel("every-link-off", rng=2, **SMALL)
    second = TumorImmuneModel("every-link-off", rng=2, **SMALL)
    watch = Watch()
    for hour in range(30):
        if hour == 3:
            second.give_dose("10 mg/kg")
        for model in (first, second):
            model.run_for(1)
        watch.look(first, second)
    assert not watch.done
    assert watch.sentence.endswith("So far every cell does the same.")
    assert divergence(second.tissue, first.tissue).differing == 0


def test_every_code_has_a_color_and_a_shape_of_its_own() -> None:
    legend = key("A")
    assert len(set(legend["shapes"])) == len(legend["shapes"]) == 5
    assert all(len(set(colors)) == 5 for colors in legend["palette"].values())
    assert "only in A" in [each["label"] for each in legend["entries"]]


@pytest.mark.parametrize("from_now", [True, False])
def test_a_change_holds_from_the_beginning_or_from_now(from_now: bool) -> None:
    """Catches an own change that an older one of the same value overrules."""
    run = Run("ldn-mouse", 1, 30, {"nk.kill_rate": 0.2}, (Change(10.0, 0.3, "nk.kill_rate"), Change(12.0, 1.0)))
    made = with_change(run, {"nk.kill_rate": 0.4}, from_now)
    assert made.changes[-1] == (Change(30.0, 0.4, "nk.kill_rate") if from_now else Change(12.0, 1.0))
    assert made.overrides["nk.kill_rate"] == (0.2 if from_now else 0.4)
    assert len(made.changes) == (3 if from_now else 1)


@pytest.mark.parametrize("hours", [48, 30])
def test_a_schedule_from_now_on_gives_no_dose_twice(hours: int) -> None:
    """At an hour at which a dose was just given; catches an arm that gets it again, a second difference."""
    first, second = (TumorImmuneModel("ldn-mouse", rng=2, **SMALL) for _ in "AB")
    for model in (first, second):
        model.run_for(hours)
    second.set_regimen(still_to_come(second, [{"dose": "0.1 mg/kg", "every": "24 h"}]))
    for model in (first, second):
        model.run_for(30)
    drug = [list(model.recorder.columns["drug_concentration"]) for model in (first, second)]
    assert drug[0] == pytest.approx(drug[1])
