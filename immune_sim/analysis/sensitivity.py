"""Which factors matter over their whole ranges: Morris screening, Sobol indices, rank correlations.

Morris 1991, Technometrics 33:161-74, with mu* of Campolongo 2007; Sobol 2001, Math Comput Simul 55:271-80, sampled
after Saltelli 2010; both computed by SALib on the mean of each design point's replicates. Points come in the order of
SALib's sample (the column ``point``). A trajectory or block of which one point is missing is left out as a whole.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from immune_sim.analysis.noise import noise_share
from immune_sim.analysis.tables import LEVEL, Floats
from immune_sim.core.errors import ImmuneSimError

Method = Literal["morris", "sobol", "ranks"]
SEED = 20260101  # of the resampling only
RESAMPLES = 1000
SECOND = ["factor", "other", "second", "second_low", "second_high"]


def morris(
    values: pd.DataFrame,
    design: pd.DataFrame,
    factors: Sequence[str],
    *,
    levels: int = 4,
    level: float = LEVEL,
) -> pd.DataFrame:
    """One row per factor, the strongest first: mu (mean elementary effect), mu_star with its interval, sigma, noise.

    values: columns point, replicate, value; design: one row per point with the factors as numbers. An elementary
    effect is the change of the endpoint over the whole range of the factor. sigma far above mu_star means interactions
    or thresholds. noise: share of the variance of the points' means that is luck. floor: the mu_star that a factor
    without any effect would show by luck alone (nan where no point has two replicates).
    """
    from SALib.analyze import morris as salib

    size = len(factors) + 1
    x, y = _whole(values, design, factors, size)
    problem = _problem(x, factors)
    found = salib.analyze(problem, x, y, num_resamples=RESAMPLES, conf_level=level, num_levels=levels, seed=SEED)
    star, far = (np.asarray(found[key], dtype=float) for key in ("mu_star", "mu_star_conf"))
    made = pd.DataFrame({"factor": list(factors), "mu": np.asarray(found["mu"], dtype=float), "mu_star": star})
    made = made.assign(mu_star_low=np.maximum(0.0, star - far), mu_star_high=star + far)
    made = made.assign(sigma=np.asarray(found["sigma"], dtype=float))
    luck = noise_share(values)
    floor = math.sqrt(4.0 * luck.within / luck.replicates / math.pi) * 2.0 * (levels - 1) / levels  # mean of |N|
    made = made.assign(noise=luck.of_point_means, floor=floor, trajectories=len(y) // size)
    return made.sort_values("mu_star", ascending=False, ignore_index=True)


def sobol(
    values: pd.DataFrame,
    design: pd.DataFrame,
    factors: Sequence[str],
    *,
    second_order: bool = False,
    level: float = LEVEL,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """First-order and total indices of every factor, the strongest first, and the second-order indices of pairs.

    Columns: factor, first and total with their intervals, noise. Luck is independent between points, so it takes the
    share ``noise`` from all first-order indices together and adds it to every total one. The second table (factor,
    other, second, ends) is empty where the sample has no second order.
    """
    from SALib.analyze import sobol as salib

    size = 2 * len(factors) + 2 if second_order else len(factors) + 2
    x, y = _whole(values, design, factors, size)
    options = {"calc_second_order": second_order, "num_resamples": RESAMPLES, "conf_level": level, "seed": SEED}
    found: dict[str, Any] = salib.analyze(_problem(x, factors), y, **options)
    made = pd.DataFrame({"factor": list(factors)})
    for name, key in (("first", "S1"), ("total", "ST")):
        made[name] = found[key]
        made[f"{name}_low"], made[f"{name}_high"] = found[key] - found[f"{key}_conf"], found[key] + found[f"{key}_conf"]
    made = made.assign(noise=noise_share(values).of_point_means, blocks=len(y) // size)
    made = made.sort_values("total", ascending=False, ignore_index=True)
    return made, _second(found, factors) if second_order else pd.DataFrame(columns=SECOND)


def ranks(values: pd.DataFrame, design: pd.DataFrame, factors: Sequence[str], *, level: float = LEVEL) -> pd.DataFrame:
    """For any design: partial rank correlation of each factor with the endpoint, the others held fixed.

    Columns: factor, correlation with its interval (Fisher's z), noise. It sees monotonic influence only.
    """
    means = values.dropna(subset=["value"]).groupby("point")["value"].mean()
    points = design.drop_duplicates("point").set_index("point").loc[means.index]
    table = np.column_stack([stats.rankdata(points[each].to_numpy(dtype=float)) for each in factors])
    y, spare = stats.rankdata(means.to_numpy()), len(means) - len(factors) - 2
    if spare < 2:
        raise ImmuneSimError(f"{len(means)} design points are too few for {len(factors)} factors.")
    rows = []
    for i, factor in enumerate(factors):
        others = np.column_stack([np.ones(len(y)), np.delete(table, i, axis=1)])
        r = float(np.corrcoef(_rest(table[:, i], others), _rest(y, others))[0, 1])
        far = float(stats.norm.ppf(0.5 + level / 2)) / np.sqrt(spare - 1)
        low, high = (float(np.tanh(np.arctanh(np.clip(r, -0.999999, 0.999999)) + step)) for step in (-far, far))
        rows.append({"factor": factor, "correlation": r, "correlation_low": low, "correlation_high": high})
    made = pd.DataFrame(rows).assign(noise=noise_share(values).of_point_means)
    return made.sort_values("correlation", key=np.abs, ascending=False, ignore_index=True)


def _second(found: Mapping[str, Any], factors: Sequence[str]) -> pd.DataFrame:
    rows = []
    for i, j in itertools.combinations(range(len(factors)), 2):
        value, far = float(found["S2"][i, j]), float(found["S2_conf"][i, j])
        rows.append((factors[i], factors[j], value, value - far, value + far))
    return pd.DataFrame(rows, columns=SECOND)


def _whole(values: pd.DataFrame, design: pd.DataFrame, factors: Sequence[str], size: int) -> tuple[Floats, Floats]:
    """Factors (n, k) and mean endpoint (n,) in SALib's order, incomplete groups of ``size`` points left out."""
    points = design.drop_duplicates("point").sort_values("point").set_index("point")
    means = values.dropna(subset=["value"]).groupby("point")["value"].mean().reindex(points.index)
    groups = len(points) // size
    y = means.to_numpy(dtype=float)[: groups * size].reshape(groups, size)
    whole = ~np.isnan(y).any(axis=1)
    if not whole.any():
        raise ImmuneSimError(f"No group of {size} design points is complete yet. Go on with the study, then ask again.")
    if not np.ptp(y[whole]):
        raise ImmuneSimError("The endpoint is the same at every design point: there is nothing to explain.")
    x = points[list(factors)].to_numpy(dtype=float)[: groups * size].reshape(groups, size, len(factors))
    return x[whole].reshape(-1, len(factors)), y[whole].reshape(-1)


def _problem(x: Floats, factors: Sequence[str]) -> dict[str, Any]:
    bounds = [[float(x[:, i].min()), float(x[:, i].max())] for i in range(len(factors))]
    return {"num_vars": len(factors), "names": list(factors), "bounds": bounds}


def _rest(values: Floats, others: Floats) -> Floats:
    return np.asarray(values - others @ np.linalg.lstsq(others, values, rcond=None)[0], dtype=np.float64)
