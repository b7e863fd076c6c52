from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rnnops.core.params import load_params
from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.evaluation import Evaluation
from rnnops.metrics.metrics import METRICS, compute_metrics
from rnnops.metrics.params import EvaluateTexts
from rnnops.report import robustness
from rnnops.report.changes import perturbation_changes

ROWS = 300


@pytest.fixture(params=[("ham", "spam"), ("a", "b", "c")])
def evaluation(request, make_scores):
    return evaluated(make_scores(rows=ROWS, labels=request.param))


def evaluated(scores):
    weights = cluster_weights(np.arange(ROWS), 200, seed=0)
    return Evaluation({"network": scores}, {"network": measure(scores, weights)}, weights)


def changes(evaluation, trials, selected=None):
    selected = np.arange(ROWS) if selected is None else selected
    trials = [{"network": trial} for trial in trials]
    return perturbation_changes(evaluation, selected, trials, 10)["network"]


def test_unchanged_probabilities_change_nothing(evaluation):
    found = changes(evaluation, [evaluation.scores["network"].probabilities] * 2)
    for name, metric in found.items():
        assert metric["before"] == pytest.approx(evaluation.metrics["network"][name].point)
        assert metric["after"] == pytest.approx(metric["before"])
        assert metric["change"]["value"] == pytest.approx(0, abs=1e-12)
        assert metric["change"]["low"] == pytest.approx(-metric["change"]["high"], abs=1e-12)


def test_probabilities_that_do_not_depend_on_the_message_lose_all(evaluation):
    scores = evaluation.scores["network"]
    blind = np.full_like(scores.probabilities, 1 / len(scores.labels))
    found = changes(evaluation, [blind])
    name = METRICS["roc_auc"].key(scores.positive)
    assert found[name]["after"] == pytest.approx(0.5)
    assert found[name]["change"]["high"] < 0


def test_the_deployed_threshold_shows_a_rise_that_the_ranking_hides(make_scores):
    scores = make_scores(rows=ROWS)
    surer = scores.probabilities[:, 1] ** 0.2  # of spam, of every message; the order stays
    found = changes(evaluated(scores), [np.column_stack([1 - surer, surer])])
    assert found["roc_auc"]["change"]["value"] == pytest.approx(0)
    for name in ("false_positive_rate", "recall"):
        rise = found[name]["after"] - found[name]["before"]
        assert found[name]["change"]["value"] == pytest.approx(rise)
        assert found[name]["change"]["low"] > 0.1


def test_trials_are_averaged(evaluation):
    scores = evaluation.scores["network"]
    other = np.random.default_rng(1).dirichlet(np.ones(len(scores.labels)), ROWS)
    one, two, both = (
        changes(evaluation, trials)["accuracy"]["after"]
        for trials in ([scores.probabilities], [other], [scores.probabilities, other])
    )
    assert both == pytest.approx((one + two) / 2)


def test_only_the_selected_messages_count(evaluation):
    scores = evaluation.scores["network"]
    right = np.flatnonzero(scores.decided == scores.actual)
    found = changes(evaluation, [scores.probabilities[right]], right)
    assert found["accuracy"]["before"] == found["accuracy"]["after"] == 1


@pytest.mark.parametrize(("most", "read"), [(10_000, ROWS), (40, 40)])
def test_every_perturbation_is_measured_on_no_more_messages_than_asked(evaluation, most, read):
    labels = evaluation.scores["network"].labels
    asked = []

    def probabilities(texts):
        asked.append(texts)
        return {"network": np.full((len(texts), len(labels)), 1 / len(labels))}

    messages = pd.DataFrame({"text": [f"message {row} as it came" for row in range(ROWS)]})
    params = load_params()[EvaluateTexts].model_copy(update={"perturbed_messages": most})
    words = [[f"word-of-{label}"] for label in labels]
    found = robustness.measure_robustness(evaluation, messages, words, probabilities, params)
    assert set(found) == {"shuffled", "typos", "padded", "capitals"}
    assert len(asked) == 8
    assert {len(texts) for texts in asked} == {read}


def test_the_interval_comes_from_the_resamples_of_the_selected_messages(evaluation):
    scores = evaluation.scores["network"]
    selected = np.arange(ROWS // 2, ROWS)
    other = np.random.default_rng(1).dirichlet(np.ones(len(scores.labels)), len(selected))
    found = changes(evaluation, [other], selected)["accuracy"]["change"]
    weights = evaluation.weights.rows(selected)
    before, after = (
        compute_metrics(each, weights.counts)["accuracy"]
        for each in (scores.rows(selected), replace(scores.rows(selected), probabilities=other))
    )
    half = 1.97 * np.std(before - after)  # Student's t
    assert (found["high"] - found["low"]) / 2 == pytest.approx(half, rel=0.02)
