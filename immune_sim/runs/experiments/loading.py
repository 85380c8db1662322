"""Where experiments come from: a file, the shipped folder, the text of a file."""

from __future__ import annotations

from pathlib import Path

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.reading import read_experiment
from immune_sim.scenario.hints import did_you_mean, listed
from immune_sim.scenario.opening import SUFFIX, read_file
from immune_sim.scenario.shipped import shipped_folder


def read_experiment_file(path: Path, *, quick: bool = False) -> Experiment:
    """Read an experiment file; raises ScenarioError with every mistake, also for a file that cannot be opened."""
    return read_experiment(read_file(path, "experiment"), str(path), name=path.stem, folder=path.parent, quick=quick)


def shipped_experiments() -> list[Path]:
    """The files of the shipped experiments, by name."""
    return sorted(shipped_folder("experiments").glob(f"*{SUFFIX}"))


def load_experiment(given: str | Path | Experiment, *, quick: bool = False) -> Experiment:
    """An experiment from whatever names one: the name of a shipped one, a path, or the text of a file."""
    if isinstance(given, Experiment):
        return given
    if isinstance(given, str) and "\n" in given:
        return read_experiment(given, quick=quick)
    if isinstance(given, Path) or given.endswith(SUFFIX) or "/" in given or "\\" in given:
        return read_experiment_file(Path(given), quick=quick)
    known = {path.stem: path for path in shipped_experiments()}
    if given not in known:
        own = f"{given}{SUFFIX}"
        near = (
            f'Did you mean "{own}"?'
            if Path(own).is_file()
            else did_you_mean(given, known, f"Shipped are {listed(known, 'and')}.")
        )
        raise ScenarioError(
            Problem(
                "",
                f'no experiment "{given}" is shipped. {near} The path of a file of your own ends in {SUFFIX}.',
            )
        )
    return read_experiment(read_file(known[given], "experiment"), f"{given}{SUFFIX}", name=given, quick=quick)
