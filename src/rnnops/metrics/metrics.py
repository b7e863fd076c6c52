"""Every metric: a function that computes it and a record in METRICS that says what it is.

A function takes all messages, or one label against the rest, and returns a value a weighting, shape
(weightings,); NaN where a weighting leaves the metric undefined (precision when nothing is called
positive, say). Metrics of a label are the positive label's; without one they are unweighted means
over labels, and their keys in results begin with `macro_`.
"""

from collections.abc import Callable, Iterable

import numpy as np

from rnnops.metrics.counts import LARGEST_LOSS, LabelAgainstRest, WeightedScores
from rnnops.metrics.metric import MEAN_OVER_LABELS, Metric
from rnnops.metrics.scores import Scores

_NUMBERS_AT_ONCE = 1_000_000  # weights in one chunk: bounds memory at some 100 MB


def accuracy(messages: WeightedScores) -> np.ndarray:
    return _ratio(messages.right.sum(axis=1), messages.total)


def mcc(messages: WeightedScores) -> np.ndarray:
    """Matthews' correlation in its form for any number of labels."""
    actual, decided, total = messages.actual, messages.decided, messages.total
    covariance = messages.right.sum(axis=1) * total - (actual * decided).sum(axis=1)
    of_actual, of_decided = (total**2 - (n**2).sum(axis=1) for n in (actual, decided))
    return _ratio(covariance, np.sqrt(of_actual) * np.sqrt(of_decided))


def log_loss(messages: WeightedScores) -> np.ndarray:
    return _ratio(messages.probability_sums[:, 0], messages.total)


def brier(messages: WeightedScores) -> np.ndarray:
    return _ratio(messages.probability_sums[:, 1], messages.total)


def expected_calibration_error(messages: WeightedScores) -> np.ndarray:
    return _ratio(np.abs(messages.probability_sums[:, 2:]).sum(axis=1), messages.total)


def precision(label: LabelAgainstRest) -> np.ndarray:
    return _ratio(label.right, label.decided)


def recall(label: LabelAgainstRest) -> np.ndarray:
    return _ratio(label.right, label.actual)


def f1(label: LabelAgainstRest) -> np.ndarray:
    return _ratio(2 * label.right, label.actual + label.decided)


def false_positive_rate(label: LabelAgainstRest) -> np.ndarray:
    return _ratio(label.decided - label.right, label.rest)


def false_negative_rate(label: LabelAgainstRest) -> np.ndarray:
    return _ratio(label.actual - label.right, label.actual)


def roc_auc(label: LabelAgainstRest) -> np.ndarray:
    """Mann-Whitney: of each message of the rest, the label's above it and half of those beside."""
    positives, negatives = label.groups
    called_right, called_wrong = label.called
    outranked = (negatives * (called_right - positives / 2)).sum(axis=1)
    return _ratio(outranked, called_right[:, -1] * called_wrong[:, -1])


def one_minus_auc_percent(label: LabelAgainstRest) -> np.ndarray:
    return 100 * (1 - roc_auc(label))


def pr_auc(label: LabelAgainstRest) -> np.ndarray:
    called_right, called_wrong = label.called
    precisions = _ratio(called_right, called_right + called_wrong)
    return _ratio(np.nansum(label.groups[0] * precisions, axis=1), called_right[:, -1])


def recall_at_false_positive_rate(cap: float) -> Callable[[LabelAgainstRest], np.ndarray]:
    """The metric: the highest recall of a threshold whose false-positive rate is within `cap`."""

    def recall_at_cap(label: LabelAgainstRest) -> np.ndarray:
        called_right, called_wrong = label.called
        all_right, all_wrong = called_right[:, -1], called_wrong[:, -1]
        within = (_ratio(called_wrong, all_wrong[:, None]) <= cap).sum(axis=1, keepdims=True)
        recalled = np.hstack([np.zeros((len(called_right), 1)), called_right])
        recalled = np.take_along_axis(recalled, within, axis=1)[:, 0]
        return np.where(all_wrong > 0, _ratio(recalled, all_right), np.nan)

    return recall_at_cap


