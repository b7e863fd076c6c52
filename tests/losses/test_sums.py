"""Ratios of sums against values computed by hand."""

import numpy as np
import pytest

from rnnops.losses.sums import Sums, measure_mean, measure_share
from rnnops.metrics.bootstrap import cluster_weights

ROWS = Sums(np.array([3.0, 8.0, 1.0]), np.array([1.0, 4.0, 1.0]))


def test_a_mean_counts_each_unit_the_same():
    weights = cluster_weights(np.array(["a", "b", "c"]), 1_000, 0)
    found = measure_mean(ROWS, weights)
    assert found.point == pytest.approx(12 / 6)
    resample = weights.counts[0].astype(float)
    expected = (resample @ ROWS.sums) / (resample @ ROWS.sizes)
    assert found.resamples[0] == pytest.approx(expected)


def test_the_interval_of_a_mean_holds_the_truth_as_often_as_it_says():
    random = np.random.default_rng(0)
    held = 0
    for seed in range(200):
        sizes = random.integers(50, 150, 40).astype(float)
        sums = sizes * random.normal(7, 0.5, 40)
        weights = cluster_weights(np.arange(40).astype(str), 300, seed)
        low, high = measure_mean(Sums(sums, sizes), weights).interval()
        held += low <= 7 <= high
    assert 180 <= held <= 199


def test_a_paired_difference_leaves_out_what_both_have_in_common():
    random = np.random.default_rng(0)
    hard = random.normal(7, 2, 50)
    sizes = np.full(50, 100.0)
    weights = cluster_weights(np.arange(50).astype(str), 500, 0)
    worse = measure_mean(Sums(100 * hard, sizes), weights)
    better = measure_mean(Sums(100 * (hard - 0.1), sizes), weights)
    low, high = (better - worse).interval()
    assert -0.11 < low <= high < -0.09


def test_shares_stay_within_0_and_1():
    weights = cluster_weights(np.array(["a", "b", "c", "d"]), 200, 0)
    found = measure_share(Sums(np.array([9.0, 10, 10, 10]), np.full(4, 10.0)), weights)
    low, high = found.interval()
    assert 0 < low < 0.975 < high <= 1


def test_one_cluster_has_no_interval():
    weights = cluster_weights(np.array(["a", "a", "a"]), 200, 0)
    found = measure_mean(ROWS, weights).to_json()
    assert found == {"value": 2.0, "low": None, "high": None}
