"""How sure we are of a metric: the bootstrap over clusters of near-duplicates.

Messages of one campaign are right or wrong together, so whole clusters are drawn, with replacement;
drawing single messages would make the intervals too narrow.
"""

from collections.abc import Iterable

import numpy as np

from rnnops.metrics.measured import Measured
from rnnops.metrics.metrics import compute_metrics
from rnnops.metrics.scores import Scores


def cluster_weights(clusters: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """How often each row counts in each resample, shape (resamples, n), int16.

    Models weighed by the same array are compared on the same resamples.

    Args:
        clusters: shape (n,), names of the rows' clusters.
    """
    names, cluster_of_row = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    drawn = np.random.default_rng(seed).integers(len(names), size=(resamples, len(names)))
    counts = np.stack([np.bincount(draw, minlength=len(names)) for draw in drawn])
    return counts.astype(np.int16)[:, cluster_of_row]


def measure(
    scores: Scores, weights: np.ndarray, bins: int = 10, names: Iterable[str] | None = None
) -> dict[str, Measured]:
    """Each metric of the scores and of their resamples, by key of results.

    Args:
        weights: shape (resamples, n), from `cluster_weights`.
        bins, names: as for `compute_metrics`.
    """
    names = None if names is None else list(names)
    once = compute_metrics(scores, np.ones((1, len(scores.actual))), bins, names)
    resampled = compute_metrics(scores, weights, bins, names)
    return {key: Measured(float(once[key][0]), resampled[key]) for key in once}
