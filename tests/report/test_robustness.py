from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rnnops.core.params import load_params
from rnnops.metrics.evaluation import Evaluation
from rnnops.metrics.intervals import cluster_weights
from rnnops.metrics.metrics import all_metrics
from rnnops.metrics.params import Evaluate
from rnnops.report import robustness

ROWS = 300


@pytest.fixture(params=[("ham", "spam"), ("a", "b", "c")])
def evaluation(request, make_scores):
    scores = make_scores(rows=ROWS, labels=request.param)
    weights = cluster_weights(np.arange(ROWS), 200, seed=0)
    point, resampled = all_metrics(scores, np.ones((1, ROWS)), 10), all_metrics(scores, weights, 10)
    return Evaluation({"network": scores}, {"network": point}, {"network": resampled}, weights)


def lost(evaluation, trials, selected=None):
    selected = np.arange(ROWS) if selected is None else selected
    trials = [{"network": trial} for trial in trials]
    return robustness.lost(evaluation, selected, trials, 10)["network"]


def test_an_unchanged_verdict_loses_nothing(evaluation):
    found = lost(evaluation, [evaluation.scores["network"].probabilities] * 2)
    for name, metric in found.items():
        assert metric["before"] == pytest.approx(evaluation.point["network"][name][0])
        assert metric["after"] == pytest.approx(metric["before"])
        assert metric["lost"]["low"] == pytest.approx(0, abs=1e-12)
        assert metric["lost"]["high"] == pytest.approx(0, abs=1e-12)


def test_a_verdict_that_no_longer_depends_on_the_message_loses_all(evaluation):
    scores = evaluation.scores["network"]
    blind = np.full_like(scores.probabilities, 1 / len(scores.labels))
    found = lost(evaluation, [blind])
    name = "roc_auc" if scores.positive else "macro_roc_auc"
    assert found[name]["after"] == pytest.approx(0.5)
    assert found[name]["lost"]["low"] > 0


def test_trials_are_averaged(evaluation):
    scores = evaluation.scores["network"]
    other = np.random.default_rng(1).dirichlet(np.ones(len(scores.labels)), ROWS)
    one, two, both = (
        lost(evaluation, trials)["accuracy"]["after"]
        for trials in ([scores.probabilities], [other], [scores.probabilities, other])
    )
    assert both == pytest.approx((one + two) / 2)


def test_only_the_selected_messages_count(evaluation):
    scores = evaluation.scores["network"]
    right = np.flatnonzero(scores.decided == scores.actual)
    found = lost(evaluation, [scores.probabilities[right]], right)
    assert found["accuracy"]["before"] == found["accuracy"]["after"] == 1


@pytest.mark.parametrize(("most", "read"), [(10_000, ROWS), (40, 40)])
def test_every_change_is_measured_on_no_more_messages_than_asked(evaluation, most, read):
    labels = evaluation.scores["network"].labels
    asked = []

    def probabilities(texts):
        asked.append(texts)
        return {"network": np.full((len(texts), len(labels)), 1 / len(labels))}

    messages = pd.DataFrame({"text": [f"message {row} as it came" for row in range(ROWS)]})
    params = load_params()[Evaluate].model_copy(update={"perturbed_messages": most})
    telling = [[f"tells-{label}"] for label in labels]
    found = robustness.measure_changes(evaluation, messages, telling, probabilities, params)
    assert set(found) == {"shuffled", "typos", "padded", "capitals"}
    assert len(asked) == 8
    assert {len(texts) for texts in asked} == {read}


def test_the_interval_comes_from_the_resamples_of_the_selected_messages(evaluation):
    scores = evaluation.scores["network"]
    selected = np.arange(ROWS // 2, ROWS)
    other = np.random.default_rng(1).dirichlet(np.ones(len(scores.labels)), len(selected))
    found = lost(evaluation, [other], selected)["accuracy"]["lost"]
    weights = evaluation.weights[:, selected]
    before, after = (
        all_metrics(each, weights, 10)["accuracy"]
        for each in (scores.rows(selected), replace(scores.rows(selected), probabilities=other))
    )
    low, high = np.quantile(before - after, [0.025, 0.975])
    assert (found["low"], found["high"]) == pytest.approx((low, high))
