"""The kernels against the plain reference: the same tissue, cell by cell, hour by hour."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from immune_sim.core.codes import CAUSES, KINDS, STATES
from immune_sim.model.state import Tissue
from tests.reference.plain_immune import CytotoxicT, NaturalKiller
from tests.reference.plain_model import PlainModel
from tests.tissues import ALL_LINKS, NIGHTLY, Lab, scenario_of

HOURS = 48
LIVELY = {
    "space.width": 24,
    "space.height": 24,
    "inoculum.tumor_cells": 150,
    "recruitment.nk_density": 200,
    "recruitment.ctl_density": 150,
    "nk.kill_rate": 0.05,
    "ctl.hit_rate": 0.5,
    "death.death_rate": 0.005,
    "tumor.cycle_time": 12,
    "heredity.mutation_probability": 0.3,
    "priming.priming_rate": 0.02,
    "ctl.division_probability": 0.6,
    "regimen": NIGHTLY,
    **ALL_LINKS,
}
CASES: dict[str, dict[str, Any]] = {
    "section": {},
    "other seed": {},
    "three dimensions": {
        "space.depth": 9,
        "space.width": 12,
        "space.height": 12,
        "recruitment.nk_density": 60,
        "recruitment.ctl_density": 60,
    },
    "pushing around a periodic border": {"space.boundary": "periodic", "tumor.push_depth": 3, "space.height": 40},
    "short of oxygen": {
        "inoculum.vessel_density": 20,
        "oxygen.supply": 20,
        "inoculum.fill": 1.0,
        "inoculum.tumor_cells": 250,
    },
    "several slabs": {"space.height": 64, "space.width": 12, "tumor.push_depth": 1},
    "well mixed": {"space.well_mixed": True},
    "doses while the tumor is large": {"regimen": [{**NIGHTLY[0], "every": "4 h", "while_burden_above": 160}]},
    "seven sub-steps, defaults": {
        **dict.fromkeys(ALL_LINKS, 0.0),
        "time.substeps": 7,
        "motility.arrest": 0.4,
        "inoculum.placement": "scattered",
        "regimen": [],
    },
}
FLOATS = {
    "tumor": ("receptor_level", "set_point", "signal", "bound_fraction", "ligand_local", "ligand_output", "damage"),
    "immune": (
        "receptor_level",
        "set_point",
        "signal",
        "bound_fraction",
        "ligand_local",
        "hours_since_arrival",
        "hours_engaged",
    ),
}


def assert_same_tissue(tissue: Tissue, plain: PlainModel) -> None:
    """Places, luck, states and counts are equal; float32 columns agree to 1e-5."""
    for name, table, layer in (
        ("tumor", tissue.tumor, plain.tumor_layer),
        ("immune", tissue.immune, plain.immune_layer),
    ):
        places = [tuple(place) for place in tissue.lattice.coordinates(table["site"]).tolist()]
        assert set(places) == set(layer), f"other {name} places"
        cells = [layer[place] for place in places]
        assert table["lineage"].tolist() == [cell.lineage for cell in cells]
        for column in FLOATS[name]:
            np.testing.assert_allclose(
                table[column],
                [getattr(cell, column) for cell in cells],
                rtol=1e-5,
                atol=1e-6,
                err_msg=f"{name}.{column}",
            )
        (_assert_same_tumor if name == "tumor" else _assert_same_immune)(table, cells)
    assert tissue.node.effectors == pytest.approx(plain.host.node[2], rel=1e-6, abs=1e-9)
    assert tissue.host.ligand == pytest.approx(plain.host.ligand, rel=1e-6)


def _assert_same_tumor(table: Any, cells: list[Any]) -> None:
    assert [STATES[state] for state in table["state"]] == [cell.state for cell in cells]
    assert [CAUSES[cause] for cause in table["cause"]] == [cell.cause or "none" for cell in cells]
    for column in ("clone", "generation", "hours_dying"):
        assert table[column].tolist() == [getattr(cell, column) for cell in cells], column
    for trait in ("antigenicity", "mhc", "pdl1"):
        np.testing.assert_allclose(
            table[trait], [cell.traits[trait] for cell in cells], rtol=1e-5, atol=1e-6, err_msg=trait
        )


def _assert_same_immune(table: Any, cells: list[Any]) -> None:
    kinds = {NaturalKiller: KINDS[0], CytotoxicT: KINDS[1]}
    assert [KINDS[kind] for kind in table["kind"]] == [kinds[type(cell)] for cell in cells]
    assert table["engaged"].astype(bool).tolist() == [cell.target_place is not None for cell in cells]
    assert table["heading"].tolist() == [cell.heading for cell in cells]
    assert table["kills"].tolist() == [cell.kills for cell in cells]
    for row, cell in enumerate(cells):
        if isinstance(cell, NaturalKiller):
            assert (table["can_kill"][row], table["kills_left"][row]) == (cell.can_kill, cell.kills_left)
        else:
            assert table["exhaustion"][row] == pytest.approx(cell.exhaustion, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_kernels_and_plain_model_compute_the_same_tissue(case: str) -> None:
    """Two days with every process.

    Catches any difference of rule, order, draw or address between kernels and description.

    The two were written apart. A decision whose draw lies within 1e-7 of its threshold could differ through float32;
    with
    these seeds none does.
    """
    scenario = scenario_of({**LIVELY, **CASES[case]})
    seed = 2 if case == "other seed" else 1
    lab, plain = Lab(scenario, seed), PlainModel(scenario, seed)
    assert_same_tissue(lab.tissue, plain)
    happened: dict[str, int] = {}
    for _ in range(HOURS):
        tissue = lab.hour()
        plain.step()
        assert_same_tissue(tissue, plain)
        counted = {name: count for name, count in tissue.tallies.items() if count}
        assert counted == {name: count for name, count in plain.count.items() if count}
        for name, count in counted.items():
            happened[name] = happened.get(name, 0) + count
    processes = {
        "births",
        "deaths_spontaneous",
        "deaths_nk_kill",
        "deaths_ctl_kill",
        "cleared",
        "nk_arrivals",
        "nk_exits",
        "ctl_arrivals",
        "ctl_births",
        "ctl_exits",
    }
    assert processes <= set(happened), f"a process that never ran was not compared: {processes - set(happened)}"
    assert case != "short of oxygen" or happened["deaths_hypoxia"] > 20


def test_plain_model_is_a_mesa_model() -> None:
    """Catches a baseline that is not what it claims to be: agents are Mesa agents, and counts come from them."""
    plain = PlainModel(scenario_of({"space.width": 16, "space.height": 16, "inoculum.tumor_cells": 20}), seed=3)
    plain.step()
    assert len(plain.agents) == len(plain.tumor_layer) + len(plain.immune_layer)
    assert {cell.place for cell in plain.agents} == set(plain.tumor_layer) | set(plain.immune_layer)
    assert plain.counts()["tumor_cells"] == sum(cell.alive for cell in plain.tumor_layer.values())
