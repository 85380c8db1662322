"""Immune cells that come: priming in the lymph node and arrival through vessels."""

from __future__ import annotations

import numpy as np

from immune_sim.core.codes import CTL, NK
from immune_sim.core.random import ARRIVALS, uniforms
from immune_sim.core.rates import mean_factor
from immune_sim.mechanisms import recruitment
from immune_sim.model import start
from immune_sim.model.state import Tissue


def prime(tissue: Tissue) -> None:
    """Advance the lymph node with the antigen released in the last hour."""
    tissue.ctl_influx = tissue.node.advance(tissue.p.priming, tissue.released)


def recruit(tissue: Tissue) -> None:
    """Let NK cells and T cells arrive through the vessels."""
    p, links = tissue.p.recruitment, tissue.p.links
    words = uniforms(ARRIVALS, int(tissue.tick), np.zeros(1, dtype=np.uint64), int(tissue.seed))[0]
    usual = {NK: p.nk_density * tissue.lattice.area / p.nk_life, CTL: tissue.ctl_influx}
    gains = {NK: links.nk_recruitment, CTL: links.ctl_recruitment}
    if len(tissue.vessels) == 0:
        return
    lattice = tissue.lattice
    for kind, name in ((NK, "nk"), (CTL, "ctl")):
        factor = float(mean_factor(gains[kind], tissue.host.signal, links.factor_bound)) if gains[kind] else 1.0
        count = recruitment.arrivals(usual[kind] * factor, float(words[kind]))
        if count == 0:
            continue
        sites, lineages = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.uint64)
        placed = recruitment.enter(
            count,
            tissue.tick,
            kind,
            tissue.seed,
            tissue.vessels,
            lattice.offsets,
            lattice.home,
            lattice.immune_at,
            sites,
            lineages,
        )
        start.place_immune(tissue, kind, sites[:placed], lineages[:placed])
        tissue.tally(f"{name}_arrivals", placed)
        tissue.tally("arrivals_turned_away", count - placed)
