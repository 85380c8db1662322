"""Priming of cytotoxic T cells in a draining lymph node, as a linear chain.

    antigen    A' = release - A / memory          antigen carried from dying tumor cells
    primed     P' = priming_rate A - P / delay    T cells that got the signal and begin to divide
    effectors  E' = expansion P / delay - E / egress_time - E / contraction_time
    influx        = E / egress_time

The chain is advanced exactly over an hour in which the release is constant.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import expm

from immune_sim.core.parameters import param, parameters


@parameters("priming", title="Priming in the lymph node")
class Priming:
    """Delay, expansion and contraction."""

    memory: float = param(
        48.0,
        unit="h",
        low=1.0,
        high=10000.0,
        grade="model",
        source="fitted: latency of the control arm in doi:10.1126/science.6867737",
        about="time constant for which antigen of a dead tumor cell keeps priming",
    )
    priming_rate: float = param(
        0.00042,
        unit="1/h",
        low=0.0,
        high=1.0,
        grade="model",
        source="fitted: latency of the control arm in doi:10.1126/science.6867737",
        about="T cells primed per hour and dead tumor cell of full antigenicity",
    )
    delay: float = param(
        24.0,
        unit="h",
        low=0.5,
        high=1000.0,
        grade="assumption",
        source="assumed: a day from antigen to the first effectors; divisions begin after 2 h or more (Yoon 2010)",
        about="mean time from priming to the end of expansion",
    )
    expansion: float = param(
        8.0,
        low=1.0,
        high=10000.0,
        grade="assumption",
        source="assumed: three divisions",
        about="effectors that come from one primed T cell",
    )
    egress_time: float = param(
        12.0,
        unit="h",
        low=0.5,
        high=1000.0,
        grade="assumption",
        source="assumed: half a day",
        about="mean time in which an effector leaves the node",
    )
    contraction_time: float = param(
        48.0,
        unit="h",
        low=0.5,
        high=10000.0,
        grade="assumption",
        source="assumed: two days",
        about="mean time in which an effector in the node dies",
    )


@dataclass
class LymphNode:
    """The node's contents, in cells (antigen in dead tumor cells of full antigenicity)."""

    antigen: float = 0.0
    primed: float = 0.0
    effectors: float = 0.0
    _step: tuple[Priming, np.ndarray] | None = field(default=None, repr=False, compare=False)

    def advance(self, p: Priming, released: float) -> float:
        """Advance one hour with this much antigen released; returns the expected influx of effectors (cells/h)."""
        if self._step is None or self._step[0] is not p:
            self._step = (p, expm(rates(p)))
        _, step = self._step
        before = np.array([self.antigen, self.primed, self.effectors, released, 0.0])
        self.antigen, self.primed, self.effectors, _, left = (float(x) for x in step @ before)
        return left


def rates(p: Priming) -> np.ndarray:
    """Rate matrix (5, 5) in 1/h of antigen, primed, effectors, the constant release and those that left."""
    matrix = np.zeros((5, 5))
    matrix[0, 0] = -1.0 / p.memory
    matrix[0, 3] = 1.0
    matrix[1, 0] = p.priming_rate
    matrix[1, 1] = -1.0 / p.delay
    matrix[2, 1] = p.expansion / p.delay
    matrix[2, 2] = -1.0 / p.egress_time - 1.0 / p.contraction_time
    matrix[4, 2] = 1.0 / p.egress_time
    return matrix
