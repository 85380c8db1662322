"""The tumor-immune equations of Kuznetsov 1994, a published well-mixed reference with a dormant tumor.

    dE/dt = s + p E T / (g + T) - m E T - d E        effector cells
    dT/dt = a T (1 - b T) - n E T                    tumor cells

Kuznetsov, Makalkin, Taylor and Perelson 1994, Bull Math Biol 56:295-321, doi:10.1007/BF02460644 (BioModels
BIOMD0000000762), fitted to BCL1 lymphoma in mice. Rates are kept per day as published; time comes in hours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

type Floats = NDArray[np.float64]
HOURS_PER_DAY = 24.0
ALMOST_REAL = 1e-9  # imaginary part, relative, below which a root of the cubic counts as real


@dataclass(frozen=True)
class FixedPoint:
    """A state at rest: cells, the growth rates (eigenvalues, 1/d) of small deviations, and what they mean."""

    effectors: float
    tumor: float
    eigenvalues: tuple[complex, complex]

    @property
    def stable(self) -> bool:
        """Whether every small deviation dies out."""
        return all(each.real < 0.0 for each in self.eigenvalues)

    @property
    def saddle(self) -> bool:
        """Whether deviations die out in one direction and grow in another."""
        return self.eigenvalues[0].real * self.eigenvalues[1].real < 0.0


@dataclass(frozen=True)
class Kuznetsov:
    """The parameters of the paper, in its own letters."""

    s: float = 1.3e4  # cells/d, influx of effectors
    p: float = 0.1245  # 1/d, largest recruitment by the tumor
    g: float = 2.019e7  # cells, tumor at half of that
    m: float = 3.422e-10  # 1/(d cells), inactivation of effectors by the tumor
    d: float = 0.0412  # 1/d, death of effectors
    a: float = 0.18  # 1/d, growth of the tumor
    b: float = 2.0e-9  # 1/cells, inverse of its capacity
    n: float = 1.101e-7  # 1/(d cells), killing by effectors

    def slope(self, _hour: float, state: Floats) -> Floats:
        """Change of (effectors, tumor cells) in cells per hour; state (2,) or (2, k)."""
        effectors, tumor = state
        recruited = self.p * effectors * tumor / (self.g + tumor)
        lost = self.m * effectors * tumor + self.d * effectors
        grown = self.a * tumor * (1.0 - self.b * tumor)
        return np.array([self.s + recruited - lost, grown - self.n * effectors * tumor]) / HOURS_PER_DAY

    def jacobian(self, effectors: float, tumor: float) -> Floats:
        """Derivatives (2, 2) of the changes in 1/d, by effectors and by tumor cells."""
        half = self.g + tumor
        return np.array(
            [
                [
                    self.p * tumor / half - self.m * tumor - self.d,
                    self.p * effectors * self.g / half**2 - self.m * effectors,
                ],
                [-self.n * tumor, self.a - 2.0 * self.a * self.b * tumor - self.n * effectors],
            ]
        )

    def fixed_points(self) -> list[FixedPoint]:
        """The states at rest without negative cells, by rising tumor; the first is the one without a tumor.

        With a tumor, E = a (1 - b T) / n; put into dE/dt = 0 times (g + T) this is a cubic in T.
        """
        unit = np.polynomial.Polynomial([0.0, self.g])  # T in units of g, so that the coefficients are alike
        recruiting = np.polynomial.Polynomial([self.g]) + unit
        effectors = (1.0 - self.b * unit) * (self.a / self.n)
        balance = self.s * recruiting + effectors * (self.p * unit - (self.m * unit + self.d) * recruiting)
        roots = np.asarray(balance.roots(), dtype=np.complex128) * self.g
        real = sorted(float(root.real) for root in roots if abs(root.imag) <= ALMOST_REAL * abs(root))
        states = [(self.s / self.d, 0.0)] + [(float(effectors(tumor / self.g)), tumor) for tumor in real if tumor > 0.0]
        return [self._at(*state) for state in states if state[0] >= 0.0]

    def _at(self, effectors: float, tumor: float) -> FixedPoint:
        first, second = np.linalg.eigvals(self.jacobian(effectors, tumor))
        return FixedPoint(effectors, tumor, (complex(first), complex(second)))

    def course(self, effectors: float, tumor: float, hours: Floats) -> Floats:
        """Effectors and tumor cells (2, n) at rising hours (n,), from a state at the first of them."""
        span = (float(hours[0]), float(hours[-1]))
        solved = solve_ivp(
            self.slope, span, [effectors, tumor], method="LSODA", t_eval=hours, rtol=1e-9, atol=[1e-3, 1e-3]
        )
        return np.asarray(solved.y, dtype=np.float64)
