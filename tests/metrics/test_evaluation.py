import numpy as np
import pytest

from rnnops.metrics.evaluation import Evaluation
from rnnops.metrics.intervals import cluster_weights
from rnnops.metrics.metrics import all_metrics


def test_a_difference_is_the_first_less_the_second_paired(make_scores):
    models = {"network": make_scores(seed=0), "baseline": make_scores(seed=1)}
    weights = cluster_weights(np.arange(300), 200, seed=0)
    once = np.ones((1, 300))
    point, resampled = (
        {name: all_metrics(scores, each, 10) for name, scores in models.items()}
        for each in (once, weights)
    )
    found = Evaluation(models, point, resampled, weights).difference("network", "baseline")["f1"]
    assert found["value"] == pytest.approx(point["network"]["f1"][0] - point["baseline"]["f1"][0])
    paired = resampled["network"]["f1"] - resampled["baseline"]["f1"]
    low, high = np.quantile(paired, [0.025, 0.975])
    assert (found["low"], found["high"]) == pytest.approx((low, high))
