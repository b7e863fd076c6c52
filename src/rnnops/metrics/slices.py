"""The same metrics source by source: where a good average hides a bad spot."""

from typing import Any

import numpy as np

from rnnops.metrics.intervals import with_intervals
from rnnops.metrics.metrics import decision_metrics
from rnnops.metrics.scores import Scores


def metrics_by_source(
    sources: np.ndarray, scores: Scores, weights: np.ndarray
) -> dict[str, dict[str, Any]]:
    """For each source its number of messages, how many of each label, and metrics with intervals.

    The metrics are accuracy and, with a positive label, false_positive_rate and recall; a source
    without messages of the label a metric is about has None there.

    Args:
        sources: shape (n,), names.
        weights: from `cluster_weights`.
    """
    shown = ["accuracy"] + (["false_positive_rate", "recall"] if scores.positive else [])
    sources = np.asarray(sources, dtype=str)
    slices = {}
    for source in np.unique(sources).tolist():
        selected = sources == source
        part = scores.rows(selected)
        point = decision_metrics(part, np.ones((1, selected.sum())))
        resampled = decision_metrics(part, weights[:, selected])
        counts = np.bincount(part.actual, minlength=len(scores.labels)).tolist()
        metrics = with_intervals(point, resampled)
        slices[source] = {
            "messages": int(selected.sum()),
            "labels": dict(zip(scores.labels, counts, strict=True)),
            **{name: metrics[name] for name in shown},
        }
    return slices
