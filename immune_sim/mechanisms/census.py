"""Counting the tissue at the end of an hour: integers only, so that the order of cells and of threads does not matter.

Means come from fixed-point sums. Quantiles, and means of functions of the signal, come from histograms with bins of
1/64.
"""

from __future__ import annotations

import math

import numpy as np

from immune_sim.core.codes import DYING
from immune_sim.core.jit import inline, kernel
from immune_sim.core.rates import fixed, from_fixed

BINS, PER_UNIT = 1024, 64  # 0 to 16 in steps of 1/64; what lies above counts in the last bin
# positions in the totals of tumor cells
BY_STATE, RECEPTOR, SIGNAL, BOUND, ANTIGENICITY, LIGAND, TUMOR_TOTALS = 0, 4, 5, 6, 7, 8, 9
# positions in the totals of one kind of immune cells
COUNT, ENGAGED, INSIDE, EXHAUSTED, IMMUNE_TOTALS = 0, 1, 2, 3, 4


@inline
def bin_of(value):
    """Index of the bin of a value that is not negative."""
    return min(np.int64(value * np.float32(PER_UNIT)), BINS - 1)


@inline
def sum_living(values, state):
    """Fixed-point sum of a column over living tumor cells; multiplying instead of branching makes it vector code."""
    total = np.int64(0)
    for i in range(values.size):
        total += fixed(values[i]) * np.int64(state[i] < DYING)
    return total


@kernel
def count_tumor(
    first,
    end,
    state,
    receptor_level,
    signal,
    bound_fraction,
    antigenicity,
    ligand_local,
    totals,
    histograms,
):
    """Count the tumor cells of rows first to end.

    totals (TUMOR_TOTALS,) int64, histograms (2, BINS) int64 of receptor level and signal: added to.
    """
    these = state[first:end]
    totals[RECEPTOR] += sum_living(receptor_level[first:end], these)
    totals[SIGNAL] += sum_living(signal[first:end], these)
    totals[BOUND] += sum_living(bound_fraction[first:end], these)
    totals[ANTIGENICITY] += sum_living(antigenicity[first:end], these)
    totals[LIGAND] += sum_living(ligand_local[first:end], these)
    for i in range(first, end):
        totals[BY_STATE + state[i]] += 1
        if state[i] < DYING:
            histograms[0, bin_of(receptor_level[i])] += 1
            histograms[1, bin_of(signal[i])] += 1


@kernel
def count_clones(state, clone, clones):
    """Write to clones (founders,) int32 how many living cells descend from each founder; returns their diversity."""
    clones[:] = 0
    for i in range(clone.size):
        if state[i] < DYING:
            clones[clone[i]] += 1
    return diversity(clones)


@kernel
def count_immune(first, end, kind, site, signal, engaged, exhaustion, inside, block, totals, histograms):
    """Count the immune cells of rows first to end by kind.

    inside (g,) uint8: blocks that belong to the tumor. totals (2, IMMUNE_TOTALS), histograms (2, BINS) int64: added to.
    """
    for i in range(first, end):
        k = kind[i]
        totals[k, COUNT] += 1
        totals[k, ENGAGED] += engaged[i]
        totals[k, INSIDE] += inside[block[site[i]]]
        totals[k, EXHAUSTED] += fixed(exhaustion[i])
        histograms[k, bin_of(signal[i])] += 1


def mean(total: int, count: int, empty: float = float("nan")) -> float:
    """Mean from a fixed-point total; ``empty`` where there is nothing to average."""
    return from_fixed(total) / count if count else empty


def quantiles(histogram: np.ndarray, shares: tuple[float, ...]) -> list[float]:
    """Quantiles of a histogram, interpolated within bins; nan where it is empty."""
    found = np.empty(len(shares))
    _quantiles(histogram, np.array(shares), found)
    return [float(each) for each in found]


@kernel
def _quantiles(histogram, shares, found):
    total = histogram.sum()
    for k in range(shares.size):
        wanted = shares[k] * total
        found[k] = np.nan
        before = 0
        for b in range(histogram.size):
            if histogram[b] > 0 and before + histogram[b] >= wanted:
                found[k] = (b + (wanted - before) / histogram[b]) / PER_UNIT
                break
            before += histogram[b]


@kernel
def diversity(clones):
    """Shannon entropy of the clones (natural logarithm), 0 where at most one is left."""
    total = 0
    weighted = 0.0
    for cells in clones:
        total += cells
        if cells > 1:
            weighted += cells * math.log(cells)
    return max(0.0, math.log(total) - weighted / total) if total > 0 else 0.0


@kernel
def mean_link_factor(histogram, gain, bound):
    """Mean of exp(gain (S - 1)), bounded to [1/bound, bound], from a histogram of S; nan without cells."""
    cells = 0
    total = 0.0
    for b in range(histogram.size):
        if histogram[b] > 0:
            cells += histogram[b]
            total += histogram[b] * min(max(math.exp(gain * ((b + 0.5) / PER_UNIT - 1.0)), 1.0 / bound), bound)
    return total / cells if cells > 0 else np.nan


def radius_of_gyration(places: np.ndarray, counts: np.ndarray, block: int) -> float:
    """Radius in sites of the disc (2-D) or ball (3-D) with the same spread as the living tumor cells.

    places (dims, g): middles of the blocks in sites; counts (g,) int64: living cells in each; block: its edge in sites.
    A uniform disc of radius r has a mean squared distance of r^2/2 from its middle, a ball one of 3 r^2/5. Taking the
    middle of a block for the places of its cells adds (block^2 - 1) / 12 along each axis (Sheppard's correction), which
    is taken off again. So many cells cannot be closer together than in a solid disc or ball, which bounds the radius.
    """
    total = counts.sum()
    if total < 2:
        return 0.0
    dims = len(places)
    squared = _mean_square(places, counts, total) - dims * (block**2 - 1) / 12.0
    solid = math.sqrt(total / math.pi) if dims == 2 else math.cbrt(0.75 * total / math.pi)
    return max(solid, math.sqrt(max(0.0, squared) * (2.0 if dims == 2 else 5.0 / 3.0)))


@kernel
def _mean_square(places, counts, total):
    """Mean squared distance from the common middle; a loop, as the order in which BLAS adds depends on its threads."""
    squared = 0.0
    for axis in range(places.shape[0]):
        first = 0.0
        second = 0.0
        for g in range(counts.size):
            first += places[axis, g] * counts[g]
            second += places[axis, g] * places[axis, g] * counts[g]
        squared += second / total - (first / total) ** 2
    return squared
