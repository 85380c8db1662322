"""Small tissues for tests: made from overrides, run hour by hour, and looked through for broken rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from immune_sim.core.codes import DYING
from immune_sim.core.lattice import EMPTY, WALL
from immune_sim.core.parallel import Threads
from immune_sim.mechanisms.regimen import Event, events
from immune_sim.model.parameters import Parameters
from immune_sim.model.schedule import Schedule
from immune_sim.model.start import place_tumor, populate
from immune_sim.model.state import Tissue
from immune_sim.scenario.scenario import Scenario

OPEN_ENDED = {"endpoints.stop_at_endpoint": False, "endpoints.stop_when_cleared": False}
ALL_LINKS = {
    "links.tumor_proliferation": -0.6,
    "links.tumor_apoptosis": 0.8,
    "links.nk_recruitment": 0.7,
    "links.ctl_recruitment": -0.5,
    "links.nk_cytotoxicity": 0.9,
    "links.ctl_cytotoxicity": -0.4,
    "links.ctl_proliferation": -0.6,
}
NIGHTLY = [{"drug": "naltrexone", "dose": "0.1 mg/kg", "every": "24 h", "at": "02:00"}]


def scenario_of(overrides: Mapping[str, Any] | None = None, base: str = "control-mouse") -> Scenario:
    """A scenario with some values changed."""
    return Scenario.load(base).with_overrides({**OPEN_ENDED, **(overrides or {})})


class Lab:
    """A tissue with its schedule and regimen, without the Mesa face; ``hour()`` computes one hour."""

    def __init__(self, scenario: Scenario, seed: int = 1, threads: int = 1):
        self.scenario = scenario
        self.tissue = Tissue(Parameters.of(scenario), seed, Threads(threads))
        self.schedule = Schedule()
        self._doses: Iterator[Event] = events(scenario.regimen)
        self._next = next(self._doses, None)
        populate(self.tissue)

    def hour(self) -> Tissue:
        """Compute one hour and return the tissue."""
        drug = self.tissue.drug
        while self._next is not None and self._next.time < self.tissue.hour + 1:
            if self._next.happens(living(self.tissue)):
                (drug.give if self._next.kind == "bolus" else drug.set_infusion)(self._next.time, self._next.amount)
            self._next = next(self._doses, None)
        self.schedule.run_hour(self.tissue)
        return self.tissue

    def hours(self, count: int) -> Tissue:
        """Compute some hours and return the tissue."""
        for _ in range(count):
            self.hour()
        return self.tissue

    def close(self) -> None:
        """End the threads."""
        self.tissue.threads.close()


def reorder(tissue: Tissue, luck: np.random.Generator) -> None:
    """Store both tables in another order and tell the lattice."""
    for table, at in ((tissue.tumor, tissue.lattice.tumor_at), (tissue.immune, tissue.lattice.immune_at)):
        table.reorder(luck.permutation(table.n))
        at[table["site"]] = np.arange(table.n)


def by_cell(tissue: Tissue) -> dict[str, np.ndarray]:
    """Every column of both tables, sorted by cell_id, so that storage order does not show."""
    out = {}
    for name, table in (("tumor", tissue.tumor), ("immune", tissue.immune)):
        order = np.argsort(table["cell_id"])
        out.update({f"{name}.{column}": table[column][order].copy() for column in table})
    return out


def same_bits(one: Tissue, other: Tissue, *, drug: bool = True) -> bool:
    """Whether two tissues hold the same cells, host, node, drug (if asked) and fields, bit for bit."""
    mine, yours = by_cell(one), by_cell(other)
    cells = mine.keys() == yours.keys() and all(mine[name].tobytes() == yours[name].tobytes() for name in mine)
    fields = all(
        getattr(one.fields, name).tobytes() == getattr(other.fields, name).tobytes()
        for name in ("oxygen", "signals", "toward", "pull")
    )
    node = (one.node.antigen, one.node.primed, one.node.effectors) == (
        other.node.antigen,
        other.node.primed,
        other.node.effectors,
    )
    return cells and fields and node and one.host == other.host and (not drug or one.drug.state() == other.drug.state())


def living(tissue: Tissue) -> int:
    """Living tumor cells, counted from the table."""
    return int(np.count_nonzero(tissue.tumor["state"] < DYING))


def check_places(tissue: Tissue) -> None:
    """One cell per site and layer, table and lattice agree both ways, the guard is untouched, and nobody is out of
    bounds.
    """
    lattice = tissue.lattice
    guard = np.ones(lattice.size, dtype=bool)
    guard[lattice.interior] = False
    for table, at in ((tissue.tumor, lattice.tumor_at), (tissue.immune, lattice.immune_at)):
        site = table["site"]
        assert (at[guard] == WALL).all(), "something wrote to the guard"
        assert ((site >= 0) & (site < lattice.size)).all()
        assert not guard[site].any(), "a cell stands outside"
        assert len(np.unique(site)) == table.n, "two cells share a site"
        assert np.array_equal(at[site], np.arange(table.n)), "the lattice does not point back to the table"
        inside = at[lattice.interior]
        assert np.count_nonzero(inside != EMPTY) == table.n, "the lattice holds a cell that the table does not"
        assert len(np.unique(table["cell_id"])) == table.n
        assert len(np.unique(table["lineage"])) == table.n, "two cells share their luck"


def check_values(tissue: Tissue) -> None:
    """No negative, infinite or missing number where there must be none, and shares between 0 and 1."""
    for table in (tissue.tumor, tissue.immune):
        for name in table:
            values = table[name]
            if values.dtype.kind == "f":
                assert np.isfinite(values).all(), name
                assert (values >= 0.0).all(), name
    for name in ("antigenicity", "mhc", "pdl1", "bound_fraction"):
        assert (tissue.tumor[name] <= 1.0).all(), name
    assert (tissue.immune["exhaustion"] <= 1.0).all()
    assert (tissue.immune["hours_engaged"] <= 1.0 + 1e-6).all()
    assert (tissue.immune["kills_left"] >= 0).all()
    assert (tissue.tumor["state"] <= 3).all()
    assert ((tissue.tumor["state"] >= DYING) == (tissue.tumor["cause"] > 0)).all()
    fields = tissue.fields
    for name in ("oxygen", "chemokine", "ifng", "ligand"):
        values = getattr(fields, name)
        assert np.isfinite(values).all(), name
        assert (values >= -1e-6).all(), name
    assert fields.oxygen.max() <= tissue.p.oxygen.supply * (1.0 + 1e-3)
    assert (
        min(
            tissue.node.antigen,
            tissue.node.primed,
            tissue.node.effectors,
            tissue.host.ligand,
            tissue.host.receptor_level,
        )
        >= 0.0
    )


def plant(tissue: Tissue, sites: np.ndarray) -> None:
    """Put founder cells on free sites."""
    place_tumor(tissue, sites, sites.astype(np.uint64))
