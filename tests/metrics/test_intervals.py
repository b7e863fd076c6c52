"""Simulated coverage; `make coverage` simulates more."""

import numpy as np
import pytest

from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.intervals import beta_interval, effective_number
from rnnops.metrics.measured import Measured
from rnnops.metrics.scores import Scores

REPETITIONS, RESAMPLES = 400, 400
EMAIL = np.repeat([1, 2, 3, 4, 6, 9, 14, 39], [645, 63, 15, 9, 5, 2, 1, 1])  # a real test split
HAM = np.repeat([1, 2, 3, 4, 39], [512, 40, 8, 2, 1])
TWENTY = np.ones(20, int)


def resample(sizes, sums):
    """Sums by cluster, shape (clusters, repetitions), as means and as resampled means."""
    random = np.random.default_rng(1)
    weights = random.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), RESAMPLES)
    return sums.sum(axis=0) / sizes.sum(), weights @ sums / (weights @ sizes)[:, None]


def measured(sizes, sums, *, counts_decisions=True, largest=1.0):
    """The repetitions' means as `measure` would give them."""
    effective = effective_number(sizes)
    variance = 1 / (effective * len(sizes))
    return [
        Measured(point, column, (0, largest), effective, variance, counts_decisions)
        for point, column in zip(*((a.T) for a in resample(sizes, sums)), strict=True)
    ]


def coverage(found, truth):
    ends = np.array([each.interval() for each in found])
    return np.mean((ends[:, 0] <= truth + 1e-12) & (truth - 1e-12 <= ends[:, 1]))


def percentile_coverage(found, truth):
    low, high = np.quantile([each.resamples for each in found], [0.025, 0.975], axis=1)
    return np.mean((low <= truth) & (truth <= high))


@pytest.mark.parametrize(
    ("sizes", "error_rate"), [(EMAIL, 0.005), (EMAIL, 0.02), (HAM, 0.005), (TWENTY, 0.05)]
)
def test_a_proportion_is_covered_when_whole_clusters_are_wrong(sizes, error_rate):
    is_wrong = np.random.default_rng(0).random((len(sizes), REPETITIONS)) < error_rate
    found = measured(sizes, sizes[:, None] * is_wrong)
    assert coverage(found, error_rate) >= 0.93
    assert percentile_coverage(found, error_rate) < 0.93


def test_a_mean_loss_is_covered_when_whole_clusters_are_wrong():
    random = np.random.default_rng(0)
    truth = np.log1p(np.exp(-random.normal(6, 3, 2_000_000))).mean()
    losses = np.log1p(np.exp(-random.normal(6, 3, (len(EMAIL), REPETITIONS))))
    found = measured(EMAIL, EMAIL[:, None] * losses, counts_decisions=False, largest=36)
    assert coverage(found, truth) >= 0.93
    assert percentile_coverage(found, truth) < 0.93


@pytest.mark.parametrize(("gained", "lost"), [(0.01, 0.0), (0.01, 0.002), (0.02, 0.02)])
@pytest.mark.parametrize("sizes", [EMAIL, TWENTY])
def test_a_paired_difference_is_covered(gained, lost, sizes):
    draws = np.random.default_rng(0).random((len(sizes), REPETITIONS))
    ours, theirs = draws < 0.5 + gained, (draws < 0.5) | (draws > 1 - lost)
    found = [
        one - other
        for one, other in zip(
            *(measured(sizes, sizes[:, None] * right) for right in (ours, theirs)), strict=True
        )
    ]
    assert coverage(found, gained - lost) >= 0.93


def scores(p_spam):
    actual = np.arange(len(p_spam)) % 2
    return Scores(("ham", "spam"), actual, np.column_stack([1 - p_spam, p_spam]), "spam", 0.5)


def test_no_error_leaves_the_exact_bound_on_the_effective_clusters():
    weights = cluster_weights(np.arange(200) // 4, 100, seed=0)  # 50 clusters of four
    perfect = scores(np.where(np.arange(200) % 2, 0.9, 0.1))
    found = measure(perfect, weights)
    for name in ("accuracy", "recall", "precision", "f1", "roc_auc"):
        assert found[name].interval() == (pytest.approx(0.025 ** (1 / 50)), 1), name
    assert found["false_positive_rate"].interval() == (0, pytest.approx(1 - 0.025 ** (1 / 50)))


def test_models_that_agree_everywhere_may_still_differ_by_a_few_clusters():
    weights = cluster_weights(np.arange(200) // 4, 100, seed=0)
    p_spam = np.where(np.arange(200) % 2, 0.9, 0.1)
    p_spam[:10] = 0.7
    ours, theirs = (measure(scores(each), weights)["accuracy"] for each in (p_spam, p_spam**0.9))
    low, high = (ours - theirs).interval()
    assert low == -high
    assert 2 / 50 < high < 4 / 50


def test_a_cluster_of_many_messages_is_worth_one():
    assert effective_number(np.array([1, 1, 1])) == 3
    assert effective_number(np.array([100, 1, 1])) < 1.1
    assert beta_interval(0, 0, (0, 1), 1, 0.95, is_count=True) == (0, pytest.approx(0.975))
