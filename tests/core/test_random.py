"""The addressed generator: published vectors, uniformity and independence over neighboring addresses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from immune_sim.core import random
from immune_sim.core.jit import kernel
from immune_sim.core.rates import happens
from tests.laws import FALSE_ALARM, assert_mean, assert_share, assert_uncorrelated, assert_uniform_counts

# Random123 1.14, tests/kat_vectors, "philox4x32 10": counter (4 words), key (2 words), answer (4 words)
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
N = 1 << 18
START = 1 << 33  # consecutive addresses whose upper word is not zero


def words(decision: int, tick: int, addresses: np.ndarray, seed: int) -> np.ndarray:
    out = np.empty((len(addresses), 4), dtype=np.uint32)
    random.draw(out, decision, tick, addresses.astype(np.uint64), np.uint64(seed))
    return out


@kernel
def _transform(raw, floats, integers, normals, events, count, hazard):
    for i in range(raw.shape[0]):
        floats[i] = random.uniform(raw[i, 0])
        integers[i] = random.below(raw[i, 1], count)
        normals[i] = random.normal(raw[i, 2], raw[i, 3])
        events[i] = happens(random.uniform(raw[i, 0]), hazard)


def transformed(raw: np.ndarray, count: int = 26, hazard: float = 0.5) -> tuple[np.ndarray, ...]:
    n = len(raw)
    out = (np.empty(n, np.float32), np.empty(n, np.int64), np.empty(n, np.float64), np.empty(n, np.uint8))
    _transform(raw, *out, count, np.float32(hazard))
    return out


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_published_vectors(counter: str, key: str, answer: str) -> None:
    """Salmon et al. 2011.

    Catches a wrong round, constant, swap of words or a 64-bit overflow, which statistics would miss.
    """
    c = [int(word, 16) for word in counter.split()]
    k = [int(word, 16) for word in key.split()]
    made = words(c[3], c[2], np.array([c[0] | c[1] << 32], dtype=np.uint64), k[0] | k[1] << 32)
    assert [f"{word:08x}" for word in made[0]] == answer.split()


@pytest.mark.parametrize("step", [1, 4, 1 << 32], ids=["next cell", "next immune cell", "upper word"])
@pytest.mark.parametrize("word", range(4))
def test_words_are_uniform_over_neighboring_cells(step: int, word: int) -> None:
    """Chi-square on 256 bins of the upper and of the lower byte, false alarm 1e-6 each. Catches too few rounds."""
    raw = words(random.TUMOR_FATE, 7, START + step * np.arange(N, dtype=np.uint64), 1)[:, word]
    assert_uniform_counts(np.bincount(raw >> 24, minlength=256))
    assert_uniform_counts(np.bincount(raw & 0xFF, minlength=256))


def neighbors(which: str) -> np.ndarray:
    cells = START + np.arange(N, dtype=np.uint64)
    if which == "cell":
        return words(random.MOTILITY, 7, cells + np.uint64(1), 1)
    if which == "tick":
        return words(random.MOTILITY, 8, cells, 1)
    if which == "decision":
        return words(random.MOTILITY + 1, 7, cells, 1)
    return words(random.MOTILITY, 7, cells, 2)


@pytest.mark.parametrize("which", ["cell", "tick", "decision", "seed"])
def test_neighboring_addresses_are_independent(which: str) -> None:
    """Correlations of all 16 pairs of words, and a chi-square on 32 x 32 bins.

    Catches an address that enters twice (tick + cell).
    """
    here = words(random.MOTILITY, 7, START + np.arange(N, dtype=np.uint64), 1)
    there = neighbors(which)
    for i in range(4):
        for j in range(4):
            assert_uncorrelated(here[:, i].astype(float), there[:, j].astype(float))
        joint = (here[:, i] >> 27).astype(np.int64) * 32 + (there[:, i] >> 27)
        assert_uniform_counts(np.bincount(joint, minlength=1024))


def test_the_four_words_of_one_draw_are_independent() -> None:
    """Catches a word that is returned twice."""
    raw = words(random.DIVISION, 3, np.arange(N), 5)
    for i in range(4):
        for j in range(i):
            assert_uncorrelated(raw[:, i].astype(float), raw[:, j].astype(float))
            joint = (raw[:, i] >> 27).astype(np.int64) * 32 + (raw[:, j] >> 27)
            assert_uniform_counts(np.bincount(joint, minlength=1024))


def test_draws_over_time_of_one_cell_are_independent() -> None:
    """One cell, consecutive ticks: serial correlation at lags 1 to 64 (64 is the stride of hops).

    Catches a tick that is cut off.
    """
    ticks = np.array([words(random.STRIKE, tick, np.array([12345]), 9)[0, 0] for tick in range(20_000)], dtype=float)
    for lag in (1, 2, 3, 4, 24, 64):
        assert_uncorrelated(ticks[:-lag], ticks[lag:])
    assert len(np.unique(ticks)) > 19_990


def test_lineages_of_daughters_do_not_repeat() -> None:
    """A million daughters: the birthday bound allows 3e-8 repeats of 64-bit addresses.

    Catches a lineage of 32 bits (120 repeats).
    """
    made = words(random.LINEAGE, 1, np.arange(1_000_000), 3)
    assert len(np.unique(made[:, 0].astype(np.uint64) << np.uint64(32) | made[:, 1])) == 1_000_000


def test_uniform_lies_in_the_half_open_interval() -> None:
    """Catches a scale of 1 / (2^24 - 1), and rounding of the largest word up to 1."""
    raw = np.array([[0, 0, 0, 0], [0xFFFFFFFF] * 4], dtype=np.uint32)
    floats, integers, normals, _ = transformed(raw, count=26)
    assert floats[0] == 0.0
    assert floats[1] == 1.0 - 2.0**-24
    assert list(integers) == [0, 25]
    assert np.isfinite(normals).all()


@pytest.mark.parametrize("count", [8, 26, 40_000])
def test_below_covers_its_range_evenly(count: int) -> None:
    """Chi-square, false alarm 1e-6. Catches a modulo of the wrong word and a range that is one too long."""
    integers = transformed(words(random.ENTRY, 0, np.arange(N), 4), count=count)[1]
    assert integers.min() >= 0
    assert integers.max() <= count - 1
    bins = np.bincount(integers * min(count, 64) // count, minlength=min(count, 64))
    width = np.bincount(np.arange(count) * min(count, 64) // count)
    assert stats.chisquare(bins, width / count * N).pvalue > FALSE_ALARM


def test_below_ignores_what_a_shift_or_product_left_above_32_bits() -> None:
    """Numba widens uint32 << 8 and uint32 * uint32 to 64 bits. Catches an index far beyond the number of neighbors."""

    @kernel
    def shifted(raw, out):
        for i in range(raw.size):
            out[i, 0] = random.below(raw[i] << np.uint32(8), 8)
            out[i, 1] = random.below(raw[i] * np.uint32(0x9E3779B1), 8)

    raw = np.ascontiguousarray(words(random.MOTILITY, 0, np.arange(N), 4)[:, 1])
    out = np.empty((N, 2), dtype=np.int64)
    shifted(raw, out)
    assert out.min() >= 0
    assert out.max() <= 7
    for column in out.T:
        assert_uniform_counts(np.bincount(column, minlength=8))
        assert_uncorrelated(column.astype(float), random_below(raw).astype(float))


def random_below(raw: np.ndarray) -> np.ndarray:
    return (raw.astype(np.uint64) * 8) >> 32


def test_normal_is_standard_normal() -> None:
    """Kolmogorov-Smirnov at n = 262,144, false alarm 1e-6: catches an error of the standard deviation of 1 %."""
    normals = transformed(words(random.TRAITS, 0, np.arange(N), 4))[2]
    assert stats.kstest(normals, "norm").pvalue > FALSE_ALARM
    assert_mean(normals, 0.0)
    assert_mean(normals**2, 1.0)
    assert_mean(normals**4, 3.0)


@pytest.mark.parametrize("hazard", [0.0, 1e-4, 0.002, 0.03, 0.1, 1.0, 5.0, 100.0])
def test_happens_at_the_probability_of_its_hazard(hazard: float) -> None:
    """1 - exp(-hazard), false alarm 1e-6; and draw by draw, but for one or two that float32 decides otherwise.

    Catches the hazard taken as probability, and a shortcut for small hazards that is off by a percent.
    """
    raw = words(random.TUMOR_FATE, 0, np.arange(N), 6)
    events = transformed(raw, hazard=hazard)[3].astype(bool)
    assert_share(int(events.sum()), N, -np.expm1(-hazard))
    exact = (raw[:, 0] >> 8) / 2.0**24 < -np.expm1(-hazard)
    assert np.count_nonzero(events != exact) <= 2


def test_uniforms_agree_with_the_kernel() -> None:
    """Catches a face for Python code that draws other numbers than kernels do."""
    raw = words(random.ARRIVALS, 5, np.arange(10), 2**63 + 11)
    assert np.array_equal(random.uniforms(random.ARRIVALS, 5, np.arange(10), 2**63 + 11), raw / 2.0**32)


def test_every_decision_has_a_number_of_its_own() -> None:
    """Catches two decisions that share their luck."""
    numbers = [value for name, value in vars(random).items() if name.isupper() and isinstance(value, int)]
    assert len(numbers) == len(set(numbers)) >= 17
