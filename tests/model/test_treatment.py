"""Another regimen on the way, and doses that ask for the burden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from immune_sim.core.errors import ScenarioError
from immune_sim.model import TumorImmuneModel
from immune_sim.model.meanfield.course import mean_field
from immune_sim.scenario.scenario import Scenario
from tests.model.test_checkpoint import FLAT, assert_same

NIGHTLY = [{"dose": "0.1 mg/kg", "every": "24 h", "at": "22:00"}]
DAILY = [{"dose": "0.1 mg/kg", "every": "24 h"}]


def model_of(regimen: Any, **changes: Any) -> TumorImmuneModel:
    return TumorImmuneModel("control-mouse", rng=5, **{**FLAT, "regimen": regimen, **changes})


def test_a_changed_regimen_is_the_run_of_its_scenario() -> None:
    """The scenario that the model then holds, run from hour 0, gives the same bits; past doses keep their effect."""
    model = model_of(DAILY)
    model.run_for(24)  # the dose of hour 24 has been given
    model.set_regimen(NIGHTLY)
    model.run_for(60)
    again = TumorImmuneModel(model.scenario, rng=5)
    again.run_for(84)
    assert model.recorder.table().equals(again.recorder.table())
    blocked = model.recorder.columns["blockade"]
    assert blocked[25] > 1.0
    assert blocked[47] > 1.0  # 22:00 of the second day
    assert blocked[49] < blocked[48]  # and no dose at midnight


def test_a_regimen_set_twice_in_an_hour_is_the_last_one() -> None:
    one, other = model_of(DAILY), model_of(DAILY)
    for each in (one, other):
        each.run_for(24)
    one.set_regimen([{"dose": "1 mg/kg", "every": "1 h"}])
    one.set_regimen(NIGHTLY)
    other.set_regimen(NIGHTLY)
    for each in (one, other):
        each.run_for(48)
    assert one.recorder.table().equals(other.recorder.table())
    assert one.scenario == other.scenario


@pytest.mark.parametrize("later", [0.0, 1.0, 24.0])
def test_a_checkpoint_keeps_a_changed_regimen(tmp_path: Path, later: float) -> None:
    """Right after the change too, where its first dose has not been given."""
    one = model_of([{"infusion": "0.02 mg/kg/h"}])
    one.run_for(10)
    one.set_regimen(DAILY)
    if later:
        one.run_for(later)
    other = TumorImmuneModel.load(one.save(tmp_path / "run.npz"))
    assert_same(one, other)
    for each in (one, other):
        each.run_for(30)
    assert_same(one, other)


def test_a_wrong_regimen_changes_nothing() -> None:
    model = model_of(NIGHTLY)
    with pytest.raises(ScenarioError, match="how often"):
        model.set_regimen([{"dose": "1 mg"}])
    assert model.interventions == []
    assert model.scenario.dosing[0].at == 22 * 60


def test_no_drug_from_now_on() -> None:
    model = model_of([{"infusion": "0.02 mg/kg/h"}])
    model.run_for(5)
    model.set_regimen(())
    model.run_for(1)
    assert model.tissue.drug.infusion_rate == 0.0
    assert model.recorder.latest["blockade"] > 0.0


@pytest.mark.parametrize(("above", "same_as"), [(0, NIGHTLY), (10**9, ())])
def test_a_burden_that_is_always_or_never_exceeded_is_a_plain_schedule(above: int, same_as: Any) -> None:
    """Bit for bit: catches a condition that draws, that is turned round, or that is read at another hour."""
    asking = model_of([{**NIGHTLY[0], "while_burden_above": above}])
    plain = model_of(same_as)
    for each in (asking, plain):
        each.run_for(50)
    assert asking.recorder.table().equals(plain.recorder.table())


def test_each_dose_asks_for_the_burden_of_its_hour() -> None:
    """A dose every 6 h, given as far as the curve of the burden says: catches a burden read an hour early or late."""
    hours = np.arange(6, 48, 6)
    free = model_of(())
    free.run_for(48)
    level = int(np.median(free.recorder.columns["tumor_cells"][hours]))
    model = model_of([{"dose": "0.1 mg/kg", "every": "6 h", "start": "6 h", "while_burden_above": level}])
    model.run_for(48)
    burden = model.recorder.columns["tumor_cells"]
    blocked = model.recorder.columns["blockade"]
    risen = blocked[hours + 1] > blocked[hours] + 1.0
    np.testing.assert_array_equal(risen, burden[hours] > level)
    assert risen.any()
    assert not risen.all()


def test_the_mean_field_asks_its_own_burden() -> None:
    """Catches a condition that the equations leave out."""

    def course(above: int) -> dict[str, Any]:
        table = {**NIGHTLY[0], "while_burden_above": above}
        return mean_field(Scenario.load("control-mouse").with_overrides({**FLAT, "regimen": [table]}), 60)

    always, never = course(0), course(10**9)
    assert always["blockade"].max() > 1.0
    assert never["blockade"].max() == 0.0
    growing = always["tumor_cells"]
    some = course(int(growing[30]))
    assert some["blockade"][23] == pytest.approx(0.0, abs=1e-9)
    assert (some["blockade"][47] > 1.0) == (some["tumor_cells"][46] > int(growing[30]))
