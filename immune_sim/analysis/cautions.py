"""What a reader must know before believing a table: too few runs, failures that bias a share, pairs that are none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from immune_sim.analysis.tables import FEWEST, PAIR, arms_of, good, of_arm

FEW = 10  # replicates below which intervals are wide and normal theory is doubtful
UNEVEN = 0.05  # difference of the failed shares of two arms from which a comparison is in doubt


def cautions(runs: pd.DataFrame, *, horizon: float | None = None, paired: bool = True) -> list[str]:
    """Every caution that a table of runs deserves, as sentences; an empty list means none."""
    return [*_few(runs), *_failures(runs), *_unfinished(runs, horizon), *(_pairs(runs) if paired else []), *_rare(runs)]


def _few(runs: pd.DataFrame) -> list[str]:
    counts = good(runs).groupby(["arm", "point"], observed=True).size().rename("n").reset_index()
    if counts.empty:
        return ["No run came to an end: there is nothing to analyze."]
    few = counts[counts["n"] < FEW]
    if few.empty:
        return []
    none = (
        f" Below {FEWEST} runs or pairs no interval of a mean, a median or a ratio is given."
        if counts["n"].min() < FEWEST
        else ""
    )
    if runs["point"].nunique() > 1:
        where = f"{len(few)} of {len(counts)} combinations of arm and design point"
        said = "a single point is uncertain; effects over all points are less so."
        return [f"Fewer than {FEW} replicates at {where}: {said}{none}"]
    where = ", ".join(f"{arm} {n}" for arm, n in zip(few["arm"], few["n"], strict=True))
    return [
        f"Fewer than {FEW} replicates ({where}): intervals are wide, and medians and survival curves can turn with a "
        f"single run.{none}"
    ]


def _failures(runs: pd.DataFrame) -> list[str]:
    if "status" not in runs:
        return []
    failed = {arm: float(np.mean(runs.loc[runs["arm"] == arm, "status"] != "ok")) for arm in arms_of(runs)}
    total = int(np.sum(runs["status"] != "ok"))
    if not total:
        return []
    by_arm = ", ".join(f"{arm} {share:.0%}" for arm, share in failed.items())
    said = (
        f"{total} of {len(runs)} runs failed ({by_arm}). They are in no denominator: if failing has to do with the "
        "outcome, shares and means are biased."
    )
    if len(failed) > 1 and max(failed.values()) - min(failed.values()) >= UNEVEN:
        said += " The arms failed unequally often, so their comparison is in doubt until the cause is known."
    return [said]


def _unfinished(runs: pd.DataFrame, horizon: float | None) -> list[str]:
    done = good(runs)
    said = []
    sizes = done.groupby(["arm", "point"], observed=True).size()
    if len(sizes) and sizes.min() < sizes.max():
        said.append(
            f"Arms and design points have between {sizes.min()} and {sizes.max()} runs: the study is unfinished, or "
            "runs failed."
        )
    if horizon is not None and len(done) and "survival_time" in done and "cleared" in done:
        open_end = done["survival_time"].isna() & (done["cleared"].astype(float) != 1)
        short = int((open_end & (done["hours"].astype(float) < horizon - 1)).sum())
        if short:
            said.append(
                f"{short} runs were cut off before the horizon without clearance or endpoint; they count as censored "
                "at their last hour."
            )
    return said


def _pairs(runs: pd.DataFrame) -> list[str]:
    arms = arms_of(runs)
    if len(arms) < 2 or "seed" not in runs:
        return []
    seeds = runs.assign(seed=runs["seed"].astype(str)).groupby(PAIR, observed=True)["seed"].nunique()
    unlike = int(np.sum(seeds > 1))
    if not unlike:
        return []
    return [
        f"In {unlike} of {len(seeds)} pairs the arms had different seeds: paired differences hold, but nothing is "
        "saved by pairing."
    ]


def _rare(runs: pd.DataFrame) -> list[str]:
    said = []
    for name, words in (("take", "a detectable tumor"), ("survival_time", "the endpoint size")):
        if name not in runs:
            continue
        for arm in arms_of(good(runs)):
            values = np.asarray(of_arm(runs, arm)[name], dtype=float)
            came = int(np.nansum(values)) if name == "take" else int(np.sum(~np.isnan(values)))
            if 0 < came < min(FEWEST, len(values)):
                said.append(f"{arm}: only {came} of {len(values)} runs reached {words}; times rest on these few.")
    return said
