"""Which switches carry an effect: main effects and interactions of a factorial design, with intervals.

Box, Hunter and Hunter 2005, Statistics for Experimenters, chapter 5. A main effect is the mean with the switch on less
the mean with it off; an interaction of two is half the change of one's effect when the other goes on.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from immune_sim.analysis.tables import LEVEL, Floats, Interval, as_row
from immune_sim.core.errors import ImmuneSimError

TIMES = " x "
OTHERS, REPLICATES = "other interactions", "replicates"


def coded(design: pd.DataFrame, factors: Sequence[str], on: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """The switches as -1 (off) and +1 (on), indexed by point.

    on: the value that counts as on; otherwise of two values the one that is not 0, False or "off", else the larger.
    Raises ImmuneSimError for a factor that does not have two values.
    """
    points = design.drop_duplicates("point").set_index("point")
    made = {}
    for factor in factors:
        values = list(dict.fromkeys(points[factor]))
        if len(values) != 2:
            raise ImmuneSimError(
                f"An ablation needs switches, and {factor} has {len(values)} values. "
                "Analyze it as a map or a sensitivity study."
            )
        up = (on or {}).get(factor, _on(values))
        made[factor] = np.where(points[factor] == up, 1.0, -1.0)
    return pd.DataFrame(made, index=points.index)


def effects_table(
    values: pd.DataFrame, switches: pd.DataFrame, *, order: int = 2, level: float = LEVEL
) -> pd.DataFrame:
    """One row per effect, the largest first.

    values: columns point, replicate, value, and ``seed`` where known; switches: see coded. Columns: effect, order,
    estimate with its interval (unit of the value), p, explained (share of the whole variance). The last two rows are
    what is left: "other interactions", of higher order, and "replicates", mere luck. Intervals rest on the replicates
    (on the residual where each point has one). Where one replicate has the same seed at every point, what replicates
    differ by is taken out first (blocks). Needs no complete design: a missing run widens intervals; effects that the
    design cannot tell apart raise ImmuneSimError.
    """
    table = values.dropna(subset=["value"])
    table = table[table["point"].isin(switches.index)]
    y, names, columns = np.asarray(table["value"], dtype=float), [], []
    at = switches.loc[table["point"]].to_numpy()
    for size in range(1, order + 1):
        for chosen in itertools.combinations(range(switches.shape[1]), size):
            names.append([str(switches.columns[i]) for i in chosen])
            columns.append(np.prod(at[:, chosen], axis=1))
    shared = _blocks(table)
    base = shared if shared is not None else np.ones((len(y), 1))
    x = np.column_stack([base, *columns])
    spare = len(y) - x.shape[1]
    if spare < 0 or np.linalg.matrix_rank(x) < x.shape[1]:
        raise ImmuneSimError(
            "These points cannot tell all effects apart: finish the study, or ask for a lower order of interactions."
        )
    slopes, residual = _fit(x, y)
    pure, free = (residual, spare) if shared is not None else _pure(table)
    if not free:
        pure, free = residual, spare
    whole = float(np.sum((y - y.mean()) ** 2))
    if not whole:
        raise ImmuneSimError("The endpoint is the same at every design point: there is nothing to explain.")
    noise = pure / free if free else math.nan
    errors = 2.0 * np.sqrt(noise * np.diag(np.linalg.inv(x.T @ x)))[base.shape[1] :]
    rows: list[dict[str, Any]] = []
    for i, name in enumerate(names):
        estimate, error = 2.0 * float(slopes[base.shape[1] + i]), float(errors[i])
        far = float(stats.t.ppf(0.5 + level / 2, free)) * error if free else math.nan
        p = float(2 * stats.t.sf(abs(estimate) / error, free)) if error > 0 else math.nan
        without = _fit(np.delete(x, base.shape[1] + i, axis=1), y)[1]
        row = {"effect": TIMES.join(name), "order": len(name)}
        row |= as_row(Interval(estimate, estimate - far, estimate + far), "estimate")
        rows.append(row | {"p": p, "explained": (without - residual) / whole})
    rows.sort(key=lambda row: -abs(row["estimate"]))
    rest = {OTHERS: max(0.0, residual - pure), REPLICATES: pure}
    return pd.DataFrame(rows + [{"effect": name, "order": 0, "explained": part / whole} for name, part in rest.items()])


def _pure(table: pd.DataFrame) -> tuple[float, int]:
    """Sum of squares of the replicates around their point's mean, and its degrees of freedom."""
    grouped = table.groupby("point")["value"]
    return float(((table["value"] - grouped.transform("mean")) ** 2).sum()), len(table) - grouped.ngroups


def _fit(x: Floats, y: Floats) -> tuple[Floats, float]:
    slopes = np.linalg.lstsq(x, y, rcond=None)[0]
    return slopes, float(np.sum((y - x @ slopes) ** 2))


def _blocks(table: pd.DataFrame) -> Floats | None:
    """One column per replicate where its seed is the same at all points, None where every point has its own luck."""
    if "seed" not in table or table["point"].nunique() < 2 or table.groupby("replicate")["seed"].nunique().max() > 1:
        return None
    replicates = np.asarray(table["replicate"])
    return np.asarray(replicates[:, None] == np.unique(replicates)[None, :], dtype=float)


def _on(values: Sequence[Any]) -> Any:
    off = [each for each in values if each in (0, False) or str(each).lower() in {"off", "no", "false", "0"}]
    if len(off) == 1:
        return next(each for each in values if each is not off[0])
    return max(values)
