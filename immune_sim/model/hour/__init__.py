"""The processes of one hour, each a function of the tissue; ``schedule`` says in which order they run."""

from __future__ import annotations

from immune_sim.model.hour.immune import age_immune_cells, divide_t_cells, kill, move
from immune_sim.model.hour.influx import prime, recruit
from immune_sim.model.hour.signal import cell_receptors, drug, host_receptors, update_fields
from immune_sim.model.hour.tumor import clear, die, divide

__all__ = [
    "age_immune_cells",
    "cell_receptors",
    "clear",
    "die",
    "divide",
    "divide_t_cells",
    "drug",
    "host_receptors",
    "kill",
    "move",
    "prime",
    "recruit",
    "update_fields",
]
