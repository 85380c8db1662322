"""An experiment as a person asks for it on the page: a shipped one by name, or an own file that was uploaded.

An own file is checked as on the command line, with every mistake told at once. It is only read: it may name shipped
scenarios, but no file, and it may ask for no more design points and no larger tissue than the server allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from immune_sim.app.dashboard import limits
from immune_sim.app.dashboard.uploads import ENDING, clean_name, read_upload
from immune_sim.core.errors import ImmuneSimError, Problem, ScenarioError
from immune_sim.runs.experiments.comparing import joined
from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.design import points_of, scenario_at
from immune_sim.runs.experiments.experiment import set_up
from immune_sim.runs.experiments.manifest import NAME, manifest_of, read_manifest
from immune_sim.runs.experiments.reading import read_experiment

MOST_POINTS = 5_000
MOST_ARMS = 200
MOST_PLACES = 100  # folders of studies that share a name
LONGEST_FOLDER = 48


@dataclass(frozen=True)
class Asked:
    """An experiment as it was asked for. name: of a shipped one, or of the uploaded file; content: of that file.

    replicates: in place of those of the file, None to take those. quick: the small version. place: the folder among
    the studies in which it is to go on, "" for one that fits.
    """

    name: str
    content: bytes | None = None
    quick: bool = False
    replicates: int | None = None
    place: str = ""

    def folder(self, experiment: Experiment, studies: Path) -> Path:
        """Where it is computed."""
        return studies / self.place if self.place else place_of(experiment, studies)

    def experiment(self, allowed: limits.Limits) -> Experiment:
        """The checked experiment; raises ScenarioError with every mistake."""
        if self.content is None:
            if self.name.endswith(ENDING) or re.search(r"[/\\\n]", self.name):
                raise ScenarioError(Problem(self.name, "only shipped experiments have names here. Upload the file."))
            return set_up(self.name, quick=self.quick, replicates=self.replicates)
        made = checked_experiment(self.content, self.name, quick=self.quick, allowed=allowed)
        return set_up(made, replicates=self.replicates)


def checked_experiment(
    content: bytes, name: str, *, quick: bool = False, allowed: limits.Limits | None = None
) -> Experiment:
    """The experiment of an uploaded file; raises ScenarioError with every mistake, each with its line.

    name: of the file on the person's machine. quick: its small version. allowed: how large its tissues may be.
    """
    shown = clean_name(name)
    made = read_experiment(
        read_upload(content, name), shown, name=shown.removesuffix(ENDING), quick=quick, alone=True,
        most_points=MOST_POINTS,
    )  # fmt: skip
    if len(made.arms) > MOST_ARMS:
        words = f"{len(made.arms):,} arms are too many. Allowed: {MOST_ARMS:,}. Vary a factor instead."
        raise ScenarioError(Problem(shown, words))
    too_large: dict[str, Problem] = {}
    for point in points_of(made):
        for arm in made.arms:
            try:
                (allowed or limits.current()).check(scenario_at(made, point, arm))
            except ScenarioError as error:
                too_large |= {
                    f"{arm.name} {each}": Problem(f"{shown}: arm {arm.name}", str(each)) for each in error.problems
                }
    if too_large:
        raise ScenarioError(list(too_large.values()))
    return made


def place_of(experiment: Experiment, studies: Path) -> Path:
    """The folder of an experiment among the studies: the one in which it can go on, otherwise a new one."""
    stem = re.sub(r"[^a-z0-9]+", "-", experiment.name.lower()).strip("-")[:LONGEST_FOLDER] or "study"
    stem += "-quick" if experiment.quick else ""
    for number in range(1, MOST_PLACES):
        place = studies / (stem if number == 1 else f"{stem}-{number}")
        if not place.exists() or can_go_on(experiment, place):
            return place
    raise ScenarioError(Problem(experiment.name, "too many studies have this name already. Give it another one."))


def can_go_on(experiment: Experiment, place: Path) -> bool:
    """Whether a folder holds this experiment, perhaps with fewer arms, points or replicates."""
    if place.is_symlink() or not (place / NAME).is_file():
        return False
    try:
        joined(read_manifest(place), manifest_of(experiment, points_of(experiment)), place)
    except ImmuneSimError:
        return False
    return True
