"""Exhaustion of cytotoxic T cells: it builds up in contact with antigen and recedes slowly without."""

from __future__ import annotations

import numpy as np

from immune_sim.core.cells import Column
from immune_sim.core.codes import CTL
from immune_sim.core.jit import kernel
from immune_sim.core.parameters import param, parameters

COLUMNS = (Column("exhaustion", "float32", 0.0, "", "loss of function of a T cell, 0 fresh to 1 exhausted", high=1.0),)


@parameters("exhaustion", title="Exhaustion of T cells")
class Exhaustion:
    """How fast function is lost and regained."""

    onset_time: float = param(
        72.0,
        unit="h",
        low=1.0,
        high=10000.0,
        grade="assumption",
        source="assumed: 3 d; reviews say dysfunction within days",
        about="time constant of exhaustion in lasting contact",
    )
    recovery_time: float = param(
        240.0,
        unit="h",
        low=1.0,
        high=100000.0,
        grade="assumption",
        source="assumed: slower than its onset",
        about="time constant of recovery without contact",
    )


@kernel
def advance(first, end, keep_engaged, keep_free, kind, hours_engaged, exhaustion, hours_since_arrival):
    """Advance exhaustion of rows first to end by one hour.

    keep_engaged: share of the missing exhaustion that is left after an hour of contact; keep_free: share of the present
    one left after an hour without. An hour of partial contact uses the powers of both.
    """
    one = np.float32(1.0)
    for i in range(first, end):
        hours_since_arrival[i] += one
        if kind[i] == CTL:
            contact = min(hours_engaged[i], one)
            x = exhaustion[i]
            if contact > np.float32(0.0):
                x = one - (one - x) * keep_engaged**contact
            exhaustion[i] = x * keep_free ** (one - contact)
