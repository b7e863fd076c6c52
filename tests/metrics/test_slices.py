import json

import numpy as np

from rnnops.metrics.bootstrap import cluster_weights
from rnnops.metrics.slices import metrics_by_source


def test_each_source_is_measured_on_its_own_messages(make_scores):
    scores = make_scores(rows=200)
    sources = np.where(np.arange(200) < 150, "list", "inbox")
    slices = metrics_by_source(sources, scores, cluster_weights(np.arange(200), 200, seed=0))
    assert list(slices) == ["inbox", "list"]
    is_spam, called_spam = scores.actual[:150] == 1, scores.decided[:150] == 1
    part = slices["list"]
    metrics = part["metrics"]
    assert part["messages"] == 150
    assert part["labels"] == {"ham": int((~is_spam).sum()), "spam": int(is_spam.sum())}
    assert metrics["accuracy"]["value"] == np.mean(is_spam == called_spam)
    assert metrics["recall"]["value"] == np.mean(called_spam[is_spam])
    assert metrics["false_positive_rate"]["value"] == np.mean(called_spam[~is_spam])
    assert metrics["accuracy"]["low"] < metrics["accuracy"]["value"] < metrics["accuracy"]["high"]
    assert json.loads(json.dumps(slices, allow_nan=False)) == slices


def test_a_source_of_one_message_or_one_label_has_none_for_what_it_cannot_show(make_scores):
    scores = make_scores(rows=100)
    only_ham = np.flatnonzero(scores.actual == 0)[0]
    sources = np.where(np.arange(100) == only_ham, "tiny", "rest")
    tiny = metrics_by_source(sources, scores, cluster_weights(np.arange(100), 50, seed=0))["tiny"]
    assert tiny["messages"] == 1
    assert tiny["metrics"]["recall"]["value"] is None
    assert tiny["metrics"]["false_positive_rate"]["value"] in (0, 1)


def test_more_than_two_labels_have_accuracy_alone(make_scores):
    scores = make_scores(rows=60, labels=("a", "b", "c"))
    weights = cluster_weights(np.arange(60), 50, seed=0)
    slices = metrics_by_source(np.repeat(["x", "y"], 30), scores, weights)
    assert list(slices["x"]["metrics"]) == ["accuracy"]