_RECORDS = (
    Metric(
        "accuracy", "Accuracy", "messages with the right label",
        of_messages=accuracy, is_headline=True, decides=True,
        counts_decisions=True,
    ),
    Metric(
        "precision", "Precision", "share of {positive} among what is classified so",
        of_label=precision,
        among="decided", counts_decisions=True,
    ),
    Metric(
        "recall", "Recall", "share of {positive} that is found",
        of_label=recall,
        among="label", counts_decisions=True,
    ),
    Metric(
        "f1", "F1", "harmonic mean of precision and recall",
        of_label=f1, is_headline=True, decides=True,
        among="label", counts_decisions=True,
    ),
    Metric(
        "mcc", "MCC", "correlation of predicted and actual labels",
        of_messages=mcc, is_headline=True, decides=True,
        bounds=(-1.0, 1.0), among="pairs", counts_decisions=True,
    ),
    Metric(
        "false_positive_rate", "False-positive rate", "share of {rest} classified as {positive}",
        of_label=false_positive_rate, lower_is_better=True,
        among="rest", counts_decisions=True,
    ),
    Metric(
        "false_negative_rate", "False-negative rate", "share of {positive} that is missed",
        of_label=false_negative_rate, lower_is_better=True,
        among="label", counts_decisions=True,
    ),
    Metric(
        "roc_auc", "ROC-AUC", "chance that {positive} scores above {rest}",
        of_label=roc_auc, is_headline=True, decides=True,
        among="pairs",
    ),
    Metric(
        "one_minus_auc_percent", "1 - ROC-AUC, %", "chance that it does not, in percent",
        of_label=one_minus_auc_percent, lower_is_better=True,
        bounds=(0.0, 100.0), among="pairs",
    ),
    Metric(
        "pr_auc", "PR-AUC", "average precision over all thresholds",
        of_label=pr_auc, decides=True, among="label",
    ),
    Metric(
        "recall_at_0_5_percent_fpr", "Recall at 0.5% FPR",
        "at the best threshold for these messages", of_label=recall_at_false_positive_rate(0.005),
        is_headline=True, decides=True,
        among="label", counts_decisions=True,
    ),
    Metric(
        "recall_at_0_1_percent_fpr", "Recall at 0.1% FPR",
        "at the best threshold for these messages", of_label=recall_at_false_positive_rate(0.001),
        decides=True,
        among="label", counts_decisions=True,
    ),
    Metric(
        "log_loss", "Log loss", "mean negative logarithm of the right label's probability",
        of_messages=log_loss, lower_is_better=True, is_headline=True, decides=True,
        bounds=(0.0, LARGEST_LOSS),
    ),
    Metric(
        "brier", "Brier score", "squared error of the probabilities",
        of_messages=brier, lower_is_better=True, decides=True,
    ),
    Metric(
        "expected_calibration_error", "Calibration error",
        "mean gap between probability and observed share",
        of_messages=expected_calibration_error, lower_is_better=True,
    ),
)  # fmt: skip
METRICS = {metric.name: metric for metric in _RECORDS}  # in the order in which they are shown


def metric_of(key: str) -> Metric:
    """The record of a key of results: `f1` as well as `macro_f1`.

    Raises:
        KeyError: if there is none.
    """
    return METRICS[key] if key in METRICS else METRICS[key.removeprefix(MEAN_OVER_LABELS)]


def title_of(key: str) -> str:
    """What people call the metric of a key of results, with its being a mean over labels."""
    metric = metric_of(key)
    return metric.title if key == metric.name else f"{metric.title}, mean over labels"


def keys_of(names: Iterable[str], positive: str | None) -> list[str]:
    """The keys in results of the metrics called so, in the same order; see `Metric.key`."""
    return [METRICS[name].key(positive) for name in names]


def headlines(keys: Iterable[str]) -> list[str]:
    """Those of the keys of results that settings are chosen by, in their order."""
    return [key for key in keys if metric_of(key).is_headline]


def compute_metrics(
    scores: Scores, weights: np.ndarray, bins: int = 10, names: Iterable[str] | None = None
) -> dict[str, np.ndarray]:
    """Every metric under every weighting: arrays of shape (weightings,) by key of results.

    Args:
        weights: shape (weightings, n), whole numbers.
        bins: equal-width bins of the expected calibration error.
        names: of the metrics to compute; None for all.
    """
    metrics = list(METRICS.values()) if names is None else [METRICS[name] for name in names]
    size = max(1, _NUMBERS_AT_ONCE // max(1, len(scores.actual)))
    chunks = [weights[start : start + size] for start in range(0, len(weights), size)]
    parts = [_compute(WeightedScores(scores, chunk, bins), metrics) for chunk in chunks]
    return {
        metric.key(scores.positive): np.concatenate([part[metric.name] for part in parts])
        for metric in metrics
    }


def _compute(messages: WeightedScores, metrics: list[Metric]) -> dict[str, np.ndarray]:
    values = {m.name: m.of_messages(messages) for m in metrics if m.of_messages is not None}
    of_label = {m.name: m.of_label for m in metrics if m.of_label is not None}
    by_label: list[list[np.ndarray]] = []
    for index in messages.scores.ranked:  # one label at a time: its counts take much memory
        label = LabelAgainstRest(messages, index)
        by_label.append([measure(label) for measure in of_label.values()])
    for name, columns in zip(of_label, zip(*by_label, strict=True), strict=True):
        values[name] = np.column_stack(columns).mean(axis=1)
    return values


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    undefined = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    return np.divide(part, whole, out=undefined, where=whole > 0)
