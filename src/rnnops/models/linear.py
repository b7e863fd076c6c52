"""The order-blind baselines, all of one form: softmax of a linear function of the vector."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from scipy import sparse, special
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.naive_bayes import MultinomialNB

from rnnops import files
from rnnops.config import Baseline

CANDIDATES = {
    "bow": ("multinomial_naive_bayes",),
    "tfidf": ("multinomial_naive_bayes", "logistic_regression"),
    "word2vec": ("logistic_regression",),
}


@dataclass(frozen=True)
class LinearClassifier:
    """p(label | x) = softmax(x·weights + bias).

    Naive Bayes is of this form with log probabilities as weights, logistic regression by
    definition, with a column of zeros for the first of two labels.

    `weights`: shape (features, labels), float64. `bias`: shape (labels,), float64.
    """

    name: str
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def fit(
        cls, name: str, vectors: sparse.csr_array, labels: np.ndarray, params: Baseline
    ) -> Self:
        """Train the classifier `name` on vectors of shape (n, features) and label indices (n,)."""
        if name == "multinomial_naive_bayes":
            bayes = MultinomialNB(alpha=params.smoothing).fit(vectors, labels)
            return cls(name, bayes.feature_log_prob_.T, bayes.class_log_prior_)
        regression = LogisticRegression(C=params.regularization, max_iter=2000).fit(vectors, labels)
        weights, bias = regression.coef_.T, regression.intercept_
        if weights.shape[1] == 1:
            weights, bias = np.hstack([0 * weights, weights]), np.array([0, *bias])
        return cls(name, weights, bias)

    def probabilities(self, vectors: sparse.csr_array) -> np.ndarray:
        """Shape (n, labels), float64, rows sum to 1."""
        return special.softmax(vectors @ self.weights + self.bias, axis=1)

    def save(self, folder: str | Path) -> None:
        """Write the classifier as JSON and NumPy files; replaces `folder`."""
        with files.atomic_folder(folder) as temporary:
            files.write_json({"name": self.name}, temporary / "classifier.json")
            files.write_array(self.weights, temporary / "weights.npy")
            files.write_array(self.bias, temporary / "bias.npy")

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The classifier that `save` wrote to `folder`."""
        folder = Path(folder)
        return cls(
            files.read_json(folder / "classifier.json")["name"],
            files.read_array(folder / "weights.npy"),
            files.read_array(folder / "bias.npy"),
        )


def fit_best(
    method: str,
    train: tuple[sparse.csr_array, np.ndarray],
    validation: tuple[sparse.csr_array, np.ndarray],
    params: Baseline,
) -> tuple[LinearClassifier, dict[str, float]]:
    """The candidate for `method` with the lowest log loss on the validation split.

    Args:
        method: of the features, see `CANDIDATES`.
        train, validation: vectors of shape (n, features) and label indices of shape (n,).

    Returns:
        The classifier and every candidate's validation log loss.
    """
    labels = np.arange(train[1].max() + 1)
    fitted = {name: LinearClassifier.fit(name, *train, params) for name in CANDIDATES[method]}
    losses = {
        name: float(log_loss(validation[1], classifier.probabilities(validation[0]), labels=labels))
        for name, classifier in fitted.items()
    }
    return fitted[min(losses, key=losses.__getitem__)], losses
