import json

import numpy as np
import pytest

from rnnops.metrics.threshold import negatives_needed, threshold_at_false_positive_rate


def expected_rate(scores, is_positive, threshold):
    """Of a new negative message: it has any rank among the others with the same probability."""
    negatives = scores[~is_positive]
    return (np.sum(negatives > threshold) + 1) / (len(negatives) + 1)


@pytest.mark.parametrize("cap", [0.005, 0.1, 0.29, 0.5, 0.999])
@pytest.mark.parametrize("seed", range(5))
def test_is_the_lowest_of_all_thresholds_expected_within_the_cap(cap, seed):
    random = np.random.default_rng(seed)
    scores = random.random(500).round(2)  # many ties
    is_positive = random.random(500) < 0.4
    threshold = threshold_at_false_positive_rate(scores, is_positive, cap)
    assert expected_rate(scores, is_positive, threshold) <= cap
    lower = [candidate for candidate in [0.0, *scores] if candidate < threshold]
    assert all(expected_rate(scores, is_positive, other) > cap for other in lower)


def rate_on_new_messages(negatives, cap, choose, repetitions=2000):
    """The mean false-positive rate on new messages of thresholds chosen on so many negatives."""
    random = np.random.default_rng(negatives)
    samples = random.random((repetitions, negatives))  # the rate at t is 1 - t
    thresholds = [choose(sample, np.zeros(negatives, bool), cap) for sample in samples]
    return 1 - np.mean(thresholds)


def threshold_within_the_cap_in_sample(scores, is_positive, cap):
    return np.sort(scores[~is_positive])[::-1][int(np.floor(cap * np.sum(~is_positive)))]


@pytest.mark.parametrize(
    ("negatives", "cap"), [(30, 0.05), (199, 0.005), (200, 0.005), (660, 0.005)]
)
def test_the_cap_holds_on_new_messages(negatives, cap):
    found = rate_on_new_messages(negatives, cap, threshold_at_false_positive_rate)
    assert found <= 1.05 * cap  # the simulation's own error is 2%


@pytest.mark.parametrize(("negatives", "cap"), [(30, 0.05), (200, 0.005), (660, 0.005)])
def test_a_cap_that_holds_in_sample_does_not_on_new_messages(negatives, cap):
    assert rate_on_new_messages(negatives, cap, threshold_within_the_cap_in_sample) > 1.1 * cap


@pytest.mark.parametrize("cap", [0.005, 0.01, 0.29, 1 / 49, 0.3, 1])
def test_the_fewest_negatives_that_keep_a_cap(cap):
    needed = negatives_needed(cap)
    assert 1 / (needed + 1) <= cap
    assert needed == 0 or 1 / needed > cap


def test_too_few_negatives_get_the_strictest_threshold():
    scores = np.arange(30) / 30
    assert threshold_at_false_positive_rate(scores, np.zeros(30, bool), 0.005) == scores.max()


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
    scores = np.arange(99) / 99
    threshold = threshold_at_false_positive_rate(scores, np.zeros(99, bool), 0.29)
    assert 0.29 * 100 < 29  # the trap
    assert np.sum(scores > threshold) == 28  # (28 + 1) / (99 + 1)


def test_saturated_scores_give_one_and_call_nothing_positive():
    assert threshold_at_false_positive_rate(np.ones(3), np.array([0, 0, 1], bool), 0.1) == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_decisions_are_the_same_after_a_trip_through_json(dtype):
    random = np.random.default_rng(0)
    scores = (1 / (1 + np.exp(-random.normal(0, 3, 1000)))).astype(dtype)
    is_positive = random.random(1000) < 0.5
    threshold = threshold_at_false_positive_rate(scores, is_positive, 0.01)
    stored = json.loads(json.dumps(threshold))
    assert np.sum(scores[~is_positive] > stored) == int(0.01 * (np.sum(~is_positive) + 1)) - 1
    assert np.array_equal(scores > stored, scores.astype(np.float64) > stored)


def test_without_a_negative_example_there_is_no_rate():
    with pytest.raises(
        ValueError, match=r"^no negative example to measure the false-positive rate on$"
    ):
        threshold_at_false_positive_rate(np.array([0.5]), np.array([True]), 0.1)


@pytest.mark.parametrize("bad", [np.nan, -0.1, 1.1])
def test_what_is_no_probability_is_refused(bad):
    with pytest.raises(ValueError, match=r"^scores must be in \[0, 1\]$"):
        threshold_at_false_positive_rate(np.array([0.5, bad]), np.array([False, True]), 0.1)
