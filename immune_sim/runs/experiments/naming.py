"""Names that an experiment gives: each becomes a column of its tables or part of a file name, so not every one may be.

A factor called "seed" would overwrite the seeds of the runs table, an arm called "../x" write outside of the folder.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.model.outcomes import NAMES
from immune_sim.runs.experiments.declared import STANDARD, Arm, Experiment
from immune_sim.scenario.hints import quoted
from immune_sim.scenario.registry import installed

RUN_COLUMNS = ("run_id", "point", "arm", "replicate", "seed", "status", "hash", "wall_seconds")
FAULT_COLUMNS = ("stage", "error", "message", "traceback", "command")
COURSE_COLUMNS = ("hour", "layer", "depth", "height", "width", "codes")
CATALOGUE_COLUMNS = ("overrides", "scenario_hash", "duration", "regimen")
ANALYSIS_COLUMNS = ("n", "mean", "value")  # beside the factors in the tables of design points
TABLES = (*RUN_COLUMNS, *FAULT_COLUMNS, *COURSE_COLUMNS, *CATALOGUE_COLUMNS, *ANALYSIS_COLUMNS)
TEXT = " (text)"  # the catalogue's column of a factor as a person reads it
ALLOWED = re.compile(r"[^\W_][\w .-]*")
LONGEST = 60


def taken(name: str) -> str:
    """What the tables of every study call by this name, "" where it is free."""
    if name in STANDARD:
        return "a standard endpoint"
    if name in NAMES:
        return "an outcome"
    if name in TABLES:
        return "a column of the tables"
    return "a parameter" if name in installed().parameters else ""


def file_name_fault(name: str) -> str:
    """Why a name cannot be part of a file's name, "" where it can."""
    if ALLOWED.fullmatch(name) and len(name) <= LONGEST and name == name.strip():
        return ""
    return (
        f"{quoted(name)} cannot be a name, since files are named after it. Allowed: up to {LONGEST} letters, digits, "
        f'spaces and - _ . of which the first is a letter or a digit. Write for example "{plain(name)}".'
    )


def plain(name: str) -> str:
    """The name with all that is not allowed in it left out or replaced; "arm" where nothing remains."""
    return re.sub(r"[^\w .-]+", "-", name).strip("-_. ")[:LONGEST].strip() or "arm"


def label_fault(label: str, address: str) -> str:
    """Why a factor cannot have this label, "" where it can. address: what it varies."""
    if label == address:
        return ""
    if what := taken(label):
        return f'{quoted(label)} is {what} already, so no factor can be called so. Write for example "{label} varied".'
    if label.endswith(TEXT):
        return f'{quoted(label)} ends in "{TEXT.strip()}", as columns of the catalogue do. Leave that out.'
    return ""


def column_fault(name: str, others: Collection[str] = ()) -> str:
    """Why an endpoint or outcome of one's own cannot have this name, "" where it can. others: names given already."""
    what = taken(name) or ("given twice" if name in others else "")
    if what:
        return f'there is an outcome or endpoint of this name already: it is {what}. Write for example "{name}_own".'
    return file_name_fault(name)


def check_names(experiment: Experiment) -> None:
    """Raise ScenarioError with every arm, outcome and endpoint, from Python too, that cannot have its name."""
    problems = [*_arm_faults(experiment.arms), *_function_faults(experiment)]
    if problems:
        raise ScenarioError(problems)


def _arm_faults(arms: Collection[Arm]) -> Iterator[Problem]:
    names = [each.name for each in arms]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Problem("arms", f'two arms are called "{name}". Give each a name of its own.')
        if fault := file_name_fault(name):
            yield Problem("arms", fault)


def _function_faults(experiment: Experiment) -> Iterator[Problem]:
    known = {each.name for each in experiment.measures} | {each.label for each in experiment.factors}
    for name in (*experiment.outcome_functions, *experiment.endpoint_functions):
        if fault := column_fault(name, known):
            yield Problem(name, fault)
        known.add(name)
