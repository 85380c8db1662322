"""Laws of the well-mixed equations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from immune_sim.model.drug_course import drug_course
from immune_sim.model.meanfield import mean_field
from immune_sim.model.outcomes import NAMES
from immune_sim.model.parameters import Parameters
from immune_sim.scenario.scenario import Scenario

FITTED: dict[str, Any] = {  # held here, so that a new calibration of the defaults does not move these laws
    "tumor.cycle_time": 24.0,
    "death.death_rate": 0.002,
    "nk.kill_rate": 0.1,
    "nk.stress_boost": 1.0,
    "nk.capacity": 5,
    "ctl.hit_rate": 1.0,
    "ctl.division_probability": 0.2,
    "priming.priming_rate": 0.0005,
    "recruitment.nk_density": 44.4,
    "links.tumor_proliferation": -0.6,
    "receptors.tau_up": 2.0,
    "receptors.tau_down": 96.0,
    "receptors.ligand_tau_up": 2.0,
    "receptors.ligand_tau_down": 96.0,
}
NO_IMMUNE = {"recruitment.nk_density": 0.0, "priming.priming_rate": 0.0}
WIDE = {"space.width": 600, "space.height": 600}
LOW_DOSE = {"regimen": [{"drug": "naltrexone", "dose": "0.1 mg/kg", "every": "24 h"}]}
HIGH_DOSE = {"regimen": [{"drug": "naltrexone", "dose": "10 mg/kg", "every": "24 h"}]}
LINKS_OFF = {f"links.{name}": 0.0 for name in ("receptor_upregulation", "ligand_upregulation", "tumor_proliferation")}


def scenario(**changes: Any) -> Scenario:
    return Scenario.default().with_overrides({**FITTED, **changes})


def solve(hours: float, *changes: dict[str, Any]) -> dict[str, NDArray[np.float64]]:
    return mean_field(scenario(**{key: value for each in changes for key, value in each.items()}), hours)


def test_every_outcome_is_one_that_agents_report() -> None:
    """A curve of the mean field is drawn over the agents' curve of the same name."""
    made = solve(3.0)
    assert set(made) <= set(NAMES)
    assert {len(column) for column in made.values()} == {4}


def test_unhindered_growth_is_one_decision_an_hour() -> None:
    """At rest with room: times exp(-death) (1 + 1 - exp(-rate)) an hour. The plain rate is 10 % off in 5 days."""
    made = solve(120.0, NO_IMMUNE, WIDE, {"receptors.paracrine_fraction": 0.0, "inoculum.tumor_cells": 100})
    factor = math.exp(-0.002) * (1.0 - math.expm1(-math.log(2.0) / 24.0))
    np.testing.assert_allclose(made["tumor_cells"], 100.0 * factor ** made["hour"], rtol=2e-3)


def test_what_is_born_and_what_dies_is_what_changes() -> None:
    """Births and deaths are summed from the reported hours; a loss missing from the report is caught at 0.6 %."""
    made = solve(120.0, {"inoculum.tumor_cells": 4000, "recruitment.ctl_density": 10.0}, LOW_DOSE)
    deaths = sum(made[f"deaths_{cause}"] for cause in ("spontaneous", "hypoxia", "nk_kill", "ctl_kill"))
    balance = 4000.0 + np.cumsum(made["births"]) - np.cumsum(deaths)
    np.testing.assert_allclose(made["tumor_cells"], balance, rtol=6e-3)


def test_immune_cells_without_a_tumor_keep_their_steady_state() -> None:
    made = solve(400.0, {"inoculum.tumor_cells": 0})
    np.testing.assert_allclose(made["nk_cells"], 400.0, rtol=2e-3)
    np.testing.assert_allclose(made["ctl_cells"], 0.0, atol=1e-6)


def test_the_blockade_is_that_of_the_exact_pharmacokinetics() -> None:
    """Doses at odd minutes and an infusion; a dose that the solver steps over is caught at any size."""
    changes = {
        "regimen": [
            {"drug": "naltrexone", "dose": "10 mg/kg", "every": "17.3 h"},
            {"drug": "naltrexone", "infusion": "0.001 mg/h", "start": "30.7 h", "for": "20 h"},
        ]
    }
    made = solve(100.0, changes)
    given = scenario(**changes)
    exact = drug_course(Parameters.of(given).pharmacokinetics, given.regimen, made["hour"])
    np.testing.assert_allclose(made["blockade"], exact.blockade, rtol=2e-3, atol=1e-3)
    np.testing.assert_allclose(made["drug_concentration"], exact.concentration, rtol=2e-3, atol=1e-3)


def test_with_every_link_off_the_drug_does_nothing() -> None:
    with_drug = solve(200.0, LINKS_OFF, LOW_DOSE, {"inoculum.tumor_cells": 3000})
    without = solve(200.0, LINKS_OFF, {"inoculum.tumor_cells": 3000})
    np.testing.assert_allclose(with_drug["tumor_cells"], without["tumor_cells"], rtol=1e-3)
    np.testing.assert_allclose(with_drug["receptor_mean"], 1.0, rtol=1e-3)


def test_the_published_order_of_arms_lies_in_the_axis_alone() -> None:
    """Low dose slower than control, high dose faster; receptors up under both (doi:10.1126/science.6867737)."""
    axis = {**NO_IMMUNE, **WIDE, "receptors.paracrine_fraction": 0.0}
    control, low, high = (solve(240.0, axis, arm) for arm in ({}, LOW_DOSE, HIGH_DOSE))
    assert low["tumor_cells"][-1] < 0.1 * control["tumor_cells"][-1]
    assert high["tumor_cells"][-1] > 1.3 * control["tumor_cells"][-1]
    assert min(low["receptor_mean"][-1], high["receptor_mean"][-1]) > 1.5


@pytest.mark.parametrize("tau", [2.0, 24.0, 96.0])
def test_equal_time_constants_take_the_inhibition_away(tau: float) -> None:
    """What the product teaches; with the default ones (2 h and 96 h) less than a tenth of control is left."""
    axis = {**NO_IMMUNE, **WIDE, "receptors.paracrine_fraction": 0.0}
    equal = {f"receptors.{name}": tau for name in ("tau_up", "tau_down", "ligand_tau_up", "ligand_tau_down")}
    control, low = solve(240.0, axis, equal), solve(240.0, axis, equal, LOW_DOSE)
    assert low["tumor_cells"][-1] > 0.8 * control["tumor_cells"][-1]


def test_the_length_of_the_sub_step_hardly_matters() -> None:
    """From 15 min to 2 min all kills by single strikes change by less than 3 % (NK cells) and 8 % (T cells).

    T cells exhaust more slowly in long sub-steps: the one in which contact begins does not count as contact.
    """
    changes = {"inoculum.tumor_cells": 3000, "recruitment.ctl_density": 10.0, "ctl.lethal_damage": 1.0}
    coarse, fine = (solve(72.0, changes, {"ctl.hit_rate": 0.1, "time.substeps": steps}) for steps in (4, 30))
    assert coarse["tumor_cells"][-1] == pytest.approx(fine["tumor_cells"][-1], rel=0.03)
    assert coarse["deaths_nk_kill"].sum() == pytest.approx(fine["deaths_nk_kill"].sum(), rel=0.03)
    assert coarse["deaths_ctl_kill"].sum() == pytest.approx(fine["deaths_ctl_kill"].sum(), rel=0.08)
