"""Tiny studies for tests: a tissue of 24 x 24 sites for a few hours, so that a run takes hundredths of a second."""

from __future__ import annotations

from pathlib import Path

from immune_sim.runs.experiments.declared import Experiment
from immune_sim.runs.experiments.experiment import run_study
from immune_sim.runs.experiments.reading import read_experiment
from immune_sim.runs.experiments.study import Study

TINY = """
name = "tiny"
title = "A tiny study"
base = "control-mouse"
horizon = "6 h"
replicates = 3
outcomes = ["tumor_cells", "receptor_mean"]
every = "2 h"
endpoints = ["final_burden"]

[overrides]
space.width = 24
space.height = 24
inoculum.tumor_cells = 20

[[arm]]
name = "control"

[[arm]]
name = "low-dose"
regimen = [{ dose = "0.1 mg/kg", every = "4 h" }]

[[factor]]
parameter = "nk.kill_rate"
label = "kill"
values = ["0.05 1/h", "0.5 1/h"]
"""


def tiny(*changes: tuple[str, str], quick: bool = False) -> Experiment:
    """The tiny study with some of its text replaced."""
    text = TINY
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return read_experiment(text, "tiny.toml", name="tiny", quick=quick)


def computed(experiment: Experiment, folder: Path, **words: object) -> Study:
    """The study computed in this process, unless the words say otherwise."""
    return run_study(experiment, folder, **{"workers": 0, **words})  # type: ignore[arg-type]
