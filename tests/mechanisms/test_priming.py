"""The lymph node against SciPy's solver and against its own balance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from immune_sim.mechanisms.priming import LymphNode, Priming


def test_the_chain_agrees_with_an_ode_solver() -> None:
    """Two hundred hours of changing release, relative error below 1e-6.

    Catches a wrong entry of the matrix, and one hour's delay.
    """
    p = Priming()
    released = 50.0 * np.maximum(0.0, np.sin(np.arange(200) / 15.0))
    node = LymphNode()
    influx = [node.advance(p, float(each)) for each in released]

    def change(_: float, y: np.ndarray, release: float) -> list[float]:
        antigen, primed, effectors, _ = y
        leaving = effectors / p.egress_time
        return [
            release - antigen / p.memory,
            p.priming_rate * antigen - primed / p.delay,
            p.expansion * primed / p.delay - leaving - effectors / p.contraction_time,
            leaving,
        ]

    state, wanted = np.zeros(4), []
    for each in released:
        after = solve_ivp(change, (0.0, 1.0), state, args=(each,), rtol=1e-10, atol=1e-12).y[:, -1]
        wanted.append(after[3] - state[3])
        state = after
    np.testing.assert_allclose(influx, wanted, rtol=1e-6, atol=1e-12)
    assert (node.antigen, node.primed, node.effectors) == pytest.approx(tuple(state[:3]), rel=1e-7)


@settings(max_examples=30)
@given(
    memory=st.floats(2.0, 100.0),
    delay=st.floats(1.0, 72.0),
    expansion=st.floats(1.0, 100.0),
    egress=st.floats(1.0, 48.0),
    contraction=st.floats(5.0, 200.0),
)
def test_all_effectors_of_one_release_are_accounted_for(
    memory: float, delay: float, expansion: float, egress: float, contraction: float
) -> None:
    """In the end: dead cells x rate x memory x expansion x the share that leaves before it dies.

    Nothing stays in the node.

    Catches antigen that is lost or counted twice on its way.
    """
    p = Priming(memory=memory, delay=delay, expansion=expansion, egress_time=egress, contraction_time=contraction)
    node = LymphNode()
    total = node.advance(p, 10.0) + sum(node.advance(p, 0.0) for _ in range(4000))
    assert total == pytest.approx(
        10.0 * p.priming_rate * memory * expansion * contraction / (egress + contraction), rel=1e-6
    )
    assert max(node.antigen, node.primed, node.effectors) < 1e-9


def test_the_response_comes_late_and_goes() -> None:
    """One release: the influx peaks a day or two later and has fallen tenfold after a week.

    Catches a node without delay.
    """
    node, p = LymphNode(), Priming()
    influx = np.array([node.advance(p, 100.0), *(node.advance(p, 0.0) for _ in range(400))])
    assert 20 < influx.argmax() < 60
    assert influx[0] < 0.02 * influx.max()
    assert influx[300] < 0.1 * influx.max()


def test_nothing_comes_from_nothing_and_twice_as_much_from_twice_as_much() -> None:
    """Linear. Catches a constant influx."""
    p, one, two, none = Priming(), LymphNode(), LymphNode(), LymphNode()
    for hour in range(100):
        released = float(hour % 7)
        single, double = one.advance(p, released), two.advance(p, 2.0 * released)
        assert double == pytest.approx(2.0 * single, rel=1e-9, abs=1e-15)
        assert none.advance(p, 0.0) == 0.0


def test_new_parameters_are_used_at_once() -> None:
    """Catches a step matrix that is kept when a parameter changes."""
    changed, fresh = LymphNode(), LymphNode()
    changed.advance(Priming(), 10.0)
    fresh.antigen, fresh.primed, fresh.effectors = changed.antigen, changed.primed, changed.effectors
    other = Priming(expansion=100.0)
    assert changed.advance(other, 5.0) == fresh.advance(other, 5.0)
