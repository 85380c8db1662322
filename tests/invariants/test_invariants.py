"""What holds after every hour of any scenario that can be drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from immune_sim.core.codes import CTL, DYING, NK
from immune_sim.model.state import Tissue
from tests.tissues import Lab, check_places, check_values, scenario_of

GAIN = st.sampled_from([-3.0, -0.6, 0.0, 0.6, 3.0])
RATE = st.sampled_from


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, Any]:
    """A small tissue with any boundary, density, gain and regimen; extremes are likely."""
    depth = draw(st.sampled_from([1, 1, 1, 2, 9]))
    width, height = draw(st.integers(8, 30)), draw(st.integers(8, 30 if depth == 1 else 12))
    sites = depth * width * height
    site_size, substeps = draw(RATE([5.0, 15.0, 20.0])), draw(st.sampled_from([1, 3, 4]))
    fastest = 2.0 * site_size * substeps  # um/min, MOST_HOPS sites in a sub-step; more is refused
    doses = draw(st.sampled_from([(), ("0.1 mg/kg",), ("10 mg/kg",), ("0.1 mg/kg", "1000 mg/kg")]))
    return {
        "space.width": width,
        "space.height": height,
        "space.depth": depth,
        "space.boundary": draw(st.sampled_from(["closed", "periodic"])),
        "space.well_mixed": draw(st.sampled_from([False, False, False, True])),
        "space.site_size": site_size,
        "time.substeps": substeps,
        "inoculum.tumor_cells": draw(st.sampled_from([0, 1, sites // 10, sites // 2, sites])),
        "inoculum.placement": draw(st.sampled_from(["disc", "scattered"])),
        "inoculum.fill": draw(RATE([0.1, 1.0])),
        "inoculum.vessel_density": draw(RATE([0.0, 20.0, 4000.0])),
        "recruitment.nk_density": draw(RATE([0.0, 50.0, 2000.0])),
        "recruitment.ctl_density": draw(RATE([0.0, 50.0, 2000.0])),
        "recruitment.nk_life": draw(RATE([1.0, 168.0])),
        "recruitment.ctl_life": draw(RATE([1.0, 120.0])),
        "tumor.cycle_time": draw(RATE([4.0, 24.0])),
        "tumor.push_depth": draw(st.sampled_from([0, 0, 1, 5, 20])),
        "death.death_rate": draw(RATE([0.0, 0.002, 0.5])),
        "death.apoptotic_time": draw(RATE([0.0, 1.0, 8.6])),
        "nk.kill_rate": draw(RATE([0.0, 0.1, 10.0])),
        "ctl.hit_rate": draw(RATE([0.0, 1.0, 100.0])),
        "ctl.division_probability": draw(RATE([0.0, 1.0])),
        "motility.infiltration": draw(RATE([0.0, 0.3, 1.0])),
        "motility.arrest": draw(RATE([0.0, 0.5, 1.0])),
        "motility.chemotaxis": draw(RATE([0.0, 0.3, 1.0])),
        "motility.ctl_speed": min(fastest, draw(RATE([0.0, 10.0, 60.0]))),
        "heredity.set_point_spread": draw(RATE([0.0, 0.2, 2.0])),
        "heredity.mutation_probability": draw(RATE([0.0, 1.0])),
        "priming.priming_rate": draw(RATE([0.0, 0.01, 1.0])),
        "oxygen.supply": draw(RATE([0.0, 12.0, 38.0])),
        "receptors.paracrine_fraction": draw(RATE([0.0, 0.2, 1.0])),
        **{
            f"links.{name}": draw(GAIN)
            for name in (
                "tumor_proliferation",
                "tumor_apoptosis",
                "nk_recruitment",
                "ctl_recruitment",
                "nk_cytotoxicity",
                "ctl_cytotoxicity",
                "ctl_proliferation",
            )
        },
        "regimen": [
            {"drug": "naltrexone", "dose": dose, "every": "6 h", "at": f"0{k}:30"} for k, dose in enumerate(doses)
        ],
    }


class Before:
    """What an independent recount needs to know of the hour before."""

    def __init__(self, tissue: Tissue):
        self.state = dict(zip(tissue.tumor["cell_id"].tolist(), tissue.tumor["state"].tolist(), strict=True))
        self.kind = dict(zip(tissue.immune["cell_id"].tolist(), tissue.immune["kind"].tolist(), strict=True))
        self.highest = max([0, *self.state, *self.kind])

    def check(self, tissue: Tissue) -> None:
        """Follow every cell by its id and compare with what the hour says it did."""
        now, tally = Before(tissue), tissue.tallies
        born = [cell for cell in now.state if cell not in self.state]
        gone = [cell for cell in self.state if cell not in now.state]
        alive = {cell for cell, state in self.state.items() if state < DYING}
        died = [cell for cell in alive if now.state.get(cell, DYING) >= DYING] + [
            cell for cell in born if now.state[cell] >= DYING
        ]
        assert len(born) == tally.get("births", 0)
        assert len(gone) == tally.get("cleared", 0)
        assert len(died) == sum(count for name, count in tally.items() if name.startswith("deaths_"))
        assert all(now.state[cell] >= DYING for cell in self.state if cell not in alive and cell in now.state), (
            "a dead cell rose"
        )
        for kind, name in ((NK, "nk"), (CTL, "ctl")):
            came = sum(k == kind and cell not in self.kind for cell, k in now.kind.items())
            left = sum(k == kind and cell not in now.kind for cell, k in self.kind.items())
            joined = tally.get(f"{name}_arrivals", 0) + (tally.get("ctl_births", 0) if kind == CTL else 0)
            unseen = joined - came  # T cells that were born and left within the hour
            assert unseen == tally.get(f"{name}_exits", 0) - left
            assert 0 <= unseen <= (tally.get("ctl_births", 0) if kind == CTL else 0)
        assert all(now.kind[cell] == self.kind[cell] for cell in now.kind if cell in self.kind)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(changes=overrides(), seed=st.integers(0, 2**64 - 1), hours=st.integers(3, 14))
def test_every_hour_keeps_the_rules_of_the_tissue(changes: dict[str, Any], seed: int, hours: int) -> None:
    """One cell per site and layer, living = before + births - deaths, nothing negative or missing, indices in bounds.

    The recount follows cells by id, so it is independent of the counts a run reports. Catches a cell pushed onto
    another,
    a row that moved without the lattice, a death counted twice, an arrival onto a taken site, a guard that was entered.
    """
    lab = Lab(scenario_of(changes), seed)
    check_places(lab.tissue)
    check_values(lab.tissue)
    for _ in range(hours):
        before = Before(lab.tissue)
        tissue = lab.hour()
        check_places(tissue)
        check_values(tissue)
        before.check(tissue)


def test_a_long_lively_run_keeps_the_rules() -> None:
    """Five days in which everything happens, on several slabs.

    Catches what needs time: ids used again, tables that grow.
    """
    lab = Lab(
        scenario_of(
            {
                "space.width": 40,
                "space.height": 70,
                "inoculum.tumor_cells": 300,
                "tumor.cycle_time": 10,
                "recruitment.ctl_density": 60,
                "priming.priming_rate": 0.005,
                "tumor.push_depth": 1,
            }
        ),
        seed=5,
    )
    seen: set[int] = set()
    present: set[int] = set()
    for _ in range(120):
        before = Before(lab.tissue)
        tissue = lab.hour()
        check_places(tissue)
        before.check(tissue)
        ids = {*tissue.tumor["cell_id"].tolist(), *tissue.immune["cell_id"].tolist()}
        assert len(ids) == tissue.tumor.n + tissue.immune.n
        assert not (ids - present) & seen, "an id was used again"
        seen |= ids
        present = ids
    check_values(tissue)
    assert len(seen) > 1500
    assert np.unique(tissue.tumor["clone"]).max() < tissue.founders
