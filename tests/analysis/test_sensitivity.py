"""Sensitivity indices against functions whose indices are known in closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from immune_sim.analysis import sensitivity
from immune_sim.analysis.noise import noise_share
from immune_sim.core.errors import ImmuneSimError

NAMES = ["x1", "x2", "x3"]
CUBE = {"num_vars": 3, "names": NAMES, "bounds": [[-np.pi, np.pi]] * 3}


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def tables(x: np.ndarray, y: np.ndarray, replicates: int = 1, noise: float = 0.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """values and design of a study in which luck of this standard deviation is added to every run."""
    luck = np.random.default_rng(11).normal(0, noise, (len(y), replicates)) if noise else np.zeros((len(y), replicates))
    values = pd.DataFrame(
        {
            "point": np.repeat(np.arange(len(y)), replicates),
            "replicate": np.tile(np.arange(replicates), len(y)),
            "value": (y[:, None] + luck).ravel(),
        }
    )
    return values, pd.DataFrame(x, columns=NAMES).assign(point=np.arange(len(y)))


def test_sobol_indices_of_ishigami() -> None:
    """First 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437 (Ishigami and Homma 1990). Rows shuffled on purpose.

    Catches points taken in the order of the table, and first for total.
    """
    x = sobol_sample.sample(CUBE, 1024, calc_second_order=False, seed=1)
    values, design = tables(x, ishigami(x))
    found, second = sensitivity.sobol(
        values.sample(frac=1, random_state=1), design.sample(frac=1, random_state=2), NAMES
    )
    found = found.set_index("factor").loc[NAMES]
    assert found["first"].tolist() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert found["total"].tolist() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert second.empty


def test_sobol_interactions_of_ishigami() -> None:
    """Only x1 with x3: 0.2437."""
    x = sobol_sample.sample(CUBE, 1024, calc_second_order=True, seed=1)
    _, second = sensitivity.sobol(*tables(x, ishigami(x)), NAMES, second_order=True)
    found = second.set_index(["factor", "other"])["second"]
    assert found[("x1", "x3")] == pytest.approx(0.2437, abs=0.05)
    assert found[("x1", "x2")] == pytest.approx(0.0, abs=0.05)


def test_an_incomplete_block_is_left_out() -> None:
    """One missing point costs its block of five points, not the study, and does not shift the others."""
    x = sobol_sample.sample(CUBE, 256, calc_second_order=False, seed=1)
    values, design = tables(x, ishigami(x))
    found, _ = sensitivity.sobol(values[values["point"] != 7], design, NAMES)
    assert found["blocks"].iloc[0] == 255
    assert found.set_index("factor").loc["x2", "total"] == pytest.approx(0.4424, abs=0.06)
    with pytest.raises(ImmuneSimError, match="No group of 5 design points is complete"):
        sensitivity.sobol(values[values["point"] % 5 != 0], design, NAMES)


def test_morris_of_a_linear_function_gives_its_slopes() -> None:
    """y = 3 x1 - x2 over ranges of 1 and 10: effects over the whole range 3, -10, 0, and no interactions."""
    problem = {"num_vars": 3, "names": NAMES, "bounds": [[0, 1], [0, 10], [5, 6]]}
    x = morris_sample.sample(problem, 6, num_levels=4, seed=2)
    found = sensitivity.morris(*tables(x, 3 * x[:, 0] - x[:, 1]), NAMES)
    assert found["factor"].tolist() == ["x2", "x1", "x3"]
    assert found["mu"].tolist() == pytest.approx([-10, 3, 0], abs=1e-9)
    assert found["mu_star"].tolist() == pytest.approx([10, 3, 0], abs=1e-9)
    assert found["sigma"].tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    assert found["trajectories"].iloc[0] == 6


def test_morris_tells_what_luck_alone_would_show() -> None:
    """Luck of standard deviation 3 in 4 replicates and nothing else: mu_star is near the floor, 400 trajectories."""
    problem = {"num_vars": 3, "names": NAMES, "bounds": [[0, 1]] * 3}
    x = morris_sample.sample(problem, 400, num_levels=4, seed=2)
    found = sensitivity.morris(*tables(x, np.zeros(len(x)), replicates=4, noise=3.0), NAMES)
    assert found["mu_star"].tolist() == pytest.approx([found["floor"].iloc[0]] * 3, rel=0.1)
    assert found["noise"].iloc[0] > 0.9


def test_share_of_luck_is_found() -> None:
    """Ishigami's variance is 13.84; luck of variance 13.84 and 4 replicates: half of a run, one fifth of a mean."""
    x = sobol_sample.sample(CUBE, 512, calc_second_order=False, seed=1)
    values, design = tables(x, ishigami(x), replicates=4, noise=np.sqrt(13.84))
    found = noise_share(values)
    assert found.of_one_run == pytest.approx(0.5, abs=0.03)
    assert found.of_point_means == pytest.approx(0.2, abs=0.02)
    assert sensitivity.sobol(values, design, NAMES)[0]["noise"].iloc[0] == pytest.approx(0.2, abs=0.02)


def test_luck_that_cannot_be_told_is_not_told() -> None:
    x = sobol_sample.sample(CUBE, 8, calc_second_order=False, seed=1)
    assert np.isnan(noise_share(tables(x, ishigami(x))[0]).of_one_run)


def test_partial_ranks_tell_a_cause_from_its_companion() -> None:
    """x2 follows x1 but does nothing: its rank correlation is high, its partial one near 0."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(400, 3))
    x[:, 1] = x[:, 0] + 0.5 * x[:, 1]
    found = sensitivity.ranks(*tables(x, np.exp(x[:, 0]) - 0.2 * x[:, 2]), NAMES).set_index("factor")["correlation"]
    assert found["x1"] > 0.8
    assert abs(found["x2"]) < 0.15
    assert found["x3"] < -0.3
