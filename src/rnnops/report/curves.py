"""The points of every plot, as frames: for DVC as CSV, for our own pictures as they are."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_curve, roc_curve

from rnnops.metrics.counts import calibration_bin
from rnnops.metrics.scores import Scores

MAX_POINTS = 500


def all_curves(scores: Scores, bins: int) -> dict[str, pd.DataFrame]:
    """Frames by the name of the plot they belong to."""
    return {
        "roc": roc(scores),
        "precision_recall": precision_recall(scores),
        "calibration": calibration(scores, bins),
        "confusion": confusion(scores),
    }


def roc(scores: Scores) -> pd.DataFrame:
    """Columns false_positive_rate, true_positive_rate and, with a positive label, threshold.

    Calling positive what scores above `threshold` gives the point. Without, the mean true positive
    rate of the labels, each against the rest, at every false-positive rate.
    """
    if scores.positive:
        points = _roc_of_label(scores, scores.ranked[0])
        rates = points[["false_positive_rate", "true_positive_rate"]].to_numpy()
        bends = np.any(np.diff(rates, 2, axis=0) != 0, axis=1)
        return thin(points[np.concatenate([[True], bends, [True]])])

    curves = [_roc_of_label(scores, label) for label in scores.ranked]
    return thin(
        _mean_over_labels(curves, "false_positive_rate", "true_positive_rate", _highest_then_linear)
    )


def precision_recall(scores: Scores) -> pd.DataFrame:
    """Columns recall, precision and, with a positive label, threshold; rising recall.

    Each precision holds from the recall before it, as average precision counts it. Without, the
    labels' mean precision at every recall.
    """
    if scores.positive:
        return thin(_precision_recall_of_label(scores, scores.ranked[0]))
    curves = [_precision_recall_of_label(scores, label) for label in scores.ranked]
    return thin(_mean_over_labels(curves, "recall", "precision", _first_at_or_above))


def calibration(scores: Scores, bins: int) -> pd.DataFrame:
    """Columns probability (mean in the bin), observed_share, messages; empty bins are left out.

    Of the positive label, without one of the decided label.
    """
    label = scores.ranked[0] if scores.positive else scores.decided
    labels = np.broadcast_to(label, scores.actual.shape)
    probability = scores.probability_of(labels)
    points = pd.DataFrame({"probability": probability, "observed_share": scores.actual == labels})
    in_bins = points.astype(float).groupby(calibration_bin(probability, bins))
    return in_bins.mean().assign(messages=in_bins.size()).reset_index(drop=True)


def confusion(scores: Scores) -> pd.DataFrame:
    """Columns actual, predicted: one row a message, names of labels."""
    return pd.DataFrame(
        {"actual": scores.names(scores.actual), "predicted": scores.names(scores.decided)}
    )


def thin(points: pd.DataFrame) -> pd.DataFrame:
    """At most 500 rows: the first, the last, and more of the early ones.

    A curve starts with its highest scores, where a filter works.
    """
    if len(points) <= MAX_POINTS:
        return points.reset_index(drop=True)
    last, half = len(points) - 1, MAX_POINTS // 2
    kept = np.concatenate([np.geomspace(1, last, half), np.linspace(0, last, half)])
    return points.iloc[np.unique(kept.round().astype(int))].reset_index(drop=True)


def _roc_of_label(scores: Scores, label: int) -> pd.DataFrame:
    false_positive_rate, true_positive_rate, thresholds = roc_curve(
        scores.actual == label, scores.probabilities[:, label], drop_intermediate=False
    )
    return pd.DataFrame(
        {
            "false_positive_rate": false_positive_rate,
            "true_positive_rate": true_positive_rate,
            "threshold": _exclusive(thresholds),
        }
    )


def _precision_recall_of_label(scores: Scores, label: int) -> pd.DataFrame:
    precision, recall, thresholds = precision_recall_curve(
        scores.actual == label, scores.probabilities[:, label]
    )
    thresholds = np.append(np.inf, thresholds[::-1])
    return pd.DataFrame(
        {
            "recall": recall[::-1],
            "precision": precision[::-1],
            "threshold": _exclusive(thresholds),
        }
    )


def _exclusive(thresholds: np.ndarray) -> np.ndarray:
    """Thresholds that a positive score exceeds, for falling ones that it at least reaches.

    scikit-learn gives the latter, decisions use the former, see `decide`.
    """
    below_all = min(0.0, np.nextafter(thresholds[-1], -1))
    return np.append(thresholds[1:], below_all)


def _mean_over_labels(
    curves: list[pd.DataFrame], x: str, y: str, read: Callable[..., np.ndarray]
) -> pd.DataFrame:
    grid = np.unique(np.concatenate([curve[x] for curve in curves]))
    heights = [read(curve[x].to_numpy(), curve[y].to_numpy(), grid) for curve in curves]
    return pd.DataFrame({x: grid, y: np.mean(heights, axis=0)})


def _highest_then_linear(x: np.ndarray, y: np.ndarray, grid: np.ndarray) -> np.ndarray:
    last = np.append(np.diff(x) > 0, True)  # of each run of equal x
    return np.interp(grid, x[last], y[last])


def _first_at_or_above(x: np.ndarray, y: np.ndarray, grid: np.ndarray) -> np.ndarray:
    return y[np.searchsorted(x, grid, side="left")]
