"""Two verdicts as one: the recurrent half, which reads in order, and the linear half, which counts.

    p(label) ∝ p_recurrent(label)^a · p_linear(label)^b

A logarithmic opinion pool (Genest and Zidek 1986); a and b are fitted on messages that neither half
was trained on (stacking, Wolpert 1992), because both are far too sure of those they were.
"""

import numpy as np

from rnnops.linear.softmax import softmax

SMALLEST = 1e-12  # of a probability, before its logarithm is taken
LARGEST = 4.0  # of an exponent: without errors to learn from, the loss falls for ever
FOLDS = 5


def combine(halves: list[np.ndarray], exponents: np.ndarray) -> np.ndarray:
    """Probabilities, shape (n, labels), float64, rows sum to 1.

    Args:
        halves: probabilities of each half, shape (n, labels).
        exponents: one a half.
    """
    logs = [np.log(np.maximum(half, SMALLEST)) for half in halves]
    return softmax(sum(a * log for a, log in zip(exponents, logs, strict=True)))


def fit_exponents(halves: list[np.ndarray], labels: np.ndarray) -> np.ndarray:
    """The exponents, each in [0, 4], of lowest log loss on these messages.

    The loss is convex in them, so there is one answer.

    Args:
        halves: as for `combine`.
        labels: indices, shape (n,).
    """
    from scipy import optimize, special  # a third of a second: not where a model only answers

    logs = np.stack([np.log(np.maximum(half, SMALLEST)) for half in halves])  # (halves, n, labels)
    of_label = logs[:, np.arange(len(labels)), labels]

    def loss(exponents: np.ndarray) -> tuple[float, np.ndarray]:
        combined = np.tensordot(exponents, logs, axes=1)
        expected = (special.softmax(combined, axis=1) * logs).sum(axis=2)
        value = (special.logsumexp(combined, axis=1) - exponents @ of_label).mean()
        return value, (expected - of_label).mean(axis=1)

    start = np.full(len(halves), 1 / len(halves))
    bounds = [(0, LARGEST)] * len(halves)
    return optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x


def cross_fit(halves: list[np.ndarray], labels: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """The halves as one, shape (n, labels), float64, each fold by exponents fitted without it.

    Whole clusters are dealt to five folds at random, from a fixed seed.

    Args:
        halves, labels: as for `fit_exponents`.
        clusters: names of the messages' clusters, shape (n,).
    """
    names, cluster = np.unique(clusters, return_inverse=True)
    fold = (np.random.default_rng(0).permutation(len(names)) % FOLDS)[cluster]
    combined = np.empty_like(halves[0], dtype=float)
    for held_out in np.unique(fold):
        inside, outside = fold == held_out, fold != held_out
        exponents = fit_exponents([half[outside] for half in halves], labels[outside])
        combined[inside] = combine([half[inside] for half in halves], exponents)
    return combined
