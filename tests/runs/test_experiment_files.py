"""Experiment files: what they say becomes a design, and every mistake in them is told at once, with its line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from immune_sim.core.errors import ScenarioError
from immune_sim.runs.experiments.design import points_of, scenario_at, unit_sample
from immune_sim.runs.experiments.loading import load_experiment, shipped_experiments
from immune_sim.runs.experiments.order import Queue
from immune_sim.runs.experiments.reading import read_experiment
from immune_sim.runs.experiments.writing import OpenStudy
from tests.runs.studies import TINY, tiny

BROKEN = """
titel = "A study"
base = "control-mous"
replicates = 0
outcomes = ["tumour_cells"]
[overrides]
nk.kil_rate = "0.1 1/h"
ctl.hit_rate = 0.5
[[arm]]
name = "low"
regimen = [{ dose = "0.1", every = "24 h" }]
[[arm]]
name = "low"
[[factor]]
parameter = "receptors.tau_upp"
values = ["1 h"]
[[factor]]
parameter = "receptors.tau_up"
low = "10 h"
high = "1 h"
[design]
kind = "latin hypercubes"
same_exposure = "yes"
pionts = 4
"""


def test_every_mistake_is_told_with_its_line_and_the_nearest_name() -> None:
    """Catches a reader that stops at its first problem, or one that passes over unknown keys."""
    with pytest.raises(ScenarioError) as caught:
        read_experiment(BROKEN, "study.toml")
    told = {str(each) for each in caught.value.problems}
    for line, words in (
        (2, "titel: no such key. Did you mean"),
        (3, 'Did you mean "control-mouse"?'),
        (4, "out of range"),
        (5, 'no outcome "tumour_cells". Did you mean "tumor_cells"?'),
        (7, 'Did you mean "kill_rate"?'),
        (8, "has no unit"),
        (11, "has no unit"),
        (15, 'no parameter "tau_upp". Did you mean "tau_up"?'),
        (19, "low must be below high"),
        (22, 'Write "grid"'),
        (23, "same_exposure"),
        (24, 'Did you mean "points"?'),
    ):
        assert any(each.startswith(f"study.toml:{line}:") and words in each for each in told), (line, words, told)
    assert any("two arms" in each for each in told)


def test_values_that_contradict_each_other_at_one_point_are_told_before_anything_runs() -> None:
    factor = '[[factor]]\nparameter = "inoculum.tumor_cells"\nvalues = [10, 1000]\n'
    with pytest.raises(ScenarioError, match=r"arm control at .*inoculum.tumor_cells = 1000.*do not fit"):
        read_experiment(TINY + factor, "tiny.toml")


def test_a_grid_holds_every_combination_and_arms_differ_only_as_they_say() -> None:
    experiment = tiny()
    points = points_of(experiment)
    assert [each.levels["kill"].value for each in points] == [0.05, 0.5]
    control, low = (scenario_at(experiment, points[1], arm) for arm in experiment.arms)
    assert control.values == low.values
    assert (len(control.dosing), len(low.dosing)) == (0, 1)
    assert control.values["nk.kill_rate"] == 0.5
    assert control.duration == 6.0


@pytest.mark.parametrize(
    ("design", "points"),
    [
        ('kind = "latin hypercube"\npoints = 7', 7),
        ('kind = "sobol"\nsamples = 4', 4 * 4),
        ('kind = "sobol"\nsamples = 4\nsecond_order = true', 4 * 6),
        ('kind = "morris"\ntrajectories = 3', 3 * 3),
    ],
)
def test_sampled_designs_stay_in_their_ranges_and_have_the_points_that_their_analysis_needs(
    design: str, points: int
) -> None:
    ranges = '[[factor]]\nparameter = "receptors.tau_up"\nlow = "1 h"\nhigh = "100 h"\nscale = "log"\n'
    text = TINY.replace('values = ["0.05 1/h", "0.5 1/h"]', 'low = "0.05 1/h"\nhigh = "0.5 1/h"')
    experiment = read_experiment(f"{text}\n{ranges}\n[design]\n{design}\n")
    made = points_of(experiment)
    assert len(made) == points
    kill, tau = (np.array([each.levels[name].value for each in made]) for name in ("kill", "receptors.tau_up"))
    assert 0.05 <= kill.min() <= kill.max() <= 0.5
    share = unit_sample(experiment)
    assert np.allclose(np.log(tau) / np.log(100.0), share[:, 1]), "a log scale is even in the logarithm"
    assert points_of(experiment) == points_of(experiment) or [each.key for each in made] == [
        each.key for each in points_of(experiment)
    ]


def test_points_of_a_sample_have_keys_of_their_own() -> None:
    """A trajectory of Morris passes some places twice; equal keys would merge them and break SALib's order."""
    text = TINY.replace('values = ["0.05 1/h", "0.5 1/h"]', 'low = "0.05 1/h"\nhigh = "0.5 1/h"')
    made = points_of(read_experiment(f'{text}\n[design]\nkind = "morris"\ntrajectories = 20\n'))
    assert len({each.key for each in made}) == len(made) == 40


