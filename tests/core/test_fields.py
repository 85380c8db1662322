"""Steady diffusion: analytic solutions, a direct solver, conservation, and the same bits whatever the order."""

from __future__ import annotations

import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.linalg import spsolve
from scipy.special import k0

from immune_sim.core import steady
from immune_sim.core.errors import ImmuneSimError
from immune_sim.core.fields import Diffusion, Grid, sample, solve_variable
from immune_sim.core.lattice import Lattice, Space

ROUNDING = 1e-5  # of float32 after a few hundred operations
SUPPLY = 38.0

type Problem = tuple[Diffusion, np.ndarray, np.ndarray, np.ndarray]  # operator, decay, source, start


@dataclass
class Blocks:
    """A grid without a lattice."""

    shape: tuple[int, ...]
    wraps: bool = False
    spacing: float = 30.0


def solve(diffusion: Diffusion, decay: float, source: np.ndarray, variable: bool) -> np.ndarray:
    """By the transforms alone, or by the solver for any decay with the decay the same everywhere."""
    if not variable:
        return diffusion.inverse(decay, source)
    return solve_variable(diffusion, np.full_like(source, decay), source, np.zeros_like(source), tolerance=1e-5)[0]


def matrix(shape: tuple[int, ...], wraps: bool, per_square: float) -> sparse.csc_matrix:
    """-D lap as a matrix, built from pairs of neighbors and nothing that the package computes."""
    index = np.arange(math.prod(shape)).reshape(shape)
    total = sparse.csc_matrix((index.size, index.size))
    for axis, n in enumerate(shape):
        here = index if wraps else np.take(index, range(n - 1), axis)
        there = np.roll(index, -1, axis) if wraps else np.take(index, range(1, n), axis)
        i, j, one = here.ravel(), there.ravel(), np.ones(here.size)
        flows = sparse.csc_matrix((np.r_[one, -one], (np.r_[i, i], np.r_[i, j])), shape=total.shape)
        total = total + flows + sparse.csc_matrix((np.r_[one, -one], (np.r_[j, j], np.r_[j, i])), shape=total.shape)
    return per_square * total


def direct(diffusion: Diffusion, decay: np.ndarray, source: np.ndarray) -> np.ndarray:
    """The solution by elimination, in float64."""
    system = matrix(diffusion.shape, diffusion.wraps, diffusion.per_square) + sparse.diags(decay.ravel().astype(float))
    return np.asarray(spsolve(system.tocsc(), source.ravel().astype(float))).reshape(diffusion.shape)


def single(shape: tuple[int, ...], place: tuple[int, ...], amount: float = 1.0) -> np.ndarray:
    source = np.zeros(shape, dtype=np.float32)
    source[place] = amount
    return source


def oxygen(seed: int, radius: float, exchange: float = 300.0, density: float = 100.0) -> tuple[np.ndarray, ...]:
    """Decay and source of oxygen, per minute, on 3 mm square: a round tumor among vessels (per mm2) in 30 um blocks."""
    vessels = np.random.default_rng(0).poisson(density * 0.0009, (100, 100)) * exchange / 4.0
    far = np.hypot(*(np.indices((100, 100)) - 49.5))
    cells = np.random.default_rng(seed).binomial(4, 0.95, (100, 100)) * (far < radius)
    return (0.1 + 10.0 * cells / 4.0 + vessels).astype(np.float32), (SUPPLY * vessels).astype(np.float32)


