"""Time courses of many runs as a median with the band in which the middle 80 % of them lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from immune_sim.analysis.tables import arms_of

LOW, HIGH = 0.1, 0.9
CARRIED = frozenset({"tumor_cells"})
LEAST = 0.5
COLUMNS = ["arm", "outcome", "hour", "n", "median", "low", "high"]


def band_table(
    courses: pd.DataFrame, outcomes: Sequence[str], *, least: float = LEAST, carried: frozenset[str] = CARRIED
) -> pd.DataFrame:
    """One row per arm, outcome and hour: n, median, low (10 %), high (90 %).

    A run stops when its tumor is cleared or reaches the endpoint size, so late hours know only the runs in between. The
    outcomes in ``carried`` keep the last value of a stopped run (a burden at the endpoint size, or none); of all others
    an hour is left out once fewer than the share ``least`` of the arm's runs still go on: what remains is a selection.
    """
    made = []
    for arm in arms_of(courses):
        of_one = courses[courses["arm"] == arm]
        runs = of_one["run_id"].nunique()
        for outcome in outcomes:
            if outcome not in of_one:
                continue
            wide = of_one.pivot(index="hour", columns="run_id", values=outcome).sort_index()
            if outcome in carried:
                wide = wide.ffill()
            values = wide.to_numpy(dtype=float)
            n = np.sum(~np.isnan(values), axis=1)
            kept = n >= max(1.0, least * runs)
            low, median, high = np.nanquantile(values[kept], [LOW, 0.5, HIGH], axis=1)
            hours = wide.index.to_numpy(dtype=float)[kept]
            band = {
                "arm": arm,
                "outcome": outcome,
                "hour": hours,
                "n": n[kept],
                "median": median,
                "low": low,
                "high": high,
            }
            made.append(pd.DataFrame(band))
    return pd.concat(made, ignore_index=True) if made else pd.DataFrame(columns=COLUMNS)
