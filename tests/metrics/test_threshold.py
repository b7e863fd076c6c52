import json

import numpy as np
import pytest

from rnnops.metrics.threshold import threshold_at_false_positive_rate


def false_positive_rate(scores, is_positive, threshold):
    return np.mean(scores[~is_positive] > threshold)


@pytest.mark.parametrize("cap", [0, 0.001, 0.005, 0.1, 0.29, 0.5, 0.999])
@pytest.mark.parametrize("seed", range(5))
def test_is_the_lowest_of_all_thresholds_within_the_cap(cap, seed):
    random = np.random.default_rng(seed)
    scores = random.random(500).round(2)  # many ties
    is_positive = random.random(500) < 0.4
    threshold = threshold_at_false_positive_rate(scores, is_positive, cap)
    assert false_positive_rate(scores, is_positive, threshold) <= cap
    lower = [candidate for candidate in [0.0, *scores] if candidate < threshold]
    assert all(false_positive_rate(scores, is_positive, other) > cap for other in lower)


def test_a_cap_of_zero_calls_no_negative_positive():
    scores = np.array([0.1, 0.9, 0.9, 0.95])
    is_positive = np.array([False, False, True, True])
    threshold = threshold_at_false_positive_rate(scores, is_positive, 0)
    assert threshold == 0.9
    assert (scores > threshold).tolist() == [False, False, False, True]


def test_a_cap_of_one_gives_zero():
    assert threshold_at_false_positive_rate(np.array([0.5, 0.6]), np.array([False, True]), 1) == 0


def test_ties_that_do_not_all_fit_under_the_cap_stay_negative():
    scores = np.array([0.2, 0.7, 0.7, 0.7])
    assert threshold_at_false_positive_rate(scores, np.zeros(4, bool), 0.5) == 0.7


def test_a_rate_exactly_at_the_cap_fits_whatever_floating_point_says():
    scores = np.arange(100) / 100
    threshold = threshold_at_false_positive_rate(scores, np.zeros(100, bool), 0.29)
    assert 0.29 * 100 < 29  # the trap
    assert np.sum(scores > threshold) == 29


def test_saturated_scores_give_one_and_call_nothing_positive():
    assert threshold_at_false_positive_rate(np.ones(3), np.array([0, 0, 1], bool), 0.1) == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_decisions_are_the_same_after_a_trip_through_json(dtype):
    random = np.random.default_rng(0)
    scores = (1 / (1 + np.exp(-random.normal(0, 3, 1000)))).astype(dtype)
    is_positive = random.random(1000) < 0.5
    threshold = threshold_at_false_positive_rate(scores, is_positive, 0.01)
    stored = json.loads(json.dumps(threshold))
    assert np.sum(scores[~is_positive] > stored) == int(0.01 * np.sum(~is_positive))
    assert np.array_equal(scores > stored, scores.astype(np.float64) > stored)


def test_without_a_negative_example_there_is_no_rate():
    with pytest.raises(ValueError, match="no negative example"):
        threshold_at_false_positive_rate(np.array([0.5]), np.array([True]), 0.1)


@pytest.mark.parametrize("bad", [np.nan, -0.1, 1.1])
def test_what_is_no_probability_is_refused(bad):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        threshold_at_false_positive_rate(np.array([0.5, bad]), np.array([False, True]), 0.1)
