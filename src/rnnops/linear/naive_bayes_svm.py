"""A linear support vector machine on terms scaled by Naive Bayes' log-count ratios.

Wang and Manning (2012). It is a scikit-learn estimator, so that scikit-learn can cross-validate it.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import LinearSVC


class NaiveBayesSVM(ClassifierMixin, BaseEstimator):
    """One machine for two labels; for more, one machine for each label against the rest.

    Args:
        regularization: C of the support vector machines.
        smoothing: added to each count of a term.

    After `fit`: `classes_`, the labels; `coef_`, shape (machines, features); `intercept_`, shape
    (machines,).
    """

    def __init__(self, regularization: float, smoothing: float) -> None:
        self.regularization = regularization
        self.smoothing = smoothing

    def fit(self, vectors: sparse.csr_array[np.float32], labels: NDArray[Any]) -> Self:
        """Train on `vectors`, shape (n, features), not negative, and `labels`, shape (n,)."""
        self.classes_ = np.unique(labels)
        positive_labels = self.classes_[1:] if len(self.classes_) == 2 else self.classes_
        occurs = vectors.sign()
        weights, bias = [], []
        for label in positive_labels:
            ratio = log_count_ratio(occurs, labels == label, self.smoothing)
            machine = LinearSVC(C=self.regularization, random_state=0)
            machine.fit(sparse.csr_array(vectors.multiply(ratio)), labels == label)
            weights.append(ratio * machine.coef_[0])
            bias.append(machine.intercept_[0])
        self.coef_, self.intercept_ = np.stack(weights), np.array(bias)
        return self

    def decision_function(self, vectors: sparse.csr_array[np.float32]) -> NDArray[np.float64]:
        """Distance from each machine's plane, shape (n,) for two labels, else (n, labels)."""
        decisions = vectors @ self.coef_.T + self.intercept_
        return decisions.ravel() if len(self.intercept_) == 1 else decisions

    def predict(self, vectors: sparse.csr_array[np.float32]) -> NDArray[Any]:
        """The label that each vector is on the side of, or farthest on the side of, shape (n,)."""
        decisions = self.decision_function(vectors)
        is_binary = decisions.ndim == 1
        return self.classes_[(decisions > 0).astype(int) if is_binary else decisions.argmax(axis=1)]


def log_count_ratio(
    occurs: sparse.csr_array[np.float32], belongs: NDArray[np.bool_], smoothing: float
) -> NDArray[np.float64]:
    """r = ln((p / |p|) / (q / |q|)), p and q the smoothed counts within and without the label.

    Args:
        occurs: which message has which term, shape (n, features).
        belongs: which messages have the label, shape (n,).
    """
    within, without = (smoothing + occurs[belongs == own].sum(axis=0) for own in (True, False))
    return np.log((within / within.sum()) / (without / without.sum()))
