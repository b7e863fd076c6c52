"""The same metrics on parts of the messages: where a good average hides a bad spot.

Parts are the messages of a source, or a stratum of their similarity to the training messages.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from rnnops.metrics.bootstrap import ClusterWeights, measure
from rnnops.metrics.scores import Scores

WITH_POSITIVE = ("accuracy", "false_positive_rate", "recall")
WITHOUT_POSITIVE = ("accuracy",)
LOW, HIGH = 0.2, 0.4
STRATA = (f"below {LOW}", f"{LOW} to {HIGH}", f"above {HIGH}")

Slices = dict[str, dict[str, Any]]


def metrics_by_source(sources: np.ndarray, scores: Scores, weights: ClusterWeights) -> Slices:
    """For each source `messages`, `labels` and `metrics`, for JSON.

    They are the number of messages, how many there are of each label, and the accuracy and, with a
    positive label, the false-positive rate and recall with their intervals. A source without
    messages of the label that a metric is about has None there.

    Args:
        sources: shape (n,), names.
        weights: from `cluster_weights`.
    """
    names = WITH_POSITIVE if scores.positive else WITHOUT_POSITIVE
    sources = np.asarray(sources, dtype=str)
    return {
        source: _describe(sources == source, scores, weights, names=names)
        for source in np.unique(sources).tolist()
    }


def metrics_by_stratum(
    train_similarity: np.ndarray, scores: Scores, weights: ClusterWeights, bins: int
) -> Slices:
    """The same for each of `STRATA` that has messages, with all metrics.

    Args:
        train_similarity: shape (n,), to the most similar training message; NaN where it was not
            measured: such a message is in no stratum.
        bins: as for `compute_metrics`.
    """
    low, high = train_similarity < LOW, train_similarity > HIGH
    middle = (train_similarity >= LOW) & (train_similarity <= HIGH)
    return {
        name: _describe(selected, scores, weights, bins)
        for name, selected in zip(STRATA, (low, middle, high), strict=True)
        if selected.any()
    }


def _describe(
    selected: np.ndarray,
    scores: Scores,
    weights: ClusterWeights,
    bins: int = 10,
    names: Iterable[str] | None = None,
) -> dict[str, Any]:
    part = scores.rows(selected)
    counts = np.bincount(part.actual, minlength=len(scores.labels)).tolist()
    measured = measure(part, weights.rows(selected), bins, names)
    return {
        "messages": int(selected.sum()),
        "labels": dict(zip(scores.labels, counts, strict=True)),
        "metrics": {key: each.to_json() for key, each in measured.items()},
    }
