"""``run_experiment``: a whole study from Python, with the same words as on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.runs.experiments.declared import Arm, Experiment, ModelFunction, Replicates
from immune_sim.runs.experiments.executors import Executor, make_executor
from immune_sim.runs.experiments.loading import load_experiment
from immune_sim.runs.experiments.naming import check_names
from immune_sim.runs.experiments.reading import check_points
from immune_sim.runs.experiments.running import Run
from immune_sim.runs.experiments.schedules import vary
from immune_sim.runs.experiments.standing import Watch
from immune_sim.runs.experiments.study import Study
from immune_sim.runs.experiments.writing import OpenStudy
from immune_sim.runs.run import Interruption, interruption_by_keyboard
from immune_sim.scenario.scenario import Scenario

RESULTS = Path("results")


def arm(
    name: str,
    scenario: str | Path | Scenario = "control-mouse",
    overrides: Mapping[str, Any] | None = None,
    *,
    prepare: Any = None,
    title: str = "",
) -> Arm:
    """An arm built in code: a scenario with overrides; prepare: a function that changes each new model.

    ``arm("low dose", "ldn-mouse", {"regimen.at": "22:00"}, prepare=lambda model: model.add_process(...))``
    """
    return Arm(name, vary(Scenario.load(scenario), overrides or {}), title or name, "", prepare)


def set_up(
    experiment: str | Path | Experiment,
    *,
    quick: bool = False,
    replicates: int | None = None,
    arms: Sequence[Arm] = (),
    outcomes: Mapping[str, ModelFunction] | None = None,
    endpoints: Mapping[str, ModelFunction] | None = None,
) -> Experiment:
    """The experiment with what is said in code; see run_experiment. Raises ScenarioError with every mistake."""
    made = load_experiment(experiment, quick=quick)
    if replicates is not None:
        if replicates < 1:
            raise ScenarioError(Problem("replicates", f"{replicates} is out of range. Write 1 or more."))
        made = replace(made, replicates=Replicates(replicates, replicates))
    own = dict(endpoints or {})
    made = replace(
        made,
        arms=(*made.arms, *arms),
        outcome_functions=dict(outcomes or {}),
        endpoint_functions=own,
        main=tuple(dict.fromkeys((*made.main, *own))),
    )
    check_names(made)
    if arms:
        check_points(made, made.name)
    return made


def folder_of(experiment: Experiment) -> Path:
    """Where the results of an experiment go if nothing else is said."""
    return RESULTS / (f"{experiment.name}-quick" if experiment.quick else experiment.name)


def run_study(
    experiment: Experiment,
    out: str | Path | None = None,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    shard: tuple[int, int] = (1, 1),
    watch: Watch | None = None,
    interruption: Interruption | None = None,
    other_code: bool = False,
    retry_failed: bool = False,
) -> Study:
    """Compute a checked experiment, or what is missing of it; see run_experiment for the words."""
    opened = OpenStudy.at(experiment, Path(out) if out is not None else folder_of(experiment), other_code=other_code)
    with executor or make_executor(workers, scheduler) as computing:
        options: dict[str, Any] = {"shard": shard, "watch": watch, "retry_failed": retry_failed}
        if interruption is not None:
            Run(opened, computing, interruption=interruption, **options).work()
        else:
            with interruption_by_keyboard() as asked:
                Run(opened, computing, interruption=asked, **options).work()
    return opened.study
