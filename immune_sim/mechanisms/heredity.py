"""Traits of tumor cells: how they differ at the start, and how they pass from mother to daughter with mutation."""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.cells import Column
from immune_sim.core.codes import CYCLING
from immune_sim.core.jit import kernel
from immune_sim.core.parameters import param, parameters
from immune_sim.core.random import INHERITANCE, LINEAGE, TRAITS, U64, normal, philox, uniform

COLUMNS = (
    Column("antigenicity", "float32", 1.0, "", "how well T cells recognize the cell, 0 to 1", high=1.0),
    Column("mhc", "float32", 1.0, "", "MHC class I on the surface, 0 to 1, before induction by IFN-gamma", high=1.0),
    Column("pdl1", "float32", 0.1, "", "PD-L1 on the surface, 0 to 1, before induction by IFN-gamma", high=1.0),
    Column("clone", "int32", 0, "", "barcode: number of the founder cell", writable=False),
    Column("generation", "int32", 0, "", "divisions since the founder", writable=False),
)


@parameters("heredity", title="Traits and mutation")
class Heredity:
    """Differences between cells."""

    set_point_spread: float = param(
        0.2,
        low=0.0,
        high=2.0,
        grade="assumption",
        source="assumed: moderate differences between cells",
        about="standard deviation of the logarithm of the receptor set-point between founders",
        live=False,
    )
    set_point_noise: float = param(
        0.02,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: small against the spread",
        about="standard deviation of the logarithm of the set-point between mother and daughter",
    )
    mutation_probability: float = param(
        0.01,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: rare",
        about="probability that a daughter's immune traits differ from her mother's",
    )
    mutation_size: float = param(
        0.2,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: a visible step",
        about="standard deviation of a mutation of antigenicity, MHC-I or PD-L1",
    )
    antigenicity: float = param(
        1.0,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: an immunogenic tumor",
        about="antigenicity of the founders",
        live=False,
    )
    mhc: float = param(
        1.0,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: full expression",
        about="MHC-I level of the founders",
        live=False,
    )
    pdl1: float = param(
        0.1,
        low=0.0,
        high=1.0,
        grade="assumption",
        source="assumed: low before induction",
        about="PD-L1 level of the founders",
        live=False,
    )


@kernel
def found(lineage, seed, spread, set_point, receptor_level):
    """Draw the set-point of founders (or of immune cells on arrival), log-normal with mean 1; receptors start there.

    With a host at rest that is no fixed point below 1: such a cell has a deficit even without drug, and its receptors
    rise within hours to where they balance it, r0 Rmax / (1 + r0 (Rmax - 1)).
    """
    shift = np.float32(0.5) * spread * spread
    for i in range(lineage.size):
        a, b, _, _ = philox(TRAITS, 0, lineage[i], seed)
        set_point[i] = np.float32(math.exp(spread * normal(a, b) - shift))
        receptor_level[i] = set_point[i]


@kernel
def inherit(mothers, first_daughter, seed, p, f_columns, i_columns, state, lineage, set_point, generation):
    """Write the traits of daughters (consecutive rows) from those of their mothers.

    p (3,) float32: set_point_noise, mutation_probability, mutation_size. f_columns: tuple of float32 columns copied
    from the mother, the first three of which (antigenicity, mhc, pdl1) mutate and stay in [0, 1]. i_columns: int32
    columns copied. A daughter's lineage is made from her mother's and the count of her divisions, so that it does not
    depend on what happens elsewhere in the tissue.
    """
    zero = np.float32(0.0)
    one = np.float32(1.0)
    for k in range(mothers.size):
        mother = mothers[k]
        row = first_daughter + k
        generation[mother] += 1
        generation[row] = generation[mother]
        high, low, _, _ = philox(LINEAGE, generation[mother], lineage[mother], seed)
        lineage[row] = (U64(high) << U64(32)) | U64(low)
        for column in f_columns:
            column[row] = column[mother]
        for column in i_columns:
            column[row] = column[mother]
        state[row] = CYCLING
        a, b, c, d = philox(INHERITANCE, 0, lineage[row], seed)
        set_point[row] = set_point[mother] * np.float32(math.exp(p[0] * normal(a, b)))
        if uniform(c) < p[1]:
            e, f, _, _ = philox(INHERITANCE, 1, lineage[row], seed)
            which = d % np.uint32(3)
            step = p[2] * normal(e, f)
            for index in range(3):
                if index == which:
                    f_columns[index][row] = min(max(f_columns[index][row] + step, zero), one)
