"""What metrics are computed from: counts and sums of the messages under many weightings at once.

A weighting says how often each message counts: all ones for the messages themselves, how often it
was drawn for a resample of the bootstrap.
"""

from functools import cached_property

import numpy as np

from rnnops.metrics.scores import Scores

_TINY = float(np.finfo(float).eps)
LARGEST_LOSS = -float(np.log(_TINY))  # of one message


class WeightedScores:
    """All messages of a model's scores; arrays begin with the axis of the weightings.

    Args:
        weights: shape (weightings, n), whole numbers.
        bins: equal-width bins of the expected calibration error.
    """

    def __init__(self, scores: Scores, weights: np.ndarray, bins: int) -> None:
        self.scores = scores
        self.weights = weights.astype(float)
        self.bins = bins
        self.total = weights.sum(axis=1, dtype=float)

    @cached_property
    def _of_labels(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        each = np.arange(len(self.scores.labels))
        is_label = self.scores.actual[:, None] == each  # (n, labels)
        is_decided = self.scores.decided[:, None] == each
        return (
            weighted_sums(self.weights, is_label),
            weighted_sums(self.weights, is_decided),
            weighted_sums(self.weights, is_label & is_decided),
        )

    @property
    def actual(self) -> np.ndarray:
        """Messages of each label, shape (weightings, labels)."""
        return self._of_labels[0]

    @property
    def decided(self) -> np.ndarray:
        """Messages that get each label, shape (weightings, labels)."""
        return self._of_labels[1]

    @property
    def right(self) -> np.ndarray:
        """Messages of each label that get it, shape (weightings, labels)."""
        return self._of_labels[2]

    @cached_property
    def probability_sums(self) -> np.ndarray:
        """Shape (weightings, 2 + bins): log losses, squared errors, excess confidence by bin.

        The squared error is scikit-learn's Brier score: (p - y)² of one of two labels, its sum over
        more of them. Excess confidence is the decided label's probability less whether it is right.
        """
        scores = self.scores
        truth = scores.actual[:, None] == np.arange(len(scores.labels))
        losses = -np.log(np.clip(scores.probability_of(scores.actual), _TINY, 1 - _TINY))
        squares = ((scores.probabilities - truth) ** 2).sum(axis=1)
        if len(scores.labels) == 2:
            squares /= 2
        confidence = scores.probability_of(scores.decided)
        excess = confidence - (scores.decided == scores.actual)
        in_bin = calibration_bin(confidence, self.bins)[:, None] == np.arange(self.bins)
        return weighted_sums(
            self.weights, np.column_stack([losses, squares, excess[:, None] * in_bin])
        )


class LabelAgainstRest:
    """The same messages, of one label against the rest; counts have the shape (weightings,)."""

    def __init__(self, weighted: WeightedScores, label: int) -> None:
        self.actual = weighted.actual[:, label]
        self.decided = weighted.decided[:, label]
        self.right = weighted.right[:, label]
        self.rest = weighted.total - self.actual
        self._weights = weighted.weights
        self._score = weighted.scores.probabilities[:, label]
        self._is_label = weighted.scores.actual == label

    @cached_property
    def groups(self) -> tuple[np.ndarray, np.ndarray]:
        """Messages of the label and of the rest in each group of equal scores, highest first.

        Both have the shape (weightings, groups).
        """
        order = np.argsort(-self._score, kind="stable")
        starts = np.flatnonzero(np.diff(self._score[order], prepend=np.inf))
        in_order, is_label = self._weights[:, order], self._is_label[order]
        return (
            np.add.reduceat(in_order * is_label, starts, axis=1),
            np.add.reduceat(in_order * ~is_label, starts, axis=1),
        )

    @cached_property
    def called(self) -> tuple[np.ndarray, np.ndarray]:
        """Rightly and wrongly called so when each group and those above it are: as `groups`."""
        positives, negatives = self.groups
        return positives.cumsum(axis=1), negatives.cumsum(axis=1)


def calibration_bin(probabilities: np.ndarray, bins: int) -> np.ndarray:
    """Which of `bins` equal parts of [0, 1] each falls in; a boundary belongs to the lower one."""
    return np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], probabilities)


def weighted_sums(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sums of `values`, shape (n, k), under weightings, shape (r, n): shape (r, k)."""
    # einsum, not BLAS: the same sum on any number of cores.
    return np.einsum("rn,nk->rk", weights, values.astype(float))