extents = st.lists(st.integers(1, 12), min_size=2, max_size=2) | st.lists(st.integers(1, 7), min_size=3, max_size=3)
grids = st.builds(Blocks, extents.map(tuple), st.booleans())


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Operator, decay, source and a start; decays of 0.01 to 1e6 per minute side by side, as vessels and tissue are."""
    grid = draw(grids)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    low, high = draw(st.floats(-2.0, 2.0)), draw(st.floats(-2.0, 6.0))
    decay = 10.0 ** np.where(rng.random(grid.shape) < draw(st.floats(0.0, 1.0)), high, low)
    decay *= rng.uniform(0.5, 2.0, grid.shape)
    source = (rng.random(grid.shape) < draw(st.floats(0.05, 1.0))) * rng.uniform(0.0, 100.0, grid.shape)
    if draw(st.booleans()):
        source *= decay  # as for vessels, which supply where they take up
    source.flat[rng.integers(source.size)] = 50.0
    start = draw(st.sampled_from([0.0, 1.0, 100.0])) * rng.random(grid.shape)
    return Diffusion(grid, 1e5), *(each.astype(np.float32) for each in (decay, source, start))


# analytic solutions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", [False, True])
def test_a_point_source_in_two_dimensions_follows_the_bessel_function(variable: bool) -> None:
    """c = S / (2 pi D) K0(r / range), within 1 %. Catches a wrong factor in an eigenvalue or in D / spacing**2."""
    diffusion, decay, spacing = 1000.0, 1000.0 / 200.0**2, 20.0
    field = solve(
        Diffusion(Blocks((241, 201), spacing=spacing), diffusion), decay, single((241, 201), (120, 100)), variable
    )
    r = spacing * np.hypot(*np.ix_(np.arange(241) - 120, np.arange(201) - 100))
    fair = (r > 5 * spacing) & (r < 600.0)
    expected = spacing**2 / (2.0 * np.pi * diffusion) * k0(r[fair] / 200.0)
    np.testing.assert_allclose(field[fair], expected, rtol=0.01)


@pytest.mark.parametrize("variable", [False, True])
def test_a_point_source_in_three_dimensions_follows_yukawa(variable: bool) -> None:
    """c = S exp(-r / range) / (4 pi D r), within 1 %. Catches a third axis that is left out or counted twice."""
    diffusion, decay, spacing, shape = 1000.0, 1000.0 / 140.0**2, 20.0, (61, 65, 69)
    field = solve(Diffusion(Blocks(shape, spacing=spacing), diffusion), decay, single(shape, (30, 32, 34)), variable)
    away = np.meshgrid(*(np.arange(n) - n // 2 for n in shape), indexing="ij")
    r = spacing * np.sqrt(sum(each**2 for each in away))
    fair = (r > 9 * spacing) & (r < 260.0)
    expected = spacing**3 / (4.0 * np.pi * diffusion * r[fair]) * np.exp(-r[fair] / 140.0)
    np.testing.assert_allclose(field[fair], expected, rtol=0.01)


@pytest.mark.parametrize("variable", [False, True])
@pytest.mark.parametrize(("dims", "axis"), [(2, 0), (2, 1), (3, 0), (3, 1), (3, 2)])
def test_a_line_source_decays_exponentially_along_any_axis(dims: int, axis: int, variable: bool) -> None:
    """c = S range / (2 D) exp(-x / range), within 1 %. Catches axes that are mixed up: the extents all differ."""
    diffusion, decay, spacing = 1000.0, 1000.0 / 300.0**2, 15.0
    shape = [4, 3, 5][:dims]
    shape[axis] = 401
    place = tuple(200 if each == axis else slice(None) for each in range(dims))
    field = solve(
        Diffusion(Blocks(tuple(shape), spacing=spacing), diffusion), decay, single(tuple(shape), place), variable
    )
    x = spacing * np.abs(np.arange(401) - 200)
    expected = np.expand_dims(
        spacing * 300.0 / (2.0 * diffusion) * np.exp(-x / 300.0), [each for each in range(dims) if each != axis]
    )
    near = np.broadcast_to(np.isin(np.arange(401), np.arange(120, 281)).reshape(expected.shape), field.shape)
    np.testing.assert_allclose(field[near], np.broadcast_to(expected, field.shape)[near], rtol=0.01)


def test_tissue_with_a_uniform_and_another_uniform_uptake_follows_the_two_layer_solution() -> None:
    """c = s/k + A exp(-x / range) on either side, continuous in value and flow. Catches uptake that is smeared."""
    n, diffusion, spacing, source = 400, 1e5, 5.0, 100.0
    k = np.where(np.arange(n) < n // 2, 40.0, 10.0).astype(np.float32)
    decay = np.tile(k, (3, 1))
    field, _ = solve_variable(
        Diffusion(Blocks((3, n), spacing=spacing), diffusion),
        decay,
        np.full_like(decay, source),
        np.zeros_like(decay),
        1e-5,
    )
    left, right = (math.sqrt(diffusion / each) for each in (40.0, 10.0))
    a = (source / 10.0 - source / 40.0) / (1.0 + right / left)
    x = spacing * (np.arange(n) - n / 2 + 0.5)
    expected = np.where(
        x < 0,
        source / 40.0 + a * np.exp(-np.abs(x) / left),
        source / 10.0 - a * right / left * np.exp(-np.abs(x) / right),
    )
    np.testing.assert_allclose(field, np.tile(expected, (3, 1)), rtol=0.01)


# direct solution ------------------------------------------------------------------------------------------------------


@given(grids, st.integers(0, 2**32 - 1), st.floats(-3.0, 4.0))
def test_transforms_agree_with_elimination(grid: Blocks, seed: int, exponent: float) -> None:
    """Catches eigenvalues of the continuous Laplacian or the other boundary, and a transform cut at an odd extent."""
    diffusion, decay = Diffusion(grid, 1e5), 10.0**exponent
    source = np.random.default_rng(seed).random(grid.shape, dtype=np.float32)
    exact = direct(diffusion, np.full(grid.shape, decay), source)
    np.testing.assert_allclose(diffusion.inverse(decay, source), exact, atol=1e-5 * exact.max(), rtol=0.0)


@given(problems())
@settings(max_examples=150)
def test_variable_decay_agrees_with_elimination(problem: Problem) -> None:
    """Within 1 % of the largest value and 2 % of each that is not small. Catches an end that comes too early."""
    diffusion, decay, source, start = problem
    field, _ = solve_variable(diffusion, decay, source, start)
    exact = direct(diffusion, decay, source)
    error = np.abs(field - exact)
    assert error.max() <= 0.01 * exact.max()
    assert (error <= 0.02 * (exact + steady.FLOOR * exact.max())).all()


@given(problems())
def test_a_smaller_tolerance_gives_a_smaller_error(
    problem: Problem,
) -> None:
    """In float64 elimination is met to eight digits. Catches an operator that is only nearly right."""
    diffusion, *arrays = problem
    decay, source, start = (each.astype(float) for each in arrays)
    exact = direct(diffusion, decay, source)
    field, _ = solve_variable(diffusion, decay, source, start, tolerance=1e-9)
    np.testing.assert_allclose(field, exact, rtol=0.0, atol=1e-8 * exact.max())


@pytest.mark.parametrize(
    ("exchange", "density"), [(300.0, 100.0), (40.0, 50.0), (10.0, 75.0), (1e6, 75.0), (300.0, 1.0)]
)
def test_oxygen_of_a_tumor_is_right_and_follows_its_growth_in_a_few_steps(exchange: float, density: float) -> None:
    """Within 1 %, few steps cold, half as many warm. Catches a poor preconditioner, and a start that is not used."""
    diffusion = Diffusion(Blocks((100, 100)), 1e5)
    before = oxygen(1, 28.0, exchange, density)
    cold, many = solve_variable(diffusion, *before, np.full((100, 100), SUPPLY, dtype=np.float32))
    after = oxygen(2, 28.2, exchange, density)
    warm, few = solve_variable(diffusion, *after, cold)
    for field, problem in ((cold, before), (warm, after)):
        exact = direct(diffusion, *problem)
        np.testing.assert_allclose(field, exact, rtol=0.01, atol=1e-4 * SUPPLY)
    assert few <= 0.75 * many <= 24


# laws of a field ------------------------------------------------------------------------------------------------------


@given(grids, st.integers(0, 2**32 - 1), st.floats(-3.0, 4.0))
def test_secretion_equals_decay(grid: Blocks, seed: int, exponent: float) -> None:
    """Both summed exactly and apart. Catches a wall that leaks, eigenvalues that miss zero, a lost scale."""
    source = np.random.default_rng(seed).random(grid.shape, dtype=np.float32)
    field = Diffusion(grid, 1e5).inverse(10.0**exponent, source)
    assert 10.0**exponent * math.fsum(field.ravel()) == pytest.approx(math.fsum(source.ravel()), rel=ROUNDING)


@given(problems())
def test_secretion_equals_decay_and_uptake(problem: Problem) -> None:
    """To rounding, though the field itself is an approximation. Catches a solution that is handed over unbalanced."""
    diffusion, decay, source, start = problem
    field, _ = solve_variable(diffusion, decay, source, start)
    taken = math.fsum(float(a) * float(b) for a, b in zip(decay.ravel(), field.ravel(), strict=True))
    assert taken == pytest.approx(math.fsum(source.ravel()), rel=ROUNDING)


@pytest.mark.parametrize("wraps", [False, True])
def test_a_field_is_not_negative(wraps: bool) -> None:
    """Far from the source, where transforms leave rounding of either sign. Catches what would make a root fail."""
    diffusion, source = Diffusion(Blocks((30, 300), wraps), 1e5), single((30, 300), (3, 5))
    assert diffusion.inverse(300.0, source).min() < 0.0
    decay = np.random.default_rng(0).uniform(200.0, 400.0, source.shape).astype(np.float32)
    assert solve_variable(diffusion, decay, source, np.zeros_like(source))[0].min() >= 0.0


@given(problems(), st.data())
def test_a_periodic_tissue_has_no_preferred_place(problem: Problem, data: st.DataObject) -> None:
    """Moving what is in it moves the field. Catches a seam between the last block and the first."""
    shape = problem[0].shape
    diffusion = Diffusion(Blocks(shape, wraps=True), 1e5)
    shift = tuple(data.draw(st.integers(0, n)) for n in shape)
    still = [each.astype(float) for each in problem[1:]]
    moved = [np.roll(each, shift, range(len(shape))) for each in still]
    here, there = (solve_variable(diffusion, *each, tolerance=1e-5)[0] for each in (still, moved))
    np.testing.assert_allclose(np.roll(here, shift, range(len(shape))), there, rtol=0.0, atol=1e-3 * here.max())
    one, other = (diffusion.inverse(1.0, each[1]) for each in (still, moved))
    np.testing.assert_allclose(np.roll(one, shift, range(len(shape))), other, rtol=0.0, atol=ROUNDING * one.max())


def test_a_wall_reflects() -> None:
    """A source at a wall has the field of two, one on either side. Catches a wall that absorbs, or is off by half."""
    twice = Diffusion(Blocks((1, 80)), 1e5)
    half = Diffusion(Blocks((1, 40)), 1e5)
    both = single((1, 80), (0, 39)) + single((1, 80), (0, 40))
    alone = half.inverse(2.0, single((1, 40), (0, 0)))
    np.testing.assert_allclose(twice.inverse(2.0, both)[:, 40:], alone, rtol=ROUNDING)
    decay = np.full((1, 40), 2.0, dtype=np.float32)
    solved = solve_variable(half, decay, single((1, 40), (0, 0)), np.zeros_like(decay), 1e-5)[0]
    np.testing.assert_allclose(solved, alone, rtol=1e-3)


# same bits ------------------------------------------------------------------------------------------------------------


def test_the_values_are_all_that_a_restart_needs() -> None:
    """Ten hours in one go, or continued after five from the values alone: same bits. Catches a hidden state."""
    diffusion, hours = Diffusion(Blocks((100, 100)), 1e5), [oxygen(seed, 25.0 + 0.2 * seed) for seed in range(10)]
    field = np.full((100, 100), SUPPLY, dtype=np.float32)
    for hour in hours[:5]:
        field, _ = solve_variable(diffusion, *hour, field)
    again, kept = Diffusion(Blocks((100, 100)), 1e5), field.copy()
    for hour in hours[5:]:
        field, _ = solve_variable(diffusion, *hour, field)
        kept, _ = solve_variable(again, *hour, kept)
    assert field.tobytes() == kept.tobytes()


def test_threads_do_not_change_a_bit() -> None:
    """Eight fields at once on one operator as one after another. Catches work space that two solutions share."""
    diffusion, start = Diffusion(Blocks((100, 100)), 1e5), np.full((100, 100), SUPPLY, dtype=np.float32)
    hours = [oxygen(seed, 20.0 + seed) for seed in range(8)]

    def work(hour: tuple[np.ndarray, ...]) -> bytes:
        return solve_variable(diffusion, *hour, start)[0].tobytes() + diffusion.inverse(3.0, hour[1]).tobytes()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, hours)) == [work(hour) for hour in hours]


@pytest.mark.parametrize("wraps", [False, True])
def test_where_an_array_lies_in_memory_does_not_change_a_bit(wraps: bool) -> None:
    """Catches sums whose order depends on alignment: a restarted run holds its arrays elsewhere."""
    diffusion, arrays = (
        Diffusion(Blocks((37, 41), wraps), 1e5),
        (*(each[:37, :41] for each in oxygen(3, 20.0)), np.ones((37, 41))),
    )
    answers = set()
    for off in range(0, 16, 3):
        moved = []
        for each in arrays:
            room = np.zeros(each.size + off, dtype=np.float32)[off:].reshape(each.shape)
            room[:] = each
            moved.append(room)
        answers.add(solve_variable(diffusion, *moved)[0].tobytes())
    assert len(answers) == 1


@pytest.mark.parametrize("wraps", [False, True])
def test_several_fields_at_once_are_solved_as_each_alone(wraps: bool) -> None:
    """Catches a transform that runs across the fields too."""
    grid = Blocks((12, 15), wraps)
    several = [Diffusion(grid, each) for each in (10.0, 1000.0, 1e5)]
    sources = np.random.default_rng(0).random((3, 12, 15), dtype=np.float32)
    together = several[0].divide(sources, np.stack([each.eigenvalues + np.float32(2.0) for each in several]))
    for field, diffusion, source in zip(together, several, sources, strict=True):
        np.testing.assert_allclose(field, diffusion.inverse(2.0, source), rtol=ROUNDING)


# bad questions --------------------------------------------------------------------------------------------------------


def test_without_secretion_nothing_is_there() -> None:
    """Catches a tolerance relative to nothing, which no number of steps would meet."""
    zero = np.zeros((5, 5), dtype=np.float32)
    field, steps = solve_variable(Diffusion(Blocks((5, 5)), 1e5), zero + 1, zero, zero + 38)
    assert (field == 0.0).all()
    assert steps == 0


@pytest.mark.parametrize(
    "bad", ["no decay", "negative decay", "negative source", "nan decay", "nan source", "nan start"]
)
def test_a_question_without_an_answer_is_refused(bad: str) -> None:
    """Catches a field that is not a number and goes on to decide which cells die."""
    arrays = {name: np.ones((6, 7), dtype=np.float32) for name in ("decay", "source", "start")}
    how, name = bad.split()
    if how == "no":
        arrays[name][:] = 0.0
    arrays[name][2, 3] = {"no": 0.0, "negative": -1000.0, "nan": np.nan}[how]
    with pytest.raises(ImmuneSimError, match="field"):
        solve_variable(Diffusion(Blocks((6, 7)), 1e5), *arrays.values())


def test_numbers_too_small_for_the_arithmetic_are_refused() -> None:
    """Their squares vanish in float32. Catches a division by zero, and a start that is returned as if it were right."""
    small, one = np.full((6, 7), 1e-30, dtype=np.float32), np.ones((6, 7), dtype=np.float32)
    small[2, 3] = 3e-30
    with pytest.raises(ImmuneSimError, match="did not settle"):
        solve_variable(Diffusion(Blocks((6, 7)), 1e5), one, small, np.zeros_like(one))


def test_a_field_that_does_not_settle_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a cap on steps that returns what it has."""
    monkeypatch.setattr(steady, "MOST_STEPS", 2)
    with pytest.raises(ImmuneSimError, match=r"did not settle in 2 steps: decay 0\.1 to"):
        solve_variable(Diffusion(Blocks((100, 100)), 1e5), *oxygen(1, 28.0), np.zeros((100, 100), dtype=np.float32))


