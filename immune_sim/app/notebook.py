"""``run_experiment``: a whole study from a notebook or a script, with the words of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from immune_sim.app.console import console, is_watched
from immune_sim.app.experiment_progress import StudyProgress, estimate_words
from immune_sim.app.report.markup import element, text
from immune_sim.app.study_status import how_many
from immune_sim.runs.experiments.declared import Arm, Experiment, ModelFunction
from immune_sim.runs.experiments.executors import Executor
from immune_sim.runs.experiments.experiment import run_study, set_up
from immune_sim.runs.experiments.standing import Watch
from immune_sim.runs.experiments.status import status
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.experiments.trust import Compared, verify

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from immune_sim.app.study_report.gather import Told


@dataclass
class FinishedStudy(Study):
    """A study with everything that can be said about it: ``runs``, ``courses``, ``design``, ``tables``, ``figures``."""

    experiment: Experiment | None = None

    def __repr__(self) -> str:
        return "\n".join([*self._head(), *(f"  {arm}: {said}" for arm, said in self._said().items())])

    def _repr_html_(self) -> str:
        """What a notebook shows in the place of the study."""
        title, *rest = self._head()
        rows = [
            element("tr", element("th", text(arm), style="text-align:left"), element("td", text(said)))
            for arm, said in self._said().items()
        ]
        warned = [element("li", text(each)) for each in self.cautions] if len(self.runs) else []
        return element(
            "div",
            element("b", text(title)),
            *(element("div", text(each)) for each in rest),
            element("table", *rows),
            *([element("ul", *warned)] if warned else []),
        )

    def _head(self) -> list[str]:
        found = status(self)
        failed = f", {found.failed:,} failed" if found.failed else ""
        goes_on = "" if found.complete or self._may_stop_early else "; the same call goes on"
        return [
            f"{self.manifest['title']}",
            f"{how_many(found, self.manifest['replicates']['half_width'])} runs{failed}{goes_on}, in {self.folder}",
        ]

    @property
    def _may_stop_early(self) -> bool:
        return self.manifest["replicates"]["half_width"] is not None

    def _said(self) -> dict[str, str]:
        found = status(self)
        return {
            arm: estimate_words(found.endpoint, known, found.never[arm], found.horizon)
            for arm, known in found.estimates.items()
        }

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every analysis that the design makes sense of, by name: survival, paired differences, effects, indices."""
        return dict(self._told.analysis.tables)

    @cached_property
    def cautions(self) -> list[str]:
        """What to keep in mind: few replicates, failures that bias a denominator."""
        return [str(each) for each in self._told.analysis.cautions]

    @cached_property
    def figures(self) -> dict[str, go.Figure]:
        """Every figure of the report, by name."""
        from immune_sim.app.study_report.drawings import drawings

        return {each.name: each.draw("light") for each in drawings(self._told)}

    def report(self, *, images: bool = False) -> Path:
        """Write report.html into the folder of the study; returns its path. images: figures as PNG and SVG too."""
        from immune_sim.app.study_report.writing import write_report

        return write_report(self.folder, images=images).page

    def verify(self, sample: int = 10) -> list[Compared]:
        """Compute a sample of the stored runs again and compare them bit for bit."""
        return verify(self, sample, experiment=self.experiment)

    @cached_property
    def _told(self) -> Told:
        from immune_sim.app.study_report.gather import Told

        return Told.of(self)


def run_experiment(
    experiment: str | Path | Experiment,
    *,
    out: str | Path | None = None,
    quick: bool = False,
    replicates: int | None = None,
    arms: Sequence[Arm] = (),
    outcomes: Mapping[str, ModelFunction] | None = None,
    endpoints: Mapping[str, ModelFunction] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
    shard: tuple[int, int] = (1, 1),
    retry_failed: bool = False,
    other_code: bool = False,
    watch: Watch | None = None,
    quiet: bool = False,
) -> FinishedStudy:
    """Compute a study, or what is missing of it, and return its tables and figures.

    experiment: the name of a shipped one, a path, the text of a file, or an Experiment. out: the folder, by default
    results/<name>. arms: own arms beside those of the file, see immune_sim.arm. outcomes: own functions of the model,
    called every hour, each a column of ``courses``. endpoints: own functions of the model at the end of a run, each a
    column of ``runs``. workers: processes, all cores by default, 0 for this one. scheduler: the address of a Dask
    scheduler, or "dask" for a local cluster. shard: (i, n) to compute the i-th of n parts. watch: is called with the
    standing, some times a second, in place of the progress that is shown else. quiet: show none.
    Ctrl-C, or the stop of a notebook, finishes what runs and keeps it; the same call goes on.
    Raises ScenarioError with every mistake before anything runs, OutputError where results cannot be written.
    """
    made: Any = set_up(
        experiment, quick=quick, replicates=replicates, arms=arms, outcomes=outcomes, endpoints=endpoints
    )
    shown = None if quiet or watch is not None else StudyProgress(console(stderr=True), moving=is_watched())
    with shown or nullcontext():
        study = run_study(
            made,
            out,
            executor=executor,
            workers=workers,
            scheduler=scheduler,
            shard=shard,
            watch=watch or shown,
            retry_failed=retry_failed,
            other_code=other_code,
        )
    return FinishedStudy(study.folder, made)
