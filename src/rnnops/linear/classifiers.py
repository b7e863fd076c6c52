"""The kinds of linear classifiers, and how each is trained.

Of the order of words they read as much as their terms hold: with word pairs, the next word.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.svm import LinearSVC

from rnnops.features.featurizer import Representation
from rnnops.linear.classifier import LinearClassifier
from rnnops.linear.naive_bayes_svm import NaiveBayesSVM
from rnnops.linear.params import Baseline

FOLDS = 5
Fitted = tuple[np.ndarray, np.ndarray]


def fit_classifier(
    name: str, vectors: sparse.csr_array, labels: np.ndarray, params: Baseline
) -> LinearClassifier:
    """Train the classifier `name` of CLASSIFIERS.

    Args:
        vectors: shape (n, features), in the classifier's representation.
        labels: indices, shape (n,).
    """
    representation, fit = CLASSIFIERS[name]
    weights, bias = fit(vectors, labels, params)
    return LinearClassifier(name, representation, weights.astype(float), bias.astype(float))


def representation(name: str) -> Representation:
    """Which vectors the classifier `name` reads."""
    return CLASSIFIERS[name][0]


def _multinomial_naive_bayes(
    vectors: sparse.csr_array, labels: np.ndarray, params: Baseline
) -> Fitted:
    """log p(term | label) as weights, log p(label) as bias."""
    bayes = MultinomialNB(alpha=params.smoothing).fit(vectors, labels)
    return bayes.feature_log_prob_.T, bayes.class_log_prior_


def _complement_naive_bayes(
    vectors: sparse.csr_array, labels: np.ndarray, params: Baseline
) -> Fitted:
    """Rennie et al. (2003)."""
    bayes = ComplementNB(alpha=params.smoothing).fit(vectors, labels)
    return bayes.feature_log_prob_.T, np.zeros(len(bayes.classes_))


def _logistic_regression(vectors: sparse.csr_array, labels: np.ndarray, params: Baseline) -> Fitted:
    regression = LogisticRegression(C=params.regularization, max_iter=2000).fit(vectors, labels)
    return _for_every_label(regression.coef_.T, regression.intercept_)


def _linear_svm(vectors: sparse.csr_array, labels: np.ndarray, params: Baseline) -> Fitted:
    """One support vector machine a label."""
    return _calibrated(LinearSVC(C=params.svm_regularization, random_state=0), vectors, labels)


def _naive_bayes_svm(vectors: sparse.csr_array, labels: np.ndarray, params: Baseline) -> Fitted:
    """Wang and Manning (2012), here on the terms' TF-IDF."""
    machine = NaiveBayesSVM(params.svm_regularization, params.smoothing)
    return _calibrated(machine, vectors, labels)


def _calibrated(
    machine: LinearSVC | NaiveBayesSVM, vectors: sparse.csr_array, labels: np.ndarray
) -> Fitted:
    """The machine's decisions made logits by logistic regression on out-of-fold decisions.

    Platt (1999). A label with fewer than five messages makes for fewer folds; with a single one
    the regression is on decisions about the messages that the machine was trained on.
    """
    machine.fit(vectors, labels)
    folds = min(FOLDS, np.bincount(labels).min())
    if folds > 1:
        decisions = cross_val_predict(
            machine,
            vectors,
            labels,
            cv=StratifiedKFold(folds, shuffle=True, random_state=0),
            method="decision_function",
        )
    else:
        decisions = machine.decision_function(vectors)
    regression = LogisticRegression(C=np.inf, max_iter=2000)
    regression.fit(decisions.reshape(len(labels), -1), labels)
    calibration, offset = _for_every_label(regression.coef_.T, regression.intercept_)
    return machine.coef_.T @ calibration, machine.intercept_ @ calibration + offset


def _for_every_label(weights: np.ndarray, bias: np.ndarray) -> Fitted:
    """The same with a column of zeros for the first of two labels, where there is only one."""
    if weights.shape[1] > 1:
        return weights, bias
    return np.hstack([0 * weights, weights]), np.array([0, *bias])


CLASSIFIERS: Mapping[str, tuple[Representation, Callable[..., Fitted]]] = {
    "multinomial_naive_bayes": ("word_counts", _multinomial_naive_bayes),
    "complement_naive_bayes": ("word_tfidf", _complement_naive_bayes),
    "logistic_regression": ("tfidf", _logistic_regression),
    "linear_svm": ("tfidf", _linear_svm),
    "naive_bayes_svm": ("word_tfidf", _naive_bayes_svm),
    "mean_word2vec": ("mean_vectors", _logistic_regression),
}
