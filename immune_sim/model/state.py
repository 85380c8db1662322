"""The state of one run: lattice, cell tables, fields, host, drug; and the room that kernels work in."""

from __future__ import annotations

import numpy as np

from immune_sim.core.cells import CellTable
from immune_sim.core.codes import CTL, NK
from immune_sim.core.lattice import Lattice, in_order_of_sites
from immune_sim.core.neighborhood import Neighborhood
from immune_sim.core.parallel import Threads
from immune_sim.mechanisms import death, exhaustion, heredity, killing, motility, receptors
from immune_sim.mechanisms.pharmacokinetics import DrugLevels
from immune_sim.mechanisms.priming import LymphNode
from immune_sim.mechanisms.receptors import HostAxis
from immune_sim.model.fields import TissueFields
from immune_sim.model.parameters import Constants, Parameters

TUMOR_COLUMNS = (
    *death.COLUMNS,
    *receptors.COLUMNS,
    *receptors.TUMOR_COLUMNS,
    *heredity.COLUMNS,
    *killing.TUMOR_COLUMNS,
)
IMMUNE_COLUMNS = (*killing.IMMUNE_COLUMNS, *receptors.COLUMNS, *motility.COLUMNS, *exhaustion.COLUMNS)
TUMOR_ID, IMMUNE_ID = 0, 1  # tumor cells get even ids, immune cells odd ones; each kind counts for itself


class Scratch:
    """Work arrays by name that are kept between hours and grow with the tables."""

    def __init__(self) -> None:
        self._arrays: dict[str, np.ndarray] = {}

    def get(self, name: str, n: int, dtype: str, fill: int = 0) -> np.ndarray:
        """The first n entries of the array of this name; filled when it is made or grows, otherwise left as it was."""
        array = self._arrays.get(name)
        if array is None or len(array) < n:
            array = np.full(max(n, 1024) * 5 // 4, fill, dtype=dtype)
            self._arrays[name] = array
        return array[:n]

    def zeros(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """An int64 array of zeros of this shape."""
        array = self._arrays.get(name)
        if array is None or array.shape != shape:
            array = self._arrays[name] = np.zeros(shape, dtype=np.int64)
        else:
            array.fill(0)
        return array

    def cleared(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """An int64 array of this shape which is all zeros when it is made; whoever uses it leaves it so again."""
        array = self._arrays.get(name)
        if array is None or array.shape != shape:
            array = self._arrays[name] = np.zeros(shape, dtype=np.int64)
        return array


class Tissue:
    """Everything that changes from hour to hour; the processes in ``hour`` read and write it.

    seed: root of all draws. hour: completed hours. tallies: counts of the hour that is being computed (births, deaths
    by cause, arrivals, exits). by_hand: cells added less cells removed by hand since the last record, by kind.
    blockade, ligand (substeps,) float32: of the present hour.
    """

    def __init__(self, p: Parameters, seed: int, threads: Threads):
        self.p = p
        self.seed = np.uint64(seed)
        self.threads = threads
        self.hour = 0
        self.sub = 0
        self.lattice = Lattice(p.space)
        self.contacts = Neighborhood(self.lattice, 1)
        self.places = Neighborhood(self.lattice, p.proliferation.push_depth + 1)
        self._prepare(p)
        self.tumor = CellTable(TUMOR_COLUMNS)
        self.immune = CellTable(IMMUNE_COLUMNS)
        self.next_number = [1, 1]
        self.founders = 0
        self.vessels = np.empty(0, dtype=np.int32)
        self.drug = DrugLevels(p.pharmacokinetics)
        self.host = HostAxis()
        self.node = LymphNode()
        self.released = 0.0
        self.ctl_influx = 0.0
        self.fields = TissueFields(self.lattice, p.oxygen, p.signals)
        self.scratch = Scratch()
        self.tallies: dict[str, int] = {}
        self.by_hand: dict[str, int] = {}
        self.in_substeps = False
        self.blockade = np.zeros(p.clock.substeps, dtype=np.float32)
        self.ligand = np.ones(p.clock.substeps, dtype=np.float32)

    @property
    def tick(self) -> np.uint32:
        """The address of the present hour in random draws."""
        return np.uint32(self.hour)

    @property
    def sub_tick(self) -> np.uint32:
        """The address of the present sub-step in random draws."""
        return np.uint32(self.hour * self.p.clock.substeps + self.sub)

    def use(self, p: Parameters) -> None:
        """Go on with other values of live parameters."""
        self.p = p
        self._prepare(p)
        self.drug.use(p.pharmacokinetics)
        self.fields.use(p.oxygen, p.signals)

    def _prepare(self, p: Parameters) -> None:
        """Set what follows from the parameters: constants for kernels, slabs of which no cell crosses half."""
        self.constants = Constants(p, self.lattice.mean_step)
        travel = int(np.ceil(self.constants.hops.max())) + 1
        self.slab_of = self.lattice.slabs(self.lattice.shape[0] if p.space.well_mixed else 2 * travel + 2)

    def number(self, table: CellTable, rows: slice | np.ndarray, count: int) -> None:
        """Give these new rows their cell_ids."""
        which = TUMOR_ID if table is self.tumor else IMMUNE_ID
        start = self.next_number[which]
        table["cell_id"][rows] = 2 * np.arange(start, start + count) + which
        self.next_number[which] += count

    def remove(self, table: CellTable, rows: np.ndarray) -> None:
        """Take cells off the lattice and out of their table."""
        at = self.lattice.tumor_at if table is self.tumor else self.lattice.immune_at
        at[table["site"][rows]] = -1
        moved = table.remove(rows)
        at[table["site"][moved]] = moved

    def tidy(self, table: CellTable) -> None:
        """Store cells in the order of their sites, so that neighbors lie close in memory and with the same thread."""
        at = self.lattice.tumor_at if table is self.tumor else self.lattice.immune_at
        order = np.empty(table.n, dtype=np.int64)
        in_order_of_sites(at, order)
        table.reorder(order)
        at[table["site"]] = np.arange(table.n)

    def tally(self, name: str, count: int) -> None:
        """Add to a count of the present hour."""
        self.tallies[name] = self.tallies.get(name, 0) + int(count)

    def kind_count(self, kind: int) -> int:
        """Immune cells of one kind in the tissue now."""
        return int(np.count_nonzero(self.immune["kind"] == kind))

    @property
    def nk_cells(self) -> int:
        """NK cells in the tissue now."""
        return self.kind_count(NK)

    @property
    def ctl_cells(self) -> int:
        """Cytotoxic T cells in the tissue now."""
        return self.kind_count(CTL)
