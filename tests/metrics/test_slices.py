import json

import numpy as np
import pytest

from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.slices import metrics_by_source, metrics_by_stratum


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


SIMILARITIES = np.array([0, 0.19, 0.2, 2 / 5, 0.41, 1, np.nan])


@pytest.mark.parametrize("labels", [("ham", "spam"), ("a", "b", "c")])
def test_strata_have_every_metric_of_their_messages(make_scores, labels):
    scores = make_scores(rows=70, labels=labels)
    weights = cluster_weights(np.arange(70), 50, seed=0)
    strata = metrics_by_stratum(np.tile(SIMILARITIES, 10), scores, weights, bins=5)
    assert list(strata) == ["below 0.2", "0.2 to 0.4", "above 0.4"]
    for position, stratum in enumerate(strata.values()):
        rows = np.flatnonzero(np.isin(np.arange(70) % 7, [2 * position, 2 * position + 1]))
        measured = measure(scores.rows(rows), weights.rows(rows), bins=5)
        assert stratum["messages"] == 20
        assert stratum["metrics"] == {key: each.to_json() for key, each in measured.items()}


def test_a_stratum_of_one_label_has_none_for_what_it_cannot_show(make_scores):
    scores = make_scores(rows=60)
    similarity = np.where(scores.actual == 0, 0.1, 0.3)
    strata = metrics_by_stratum(similarity, scores, cluster_weights(np.arange(60), 50, 0), bins=5)
    assert list(strata) == ["below 0.2", "0.2 to 0.4"]
    assert strata["below 0.2"]["metrics"]["roc_auc"]["value"] is None
    assert json.loads(json.dumps(strata, allow_nan=False)) == strata
