from dataclasses import replace

import numpy as np
import pytest
from small_classifier import LABELS, hybrid_classifier

from rnnops.core import files
from rnnops.recurrent.sequence_classifier import SequenceClassifier


@pytest.fixture(scope="module")
def hybrid():
    return hybrid_classifier()


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
        classifier.save(tmp_path / name)
    assert files.digest(tmp_path / "one") == files.digest(tmp_path / "two")
    loaded = SequenceClassifier.load(tmp_path / "one")
    np.testing.assert_array_equal(
        loaded.probabilities(featurizer, features), classifier.probabilities(featurizer, features)
    )
