import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.gate.comparison import compare
from rnnops.gate.verdict import Verdict
from rnnops.metrics.evaluation import evaluate_splits, predictions_frame
from rnnops.metrics.metric import Metric
from rnnops.metrics.metrics import METRICS, metric_of
from rnnops.metrics.params import EvaluateTexts
from rnnops.registry.model_card import describe_run
from rnnops.registry.trained_models import run_metrics
from rnnops.report.cross_fitting import cross_fitted_metrics
from rnnops.report.results import SPLITS, Results

LABELS = ["ham", "spam"]
MODELS = ["network", "recurrent", "linear", "linear_svm", "complement_naive_bayes"]
RIGHT = {"network": {"validation": 30, "test": 20}}
OTHERS_RIGHT = {"validation": 25, "test": 35}


def predictions():
    """40 messages a split; the first `RIGHT` of them get their label."""
    frames = []
    label = np.arange(40) % 2
    for split in SPLITS:
        rows = pd.DataFrame({"split": split, "source": "made", "label": np.array(LABELS)[label]})
        rows["cluster"] = [f"{split} {place}" for place in range(40)]
        probabilities = {}
        for model in MODELS:
            right = np.arange(40) < RIGHT.get(model, OTHERS_RIGHT)[split]
            p_spam = np.where((label == 1) == right, 0.75, 0.25)
            probabilities[model] = np.column_stack([1 - p_spam, p_spam])
        frames.append(predictions_frame(rows, LABELS, probabilities))
    return pd.concat(frames, ignore_index=True)


def measure(positive):
    changes = {"bootstrap_resamples": 100, "max_false_positive_rate": None}
    params = load_params()[EvaluateTexts].model_copy(update=changes)
    evaluations = evaluate_splits(predictions(), MODELS, LABELS, positive, params)
    cross_fitted = cross_fitted_metrics(predictions(), LABELS, positive, params)
    return evaluations, Results.of(evaluations, "linear_svm", "mine", params, cross_fitted)


@pytest.fixture(params=["spam", None])
def results(request):
    return measure(request.param)[1]


def test_results_are_split_by_model_by_metric_with_intervals(results):
    for split in SPLITS:
        measured = results.metrics[split]
        assert list(measured) == MODELS
        accuracy = {model: metrics["accuracy"] for model, metrics in measured.items()}
        assert accuracy["network"]["value"] == RIGHT["network"][split] / 40
        assert accuracy["network"]["low"] < accuracy["network"]["value"]
        difference = accuracy["network"]["value"] - accuracy["linear_svm"]["value"]
        assert results.difference[split]["accuracy"]["value"] == pytest.approx(difference)
        assert results.network_against_baseline(split) == {
            "network": measured["network"],
            "baseline": measured["linear_svm"],
            "difference": results.difference[split],
        }
    assert (results.dataset, results.labels) == ("mine", LABELS)
    assert results.baselines == ["linear_svm", "complement_naive_bayes"]
    assert list(results.thresholds) == MODELS
    assert results.thresholds["network"] == (0.5 if results.positive else None)


def test_the_flattery_of_the_validation_split_is_told(results):
    figures = [
        metrics["log_loss"]["value"]
        for metrics in (
            results.metrics["validation"]["network"],
            results.cross_fitted,
            results.metrics["test"]["network"],
        )
    ]
    there, elsewhere, test = (f"{figure:.4f}" for figure in figures)
    assert f"Log loss is {there} there, {elsewhere} with exponents" in results.describe_optimism()
    assert f"{test} on the test split" in results.describe_optimism()
    plain = replace(results, cross_fitted={}).describe_optimism()
    assert "exponents" not in plain
    assert f"Log loss is {there} there, {test} on the test split" in plain


def test_what_is_written_is_read_again_and_is_json(results, tmp_path):
    results.write(tmp_path / "results.json")
    assert Results.read(tmp_path / "results.json") == results
    json.dumps(json.loads((tmp_path / "results.json").read_text()), allow_nan=False)


def test_results_of_another_release_are_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "results.json").write_text('{"threshold": 0.5, "baseline": "linear_svm"}')
    with pytest.raises(InputError, match="of another release: run `dvc repro`"):
        Results.read(tmp_path / "results.json")


def test_settings_are_chosen_by_a_few_plain_numbers_of_the_validation_split(results):
    report = results.headline_report()
    assert list(report) == ["network", "baseline"]
    headlines = [name for name, metric in METRICS.items() if metric.is_headline]
    for model, metrics in zip(("network", "linear_svm"), report.values(), strict=True):
        assert [metric_of(key).name for key in metrics] == headlines
        assert all(isinstance(value, float) for value in metrics.values())
        assert metrics["accuracy"] == results.metrics["validation"][model]["accuracy"]["value"]


@pytest.mark.parametrize(("positive", "key"), [("spam", "error_rate"), (None, "macro_error_rate")])
def test_a_new_metric_is_one_record_and_one_function(monkeypatch, positive, key):
    """It is in the results, the files for DVC and MLflow, the gate's table and the model card."""

    def error_rate(label):
        return (label.decided + label.actual - 2 * label.right) / (label.actual + label.rest)

    record = Metric(
        "error_rate", "Error rate", "of all messages", of_label=error_rate,
        lower_is_better=True, is_headline=True,
    )  # fmt: skip
    monkeypatch.setitem(METRICS, "error_rate", record)
    evaluations, results = measure(positive)
    assert results.metrics["test"]["network"][key]["value"] == 0.5
    assert results.headline_report()["network"][key] == 0.25
    assert run_metrics(results, "network")[key] == 0.25
    models = (evaluations["test"].metrics[model] for model in ("network", "linear_svm"))
    assert compare(*models, key, 0.95).difference == 0.375
    mean = "" if positive else ", mean over labels"
    verdict = Verdict("passed", "better", "champion", rows=4, clusters=4, excluded=0)
    assert f"| Error rate{mean} (lower is better) | 0.5000 [" in describe_run(results, verdict)
