"""One-sided confidence bounds of a rate over messages that come in clusters of near-duplicates.

The bounds are Clopper and Pearson's (1934), which hold for rates of 0 and 1 too, for the effective
number of independent messages (Korn & Graubard 1998), which is at most the number of clusters.
"""

import math

import numpy as np
from scipy.stats import beta


def effective_number(events: np.ndarray, clusters: np.ndarray) -> float:
    """The number of independent messages that would give a rate the variance it has here.

    The variance is that of a ratio of sums over clusters (Cochran 1977, equation 11.12). Where none
    or all of the messages are events it is 0, and the number that of the clusters.

    Args:
        events: shape (n,), bool: for which messages what the rate counts happened.
        clusters: shape (n,), names of their clusters.
    """
    _, cluster_of, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    number, rate = len(sizes), float(np.mean(events))
    excess = np.bincount(cluster_of, events, minlength=number) - rate * sizes
    variance = (excess**2).sum() / len(events) ** 2 * number / max(number - 1, 1)
    return float(min(number, rate * (1 - rate) / variance)) if variance else float(number)


def upper_bound(rate: float, number: float, confidence: float) -> float:
    """What the true rate is at most, if `rate` was found in `number` independent messages."""
    events = rate * number
    return 1.0 if rate >= 1 else float(beta.ppf(confidence, events + 1, number - events))


def lower_bound(rate: float, number: float, confidence: float) -> float:
    """What the true rate is at least, if `rate` was found in `number` independent messages."""
    return 1 - upper_bound(1 - rate, number, confidence)


def least_number(cap: float, confidence: float) -> int:
    """The fewest independent messages that, none of them wrong, show a rate within `cap`.

    Args:
        cap: greater than 0.
    """
    return math.ceil(math.log(1 - confidence) / math.log1p(-cap)) if cap < 1 else 0