# blocks ---------------------------------------------------------------------------------------------------------------


@given(st.integers(8, 30), st.integers(8, 30), st.integers(1, 9), st.integers(1, 7), st.booleans())
def test_every_site_lies_in_one_block(width: int, height: int, depth: int, edge: int, wraps: bool) -> None:
    """Found again from coordinates. Catches axes that are swapped and a last, partial block that is lost."""
    lattice = Lattice(Space(width=width, height=height, depth=depth, boundary="periodic" if wraps else "closed"))
    grid = Grid(lattice, edge)
    counts: dict[int, int] = {}
    strides = [math.prod(grid.shape[axis + 1 :]) for axis in range(len(grid.shape))]
    for place in itertools.product(*map(range, lattice.shape)):
        block = sum(x // edge * stride for x, stride in zip(place, strides, strict=True))
        counts[block] = counts.get(block, 0) + 1
        assert grid.block[int(lattice.site_of(np.array([place]))[0])] == block
    assert sorted(counts) == list(range(grid.size))
    assert [counts[block] for block in range(grid.size)] == grid.sites_in.tolist()
    assert grid.sites_in.max() <= grid.sites_per_block
    assert (grid.spacing, grid.wraps) == (edge * lattice.site_size, wraps)


def test_places_are_the_middles_of_whole_blocks() -> None:
    """Against the mean coordinates of their sites. Catches an offset by half a site, which would bend every radius."""
    lattice = Lattice(Space(width=12, height=8, depth=8))
    grid = Grid(lattice, 4)
    coordinates = lattice.coordinates(lattice.interior)
    for block in range(grid.size):
        np.testing.assert_allclose(
            grid.places[:, block], coordinates[grid.block[lattice.interior] == block].mean(axis=0)
        )


def test_cells_read_the_value_of_their_block_in_any_order_and_range() -> None:
    """Catches a kernel that reads or writes outside its rows, and one that takes the row for the site."""
    lattice = Lattice(Space(width=11, height=9))
    grid = Grid(lattice, 3)
    values = np.arange(grid.size, dtype=np.float32)
    site = np.random.default_rng(1).permutation(lattice.interior)
    whole, parts = np.full(site.size, -1, dtype=np.float32), np.full(site.size, -1, dtype=np.float32)
    sample(0, site.size, values, grid.block, site, whole)
    sample(50, site.size, values, grid.block, site, parts)
    assert (parts[:50] == -1).all()
    sample(0, 50, values, grid.block, site, parts)
    rows, columns = lattice.coordinates(site).T
    assert whole.tolist() == parts.tolist() == (rows // 3 * grid.shape[1] + columns // 3).tolist()
