import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB

from rnnops import files
from rnnops.config import Baseline
from rnnops.models.linear import CANDIDATES, LinearClassifier, fit_best

PARAMS = Baseline(smoothing=0.5, regularization=3.0)


@pytest.fixture(params=[2, 4])
def counted(request):
    random = np.random.default_rng(0)
    labels = random.integers(request.param, size=300)
    vectors = random.poisson(1 + 2 * (np.arange(12) % request.param == labels[:, None]))
    return sparse.csr_array(vectors.astype(np.float32)), labels


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("multinomial_naive_bayes", MultinomialNB(alpha=0.5)),
        ("logistic_regression", LogisticRegression(C=3.0, max_iter=2000)),
    ],
)
def test_probabilities_are_scikit_learns(counted, name, reference):
    vectors, labels = counted
    ours = LinearClassifier.fit(name, vectors, labels, PARAMS).probabilities(vectors)
    np.testing.assert_allclose(
        ours, reference.fit(vectors, labels).predict_proba(vectors), rtol=1e-4, atol=1e-6
    )


def test_a_saved_classifier_gives_the_same_probabilities(counted, tmp_path):
    vectors, labels = counted
    classifier = LinearClassifier.fit("logistic_regression", vectors, labels, PARAMS)
    classifier.save(tmp_path / "one")
    classifier.save(tmp_path / "two")
    assert files.digest(tmp_path / "one") == files.digest(tmp_path / "two")
    loaded = LinearClassifier.load(tmp_path / "one")
    np.testing.assert_array_equal(loaded.probabilities(vectors), classifier.probabilities(vectors))


@pytest.mark.parametrize("method", CANDIDATES)
def test_the_best_candidate_on_validation_is_kept(counted, method):
    vectors, labels = counted
    train, validation = (vectors[:200], labels[:200]), (vectors[200:], labels[200:])
    best, losses = fit_best(method, train, validation, PARAMS)
    assert set(losses) == set(CANDIDATES[method])
    assert losses[best.name] == min(losses.values())