def test_link_switches_make_a_factorial() -> None:
    text = (
        TINY[: TINY.index("[[factor]]")]
        + '[design]\nkind = "factorial"\nlinks = {tumor_proliferation = -0.6, nk_cytotoxicity = 0.5}\n'
    )
    experiment = read_experiment(text)
    points = points_of(experiment)
    gains = [
        tuple(
            scenario_at(experiment, each, experiment.arms[0]).values[f"links.{name}"]
            for name in ("tumor_proliferation", "nk_cytotoxicity")
        )
        for each in points
    ]
    assert gains == [(0.0, 0.0), (0.0, 0.5), (-0.6, 0.0), (-0.6, 0.5)]
    assert [each.levels["nk_cytotoxicity"].text for each in points] == ["off", "on", "off", "on"]
    with pytest.raises(ScenarioError, match="off in the base scenario"):
        read_experiment(text.replace("{tumor_proliferation = -0.6, nk_cytotoxicity = 0.5}", '["nk_cytotoxicity"]'))


def test_a_folded_factorial_keeps_main_effects_clear_of_interactions_of_two() -> None:
    experiment = load_experiment("link-ablation")
    signs = np.array([[1 if level.value else -1 for level in each.levels.values()] for each in points_of(experiment)])
    count = signs.shape[1]
    pairs = np.column_stack([signs[:, i] * signs[:, j] for i in range(count) for j in range(i)])
    assert not (signs.T @ pairs).any()
    assert np.array_equal(signs.T @ signs, len(signs) * np.eye(count))


def test_named_levels_and_lists_are_designs_too() -> None:
    text = TINY[: TINY.index("[[factor]]")]
    named = """
[[factor]]
label = "knockout"
[factor.levels.none]
[factor.levels."no NK"]
recruitment.nk_density = "0 1/mm^2"
"""
    experiment = read_experiment(text + named)
    assert [each.levels["knockout"].text for each in points_of(experiment)] == ["none", "no NK"]
    assert scenario_at(experiment, points_of(experiment)[1], experiment.arms[0]).values["recruitment.nk_density"] == 0.0
    listed = """
[[factor]]
parameter = "regimen.dose"
label = "dose"
[[factor]]
parameter = "regimen.at"
label = "at"
[design]
kind = "list"
points = [{dose = "1 mg/kg", at = "22:00"}, {dose = "2 mg/kg", at = "01:00"}]
"""
    experiment = read_experiment(text + listed)
    phases = [scenario_at(experiment, each, experiment.arms[1]).dosing[0] for each in points_of(experiment)]
    assert [(each.amount, each.at) for each in phases] == [(1.0, 1320), (2.0, 60)]
    assert not scenario_at(experiment, points_of(experiment)[0], experiment.arms[0]).dosing, (
        "an arm without drug stays so"
    )


