"""Which single runs stand for an arm: its best, its median and its worst seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from immune_sim.analysis.endpoints import endpoint
from immune_sim.analysis.tables import arms_of, horizon_of, of_arm, values_of

RANKS = ("best", "median", "worst")
# what decides when runs are equal, in this order
TIES = ("survival_time", "time_to_take", "final_burden", "peak_burden")


def representatives(
    runs: pd.DataFrame,
    name: str = "survival_time",
    *,
    point: int | None = None,
    horizon: float | None = None,
    ties: Sequence[str] = TIES,
) -> pd.DataFrame:
    """Up to three rows of the runs table per arm, with the column ``rank`` in front: "best", "median", "worst".

    Judged by the endpoint, where equal by the ties; better is what is better for the host. point: one design point.
    """
    table = runs if point is None else runs[runs["point"] == point]
    until = horizon_of(table) if horizon is None else horizon
    made = []
    for arm in arms_of(table):
        of_one = of_arm(table, arm)
        if not len(of_one):
            continue
        names = [each for each in dict.fromkeys([name, *ties]) if each in of_one]
        keys = [np.nan_to_num(-(endpoint(each).better or 1) * values_of(of_one, each, until)) for each in names]
        order = np.lexsort((np.asarray(of_one["replicate"]), *reversed(keys)))
        chosen = dict(zip(RANKS, (0, (len(order) - 1) // 2, len(order) - 1), strict=True))
        picked = {rank: order[at] for rank, at in chosen.items()}
        used: set[int] = set()
        for rank, at in picked.items():
            if int(at) not in used:
                made.append(of_one.iloc[[int(at)]].assign(rank=rank))
                used.add(int(at))
    table = pd.concat(made, ignore_index=True)
    return table[["rank", *(each for each in table.columns if each != "rank")]]
