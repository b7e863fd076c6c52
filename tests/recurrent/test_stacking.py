import numpy as np
import pytest
from scipy import special
from sklearn.metrics import log_loss

from rnnops.recurrent.stacking import combine, cross_fit, fit_exponents


def halves(skills, labels, seed=0):
    random = np.random.default_rng(seed)
    truth = np.eye(labels.max() + 1)[labels]
    return [
        special.softmax(skill * truth + random.normal(size=truth.shape), axis=1) for skill in skills
    ]


@pytest.fixture(params=[2, 3])
def labels(request):
    return np.random.default_rng(1).integers(request.param, size=1000)


def test_combining_one_half_with_exponent_one_changes_nothing(labels):
    (half,) = halves([1.0], labels)
    np.testing.assert_allclose(combine([half], np.array([1.0])), half, rtol=1e-12)


def test_the_combination_is_the_weighted_product(labels):
    pair = halves([1.0, 2.0], labels)
    product = pair[0] ** 0.5 * pair[1] ** 1.5
    expected = product / product.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(combine(pair, np.array([0.5, 1.5])), expected, rtol=1e-9)


def test_the_fitted_exponents_are_the_best(labels):
    pair = halves([1.0, 2.0], labels)
    fitted = fit_exponents(pair, labels)

    def loss(exponents):
        return log_loss(labels, combine(pair, np.asarray(exponents)))

    best = loss(fitted)
    assert best <= min(loss([1, 0]), loss([0, 1]), loss([0.5, 0.5]))
    for step in (-0.05, 0.05):
        assert best <= loss(fitted + np.array([step, 0]))
        assert best <= loss(fitted + np.array([0, step]))


def test_a_half_that_knows_nothing_is_not_heard(labels):
    good, noise = halves([2.0, 0.0], labels)
    exponents = fit_exponents([noise, good], labels)
    assert exponents[0] < 0.15 < 0.8 < exponents[1]


def test_both_halves_together_do_better_than_either_on_new_messages(labels):
    pair = halves([1.5, 1.5], labels)
    fitted = fit_exponents(pair, labels)
    fresh = np.random.default_rng(2).integers(labels.max() + 1, size=2000)
    new = halves([1.5, 1.5], fresh, seed=3)
    together = log_loss(fresh, combine(new, fitted))
    assert together < min(log_loss(fresh, half) for half in new)


def test_certainty_and_zero_probabilities_give_finite_answers():
    labels = np.array([0, 1, 0, 1])
    sure = np.eye(2)[labels]
    fitted = fit_exponents([sure, sure], labels)
    assert np.isfinite(combine([sure, sure], fitted)).all()
    assert (fitted <= 4).all()


def test_exponents_are_neither_negative_nor_without_bound():
    labels = np.random.default_rng(0).integers(2, size=400)
    (good,) = halves([2.0], labels)
    misled = 1 - halves([1.5], labels, seed=1)[0]
    assert fit_exponents([misled, good], labels)[0] == 0
    always_right = np.where(np.eye(2)[labels] == 1, 0.6, 0.4)
    np.testing.assert_allclose(fit_exponents([always_right, always_right], labels), 4)


def test_no_cluster_has_a_part_in_its_own_messages_exponents():
    labels = np.random.default_rng(0).integers(2, size=200)
    both = halves([1.0, 1.0], labels)
    clusters = np.arange(200) // 2
    before = cross_fit(both, labels, clusters)
    labels[:2] = 1 - labels[:2]  # a whole cluster
    after = cross_fit(both, labels, clusters)
    changed = np.flatnonzero(~np.isclose(after, before).all(axis=1))
    assert not {0, 1} & set(changed)
    assert len(changed) == 160  # the other four folds
