"""Whether two samples come from one distribution: permutation tests on clusters.

Under the null hypothesis it is chance which cluster is old and which is new, so the test statistic
is compared with those of random divisions (Phipson and Smyth 2010: a p-value is never 0).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

PART = 100  # permutations at a time, for memory
Features = np.ndarray | sparse.csr_array


class Test(NamedTuple):
    """The p-value of a two-sample test, and how each feature differs.

    `old`, `new`: means, shape (features,). `z`: their differences over their standard errors.
    """

    p: float
    old: np.ndarray
    new: np.ndarray
    z: np.ndarray


def compare_means(features: Features, is_new: np.ndarray, permutations: int, seed: int) -> Test:
    """Test whether any feature's mean differs: the statistic is the greatest |z| of all features.

    Args:
        features: shape (rows, features), finite.
        is_new: shape (rows,), bool.
    """
    differ = _standardised_difference(features, is_new.sum())

    def greatest(divisions: np.ndarray) -> np.ndarray:
        return np.abs(differ(divisions)).max(axis=1, initial=0.0)

    p = permutation_p(greatest, is_new, permutations, seed)
    old, new = (np.asarray(features[rows].mean(axis=0)).ravel() for rows in (~is_new, is_new))
    return Test(p, old, new, differ(is_new[None])[0])


def permutation_p(
    statistic: Callable[[np.ndarray], np.ndarray], is_new: np.ndarray, permutations: int, seed: int
) -> float:
    """The share of random divisions, the true one among them, whose statistic is as large.

    Args:
        statistic: from divisions, shape (k, rows), bool, to numbers, shape (k,).
    """
    observed = statistic(is_new[None])[0]
    random = np.random.default_rng(seed)
    as_large = 1
    for start in range(0, permutations, PART):
        part = min(PART, permutations - start)
        divisions = random.permuted(np.tile(is_new, (part, 1)), axis=1)
        as_large += int((statistic(divisions) >= observed - 1e-9).sum())
    return as_large / (permutations + 1)


def classifier_scores(words: sparse.csr_array, is_new: np.ndarray, seed: int) -> np.ndarray:
    """How new half of the rows look to a classifier trained on the others; NaN for these.

    Scores are ranks, whose mean over the new rows tells the AUC. As the classifier knows nothing of
    the rows that it scores, a permutation test of them is valid.
    """
    trained = np.random.default_rng(seed).permuted(np.arange(len(is_new)) % 2 == 0)
    scores = np.full(len(is_new), np.nan)
    if len(set(is_new[trained])) < 2 or not words.shape[1]:
        return scores
    lengths = np.sqrt(np.maximum(1, words.sum(axis=1)))
    vectors = words.multiply(1 / lengths[:, None]).tocsr()
    regression = LogisticRegression(C=10.0, class_weight="balanced", max_iter=200)
    regression.fit(vectors[trained], is_new[trained])
    scores[~trained] = rankdata(regression.decision_function(vectors[~trained]))
    return scores


def _standardised_difference(features: Features, new: int) -> Callable[[np.ndarray], np.ndarray]:
    """From divisions, shape (k, rows), the z of each feature, shape (k, features)."""
    rows = features.shape[0]
    total = np.asarray(features.sum(axis=0)).ravel()
    squares = features.power(2) if sparse.issparse(features) else features**2
    variance = np.asarray(squares.sum(axis=0)).ravel() / rows - (total / rows) ** 2
    error = np.sqrt(np.maximum(variance, 0) * (1 / new + 1 / (rows - new)))
    scale = np.divide(1, error, out=np.zeros_like(error, float), where=error > 1e-12)
    turned = features.T.tocsr() if sparse.issparse(features) else features.T

    def differ(divisions: np.ndarray) -> np.ndarray:
        of_new = (turned @ divisions.T.astype(np.float32)).T
        return (of_new / new - (total - of_new) / (rows - new)) * scale

    return differ