def test_quick_takes_the_place_of_the_values_it_names_and_of_no_others() -> None:
    text = TINY + '[quick]\nreplicates = 1\nhorizon = "3 h"\nvalues = {kill = ["0.2 1/h"]}\n'
    whole, quick = read_experiment(text), read_experiment(text, quick=True)
    assert (whole.replicates.at_most, quick.replicates.at_most) == (3, 1)
    assert (whole.arms[0].scenario.duration, quick.arms[0].scenario.duration) == (6.0, 3.0)
    assert [each.levels["kill"].value for each in points_of(quick)] == [0.2]
    assert quick.outcomes == whole.outcomes


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("name", [path.stem for path in shipped_experiments()])
def test_shipped_experiments_are_read_and_are_of_a_size_that_ends(name: str, quick: bool) -> None:
    """Catches a shipped study that a renamed parameter broke, and a --quick that takes hours."""
    experiment = load_experiment(name, quick=quick)
    runs = Queue(experiment, points_of(experiment), (), {}).most
    assert runs <= (250 if quick else 5000)
    assert tomllib.loads(experiment.text)["about"]
    assert experiment.name == name


def test_the_seven_studies_are_there() -> None:
    wanted = {
        "zagon-1983",
        "dose-timing-map",
        "link-ablation",
        "immune-knockouts",
        "receptor-kinetics",
        "human-schedules",
        "sensitivity-global",
    }
    assert wanted <= {path.stem for path in shipped_experiments()}


@pytest.mark.parametrize(
    "label", ["seed", "status", "arm", "hash", "message", "final_burden", "take", "tumor_cells", "hour", "ctl.hit_rate"]
)
def test_a_factor_cannot_take_the_place_of_another_column(label: str) -> None:
    """Catches a label that overwrites the seeds, the status or an endpoint of the runs table without a word."""
    with pytest.raises(ScenarioError, match=rf'tiny.toml:\d+: factor\[0\].label: "{label}" is .* Write for example'):
        tiny(('label = "kill"', f'label = "{label}"'))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "A tiny study"', 'published = "nonsense"', r'tiny.toml:3: published: no published study "nonsense"'),
        ('every = "2 h"', 'every = "1.5 h"', r'tiny.toml:8: every: "1.5 h" is no whole number of hours.* "2 h"'),
        ('every = "2 h"', 'frames = "2.5 h"', r'frames: "2.5 h" is no whole number of hours'),
        ('name = "tiny"', 'name = "../tiny"', r'tiny.toml:2: name: "../tiny" cannot be a name'),
        (
            'values = ["0.05 1/h", "0.5 1/h"]',
            "values = []",
            r"values: the list is empty. Write the values in",
        ),
        ('values = ["0.05 1/h", "0.5 1/h"]', "levels = 3", r"Write \[factor.levels\] and its keys below"),
        ("replicates = 3", 'replicates = "many"', r'tiny.toml:6: replicates: "many" is text'),
    ],
)
def test_what_was_taken_silently_is_refused(old: str, new: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        tiny((old, new))


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("values = 3", r"quick.values: 3 is not a table"),
        ("values = {kil = [1]}", r'quick.values.kil: no factor "kil"'),
        ('values = {kill = ["a lot"]}', r"quick.values.kill: .*a lot"),
        ("replicates = 0", r"tiny.toml:\d\d: quick.replicates: 0 is out of range"),
        ('overrides = {nk.kil_rate = "1 1/h"}', r"quick.overrides.nk.kil_rate: .*kill_rate"),
        ('horizon = "soon"', r"tiny.toml:\d\d: quick.horizon"),
    ],
)
def test_the_quick_version_is_checked_whether_it_is_asked_for_or_not(given: str, told: str, quick: bool) -> None:
    """Its mistakes stand on its own lines. Catches a reader that looks at [quick] only with --quick."""
    with pytest.raises(ScenarioError, match=told):
        read_experiment(f"{TINY}\n[quick]\n{given}\n", "tiny.toml", quick=quick)


def test_quick_overrides_stand_beside_the_others_of_their_group() -> None:
    """Catches a group of [quick] that takes the place of the whole group of the study."""
    quick = read_experiment(TINY + "[quick]\noverrides = {space.width = 20}\n", quick=True).arms[0].scenario.values
    assert (quick["space.width"], quick["space.height"], quick["inoculum.tumor_cells"]) == (20, 24, 20)


