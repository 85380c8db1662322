"""The four fields of a tissue on their two grids, and what motility reads from them."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from immune_sim.core.cells import CellTable
from immune_sim.core.fields import Diffusion, Grid, sample, solve_variable
from immune_sim.core.lattice import Lattice
from immune_sim.core.parallel import Threads
from immune_sim.core.rates import SCALE
from immune_sim.mechanisms import motility, signaling
from immune_sim.mechanisms.signaling import Oxygen, Signals

if TYPE_CHECKING:
    from immune_sim.model.state import Tissue

MINUTES = 60.0
SINGLY = 10_000  # blocks from which transforms cost so much that signals are solved one by one, to be shared out
SIGNALS = ("chemokine", "ifng", "ligand")
KEPT = ("oxygen", "signals", "living", "toward", "pull")


class TissueFields:
    """Concentrations as flat arrays over blocks; the last values are all that a restart needs.

    oxygen (h,) float32 mmHg on the oxygen grid; signals (3, g) float32: chemokine, IFN-gamma and ligand, relative.
    living (h,) int64: living tumor cells in each oxygen block. toward (g,) int32, pull (g,) float32: where the
    chemokine leads and how much.
    """

    def __init__(self, lattice: Lattice, oxygen: Oxygen, signals: Signals):
        self.oxygen_grid = Grid(lattice, oxygen.coarsening)
        self.grid = Grid(lattice, signals.coarsening)
        self.oxygen_block, self.block = self.oxygen_grid.block, self.grid.block
        self.oxygen = np.full(self.oxygen_grid.size, oxygen.supply, dtype=np.float32)
        self.signals = np.zeros((len(SIGNALS), self.grid.size), dtype=np.float32)
        self.living = np.zeros(self.oxygen_grid.size, dtype=np.int64)
        self.toward = np.zeros(self.grid.size, dtype=np.int32)
        self.pull = np.zeros(self.grid.size, dtype=np.float32)
        self.iterations = 0
        self._vessels = np.zeros(self.oxygen_grid.size, dtype=np.float32)
        self._flat_shape = np.array((*(1,) * (3 - len(self.grid.shape)), *self.grid.shape))
        unit = lattice.steps * (lattice.site_size / lattice.step_length)[:, None]
        self._directions = np.pad(unit, ((0, 0), (3 - unit.shape[1], 0))).astype(np.float32)
        self._oxygen_diffusion = Diffusion(self.oxygen_grid, oxygen.diffusion)
        coefficients = (signals.chemokine_diffusion, signals.ifng_diffusion * MINUTES, signals.ligand_diffusion)
        self._signal_diffusion = [Diffusion(self.grid, each) for each in coefficients]
        self.use(oxygen, signals)

    def use(self, oxygen: Oxygen, signals: Signals) -> None:
        """Go on with other values of live parameters."""
        self.p_oxygen, self.p_signals = oxygen, signals
        decays = (signals.chemokine_decay, signals.ifng_decay, math.log(2.0) / signals.ligand_half_life)
        # secretion is relative to decay, so the transform is divided by 1 + D |k|^2 / decay
        self._damping = np.stack(
            [
                1.0 + each.eigenvalues / np.float32(decay)
                for each, decay in zip(self._signal_diffusion, decays, strict=True)
            ]
        )

    @property
    def chemokine(self) -> np.ndarray:
        """Chemokine (g,), relative."""
        return np.asarray(self.signals[0])

    @property
    def ifng(self) -> np.ndarray:
        """IFN-gamma (g,), relative."""
        return np.asarray(self.signals[1])

    @property
    def ligand(self) -> np.ndarray:
        """Ligand from tumor cells (g,), relative."""
        return np.asarray(self.signals[2])

    def set_vessels(self, sites: np.ndarray) -> None:
        """Say where vessels are."""
        counts = np.bincount(self.oxygen_block[sites], minlength=self.oxygen_grid.size)
        self._vessels = (counts / self.oxygen_grid.sites_per_block).astype(np.float32)

    def update(self, tissue: Tissue) -> None:
        """Solve all fields for the cells as they are, and let cells read the ligand at their places."""
        living, secreted = self._secreted(tissue)
        solved = np.empty_like(self.signals)
        whole = slice(0, len(SIGNALS))
        which = [whole] if self.grid.size < SINGLY else [slice(k, k + 1) for k in range(len(SIGNALS))]
        tissue.threads.together(
            [
                lambda: self._solve_oxygen(living),
                *(partial(self._solve_signals, each, secreted, solved) for each in which),
            ],
            cost=60.0 * (2 * self.oxygen_grid.size + len(SIGNALS) * self.grid.size),
        )
        self.signals = solved
        for table in (tissue.tumor, tissue.immune):
            self._let_read(table, tissue.threads)

    def _let_read(self, table: CellTable, threads: Threads) -> None:
        site, local = table["site"], table["ligand_local"]
        threads.over_rows(table.n, lambda lo, hi: sample(lo, hi, self.ligand, self.block, site, local), cost=3)

    def _secreted(self, tissue: Tissue) -> tuple[np.ndarray, np.ndarray]:
        """Living tumor cells (parts, h) and fixed-point secretion per block (parts, 3, g), as each thread met them."""
        tumor, immune, p, parts = tissue.tumor, tissue.immune, self.p_signals, tissue.threads.count
        living = tissue.scratch.zeros("living", (parts, self.oxygen_grid.size))
        secreted = tissue.scratch.cleared("secreted", (parts, len(SIGNALS), self.grid.size))
        basal, half = np.float32(p.chemokine_basal), np.float32(p.induction_half)
        columns = tuple(tumor[name] for name in ("site", "state", "ligand_output"))
        tissue.threads.over_rows_in_parts(
            tumor.n,
            lambda k, lo, hi: signaling.secrete_from_tumor(
                lo,
                hi,
                self.block,
                self.oxygen_block,
                basal,
                half,
                self.ifng,
                *columns,
                living[k],
                secreted[k, 0],
                secreted[k, 2],
            ),
            cost=6,
        )
        dull = np.float32(1.0 - tissue.p.ctl.exhausted_killing)
        engaged = tuple(immune[name] for name in ("site", "kind", "exhaustion", "hours_engaged"))
        tissue.threads.over_rows_in_parts(
            immune.n,
            lambda k, lo, hi: signaling.secrete_from_immune(lo, hi, self.block, dull, *engaged, secreted[k, 1]),
            cost=8,
        )
        return living, secreted

    def _solve_oxygen(self, living: np.ndarray) -> None:
        self.living = living.sum(axis=0)
        p, shape = self.p_oxygen, self.oxygen_grid.shape
        exchange = np.float32(p.exchange) * self._vessels
        consumed = np.float32(p.uptake / self.oxygen_grid.sites_per_block) * self.living.astype(np.float32)
        decay = (exchange + consumed + np.float32(p.decay)).reshape(shape)
        supplied = (exchange * np.float32(p.supply)).reshape(shape)
        solution, self.iterations = solve_variable(self._oxygen_diffusion, decay, supplied, self.oxygen.reshape(shape))
        self.oxygen = solution.ravel()

    def _solve_signals(self, which: slice, secreted: np.ndarray, solved: np.ndarray) -> None:
        """Solve some signals, write them to solved (3, g), and where the chemokine is among them, where it leads."""
        p, grid = self.p_signals, self.grid
        source = np.empty((which.stop - which.start, *grid.shape), dtype=np.float32)
        signaling.collect(
            secreted[:, which], 1.0 / (float(SCALE) * grid.sites_per_block), source.reshape(-1, grid.size)
        )
        found = self._signal_diffusion[0].divide(source, self._damping[which])
        np.maximum(found.reshape(-1, grid.size), np.float32(0.0), out=solved[which])
        if which.start != SIGNALS.index("chemokine"):
            return
        motility.directions(
            solved[which.start],
            self._flat_shape,
            np.float32(grid.spacing),
            grid.wraps,
            self._directions,
            np.float32(p.chemokine_range),
            np.float32(p.chemokine_floor),
            self.toward,
            self.pull,
        )

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take over the values that ``arrays`` gave."""
        for name in KEPT:
            setattr(self, name, arrays[name])

    def arrays(self) -> dict[str, np.ndarray]:
        """All that a restart needs: the solutions are where the next ones start from."""
        return {name: getattr(self, name) for name in KEPT}

    @property
    def oxygen_places(self) -> np.ndarray:
        """Middles of the oxygen blocks in sites, (dims, h)."""
        return self.oxygen_grid.places

    @property
    def oxygen_edge(self) -> int:
        """Sites along an edge of an oxygen block."""
        return self.oxygen_grid.edge

    def tumor_blocks(self, share: float) -> np.ndarray:
        """Whether living tumor cells hold at least this share of the sites of each oxygen block, (h,) uint8."""
        return (self.living >= share * self.oxygen_grid.sites_in).astype(np.uint8)

    def area_of(self, inside: np.ndarray) -> float:
        """Area in mm2 of the marked oxygen blocks; of all layers in three dimensions."""
        side = self.oxygen_grid.spacing / self.oxygen_grid.edge / 1000.0
        return float(self.oxygen_grid.sites_in @ inside) * side**2
