import numpy as np
import pytest

from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.evaluation import Evaluation, mean_log_loss


@pytest.fixture
def evaluation(make_scores):
    models = {"network": make_scores(seed=0), "linear_svm": make_scores(seed=1)}
    weights = cluster_weights(np.arange(300), 200, seed=0)
    metrics = {name: measure(scores, weights) for name, scores in models.items()}
    return Evaluation(models, metrics, weights)


def test_a_difference_is_the_first_less_the_second_paired(evaluation):
    found = evaluation.difference("network", "linear_svm")["f1"]
    ours, theirs = (evaluation.metrics[name]["f1"] for name in ("network", "linear_svm"))
    assert found.point == pytest.approx(ours.point - theirs.point)
    np.testing.assert_array_equal(found.resamples, ours.resamples - theirs.resamples)


def test_the_network_is_compared_with_the_model_that_is_named(evaluation):
    compared = evaluation.network_against("linear_svm")
    assert list(compared.scores) == list(compared.metrics) == ["network", "baseline"]
    assert compared.scores["baseline"] is evaluation.scores["linear_svm"]


def test_halves_are_compared_where_there_are_some(evaluation):
    assert list(evaluation.halves_against("linear_svm").scores) == ["network", "baseline"]
    halves = {"recurrent": "network", "linear": "linear_svm"}
    for measured in (evaluation.scores, evaluation.metrics):
        measured |= {half: measured[model] for half, model in halves.items()}
    compared = evaluation.halves_against("linear_svm")
    assert list(compared.scores) == ["network", "recurrent", "linear", "baseline"]


def test_the_mean_log_loss_is_that_of_the_metrics(make_scores):
    scores = make_scores()
    found = mean_log_loss(scores.labels, scores.actual, scores.probabilities)
    own = scores.probabilities[np.arange(300), scores.actual]
    assert found == pytest.approx(-np.log(np.clip(own, np.finfo(float).eps, 1)).mean())
