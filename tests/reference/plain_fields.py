"""Fields of the plain model: secretion and gradients cell by cell, the equations by the solver of the package."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from immune_sim.core.fields import Diffusion, Grid, solve_variable
from immune_sim.core.lattice import Lattice
from tests.reference.plain_rules import Place
from tests.reference.plain_tumor import TumorCell

if TYPE_CHECKING:
    from tests.reference.plain_model import PlainModel


class PlainFields:
    """Oxygen, chemokine, IFN-gamma and ligand on their blocks."""

    def __init__(self, model: PlainModel):
        self.model, self.p = model, model.p
        lattice = Lattice(self.p.space)
        self._grids = {
            "oxygen": Grid(lattice, self.p.oxygen.coarsening),
            "signals": Grid(lattice, self.p.signals.coarsening),
        }
        self._block = {
            name: dict(zip(model.space.places, grid.block[lattice.interior].tolist(), strict=True))
            for name, grid in self._grids.items()
        }
        self.ifng = [0.0] * self._grids["signals"].size
        self.oxygen = [self.p.oxygen.supply] * self._grids["oxygen"].size
        self._solvers: dict[str, Diffusion] = {}

    def oxygen_at(self, place: Place) -> float:
        """Oxygen in mmHg."""
        return self.oxygen[self._block["oxygen"][place]]

    def felt(self, place: Place, half: float) -> float:
        """The effect of IFN-gamma, from 0 to 1."""
        level = self.ifng[self._block["signals"][place]]
        return level / (level + half)

    def shown_mhc(self, cell: TumorCell) -> float:
        """MHC-I on the surface, raised by IFN-gamma."""
        p = self.p.signals
        return cell.traits["mhc"] + p.mhc_induction * (1.0 - cell.traits["mhc"]) * self.felt(
            cell.place, p.induction_half
        )

    def shown_pdl1(self, cell: TumorCell) -> float:
        """PD-L1 on the surface, raised by IFN-gamma."""
        p = self.p.signals
        return cell.traits["pdl1"] + p.pdl1_induction * (1.0 - cell.traits["pdl1"]) * self.felt(
            cell.place, p.induction_half
        )

    def chemotaxis_at(self, place: Place) -> tuple[int, float]:
        """The direction up the chemokine gradient and how strongly it pulls."""
        return self._pulls[self._block["signals"][place]]

    def solve(self) -> None:
        """Solve all fields for the cells as they are, and let every cell read the ligand at its place."""
        p, grid, model = self.p.signals, self._grids["signals"], self.model
        chemokine, ligand, ifng = ([0.0] * grid.size for _ in range(3))
        for cell in self.model.living():
            block = self._block["signals"][cell.place]
            chemokine[block] += p.chemokine_basal + (1.0 - p.chemokine_basal) * self.felt(cell.place, p.induction_half)
            ligand[block] += cell.ligand_output
        for cell in model.immune_layer.values():
            ifng[self._block["signals"][cell.place]] += cell.secretes()
        self._solve_oxygen()
        self.chemokine = self._solve("chemokine", p.chemokine_diffusion, p.chemokine_decay, chemokine)
        self.ifng = self._solve("ifng", 60.0 * p.ifng_diffusion, math.log(2.0) / p.ifng_half_life, ifng)
        self.ligand = self._solve("ligand", p.ligand_diffusion, math.log(2.0) / p.ligand_half_life, ligand)
        self._find_gradients()
        for layer in (model.tumor_layer, model.immune_layer):
            for cell in layer.values():
                cell.ligand_local = self.ligand[self._block["signals"][cell.place]]

    def _solver(self, name: str, diffusion: float) -> Diffusion:
        if name not in self._solvers:
            self._solvers[name] = Diffusion(self._grids["oxygen" if name == "oxygen" else "signals"], diffusion)
        return self._solvers[name]

    def _solve(self, name: str, diffusion: float, decay: float, secreted: list[float]) -> list[float]:
        grid, solver = self._grids["signals"], self._solver(name, diffusion)
        source = (np.array(secreted) / grid.sites_per_block).astype(np.float32).reshape(grid.shape)
        return np.maximum(solver.divide(source, 1.0 + solver.eigenvalues / np.float32(decay)), 0.0).ravel().tolist()

    def _solve_oxygen(self) -> None:
        p, grid = self.p.oxygen, self._grids["oxygen"]
        living, vessels = [0] * grid.size, [0] * grid.size
        for cell in self.model.living():
            living[self._block["oxygen"][cell.place]] += 1
        for place in self.model.vessels:
            vessels[self._block["oxygen"][place]] += 1
        exchange = [p.exchange * count / grid.sites_per_block for count in vessels]
        decay = [
            p.decay + p.uptake * count / grid.sites_per_block + e for count, e in zip(living, exchange, strict=True)
        ]
        supplied = [e * p.supply for e in exchange]
        shaped = (np.array(each, dtype=np.float32).reshape(grid.shape) for each in (decay, supplied, self.oxygen))
        self.oxygen = np.maximum(solve_variable(self._solver("oxygen", p.diffusion), *shaped)[0], 0.0).ravel().tolist()

    def _find_gradients(self) -> None:
        p, grid = self.p.signals, self._grids["signals"]
        reach = math.sqrt(p.chemokine_diffusion / p.chemokine_decay)
        level = dict(zip(itertools.product(*map(range, grid.shape)), self.chemokine, strict=True))
        self._pulls = []
        for block, here in level.items():
            slope = [self._slope(level, block, axis) for axis in range(len(block))]
            along = [
                sum(d * g for d, g in zip(step, slope, strict=True)) / math.hypot(*step)
                for step in self.model.space.directions
            ]
            steepest = max(0.0, *along)
            self._pulls.append(
                (
                    along.index(steepest) if steepest > 0.0 else 0,
                    min(1.0, reach * steepest / (here + p.chemokine_floor)),
                )
            )

    def _slope(self, level: dict[Place, float], block: Place, axis: int) -> float:
        """Central difference along an axis in 1/um; one-sided at a closed wall."""
        grid = self._grids["signals"]
        extent, x = grid.shape[axis], block[axis]
        ends = [x - 1, x + 1]
        ends = (
            [end % extent for end in ends]
            if self.p.space.boundary == "periodic"
            else [min(max(end, 0), extent - 1) for end in ends]
        )
        low, high = (level[(*block[:axis], end, *block[axis + 1 :])] for end in ends)
        apart = 1 if self.p.space.boundary != "periodic" and x in {0, extent - 1} else 2
        return (high - low) / (apart * grid.spacing) if extent > 1 else 0.0
