import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.svm import LinearSVC

from rnnops.core import files
from rnnops.linear.classifier import load_all, save_all
from rnnops.linear.classifiers import CLASSIFIERS, fit_classifier
from rnnops.linear.params import Baseline

PARAMS = Baseline(models=["linear_svm"], smoothing=0.5, regularization=3.0, svm_regularization=0.5)


def count(labels_number, messages=300, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(labels_number, size=messages)
    rates = 1 + (np.arange(12) % labels_number == labels[:, None])
    return sparse.csr_array(random.poisson(rates).astype(np.float32)), labels


@pytest.fixture(params=[2, 4])
def counted(request):
    return count(request.param)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("multinomial_naive_bayes", MultinomialNB(alpha=0.5)),
        ("complement_naive_bayes", ComplementNB(alpha=0.5)),
        ("logistic_regression", LogisticRegression(C=3.0, max_iter=2000)),
    ],
)
def test_probabilities_are_scikit_learns(counted, name, reference):
    vectors, labels = counted
    ours = fit_classifier(name, vectors, labels, PARAMS).probabilities(vectors)
    np.testing.assert_allclose(
        ours, reference.fit(vectors, labels).predict_proba(vectors), rtol=1e-4, atol=1e-6
    )


def test_the_calibrated_machine_ranks_as_the_machine_does():
    vectors, labels = count(2)
    ours = fit_classifier("linear_svm", vectors, labels, PARAMS).probabilities(vectors)
    machine = LinearSVC(C=0.5, random_state=0).fit(vectors, labels)
    order = np.argsort(machine.decision_function(vectors))
    assert np.all(np.diff(ours[order, 1]) >= 0)


@pytest.mark.parametrize("name", ["linear_svm", "naive_bayes_svm"])
@pytest.mark.parametrize("labels_number", [2, 4])
def test_a_calibrated_probability_is_how_often_it_is_right(name, labels_number):
    classifier = fit_classifier(name, *count(labels_number, 2000), PARAMS)
    vectors, labels = count(labels_number, 4000, seed=1)
    probabilities = classifier.probabilities(vectors)
    decided = probabilities.argmax(axis=1)
    believed = probabilities[np.arange(len(decided)), decided].mean()
    assert believed == pytest.approx((decided == labels).mean(), abs=0.03)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_classifier_beats_guessing_on_new_messages(name, counted):
    classifier = fit_classifier(name, *counted, PARAMS)
    vectors, labels = count(counted[1].max() + 1, seed=1)
    probabilities = classifier.probabilities(vectors)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities.argmax(axis=1) == labels).mean() > 0.6


def test_naive_bayes_svm_trusts_a_telling_term_more_than_a_machine_does():
    """The log-count ratio stretches what tells the labels apart and shrinks what does not."""
    vectors, labels = count(2)
    noise = sparse.csr_array(np.random.default_rng(2).poisson(1, (300, 12)).astype(np.float32))
    both = sparse.csr_array(sparse.hstack([vectors, noise]))
    plain, scaled = (
        np.abs(np.diff(fit_classifier(name, both, labels, PARAMS).weights, axis=1))[:, 0]
        for name in ("linear_svm", "naive_bayes_svm")
    )
    assert scaled[12:].sum() / scaled.sum() < plain[12:].sum() / plain.sum()


def test_saved_classifiers_give_the_same_probabilities_the_best_first(counted, tmp_path):
    vectors, labels = counted
    fitted = [fit_classifier(name, vectors, labels, PARAMS) for name in CLASSIFIERS]
    for folder in ("one", "two"):
        save_all(fitted, "linear_svm", tmp_path / folder)
    assert files.digest(tmp_path / "one") == files.digest(tmp_path / "two")
    loaded = load_all(tmp_path / "one")
    assert next(iter(loaded)) == "linear_svm"
    assert set(loaded) == set(CLASSIFIERS)
    for classifier in fitted:
        again = loaded[classifier.name]
        assert again.representation == classifier.representation
        np.testing.assert_array_equal(
            again.probabilities(vectors), classifier.probabilities(vectors)
        )


@pytest.mark.parametrize("name", ["linear_svm", "naive_bayes_svm"])
def test_calibration_is_not_taken_in_by_messages_the_machine_knows_by_heart(name):
    """More terms than messages: every training message is decided rightly, new ones are not."""

    def noisy(seed):
        random = np.random.default_rng(seed)
        labels = random.integers(2, size=300)
        telling = random.poisson(0.5 + 0.5 * labels)[:, None]
        noise = random.poisson(0.2, (300, 2000))
        return sparse.csr_array(np.hstack([telling, noise]).astype(np.float32)), labels

    classifier = fit_classifier(name, *noisy(0), PARAMS)
    vectors, labels = noisy(1)
    probabilities = classifier.probabilities(vectors)
    right = (probabilities.argmax(axis=1) == labels).mean()
    assert probabilities.max(axis=1).mean() == pytest.approx(right, abs=0.1)


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("members", [(30, 20, 3), (30, 20, 1), (3, 2, 2), (40, 1)])
@pytest.mark.filterwarnings("error")
def test_labels_of_a_few_messages_are_learnt_without_a_warning(name, members):
    labels = np.repeat(np.arange(len(members)), members)
    counts = np.random.default_rng(0).poisson(0.5, (len(labels), 12))
    vectors = sparse.csr_array((counts + 5 * np.eye(len(members), 12)[labels]).astype(np.float32))
    probabilities = fit_classifier(name, vectors, labels, PARAMS).probabilities(vectors)
    assert probabilities.shape == (len(labels), len(members))
    assert (probabilities.argmax(axis=1) == labels).mean() > 0.8
