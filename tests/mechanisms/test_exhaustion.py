"""Exhaustion of T cells: onset in contact, recovery without."""

from __future__ import annotations

import math

import numpy as np
import pytest

from immune_sim.core.codes import CTL, NK
from immune_sim.mechanisms.exhaustion import Exhaustion, advance

P = Exhaustion()


def after(hours: int, contact: float, start: float = 0.0, kind: int = CTL) -> tuple[float, float]:
    """Exhaustion and age after some hours with this much contact in each."""
    exhaustion, age = np.array([start], np.float32), np.zeros(1, np.float32)
    keep = np.float32(math.exp(-1.0 / P.onset_time)), np.float32(math.exp(-1.0 / P.recovery_time))
    for _ in range(hours):
        advance(0, 1, *keep, np.array([kind], np.uint8), np.array([contact], np.float32), exhaustion, age)
    return float(exhaustion[0]), float(age[0])


@pytest.mark.parametrize("hours", [1, 24, 72, 400])
def test_lasting_contact_exhausts_exponentially(hours: int) -> None:
    """1 - exp(-t / 72 h). Catches onset and recovery exchanged."""
    assert after(hours, 1.0)[0] == pytest.approx(-math.expm1(-hours / P.onset_time), rel=1e-4)


@pytest.mark.parametrize("hours", [1, 24, 240])
def test_rest_recovers_exponentially(hours: int) -> None:
    """x0 exp(-t / 240 h). Catches exhaustion that is for ever."""
    assert after(hours, 0.0, start=0.8)[0] == pytest.approx(0.8 * math.exp(-hours / P.recovery_time), rel=1e-4)


def test_half_an_hour_of_contact_counts_half() -> None:
    """In balance x / (1 - x) is the ratio of the two times. Catches contact taken as all or nothing."""
    onset, recovery = 0.5 / P.onset_time, 0.5 / P.recovery_time
    assert after(3000, 0.5)[0] == pytest.approx(onset / (onset + recovery), rel=0.01)


def test_it_stays_between_zero_and_one() -> None:
    """Also where rounding summed contact to more than an hour. Catches a negative remainder."""
    assert 0.999 < after(5000, 1.0000002)[0] <= 1.0
    assert after(10, 0.0)[0] == 0.0


def test_nk_cells_age_but_do_not_tire() -> None:
    """Catches a kind that is not asked for."""
    assert after(30, 1.0, kind=NK) == (0.0, 30.0)
    assert after(30, 1.0)[1] == 30.0
