"""How sure we are of a metric: the bootstrap over clusters of near-duplicates.

Messages of one campaign are right or wrong together, so whole clusters are drawn, with replacement;
drawing single messages would make the intervals too narrow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from rnnops.metrics.intervals import effective_number
from rnnops.metrics.measured import Measured
from rnnops.metrics.metric import Among
from rnnops.metrics.metrics import METRICS, compute_metrics
from rnnops.metrics.scores import Scores


@dataclass(frozen=True, eq=False)
class ClusterWeights:
    """How often each of n rows counts in each resample, and which cluster it belongs to.

    `counts`: shape (resamples, n), int16. `cluster_of_row`: shape (n,), numbers from 0 on.
    """

    counts: np.ndarray
    cluster_of_row: np.ndarray

    def rows(self, selected: np.ndarray) -> Self:
        """The same for the rows that a mask or positions select."""
        return type(self)(self.counts[:, selected], self.cluster_of_row[selected])

    def sizes(self, mask: np.ndarray) -> np.ndarray:
        """How many rows of a mask, shape (n,), each cluster has that has any."""
        sizes = np.bincount(self.cluster_of_row[mask])
        return sizes[sizes > 0]


def cluster_weights(clusters: np.ndarray, resamples: int, seed: int) -> ClusterWeights:
    """Draw clusters with replacement, as many as there are, for each resample.

    Models weighed by the same weights are compared on the same resamples.

    Args:
        clusters: shape (n,), names of the rows' clusters.
    """
    names, cluster_of_row = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    drawn = np.random.default_rng(seed).integers(len(names), size=(resamples, len(names)))
    counts = np.stack([np.bincount(draw, minlength=len(names)) for draw in drawn])
    return ClusterWeights(counts.astype(np.int16)[:, cluster_of_row], cluster_of_row)


def measure(
    scores: Scores, weights: ClusterWeights, bins: int = 10, names: Iterable[str] | None = None
) -> dict[str, Measured]:
    """Each metric of the scores and of their resamples, by key of results.

    Args:
        weights: from `cluster_weights`, of the same rows.
        bins, names: as for `compute_metrics`.
    """
    metrics = list(METRICS.values()) if names is None else [METRICS[name] for name in names]
    names = [metric.name for metric in metrics]
    once = compute_metrics(scores, np.ones((1, len(scores.actual))), bins, names)
    resampled = compute_metrics(scores, weights.counts, bins, names)
    evidence = {among: _evidence(among, scores, weights) for among in {m.among for m in metrics}}
    measured = {}
    for metric in metrics:
        key, (effective, cluster_variance) = metric.key(scores.positive), evidence[metric.among]
        measured[key] = Measured(
            float(once[key][0]),
            resampled[key],
            metric.bounds,
            effective,
            cluster_variance,
            metric.counts_decisions,
        )
    return measured


def _evidence(among: Among, scores: Scores, weights: ClusterWeights) -> tuple[float, float]:
    """The effective number of clusters, and the variance of an average one's share of the messages.

    Those of the metrics of labels are of a mean of independent numbers, one a label.
    """
    labels = scores.ranked if among != "messages" else scores.ranked[:1]
    inverse = variance = 0.0
    for label in labels:
        sizes = min(map(weights.sizes, _masks(among, scores, label)), key=effective_number)
        inverse += 1 / effective_number(sizes)
        variance += 1 / effective_number(sizes) / max(1, len(sizes))
    return len(labels) ** 2 / inverse, variance / len(labels) ** 2


def _masks(among: Among, scores: Scores, label: int) -> list[np.ndarray]:
    is_label = scores.actual == label
    return {
        "messages": [np.full(len(is_label), fill_value=True)],
        "label": [is_label],
        "rest": [~is_label],
        "decided": [scores.decided == label],
        "pairs": [is_label, ~is_label],
    }[among]