def test_a_factor_may_be_called_by_its_own_address() -> None:
    assert [each.label for each in tiny(('label = "kill"\n', "")).factors] == ["nk.kill_rate"]
    assert tiny(('label = "kill"', 'label = "nk.kill_rate"')).factors[0].label == "nk.kill_rate"


@pytest.mark.parametrize(
    "name", ["take", "survival_time", "seed", "wall_seconds", "receptor_mean", "kill", "../burden"]
)
def test_an_endpoint_cannot_take_the_place_of_another_column(name: str) -> None:
    own = f'[[endpoint]]\nname = "{name}"\noutcome = "tumor_cells"\ntake = "last"\n'
    with pytest.raises(ScenarioError, match=r"endpoint\[0\].name: .* Write for example"):
        read_experiment(TINY + own, "tiny.toml")


def test_two_endpoints_cannot_have_one_name() -> None:
    own = '[[endpoint]]\nname = "late"\noutcome = "tumor_cells"\ntake = "last"\n'
    assert [each.name for each in read_experiment(TINY + own).measures] == ["late"]
    with pytest.raises(ScenarioError, match="given twice"):
        read_experiment(TINY + own + own)


@pytest.mark.parametrize("name", ["../../low dose", "a/b", "a\\\\b", ".hidden", " - ", "a:b", "x" * 61])
def test_an_arm_after_which_no_file_can_be_named_is_refused(name: str) -> None:
    """Catches a report that fails, or writes outside of its folder, after all runs are done."""
    with pytest.raises(
        ScenarioError, match=r"tiny.toml:\d+: arm\[1\].name: .*Allowed: up to 60 letters, digits, spaces"
    ):
        tiny(('name = "low-dose"', f'name = "{name}"'))


def test_arms_may_be_named_in_any_language() -> None:
    assert tiny(('name = "low-dose"', 'name = "Dosis früh 0.1_b"')).arms[1].name == "Dosis früh 0.1_b"


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match='Did you mean "zagon-1983"'):
        load_experiment("zagon-1938")


OWN = '[[endpoint]]\nname = "early"\noutcome = "tumor_cells"\ntake = "at"\nhour = "4 h"\n'
ASKING = (
    TINY.replace('["final_burden"]', '["final_burden", "early"]') + OWN + '[quick]\nvalues = { kill = ["0.5 1/h"] }\n'
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('label = "kill"', 'labl = "kill"'),
        ('label = "kill"', "label = 7"),
        ('parameter = "nk', 'paramter = "nk'),
        ("values = [", "valus = ["),
        ('values = ["0.05 1/h", "0.5 1/h"]', 'values = "0.05 1/h"'),
        ('name = "early"', 'nam = "early"'),
        ('name = "early"', "name = 7"),
        ('take = "at"', 'take = "then"'),
        ('hour = "4 h"', 'hou = "4 h"'),
        ('name = "control"', 'nme = "control"'),
        ('["final_burden", "early"]', "7"),
        ("inoculum.tumor_cells = 20", "inoculum.tumor_cells = -20"),
    ],
)
def test_one_slip_is_told_once(right: str, wrong: str) -> None:
    """Catches what follows from a mistake being told as another: a misspelled key as missing, its name as unknown."""
    read_experiment(ASKING)
    assert right in ASKING
    with pytest.raises(ScenarioError) as told:
        read_experiment(ASKING.replace(right, wrong), "tiny.toml")
    assert len(told.value.problems) == 1, told.value


def test_two_slips_are_told_as_two() -> None:
    with pytest.raises(ScenarioError) as told:
        read_experiment(ASKING.replace('label = "kill"', 'labl = "kill"').replace('take = "at"', 'take = "then"'))
    assert len(told.value.problems) == 2


def test_a_change_of_all_arms_is_one_change(tmp_path: Path) -> None:
    """Catches a horizon that is told once an arm when a study goes on in its folder."""
    OpenStudy.at(tiny(), tmp_path)
    with pytest.raises(ScenarioError) as told:
        OpenStudy.at(tiny(('horizon = "6 h"', 'horizon = "8 h"')), tmp_path)
    assert [each.where for each in told.value.problems] == ["arms control, low-dose: horizon"]
