"""Times to an event when some runs never reach it: Kaplan-Meier curves, log-rank test, restricted mean time.

Kaplan and Meier 1958, J Am Stat Assoc 53:457-81; intervals of the curve on the log(-log) scale with Greenwood's
variance (Kalbfleisch and Prentice); the log-rank test of Mantel 1966; restricted mean time with the variance of
Klein and Moeschberger 2003, Survival Analysis, section 4.5. SciPy counts who is at risk; times are in hours throughout.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from immune_sim.analysis.shares import wilson
from immune_sim.analysis.tables import (
    FEWEST,
    LEVEL,
    Floats,
    Interval,
    arms_of,
    as_row,
    followed,
    good,
    horizon_of,
    of_arm,
)


def curve(times: ArrayLike, until: ArrayLike, *, level: float = LEVEL) -> pd.DataFrame:
    """The Kaplan-Meier curve of runs.

    times (n,): h, nan where the event never came. until (n,): h for which a run without event was followed.
    Columns: time (from 0 on), survival, low, high, at_risk (just before the time), events, censored. While nothing has
    happened yet, and after everything has, the log(-log) interval does not exist; Wilson's for n of n or 0 of n is
    given.
    """
    ends, n = np.asarray(until, dtype=float), np.size(until)
    function = stats.ecdf(_censored(times, until)).sf
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # SciPy warns where the interval does not exist
        band = function.confidence_interval(level, method="log-log")
    event, lost = np.sort(_events(times)), np.sort(ends[np.isnan(np.asarray(times, dtype=float))])
    at = np.asarray(function.quantiles, dtype=float)
    made = pd.DataFrame({"time": at, "survival": function.probabilities})
    made["low"], made["high"] = band.low.probabilities, band.high.probabilities
    made["at_risk"] = n - np.searchsorted(event, at) - np.searchsorted(lost, at)
    made["events"] = np.searchsorted(event, at, side="right") - np.searchsorted(event, at)
    made["censored"] = np.searchsorted(lost, at, side="right") - np.searchsorted(lost, at)
    start = {"time": 0.0, "survival": 1.0, "low": math.nan, "high": math.nan, "at_risk": n, "events": 0, "censored": 0}
    made = pd.concat([pd.DataFrame([start]), made], ignore_index=True)
    made.loc[made["survival"] == 1, ["low", "high"]] = [wilson(n, n, level).low, 1.0]
    made.loc[made["survival"] == 0, ["low", "high"]] = [0.0, wilson(0, n, level).high]
    return made


def median_time(of_curve: pd.DataFrame) -> Interval:
    """The first time at which half have had the event, and where the band crosses one half; nan where it does not.

    No ends below FEWEST runs.
    """
    if of_curve["at_risk"].iloc[0] < FEWEST:
        return Interval(_first_at_half(of_curve, "survival"), math.nan, math.nan)
    return Interval(*(_first_at_half(of_curve, column) for column in ("survival", "low", "high")))


def restricted_mean(of_curve: pd.DataFrame, horizon: float, level: float = LEVEL) -> tuple[Interval, float]:
    """The mean time until the event within the horizon, h: the area under the curve; and its standard error.

    The interval is Student's with the variance taken over n - 1: where every run was followed to its event or to the
    horizon, exactly that of the plain mean of the times cut there, which a study tells while it runs. Without any event
    the error cannot be estimated; it and the ends are nan, and so are the ends below FEWEST runs.
    """
    steps = of_curve[of_curve["time"] <= horizon]
    widths = np.diff(np.append(np.asarray(steps["time"], dtype=float), horizon))
    areas = np.asarray(steps["survival"], dtype=float) * widths
    ahead = np.cumsum(areas[::-1])[::-1]  # area from each step on
    events, at_risk = np.asarray(steps["events"], dtype=float), np.asarray(steps["at_risk"], dtype=float)
    left = at_risk - events
    # where nobody is left no area is ahead, so that the division by 0 there may be left out
    hazard = np.divide(events, at_risk * left, out=np.zeros_like(events), where=left > 0)
    mean, error = float(areas.sum()), float(np.sqrt(np.sum(ahead**2 * hazard)))
    n = int(at_risk[0])
    if not events.any():
        return Interval(mean, math.nan, math.nan), math.nan
    if n < FEWEST:
        return Interval(mean, math.nan, math.nan), error
    far = float(stats.t.ppf(0.5 + level / 2, n - 1)) * error * math.sqrt(n / (n - 1))
    return Interval(mean, max(0.0, mean - far), min(horizon, mean + far)), error


def logrank(times: ArrayLike, until: ArrayLike, others: ArrayLike, others_until: ArrayLike) -> tuple[float, float]:
    """Log-rank test of two independent groups: chi-square with one degree of freedom, and the two-sided p-value."""
    if not len(_events(times)) + len(_events(others)):
        return 0.0, 1.0
    found = stats.logrank(_censored(times, until), _censored(others, others_until))
    return float(found.statistic) ** 2, float(found.pvalue)


def curves(
    runs: pd.DataFrame, name: str = "survival_time", *, horizon: float | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """The curves of all arms, one below the other, with the column ``arm``; each reaches to the horizon."""
    until = horizon_of(runs) if horizon is None else horizon
    made = [arm_curve(of_arm(runs, arm), name, until, level).assign(arm=arm) for arm in arms_of(good(runs))]
    return pd.concat(made, ignore_index=True)


def survival_table(
    runs: pd.DataFrame, name: str = "survival_time", *, horizon: float | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """One row per arm: n, events, median and restricted mean with their intervals (h), restricted to the horizon."""
    until = horizon_of(runs) if horizon is None else horizon
    rows = []
    for arm in arms_of(good(runs)):
        found = arm_curve(of_arm(runs, arm), name, until, level)
        mean, error = restricted_mean(found, until, level)
        row = {"arm": arm, "n": int(found["at_risk"].iloc[0]), "events": int(found["events"].sum())}
        row |= as_row(median_time(found), "median") | as_row(mean, "mean")
        rows.append(row | {"mean_error": error, "horizon": until})
    return pd.DataFrame(rows)


def survival_tests(
    runs: pd.DataFrame,
    name: str = "survival_time",
    *,
    control: str | None = None,
    horizon: float | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """One row per other arm: log-rank chi-square, p, p after Holm, and the difference of restricted means.

    The difference has an interval where both errors can be estimated; an arm without events leaves its ends nan.

    All three take the arms for independent. Where arms share their luck they are not, and the test errs on the safe
    side; the sharper comparison is that of the pairs (analysis.pairing).
    """
    until = horizon_of(runs) if horizon is None else horizon
    control = control or arms_of(runs)[0]
    base = of_arm(runs, control)
    base_mean, base_error = restricted_mean(arm_curve(base, name, until, level), until)
    rows = []
    for arm in (each for each in arms_of(good(runs)) if each != control):
        of_one = of_arm(runs, arm)
        sides = ((_times(each, name, until), followed(each, until)) for each in (of_one, base))
        chi2, p = logrank(*next(sides), *next(sides))
        mean, error = restricted_mean(arm_curve(of_one, name, until, level), until)
        gain = mean.value - base_mean.value
        enough = min(len(of_one), len(base)) >= FEWEST
        far = float(stats.norm.ppf(0.5 + level / 2)) * math.hypot(error, base_error) if enough else math.nan
        rows.append({"arm": arm, "chi2": chi2, "p": p} | as_row(Interval(gain, gain - far, gain + far), "mean_gain"))
    made = pd.DataFrame(rows)
    return made if made.empty else made.assign(p_holm=holm(np.asarray(made["p"], dtype=float)))


def arm_curve(of_one: pd.DataFrame, name: str, horizon: float, level: float = LEVEL) -> pd.DataFrame:
    """The curve of the runs of one arm, cut at the horizon."""
    return curve(_times(of_one, name, horizon), followed(of_one, horizon), level=level)


def holm(p: Floats) -> Floats:
    """p-values adjusted for their number (Holm 1979, Scand J Stat 6:65-70)."""
    order = np.argsort(p)
    adjusted = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    made = np.empty_like(p)
    made[order] = np.minimum(adjusted, 1.0)
    return made


def _times(runs: pd.DataFrame, name: str, horizon: float) -> Floats:
    values = np.asarray(runs[name], dtype=float)
    return np.where(values > horizon, math.nan, values)


def _events(times: ArrayLike) -> Floats:
    values = np.asarray(times, dtype=float)
    return values[~np.isnan(values)]


def _censored(times: ArrayLike, until: ArrayLike) -> stats.CensoredData:
    values, ends = np.asarray(times, dtype=float), np.asarray(until, dtype=float)
    return stats.CensoredData(_events(values), right=ends[np.isnan(values)])


def _first_at_half(of_curve: pd.DataFrame, column: str) -> float:
    reached = of_curve[of_curve[column] <= 0.5]
    return float(reached["time"].iloc[0]) if len(reached) else math.nan
