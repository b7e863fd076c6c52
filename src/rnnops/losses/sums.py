"""A number that is a ratio of sums over rows, such as bits by words, with its interval."""

from typing import NamedTuple

import numpy as np

from rnnops.metrics.bootstrap import ClusterWeights
from rnnops.metrics.intervals import effective_number
from rnnops.metrics.measured import Measured

MOST_LOSS = 1e4  # no mean of a loss is greater
SHARE = (0.0, 1.0)


class Sums(NamedTuple):
    """Of each of n rows: what is summed, and what the sum is divided by; both shape (n,)."""

    sums: np.ndarray
    sizes: np.ndarray

    @property
    def ratio(self) -> float:
        """The sum over all rows by the sum of their sizes."""
        return float(self.sums.sum() / self.sizes.sum())


def measure_share(rows: Sums, weights: ClusterWeights) -> Measured:
    """The share of what is counted by sizes, such as of words that are right, within 0 and 1."""
    return _measure(rows, weights, SHARE, is_share=True)


def measure_mean(rows: Sums, weights: ClusterWeights) -> Measured:
    """The mean of a loss; its interval is Student's t, as of a difference from 0."""
    return _measure(rows, weights, (0.0, MOST_LOSS), is_share=False)


def _measure(
    rows: Sums, weights: ClusterWeights, bounds: tuple[float, float], *, is_share: bool
) -> Measured:
    counts = weights.counts.astype(float)
    sizes = np.bincount(weights.cluster_of_row, rows.sizes)
    effective = effective_number(sizes[sizes > 0])
    with np.errstate(invalid="ignore"):  # a resample may be empty
        resamples = (counts @ rows.sums) / (counts @ rows.sizes)
    if np.count_nonzero(sizes) < 2:  # one cluster says nothing of others
        resamples = np.full_like(resamples, np.nan)
    return Measured(
        rows.ratio,
        resamples,
        bounds,
        effective,
        1 / effective / max(1, int(np.count_nonzero(sizes))) if is_share else 0.0,
        counts_decisions=is_share,
        is_difference=not is_share,
    )
