"""The metrics that runs log."""

from dataclasses import replace

import pytest

from rnnops.metrics.metrics import METRICS
from rnnops.registry.trained_models import run_metrics
from rnnops.report.results import Results


def interval(value, low=None, high=None):
    return {"value": value, "low": low, "high": high}


def results_of(metrics):
    return Results(
        dataset="mine",
        labels=["ham", "spam"],
        positive=None,
        max_false_positive_rate=None,
        best_baseline="linear_svm",
        thresholds=dict.fromkeys(metrics["validation"]),
        metrics=metrics,
        difference={},
    )


@pytest.mark.parametrize("f1", METRICS["f1"].keys)
def test_the_plain_metrics_are_the_validation_splits_headlines_and_sort_before_all_others(f1):
    measured = {
        "validation": {
            "accuracy": interval(0.9, 0.8, 1.0), f1: interval(0.7), "brier": interval(0.1),
        },
        "test": {"accuracy": interval(0.5, 0.4, 0.6), f1: interval(None)},
    }  # fmt: skip
    results = results_of({split: {"network": metrics} for split, metrics in measured.items()})
    assert run_metrics(results, "network") == {
        "accuracy": 0.9,
        f1: 0.7,
        "validation/accuracy": 0.9,
        "validation/accuracy_low": 0.8,
        "validation/accuracy_high": 1.0,
        f"validation/{f1}": 0.7,
        "validation/brier": 0.1,
        "test/accuracy": 0.5,
        "test/accuracy_low": 0.4,
        "test/accuracy_high": 0.6,
    }
    names = run_metrics(replace(results, thresholds={"network": 0.6}), "network")
    assert sorted(names)[:2] == ["accuracy", f1]
    assert names["validation/threshold"] == 0.6


def test_the_networks_run_alone_has_the_metrics_of_its_halves():
    models = ("network", "recurrent", "linear", "linear_svm")
    measured = {model: {"accuracy": interval(0.9, 0.8, 1.0)} for model in models}
    results = results_of({"validation": measured, "test": measured})
    of_halves = {
        f"{split}/{half}/accuracy{end}"
        for split in ("validation", "test")
        for half in ("recurrent", "linear")
        for end in ("", "_low", "_high")
    }
    network, baseline = (run_metrics(results, model) for model in ("network", "linear_svm"))
    assert network.keys() - baseline.keys() == of_halves
    assert network["test/recurrent/accuracy_low"] == 0.8
