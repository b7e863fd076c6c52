"""The classifiers of vectors against scikit-learn's, and their files."""

import numpy as np
import pytest
from drawn_sequences import LABELS, draw_sequences
from sklearn.linear_model import LogisticRegression as SklearnRegression
from sklearn.neighbors import KNeighborsClassifier

from rnnops.sequences import baselines
from rnnops.sequences.baselines import Baselines, LogisticRegression, NearestNeighbour
from rnnops.sequences.params import SequenceBaselines

NAMES = ["nearest_neighbour", "logistic_regression", "channel_statistics"]
PARAMS = SequenceBaselines(models=NAMES, steps=6, regularization=2.0)


def random_vectors(number, labels=3, seed=0):
    random = np.random.default_rng(seed)
    actual = random.integers(labels, size=number)
    return random.normal(actual[:, None] * [1.0, 0, 0.5, 0], 1), actual


@pytest.mark.parametrize("at_once", [10_000_000, 700])  # in one part, in many
def test_the_nearest_neighbour_is_that_of_scikit_learn(monkeypatch, at_once):
    monkeypatch.setattr(baselines, "DISTANCES_AT_ONCE", at_once)
    (vectors, labels), (others, _) = random_vectors(200), random_vectors(300, seed=1)
    ours = NearestNeighbour.fit(vectors, labels, 3)
    theirs = KNeighborsClassifier(1).fit(vectors, labels)
    np.testing.assert_array_equal(ours.probabilities(others).argmax(axis=1), theirs.predict(others))
    # leaving each one out: of its two nearest the first is itself
    second = theirs.kneighbors(vectors, 2, return_distance=False)[:, 1]
    hits = (labels[second] == labels).sum()
    assert ours.trust == pytest.approx((hits + 1) / 202)


def test_the_trust_is_shared_by_the_rule_of_succession():
    vectors, labels = np.array([[0.0], [1], [10], [11], [12.5]]), np.array([0, 0, 1, 1, 2])
    found = NearestNeighbour.fit(vectors, labels, 3)
    assert found.trust == pytest.approx((4 + 1) / (5 + 2))  # the last one's neighbour is of 1
    np.testing.assert_allclose(found.probabilities(np.array([[9.0]])), [[1 / 7, 5 / 7, 1 / 7]])


def test_of_equally_near_ones_the_first_decides():
    vectors, labels = np.array([[2.0], [0], [2], [9], [9]]), np.array([1, 0, 2, 2, 2])
    found = NearestNeighbour.fit(vectors, labels, 3)
    assert found.trust == pytest.approx(3 / 7)
    assert found.probabilities(np.array([[2.0], [1]])).argmax(axis=1).tolist() == [1, 1]


@pytest.mark.parametrize("labels", [2, 3])
def test_logistic_regression_has_the_probabilities_of_scikit_learn(labels):
    (vectors, actual), (others, _) = random_vectors(200, labels), random_vectors(50, labels, 1)
    ours = LogisticRegression.fit(vectors, actual, 2.0)
    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0)
    theirs = SklearnRegression(C=2.0, max_iter=5000).fit((vectors - mean) / deviation, actual)
    expected = theirs.predict_proba((others - mean) / deviation)
    assert expected.shape == (50, labels)
    np.testing.assert_allclose(ours.probabilities(others), expected, atol=1e-9)


def test_saved_baselines_answer_the_same(tmp_path):
    sequences = draw_sequences(45)
    fitted = Baselines.fit(sequences.values, sequences.indices(LABELS), 3, PARAMS)
    best = Baselines(fitted.classifiers, fitted.steps, NAMES[0])
    best.save(tmp_path / "baseline")
    loaded = Baselines.load(tmp_path / "baseline")
    assert (loaded.best, loaded.steps, [*loaded.classifiers]) == (NAMES[0], 6, NAMES)
    others = draw_sequences(10, seed=1).values
    before, after = fitted.probabilities(others), loaded.probabilities(others)
    for name in NAMES:
        np.testing.assert_array_equal(before[name], after[name])
        np.testing.assert_allclose(before[name].sum(axis=1), 1)


def test_what_only_order_tells_is_seen_by_those_that_keep_it():
    training, other = draw_sequences(300), draw_sequences(300, seed=1)
    fitted = Baselines.fit(training.values, training.indices(LABELS), 3, PARAMS)
    accuracy = {
        name: (found.argmax(axis=1) == other.indices(LABELS)).mean()
        for name, found in fitted.probabilities(other.values).items()
    }
    assert accuracy["nearest_neighbour"] > 0.8
    assert accuracy["logistic_regression"] > 0.9
    assert accuracy["channel_statistics"] < 0.45
