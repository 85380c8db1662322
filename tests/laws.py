"""Statistical checks that state their rate of false alarms, shared by the tests.

All seeds are fixed, so a test that passes once passes always; the rates say how likely a correct program would have
been
to fail when the test was written, and the test's docstring says how large an error is caught.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

FALSE_ALARM = 1e-6
Z = float(stats.norm.isf(FALSE_ALARM / 2))  # 4.9 standard deviations


def assert_share(count: int, n: int, probability: float) -> None:
    """The number of events among n independent ones is binomial with this probability."""
    p_value = (
        stats.binomtest(int(count), int(n), probability).pvalue
        if 0 < probability < 1
        else float(count == n * probability)
    )
    assert p_value > FALSE_ALARM, f"{count} of {n} = {count / n:.5f}, expected {probability:.5f} (p = {p_value:.1e})"


def assert_mean(sample: np.ndarray, expected: float) -> None:
    """The mean of independent numbers is the expected one, judged by their own standard error."""
    error = float(np.std(sample, ddof=1)) / math.sqrt(len(sample))
    away = abs(float(np.mean(sample)) - expected)
    assert away <= Z * error, (
        f"mean {np.mean(sample):.6g}, expected {expected:.6g}, {away / error:.1f} standard errors away"
    )


def assert_same_mean(one: np.ndarray, other: np.ndarray) -> None:
    """Two independent samples have the same mean (Welch)."""
    error = math.sqrt(np.var(one, ddof=1) / len(one) + np.var(other, ddof=1) / len(other))
    away = abs(float(np.mean(one)) - float(np.mean(other)))
    assert away <= Z * error, (
        f"means {np.mean(one):.6g} and {np.mean(other):.6g} are {away / error:.1f} standard errors apart"
    )


def assert_uniform_counts(counts: np.ndarray) -> None:
    """Counts in equally likely bins pass a chi-square test."""
    p_value = stats.chisquare(counts).pvalue
    assert p_value > FALSE_ALARM, f"chi-square p = {p_value:.1e}"


def assert_uncorrelated(one: np.ndarray, other: np.ndarray) -> None:
    """The linear correlation of two independent samples is 0 within its standard error 1/sqrt(n)."""
    r = float(np.corrcoef(one, other)[0, 1])
    assert abs(r) * math.sqrt(len(one)) <= Z, f"correlation {r:.2e} at n = {len(one)}"
