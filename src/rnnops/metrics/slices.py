"""The same metrics source by source: where a good average hides a bad spot."""

from typing import Any

import numpy as np

from rnnops.metrics.bootstrap import measure
from rnnops.metrics.scores import Scores

WITH_POSITIVE = ("accuracy", "false_positive_rate", "recall")
WITHOUT_POSITIVE = ("accuracy",)

Slices = dict[str, dict[str, Any]]


def metrics_by_source(sources: np.ndarray, scores: Scores, weights: np.ndarray) -> Slices:
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
    slices = {}
    for source in np.unique(sources).tolist():
        selected = sources == source
        part = scores.rows(selected)
        counts = np.bincount(part.actual, minlength=len(scores.labels)).tolist()
        measured = measure(part, weights[:, selected], names=names)
        slices[source] = {
            "messages": int(selected.sum()),
            "labels": dict(zip(scores.labels, counts, strict=True)),
            "metrics": {key: each.to_json() for key, each in measured.items()},
        }
    return slices
