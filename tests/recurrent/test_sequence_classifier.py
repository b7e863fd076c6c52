from dataclasses import replace

import numpy as np
import pytest

from rnnops.core import files
from rnnops.core.params import load_params
from rnnops.features.featurizer import Featurizer
from rnnops.features.params import Features
from rnnops.linear.classifiers import LinearClassifier
from rnnops.linear.params import Baseline
from rnnops.recurrent.network import InputShape, build_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.sequence_classifier import SequenceClassifier

TEXTS = ["win cash now", "meeting at noon", "cash prize, click", "notes of the meeting"] * 8
LABELS = np.array([1, 0, 1, 0] * 8)


@pytest.fixture(scope="module")
def hybrid():
    params = load_params()
    small = {"vocabulary_size": 50, "min_count": 1, "method": "hybrid"}
    small["word2vec"] = params[Features].word2vec.model_copy(update={"dimension": 6, "epochs": 1})
    featurizer = Featurizer.fit(
        TEXTS, LABELS.astype(str), params[Features].model_copy(update=small)
    )
    features = featurizer.transform(TEXTS)
    vectors = featurizer.represent(features, "tfidf")
    linear = LinearClassifier.fit("logistic_regression", vectors, LABELS, params[Baseline])
    shape = InputShape(len(featurizer.vocabulary), 2, 6, weighted=False)
    train = params[Train].model_copy(update={"units": 5})
    network = build_network(shape, train, featurizer.word_vectors)
    classifier = SequenceClassifier(network, shape, train, linear)
    return featurizer, features, classifier.fit_exponents(featurizer, features, LABELS)


def test_an_untrained_recurrent_half_is_outvoted_by_the_linear_one(hybrid):
    featurizer, features, classifier = hybrid
    together = classifier.probabilities(featurizer, features)
    assert (together.argmax(axis=1) == LABELS).all()
    assert classifier.exponents[1] > 0


def test_without_a_linear_half_the_recurrent_one_decides(hybrid):
    featurizer, features, classifier = hybrid
    alone = replace(classifier, linear=None)
    (recurrent,) = alone.halves(featurizer, features)
    np.testing.assert_array_equal(alone.probabilities(featurizer, features), recurrent)
    assert alone.fit_exponents(featurizer, features, LABELS) is alone


@pytest.mark.parametrize("parts", [{}, {"linear": None}])
def test_saved_and_loaded_it_says_the_same(hybrid, parts, tmp_path):
    featurizer, features, classifier = hybrid
    classifier = replace(classifier, **parts)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        classifier.save(tmp_path / name)
    assert files.digest(tmp_path / "one") == files.digest(tmp_path / "two")
    loaded = SequenceClassifier.load(tmp_path / "one")
    np.testing.assert_array_equal(
        loaded.probabilities(featurizer, features), classifier.probabilities(featurizer, features)
    )
