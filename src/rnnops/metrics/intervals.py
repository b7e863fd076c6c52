"""How sure we are of a metric: the bootstrap over clusters of near-duplicates.

Messages of one campaign are right or wrong together, so whole clusters are drawn, with replacement;
drawing single messages would make the intervals too narrow.
"""

from typing import Any

import numpy as np

from rnnops.metrics.metrics import Metrics, all_metrics
from rnnops.metrics.scores import Scores

CONFIDENCE = 0.95


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


def point_metrics(scores: Scores, bins: int) -> dict[str, float | None]:
    """Every metric of `scores` without its interval; None where undefined."""
    measured = all_metrics(scores, np.ones((1, len(scores.actual))), bins)
    return {name: None if np.isnan(value) else float(value) for name, (value,) in measured.items()}


def with_intervals(point: Metrics, resampled: Metrics) -> dict[str, dict[str, Any]]:
    """`{name: {"value", "low", "high"}}`: the metric and its 95% percentile interval, for JSON.

    What is undefined is None. Resamples that leave a metric undefined are left out of its interval
    and counted in `undefined_resamples`, a key that is there only when there are any.
    """
    return {name: interval(point[name][0], resampled[name]) for name in point}


def interval(value: float, resampled: np.ndarray) -> dict[str, Any]:
    """`{"value", "low", "high"}` of one number, see `with_intervals`."""
    defined = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not len(defined):
        return {"value": None if np.isnan(value) else float(value), "low": None, "high": None}
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail]).tolist()
    found = {"value": float(value), "low": low, "high": high}
    undefined = len(resampled) - len(defined)
    return found | ({"undefined_resamples": undefined} if undefined else {})
