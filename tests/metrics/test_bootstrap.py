import json
from dataclasses import replace

import numpy as np
import pytest

from rnnops.metrics.bootstrap import ClusterWeights, cluster_weights, measure
from rnnops.metrics.scores import Scores


def accuracy_interval(scores, clusters, seed):
    weights = cluster_weights(clusters, 200, seed)
    return measure(scores, weights, names=["accuracy"])["accuracy"].to_json()


def to_json(measured):
    return {key: each.to_json() for key, each in measured.items()}


def test_rows_of_a_cluster_are_drawn_together_and_clusters_as_often_as_there_are():
    clusters = np.array(["b", "a", "b", "c", "a", "b"])
    weights = cluster_weights(clusters, 500, seed=0).counts
    assert weights.shape == (500, 6)
    assert weights.dtype == np.int16
    assert np.array_equal(weights[:, 0], weights[:, 2])
    assert np.array_equal(weights[:, 0], weights[:, 5])
    assert np.array_equal(weights[:, 1], weights[:, 4])
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert abs(weights.mean() - 1) < 0.1


def test_the_seed_decides_the_weights_and_the_order_of_rows_does_not():
    clusters = np.array(["b", "a", "c", "a"])
    weights = cluster_weights(clusters, 50, seed=1)
    assert np.array_equal(weights.counts, cluster_weights(clusters, 50, seed=1).counts)
    assert not np.array_equal(weights.counts, cluster_weights(clusters, 50, seed=2).counts)
    order = [3, 2, 0, 1]
    assert np.array_equal(
        weights.rows(order).counts, cluster_weights(clusters[order], 50, seed=1).counts
    )


def test_sizes_are_those_of_the_clusters_that_have_any_of_the_rows():
    weights = cluster_weights(np.array(["a", "b", "b", "c", "c", "c"]), 10, seed=0)
    assert weights.sizes(np.array([True, False, False, True, True, False])).tolist() == [1, 2]


def evidence(measured):
    return measured.effective, measured.cluster_variance


def test_the_evidence_for_a_metric_is_that_of_the_messages_it_is_about():
    """2 messages of 6 are spam, in 1 cluster; 3 are called so, of 2 clusters."""
    is_spam = np.array([0, 0, 0, 0, 1, 1])
    p_spam = np.array([0.1, 0.1, 0.1, 0.9, 0.9, 0.9])
    scores = Scores(("ham", "spam"), is_spam, np.column_stack([1 - p_spam, p_spam]), "spam", 0.5)
    measured = measure(scores, cluster_weights(np.array(list("abccdd")), 10, seed=0))
    everything, ham, spam = (36 / 10, 10 / 36 / 4), (16 / 6, 6 / 16 / 3), (1, 1)
    decided = (9 / 5, 5 / 9 / 2)
    expected = {
        "accuracy": everything, "recall": spam, "false_positive_rate": ham, "precision": decided,
        "roc_auc": spam, "mcc": spam,
    }  # fmt: skip
    for key, numbers in expected.items():
        assert evidence(measured[key]) == pytest.approx(numbers), key
    of_ham = measure(
        replace(scores, positive="ham"), cluster_weights(np.array(list("abccdd")), 10, 0)
    )
    assert evidence(of_ham["roc_auc"]) == pytest.approx(spam)  # the fewer of the pairs


def test_the_evidence_for_a_mean_over_labels_is_that_of_each(make_scores):
    """Clusters of 2 and 2 messages, of 1 and 3, and of 4."""
    scores = make_scores(rows=12, labels=("a", "b", "c")).rows(np.arange(12))
    scores.actual[:] = np.repeat([0, 1, 2], 4)
    measured = measure(scores, cluster_weights(np.array(list("ppqqrssstttt")), 10, seed=0))
    inverse = 1 / 2 + 10 / 16 + 1
    variance = (1 / 2 / 2 + 10 / 16 / 2 + 1) / 9
    assert evidence(measured["macro_recall"]) == pytest.approx((9 / inverse, variance))
    assert evidence(measured["accuracy"]) == pytest.approx((144 / 34, 34 / 144 / 5))


def test_only_the_metrics_that_are_named_are_measured(make_scores):
    scores, weights = make_scores(rows=40), cluster_weights(np.arange(40), 10, seed=0)
    assert list(measure(scores, weights, names=["accuracy", "recall"])) == ["accuracy", "recall"]
    assert len(measure(scores, weights)) > 10


def test_the_calibration_error_has_ten_bins_unasked(make_scores):
    scores, weights = make_scores(rows=100), cluster_weights(np.arange(100), 10, seed=0)
    errors = [measure(scores, weights, *bins)["expected_calibration_error"].point
              for bins in ([], [10], [11])]  # fmt: skip
    assert errors[0] == errors[1] != errors[2]


def test_intervals_of_clusters_hold_the_truth_and_naive_ones_do_not():
    """Whole campaigns are right or wrong: 60 clusters of 1 to 30 messages, right 4 times in 5."""
    random = np.random.default_rng(0)
    covered, covered_naively, wider = [], [], []
    for seed in range(100):
        sizes = random.integers(1, 31, 60)
        clusters = np.repeat([f"c{i}" for i in range(60)], sizes)
        actual = np.arange(len(clusters)) % 2
        is_right = np.repeat(random.random(60) < 0.8, sizes)
        p_spam = np.where(is_right, actual, 1 - actual) * 0.8 + 0.1
        scores = Scores(("ham", "spam"), actual, np.column_stack([1 - p_spam, p_spam]), "spam", 0.5)
        ours = accuracy_interval(scores, clusters, seed)
        naive = accuracy_interval(scores, np.arange(len(clusters)).astype(str), seed)
        covered.append(ours["low"] <= 0.8 <= ours["high"])
        covered_naively.append(naive["low"] <= 0.8 <= naive["high"])
        wider.append(ours["high"] - ours["low"] > naive["high"] - naive["low"])
    assert np.mean(covered) >= 0.93
    assert np.mean(covered_naively) <= 0.6
    assert all(wider)


def test_every_metric_lies_in_its_interval(make_scores):
    scores = make_scores(rows=400)
    clusters = np.arange(400) // 2
    metrics = to_json(measure(scores, cluster_weights(clusters, 300, seed=0)))
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    for name, metric in metrics.items():
        assert metric["low"] <= metric["value"] <= metric["high"], name
        assert metric["low"] < metric["high"], name


def test_what_is_undefined_is_none_and_such_resamples_are_counted():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.2, 0.8]])
    scores = Scores(("ham", "spam"), np.array([0, 0, 0, 1]), probabilities, "spam", 0.95)
    counts = np.array([[1, 1, 1, 1], [2, 1, 1, 0], [1, 1, 0, 2]])
    weights = ClusterWeights(counts, np.arange(4))
    metrics = to_json(measure(scores, weights))
    assert metrics["precision"] == {"value": None, "low": None, "high": None}
    assert metrics["recall"] == {
        "value": 0, "low": 0, "high": pytest.approx(0.975), "undefined_resamples": 1,
    }  # fmt: skip
    assert "undefined_resamples" not in metrics["accuracy"]
