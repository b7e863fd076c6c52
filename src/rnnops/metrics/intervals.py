"""Confidence intervals over clusters of near-duplicates, from the variance of bootstrap resamples.

`benchmarks/coverage.py` simulates how often they hold the truth.
"""

import numpy as np
from scipy.special import betaincinv, ndtri, stdtrit

METHOD = (
    "Intervals are Korn-Graubard Beta intervals and, for differences, Student t intervals with the "
    "adjustment of Bonett and Price; their variances come from a bootstrap over clusters of "
    "near-duplicates."
)
# Calibrated by simulation: the variance of a mean of few, unequal errors is uncertain.
_ERRORS_PER_DEGREE_OF_FREEDOM = 6
_FEWEST_DEGREES_OF_FREEDOM = 4

Interval = tuple[float, float]


def effective_number(sizes: np.ndarray) -> float:
    """How many clusters of one size say as much as clusters of these sizes (Kish 1965).

    (Σm)² / Σm², from 1, where one cluster has all messages, to the number of clusters; 1 for none.
    """
    squares = float(np.sum(sizes.astype(float) ** 2))
    return float(np.sum(sizes)) ** 2 / squares if squares else 1.0


def beta_interval(
    point: float,
    variance: float,
    bounds: Interval,
    effective: float,
    confidence: float,
    *,
    is_count: bool,
) -> Interval:
    """The interval of a number within bounds, at which it often lies (Korn and Graubard 1998).

    It is Clopper and Pearson's exact interval for as many messages as would give a proportion the
    variance; the quantiles of Student's t against the normal ones reduce them where the variance is
    uncertain. Without a variance, as when no error is seen, the messages are the `effective`
    clusters: [0, 1 - (α/2)^(1/effective)] for no errors.

    Args:
        variance: of the resamples.
        effective: number of clusters, see `effective_number`.
        is_count: whether the number counts right and wrong decisions. If so, one more error is
            supposed, of a cluster that is wrong as a whole: few errors say little about the size of
            the clusters in error.
    """
    low, high = bounds
    share = (point - low) / (high - low)
    variance /= (high - low) ** 2
    messages = effective
    if variance > 0 and 0 < share < 1:
        messages = share * (1 - share) / variance
        errors = min(share, 1 - share) * messages
        freedom = effective - 1
        if is_count:
            messages = (errors + 1) / (errors / messages + 1 / effective)
        else:
            of_errors = errors / _ERRORS_PER_DEGREE_OF_FREEDOM
            freedom = min(freedom, max(of_errors, _FEWEST_DEGREES_OF_FREEDOM))
        messages *= (ndtri((1 + confidence) / 2) / _student_quantile(confidence, freedom)) ** 2
    successes, failures = share * messages, (1 - share) * messages
    tail = (1 - confidence) / 2
    lowest = betaincinv(successes, failures + 1, tail) if successes > 0 else 0.0
    highest = betaincinv(successes + 1, failures, 1 - tail) if failures > 0 else 1.0
    return low + (high - low) * float(lowest), low + (high - low) * float(highest)


def difference_interval(
    point: float,
    variance: float,
    bounds: Interval,
    effective: float,
    confidence: float,
    *,
    cluster_variance: float,
) -> Interval:
    """Student's t interval of a paired difference.

    Args:
        variance: of the resamples.
        effective: number of clusters, see `effective_number`.
        cluster_variance: what a cluster on which the models differ adds to the variance. Half the
            squared quantile of them, about 2, are added: Bonett and Price (2012) add one such pair
            of decisions in favour of each model. 0 for what does not count decisions.
    """
    quantile = _student_quantile(confidence, effective - 1)
    half = quantile * np.sqrt(variance + quantile**2 / 2 * cluster_variance)
    low, high = bounds
    return max(low, point - float(half)), min(high, point + float(half))


def _student_quantile(confidence: float, freedom: float) -> float:
    """Two-sided; of one degree of freedom at least."""
    return float(stdtrit(max(freedom, 1), (1 + confidence) / 2))
