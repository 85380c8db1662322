"""The hypothesis links: off is off, and no factor leaves its bound."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from immune_sim.core.jit import kernel
from immune_sim.core.parameters import declared_in
from immune_sim.core.rates import link_factor, mean_factor
from immune_sim.mechanisms.links import LINKS, RATE_LINKS, Links

SIGNAL = st.floats(0.0, 60.0, width=32)
GAIN = st.floats(-5.0, 5.0, width=32)
BOUND = st.floats(1.0, 100.0, width=32)


@kernel
def _factors(gain, signal, bound, out):
    for i in range(signal.size):
        out[i] = link_factor(gain, signal[i], bound)


def factors(gain: float, signal: np.ndarray, bound: float) -> np.ndarray:
    out = np.empty(len(signal), dtype=np.float32)
    _factors(np.float32(gain), signal.astype(np.float32), np.float32(bound), out)
    return out


@given(signal=SIGNAL, bound=BOUND)
def test_gain_zero_is_exactly_one(signal: float, bound: float) -> None:
    """Not nearly: with every link off all arms must be equal bit for bit. Catches exp(0 x inf) and a bound below 1."""
    assert factors(0.0, np.array([signal]), bound)[0] == 1.0
    assert mean_factor(0.0, signal, bound) == 1.0


@given(gain=GAIN, bound=BOUND)
def test_signal_at_rest_changes_nothing(gain: float, bound: float) -> None:
    """Catches exp(gain S) in place of exp(gain (S - 1))."""
    assert factors(gain, np.array([1.0]), bound)[0] == 1.0


@given(gain=GAIN, signal=SIGNAL, bound=BOUND)
def test_the_factor_is_exponential_within_its_bound(gain: float, signal: float, bound: float) -> None:
    """In the kernel and in reports alike. Catches a bound on one side only, and two formulas that drift apart."""
    wanted = min(max(math.exp(gain * (signal - 1.0)), 1.0 / bound), bound)
    made = float(factors(gain, np.array([signal]), bound)[0])
    assert made == pytest.approx(wanted, rel=2e-5)
    assert float(mean_factor(gain, signal, bound)) == pytest.approx(wanted, rel=1e-9)
    assert np.float32(1.0) / np.float32(bound) <= made <= np.float32(bound)


def test_the_sign_of_a_gain_is_the_sign_of_its_effect() -> None:
    """A negative gain slows where signal is high and speeds up under blockade. Catches a sign."""
    assert factors(-0.6, np.array([0.0]), 5.0)[0] == pytest.approx(math.exp(0.6), rel=1e-6)
    assert factors(-0.6, np.array([3.0]), 5.0)[0] == pytest.approx(math.exp(-1.2), rel=1e-6)


def test_every_link_is_a_parameter_and_the_other_way_around() -> None:
    """Catches a link that cannot be switched, and a gain that no list names."""
    gains = {each.name for each in declared_in(Links)} - {"factor_bound"}
    assert {link.name for link in LINKS} == gains
    assert {link.name for link in RATE_LINKS} == gains - {"receptor_upregulation", "ligand_upregulation"}
    assert {link.reads for link in LINKS} <= {"tumor", "host", "nk", "ctl"}


def test_immune_links_are_off_by_default() -> None:
    """Nobody measured them, so the product must not assume them. Catches a default that smuggles one in."""
    for link in RATE_LINKS:
        if link.name != "tumor_proliferation":
            assert getattr(Links(), link.name) == 0.0
