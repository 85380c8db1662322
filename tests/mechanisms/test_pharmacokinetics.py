"""Laws of the drug in the body."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from immune_sim.core.errors import ScenarioError
from immune_sim.mechanisms.pharmacokinetics import HUMAN_ORAL, DrugLevels, Pharmacokinetics, occupancy
from immune_sim.scenario.evidence import CONTRADICTIONS

MOUSE = Pharmacokinetics()
HUMAN = Pharmacokinetics(**{name: stated.value for name, stated in HUMAN_ORAL.items()})


def bateman(dose: float, ka: float, ke: float, t: float) -> float:
    """Drug in its compartment after a dose into the depot, all absorbed; the limit dose ka t exp(-ka t) at ka = ke."""
    if ka == ke:
        return dose * ka * t * math.exp(-ka * t)
    return -dose * ka / (ka - ke) * math.exp(-ke * t) * math.expm1((ke - ka) * t)  # without cancellation near ka = ke


@given(ka=st.floats(0.02, 20.0), half_life=st.floats(0.1, 50.0), t=st.floats(0.01, 60.0))
def test_a_dose_follows_the_bateman_curve(ka: float, half_life: float, t: float) -> None:
    """Catches a rate used for a half-life, and a bioavailability applied twice."""
    body = DrugLevels(Pharmacokinetics(absorption_rate=ka, drug_half_life=half_life))
    body.give(0.0, 2.0)
    body.advance(t)
    expected = bateman(2.0, ka, math.log(2.0) / half_life, t)
    assert body.amounts_mg[1] == pytest.approx(expected, rel=1e-7, abs=1e-12)


def test_equal_rates_of_uptake_and_elimination_do_not_blow_up() -> None:
    """The closed form divides by ka - ke; a tenfold error or a nan shows."""
    ke = math.log(2.0) / MOUSE.drug_half_life
    body = DrugLevels(Pharmacokinetics(absorption_rate=ke))
    body.give(0.0, 1.0)
    body.advance(3.0)
    assert body.amounts_mg[1] == pytest.approx(bateman(1.0, ke, ke, 3.0), rel=1e-12)


@settings(max_examples=40)
@given(
    ka=st.floats(0.05, 10.0),
    bioavailability=st.floats(0.0, 1.0),
    fraction=st.floats(0.0, 1.0),
    drug=st.floats(0.3, 20.0),
    metabolite=st.floats(0.3, 40.0),
    rate=st.floats(0.0, 5.0),
    dt=st.floats(0.01, 30.0),
)
def test_a_step_agrees_with_an_ode_solver(
    ka: float, bioavailability: float, fraction: float, drug: float, metabolite: float, rate: float, dt: float
) -> None:
    """The system is written out a second time here; a wrong arrow between compartments shows at 1e-7."""
    p = Pharmacokinetics(
        absorption_rate=ka,
        bioavailability=bioavailability,
        metabolite_fraction=fraction,
        drug_half_life=drug,
        metabolite_half_life=metabolite,
    )
    kd, km, molar = math.log(2.0) / drug, math.log(2.0) / metabolite, 343.4 / 341.4

    def slope(_: float, y: NDArray[np.float64]) -> list[float]:
        depot, level, active = y
        converted = (1.0 - bioavailability) * ka * depot + kd * level
        uptake = bioavailability * ka * depot
        return [-ka * depot, uptake - kd * level + rate, fraction * molar * converted - km * active]

    solved = solve_ivp(slope, (0.0, dt), [3.0, 0.0, 0.0], method="LSODA", rtol=1e-10, atol=1e-13)
    body = DrugLevels(p)
    body.give(0.0, 3.0)
    body.set_infusion(0.0, rate)
    body.advance(dt)
    np.testing.assert_allclose(body.amounts_mg, solved.y[:, -1], rtol=1e-7, atol=1e-9)


@given(doses=st.lists(st.tuples(st.floats(0.0, 40.0), st.floats(0.0, 10.0)), max_size=6))
def test_doses_superpose(doses: list[tuple[float, float]]) -> None:
    """Catches a dose that is lost, doubled or moved when it falls inside a step."""
    together = DrugLevels(HUMAN)
    alone = np.zeros(3)
    for time, amount in doses:
        together.give(time, amount)
        single = DrugLevels(HUMAN)
        single.give(time, amount)
        single.advance(48.0)
        alone += single.amounts_mg
    together.advance(48.0)
    np.testing.assert_allclose(together.amounts_mg, alone, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("p", [MOUSE, HUMAN], ids=["mouse", "human"])
def test_what_is_given_is_in_the_body_or_eliminated(p: Pharmacokinetics) -> None:
    """The eliminated moles are integrated from the concentrations by quadrature, not taken as what is missing."""

    def amounts(t: float) -> tuple[float, float, float]:
        body = DrugLevels(p)
        body.give(0.0, 50.0)
        body.give(5.0, 20.0)
        body.set_infusion(2.0, 1.5)
        body.set_infusion(9.0, 0.0)
        body.advance(t)
        return body.amounts_mg

    kd, km = math.log(2.0) / p.drug_half_life, math.log(2.0) / p.metabolite_half_life
    molar = p.metabolite_molar_mass / p.drug_molar_mass

    def eliminated(t: float) -> float:  # mg of drug an hour that leave the body for good
        depot, drug, active = amounts(t)
        lost = (1.0 - p.metabolite_fraction) * ((1.0 - p.bioavailability) * p.absorption_rate * depot + kd * drug)
        return lost + km * active / molar

    gone = quad(eliminated, 0.0, 14.0, points=[2.0, 5.0, 9.0], epsabs=1e-10, epsrel=1e-10, limit=200)[0]
    depot, drug, active = amounts(14.0)
    assert depot + drug + active / molar + gone == pytest.approx(50.0 + 20.0 + 7 * 1.5, rel=1e-8)


def test_an_infusion_settles_where_uptake_equals_clearance() -> None:
    """Catches an infusion that is poured into the depot (first pass would take 77 % of it) or given once an hour."""
    body = DrugLevels(HUMAN)
    body.set_infusion(0.0, 2.0)
    body.advance(500.0)
    assert body.amounts_mg[1] == pytest.approx(2.0 * 4.0 / math.log(2.0), rel=1e-9)
    clearance = math.log(2.0) / 4.0 * 7.749 * 70.0  # L/h
    assert body.concentration == pytest.approx(2.0 / clearance / 341.4 * 1e6, rel=1e-9)


def test_events_inside_an_hour_count_from_their_own_minute() -> None:
    """A dose at 10:24 given at the full hour would be 24 min, 9 % of the level, off."""
    body = DrugLevels(MOUSE)
    body.advance(10.0)
    body.give(10.4, 1.0)
    body.advance(11.0)
    expected = bateman(1.0, 12.0, math.log(2.0) / 2.86, 0.6)
    assert body.amounts_mg[1] == pytest.approx(expected, rel=1e-12)


def test_the_way_there_does_not_matter() -> None:
    """One step of 30 h and 480 steps of a sixteenth hour agree: there is no step error."""
    one, many = DrugLevels(HUMAN), DrugLevels(HUMAN)
    for body in (one, many):
        body.give(0.3, 50.0)
        body.set_infusion(4.55, 1.0)
    one.advance(30.0)
    for k in range(1, 481):
        many.advance(k / 16.0)
    np.testing.assert_allclose(one.amounts_mg, many.amounts_mg, rtol=1e-12)


def test_substeps_report_the_blockade_in_their_middle() -> None:
    body, check = DrugLevels(MOUSE), DrugLevels(MOUSE)
    body.give(0.5, 0.002)
    check.give(0.5, 0.002)
    reported = body.advance_in_steps(1.0, 4)
    expected = []
    for middle in (0.125, 0.375, 0.625, 0.875):
        check.advance(middle)
        expected.append(check.blockade())
    np.testing.assert_allclose(reported, expected, rtol=1e-12)
    assert body.time == 1.0


def test_occupancy_has_its_limits() -> None:
    """None without drug, half at the inhibition constant, all under a saturating one; ligand competes."""
    assert DrugLevels(HUMAN).blockade() == 0.0
    np.testing.assert_allclose(occupancy([0.0, 1.0, 1e12]), [0.0, 0.5, 1.0], atol=1e-11)
    assert occupancy(1.0, ligand=1.0) == pytest.approx(1.0 / 3.0)


@given(dose=st.floats(0.0, 10.0), ahead=st.floats(0.0, 50.0), rate=st.floats(0.0, 1.0))
def test_a_restored_state_goes_on_bit_for_bit(dose: float, ahead: float, rate: float) -> None:
    """Through JSON text, with a dose still waiting; one bit of difference fails."""
    first = DrugLevels(HUMAN)
    first.give(1.0 / 3.0, dose)
    first.set_infusion(0.7, rate)
    first.advance(2.0)
    first.give(2.0 + ahead, dose)
    second = DrugLevels(HUMAN)
    second.restore(json.loads(json.dumps(first.state())))
    for body in (first, second):
        body.advance(60.0)
    assert first.state() == second.state()
    assert first.blockade() == second.blockade()
    assert first.infusion_rate == rate


def test_the_past_and_impossible_amounts_are_refused() -> None:
    body = DrugLevels(MOUSE)
    body.advance(5.0)
    with pytest.raises(ScenarioError, match="hour 4 is over"):
        body.give(4.0, 1.0)
    for amount in (-1.0, math.nan, math.inf):
        with pytest.raises(ScenarioError, match="0 or more"):
            body.give(6.0, amount)
    with pytest.raises(ValueError, match="back to hour"):
        body.advance(4.0)


def crossing(p: Pharmacokinetics, dose_mg: float, level: float, low: float, high: float) -> float:
    def away(t: float) -> float:
        body = DrugLevels(p)
        body.give(0.0, dose_mg)
        body.advance(t)
        return body.blockade() - level

    return float(brentq(away, low, high, xtol=1e-10))


@pytest.mark.parametrize(("dose", "window", "tolerance"), [(0.1, 5.0, 0.001), (10.0, 24.0, 0.1)])
def test_the_mouse_preset_keeps_the_published_windows(dose: float, window: float, tolerance: float) -> None:
    """Blocked 4 to 6 h after 0.1 mg/kg, 24 h after 10 mg/kg (doi:10.1126/science.6867737)."""
    mg = dose * MOUSE.body_mass
    blocked = crossing(MOUSE, mg, 3.0, 0.34, 100.0) - crossing(MOUSE, mg, 3.0, 0.0, 0.33)
    assert blocked == pytest.approx(window, abs=tolerance)


def test_the_human_preset_reaches_the_label_peaks() -> None:
    """13.3 and 108 ng/ml after 50 mg; what it does not reach (the times of the peaks) is pinned beside it."""
    body = DrugLevels(HUMAN)
    body.give(0.0, 50.0)
    drug, metabolite = [], []
    for k in range(1, 1201):
        body.advance(k / 100.0)
        drug.append(body.concentration * 0.3414)
        metabolite.append(body.metabolite_concentration * 0.3434)
    assert max(drug) == pytest.approx(13.3, rel=1e-3)
    assert max(metabolite) == pytest.approx(108.0, rel=1e-3)
    assert (np.argmax(drug) + 1) / 100.0 == pytest.approx(2.61, abs=0.02)  # label: about 1 h
    assert (np.argmax(metabolite) + 1) / 100.0 == pytest.approx(4.76, abs=0.02)


def test_the_human_block_against_positron_emission() -> None:
    """Half the block of 50 mg is left within 72 to 108 h; 45 % after 4.5 mg is not reproduced, and that is pinned."""
    block = DrugLevels(HUMAN)
    block.give(0.0, 50.0)
    block.advance(72.0)
    assert occupancy(block.blockade()) > 0.5
    block.advance(108.0)
    assert occupancy(block.blockade()) < 0.5
    low = DrugLevels(HUMAN)
    low.give(0.0, 4.5)
    low.advance(4.0)
    assert occupancy(low.blockade()) == pytest.approx(0.957, abs=0.005)


def test_what_the_human_preset_misses_is_told_with_the_computed_figures() -> None:
    """Would catch a preset that was changed while the page still tells the old time and height of the peak."""
    body = DrugLevels(HUMAN)
    body.give(0.0, 4.5)
    drug, held = [], []
    for k in range(1, 1201):
        body.advance(k / 100.0)
        drug.append(body.concentration)
        held.append(float(occupancy(body.blockade())))
    told = [each.text for each in CONTRADICTIONS if each.text.startswith("The human preset here")]
    assert len(told) == 1
    assert f"peaks {(np.argmax(drug) + 1) / 100.0:.1f} h after a tablet" in told[0]
    assert f"fills {100.0 * max(held):.0f} % of mu receptors" in told[0]


def test_every_value_of_the_human_preset_has_grade_and_source() -> None:
    """Presets replace defaults, so they need evidence of their own."""
    stated = Pharmacokinetics.preset_declared["human oral naltrexone"]  # type: ignore[attr-defined]
    assert {name: (each.default, each.grade, each.source) for name, each in stated.items()} == HUMAN_ORAL
    assert stated["absorption_rate"].source != Pharmacokinetics.declared[1].source  # type: ignore[attr-defined]
