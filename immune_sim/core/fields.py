"""Concentrations live on a regular grid of blocks of sites, coarser than the lattice; see ``spectral``, ``steady``."""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.jit import kernel
from immune_sim.core.lattice import Lattice
from immune_sim.core.spectral import Diffusion
from immune_sim.core.steady import solve_variable

__all__ = ["Diffusion", "Grid", "sample", "solve_variable"]


class Grid:
    """Blocks of sites on which a field lives.

    edge: sites along an edge of a block. shape: blocks along each axis; where an extent is no multiple of the edge, the
    last block holds fewer sites and counts as a whole one: cells there secrete and take up as much as elsewhere, and
    molecules have up to edge - 1 sites more to spread in. spacing: um. block (lattice.size,) int32: block of each
    site, 0 for the guard. places (dims, g): middles of blocks in sites. sites_in (g,) int64: true sites in each block.
    """

    def __init__(self, lattice: Lattice, edge: int):
        self.edge = edge
        self.wraps = lattice.wraps
        self.spacing = lattice.site_size * edge
        self.shape = tuple(-(-extent // edge) for extent in lattice.shape)
        self.size = math.prod(self.shape)
        within = np.ravel_multi_index(tuple((lattice.coordinates(lattice.interior) // edge).T), self.shape)
        self.block = np.zeros(lattice.size, dtype=np.int32)
        self.block[lattice.interior] = within
        self.sites_in = np.bincount(within, minlength=self.size)
        self.places = np.stack([(each.ravel() + 0.5) * edge - 0.5 for each in np.indices(self.shape)])

    @property
    def sites_per_block(self) -> int:
        """Sites of a whole block."""
        return int(self.edge ** len(self.shape))


@kernel
def sample(first, end, values, block, site, out):
    """Write the value at the block of each cell's site to rows first to end of out (n,) float32."""
    for i in range(first, end):
        out[i] = values[block[site[i]]]
