"""Two models on the same messages: every metric's difference and its paired interval."""

from dataclasses import dataclass

import numpy as np

from rnnops.gate.verdict import Check
from rnnops.metrics.metrics import LOWER_IS_BETTER, Metrics, all_metrics
from rnnops.metrics.scores import Scores

_BINS = 10  # of the calibration error, which no check looks at


@dataclass(frozen=True, eq=False)
class Measured:
    """A model's scores, and every metric of them once and in each bootstrap resample."""

    scores: Scores
    point: Metrics
    resampled: Metrics


def measure(scores: Scores, weights: np.ndarray) -> Measured:
    """`scores` measured; models are paired by the same `weights`, see `cluster_weights`."""
    once = np.ones((1, len(scores.actual)))
    return Measured(scores, *(all_metrics(scores, each, _BINS) for each in (once, weights)))


def metric_name(metric: str, metrics: Metrics) -> str:
    """The metric's key in `metrics`: without a positive label most are means, `macro_<metric>`."""
    return metric if metric in metrics else f"macro_{metric}"


def lower_is_better(metric: str) -> bool:
    """Whether it is a loss; `macro_` before the name changes nothing."""
    return metric.removeprefix("macro_") in LOWER_IS_BETTER


def compare(challenger: Measured, opponent: Measured, metric: str, confidence: float) -> Check:
    """The two models' values of a metric and their difference; it decides nothing as yet."""
    theirs, ours = opponent.point[metric][0], challenger.point[metric][0]
    resampled = challenger.resampled[metric] - opponent.resampled[metric]
    return Check(
        metric,
        *(_finite(value) for value in (theirs, ours, ours - theirs)),
        *paired_interval(resampled, confidence),
    )


def paired_interval(
    differences: np.ndarray, confidence: float
) -> tuple[float, float] | tuple[None, None]:
    """The percentile interval, two-sided, of the resamples in which the difference is defined.

    Args:
        differences: shape (resamples,), NaN where undefined.
    """
    defined = differences[np.isfinite(differences)]
    if not len(defined):
        return None, None
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail]).tolist()
    return low, high


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
