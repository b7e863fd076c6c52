"""Mixtures: weights that explain the words best, and probabilities that still sum to 1."""

import numpy as np
import pytest

from rnnops.language_model.kneser_ney import KneserNey
from rnnops.language_model.mixture import Mixture, fit_weights, mix

SIZE = 6


def draw_words(weights, models, number, seed=0):
    """Probabilities, by each of `models`, (models, size), of words that their mixture draws."""
    random = np.random.default_rng(seed)
    mixed = weights @ models
    return models[:, random.choice(len(mixed), number, p=mixed / mixed.sum())]


def test_fitted_weights_are_those_of_the_mixture_that_drew_the_words():
    weights = np.array([0.6, 0.3, 0.1])
    models = np.array([[0.7, 0.1, 0.1, 0.1], [0.05, 0.8, 0.1, 0.05], [0.1, 0.1, 0.1, 0.7]])
    found = fit_weights(draw_words(weights, models, 50_000))
    np.testing.assert_allclose(found, weights, atol=0.02)
    assert found.sum() == pytest.approx(1)


def test_no_step_makes_the_words_less_probable(monkeypatch):
    models = np.random.default_rng(1).dirichlet(np.ones(8), size=3)
    probabilities = draw_words(np.array([0.1, 0.2, 0.7]), models, 300)

    def likelihood(steps):
        monkeypatch.setattr("rnnops.language_model.mixture.MOST_STEPS", steps)
        return np.log(fit_weights(probabilities) @ probabilities).sum()

    likelihoods = [likelihood(steps) for steps in range(30)]
    assert (np.diff(likelihoods) >= -1e-9).all()
    assert likelihoods[-1] > likelihoods[0]


def test_a_mixture_is_the_weighted_sum_of_its_models():
    random = np.random.default_rng(0)
    documents = [random.integers(0, SIZE, 300) for _ in range(6)]
    models = [KneserNey.fit(documents[:3], SIZE, order) for order in (1, 3)]
    mixture = Mixture(models, np.array([0.25, 0.75]))
    document = documents[4]
    first, second = (model.probabilities(document) for model in models)
    np.testing.assert_allclose(mixture.probabilities(document), 0.25 * first + 0.75 * second)
    found = np.concatenate(list(mixture.distributions(document)))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    taken = found[np.arange(len(document)), document]
    np.testing.assert_allclose(taken, mixture.probabilities(document))
    np.testing.assert_allclose(mixture.following(document[:7]), found[7])


def test_a_mixture_is_on_its_own_documents_as_good_as_each_of_its_models():
    random = np.random.default_rng(0)
    documents = [random.integers(0, SIZE, 200) // (1 + random.integers(3)) for _ in range(6)]
    models = [KneserNey.fit(documents[:3], SIZE, order) for order in (1, 2, 3)]

    def surprise(model):
        return -sum(np.log(model.probabilities(document)).sum() for document in documents[3:])

    mixture = mix(models, documents[3:])
    assert surprise(mixture) <= min(map(surprise, models)) + 0.01
