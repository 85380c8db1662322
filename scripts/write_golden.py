"""Renew tests/golden/golden.json: what every shipped scenario comes to after a day on a small tissue.

Run it only after a change that is meant to change numbers, and say so under Results in CHANGELOG.md.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from immune_sim.model.model import TumorImmuneModel
from immune_sim.scenario.catalog import shipped_scenarios

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "golden" / "golden.json"
HOURS, SEED = 24, 1
SMALL: dict[str, Any] = {"space.width": 60, "space.height": 60, "inoculum.tumor_cells": 200}
OUTCOMES = (
    "tumor_cells", "quiescent", "apoptotic", "necrotic", "nk_cells", "ctl_cells", "receptor_mean", "signal_mean",
    "drug_concentration", "metabolite_concentration", "blockade", "ligand_systemic", "node_effectors", "radius",
    "oxygen_mean", "ifng_mean", "nk_engaged", "link_tumor_proliferation",
)  # fmt: skip


def day_of(name: str) -> dict[str, float | None]:
    """The outcomes of a shipped scenario after a day on a small tissue; None where one is not a number."""
    model = TumorImmuneModel(name, rng=SEED, **SMALL)
    model.run_for(HOURS)
    return {each: None if math.isnan(value := float(model.recorder.latest[each])) else value for each in OUTCOMES}


def main() -> None:
    """Write the file."""
    golden = {each.name: day_of(each.name) for each in shipped_scenarios()}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
