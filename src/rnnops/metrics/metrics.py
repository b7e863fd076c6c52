"""Every metric, at once for many weightings of the same messages.

A weighting says how often each message counts: all ones give the metric itself, the bootstrap's
multiplicities its spread. A metric that a weighting leaves undefined (precision when nothing is
called positive, say) is NaN.

With a positive label: its metrics. Without: the unweighted mean over labels, each against the
rest, with the prefix `macro_`.
"""

import numpy as np

from rnnops.metrics.scores import Scores

RECALL_AT_FALSE_POSITIVE_RATE = {
    "recall_at_0_5_percent_fpr": 0.005,
    "recall_at_0_1_percent_fpr": 0.001,
}
LOWER_IS_BETTER = frozenset(
    {
        "one_minus_auc_percent",
        "false_positive_rate",
        "false_negative_rate",
        "log_loss",
        "brier",
        "expected_calibration_error",
    }
)
_NUMBERS_AT_ONCE = 1_000_000  # weights in one chunk: bounds memory at some 100 MB

Metrics = dict[str, np.ndarray]


def all_metrics(scores: Scores, weights: np.ndarray, bins: int) -> Metrics:
    """Every metric under every weighting.

    Args:
        weights: shape (weightings, n), whole numbers.
        bins: equal-width bins of the expected calibration error.

    Returns:
        Arrays of shape (weightings,) by name.
    """
    size = max(1, _NUMBERS_AT_ONCE // len(scores.actual))
    chunks = [weights[start : start + size] for start in range(0, len(weights), size)]
    parts = [
        decision_metrics(scores, chunk)
        | ranking_metrics(scores, chunk)
        | probability_metrics(scores, chunk, bins)
        for chunk in chunks
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def decision_metrics(scores: Scores, weights: np.ndarray) -> Metrics:
    """Metrics of the decided labels; arguments as in `all_metrics`."""
    each = np.arange(len(scores.labels))
    is_label = scores.actual[:, None] == each  # (n, labels)
    is_decided = scores.decided[:, None] == each
    actual = _totals(weights, is_label)  # (weightings, labels)
    decided = _totals(weights, is_decided)
    both = _totals(weights, is_label & is_decided)
    total = weights.sum(axis=1, dtype=float)
    others = total[:, None] - actual
    right = both.sum(axis=1)

    # Matthews' correlation in its form for any number of labels.
    covariance = right * total - (actual * decided).sum(axis=1)
    spread_of_actual = total**2 - (actual**2).sum(axis=1)
    spread_of_decided = total**2 - (decided**2).sum(axis=1)
    metrics = {
        "accuracy": _ratio(right, total),
        "mcc": _ratio(covariance, np.sqrt(spread_of_actual) * np.sqrt(spread_of_decided)),
    }
    ranked = list(scores.ranked)
    actual, decided, both, others = (
        counts[:, ranked] for counts in (actual, decided, both, others)
    )
    return metrics | _mean_over_labels(
        scores,
        {
            "precision": _ratio(both, decided),
            "recall": _ratio(both, actual),
            "f1": _ratio(2 * both, actual + decided),
            "false_positive_rate": _ratio(decided - both, others),
            "false_negative_rate": _ratio(actual - both, actual),
        },
    )


def ranking_metrics(scores: Scores, weights: np.ndarray) -> Metrics:
    """Metrics that depend only on how a label's probabilities order the messages."""
    by_label = [
        _ranking(scores.probabilities[:, label], scores.actual == label, weights)
        for label in scores.ranked
    ]
    names = by_label[0]
    return _mean_over_labels(
        scores, {name: np.column_stack([metrics[name] for metrics in by_label]) for name in names}
    )


def probability_metrics(scores: Scores, weights: np.ndarray, bins: int) -> Metrics:
    """How far the probabilities themselves can be believed.

    Brier is scikit-learn's: (p - y)² of one of two labels, its sum over more of them.
    """
    truth = scores.actual[:, None] == np.arange(len(scores.labels))
    tiny = np.finfo(float).eps
    losses = -np.log(np.clip(scores.probability_of(scores.actual), tiny, 1 - tiny))
    squares = ((scores.probabilities - truth) ** 2).sum(axis=1)
    if len(scores.labels) == 2:
        squares /= 2
    excess = scores.probability_of(scores.decided) - (scores.decided == scores.actual)
    in_bin = calibration_bin(scores.probability_of(scores.decided), bins)[:, None] == np.arange(
        bins
    )
    total = weights.sum(axis=1, dtype=float)
    sums = _totals(weights, np.column_stack([losses, squares, excess[:, None] * in_bin]))
    return {
        "log_loss": _ratio(sums[:, 0], total),
        "brier": _ratio(sums[:, 1], total),
        "expected_calibration_error": _ratio(np.abs(sums[:, 2:]).sum(axis=1), total),
    }


def calibration_bin(probabilities: np.ndarray, bins: int) -> np.ndarray:
    """Which of `bins` equal parts of [0, 1] each falls in; a boundary belongs to the lower one."""
    return np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], probabilities)


def _ranking(score: np.ndarray, is_positive: np.ndarray, weights: np.ndarray) -> Metrics:
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.diff(score[order], prepend=np.inf))  # of each group of equal scores
    in_order = weights[:, order].astype(float)
    positives = np.add.reduceat(in_order * is_positive[order], starts, axis=1)
    negatives = np.add.reduceat(in_order * ~is_positive[order], starts, axis=1)
    called_right = positives.cumsum(axis=1)  # true positives when the groups so far are called so
    called_wrong = negatives.cumsum(axis=1)
    all_positives, all_negatives = called_right[:, -1], called_wrong[:, -1]

    # Mann-Whitney: of a negative, count the positives above it and half of those beside it.
    outranked = (negatives * (called_right - positives / 2)).sum(axis=1)
    auc = _ratio(outranked, all_positives * all_negatives)
    precision = _ratio(called_right, called_right + called_wrong)
    metrics = {
        "roc_auc": auc,
        "one_minus_auc_percent": 100 * (1 - auc),
        "pr_auc": _ratio(np.nansum(positives * precision, axis=1), all_positives),
    }
    rate = _ratio(called_wrong, all_negatives[:, None])
    none_called = np.zeros((len(weights), 1))
    for name, cap in RECALL_AT_FALSE_POSITIVE_RATE.items():
        groups = (rate <= cap).sum(axis=1, keepdims=True)
        recalled = np.take_along_axis(np.hstack([none_called, called_right]), groups, axis=1)[:, 0]
        metrics[name] = np.where(all_negatives > 0, _ratio(recalled, all_positives), np.nan)
    return metrics


def _mean_over_labels(scores: Scores, by_label: Metrics) -> Metrics:
    # by_label: arrays of shape (weightings, ranked labels)
    prefix = "" if scores.positive else "macro_"
    return {prefix + name: values.mean(axis=1) for name, values in by_label.items()}


def _totals(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    # (r, n), (n, k) -> (r, k). einsum, not BLAS: the same sum on any number of cores.
    return np.einsum("rn,nk->rk", weights.astype(float), values.astype(float))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    undefined = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    return np.divide(part, whole, out=undefined, where=whole > 0)
