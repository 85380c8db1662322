"""Where a study stands, seen from its folder alone; light to import, so that looking is quick."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from immune_sim.core.errors import OutputError
from immune_sim.runs.experiments.estimate import Estimate, estimate, restricted
from immune_sim.runs.experiments.standing import never_came
from immune_sim.runs.experiments.study import Study


@dataclass(frozen=True)
class Status:
    """Where a study stands. planned: at most. damaged: shard -> what is wrong. estimates: arm -> first endpoint.

    never: arm -> runs in which that endpoint is a time that did not come within the horizon, h.
    """

    name: str
    planned: int
    done: int
    failed: int
    points: int
    endpoint: str
    per_arm: dict[str, int]
    estimates: dict[str, Estimate]
    never: dict[str, int]
    horizon: float
    damaged: dict[str, str]
    digest: str

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do, as far as can be known without a stopping rule."""
        return self.done >= self.planned and not self.damaged


def status(study: Study) -> Status:
    """Look at a study without computing anything."""
    manifest, found = study.manifest, study.check()
    try:
        runs = study.read_runs()
    except OutputError:
        runs = pd.DataFrame()  # what is damaged is told by the check
    main = manifest["main"][0] if manifest["main"] else ""
    estimates: dict[str, Estimate] = {}
    never: dict[str, int] = {}
    per_arm = dict.fromkeys(manifest["arms"], 0)
    for arm in per_arm if len(runs) else ():
        of_arm = runs[runs["arm"] == arm]
        per_arm[arm] = len(of_arm)
        values = of_arm.loc[of_arm["status"] == "ok", main].astype(float).to_list() if main in of_arm else []
        estimates[arm] = estimate(main, [restricted(main, each, manifest["horizon"]) for each in values])
        never[arm] = sum(never_came(main, each) for each in values)
    points = len(manifest["points"])
    return Status(
        name=manifest["name"],
        planned=points * len(manifest["arms"]) * manifest["replicates"]["at_most"],
        done=len(found.finished),
        failed=int((runs["status"] == "failed").sum()) if len(runs) else 0,
        points=points,
        endpoint=main,
        per_arm=per_arm,
        estimates=estimates,
        never=never,
        horizon=manifest["horizon"],
        damaged=found.damaged,
        digest=study.digest() if len(runs) else "",
    )
