"""The metrics that runs log."""

import pytest

from rnnops.registry.trained_models import run_metrics


def interval(value, low=None, high=None):
    return {"value": value, "low": low, "high": high}


@pytest.mark.parametrize("mean", ["", "macro_"])
def test_the_plain_metrics_are_the_validation_splits_headlines_and_sort_before_all_others(mean):
    measured = {
        "validation": {
            "accuracy": interval(0.9, 0.8, 1.0), f"{mean}f1": interval(0.7), "brier": interval(0.1),
        },
        "test": {"accuracy": interval(0.5, 0.4, 0.6), f"{mean}f1": interval(None)},
    }  # fmt: skip
    results = {split: {"network": metrics} for split, metrics in measured.items()}
    assert run_metrics({**results, "thresholds": {"network": None}}, "network") == {
        "accuracy": 0.9,
        f"{mean}f1": 0.7,
        "validation/accuracy": 0.9,
        "validation/accuracy_low": 0.8,
        "validation/accuracy_high": 1.0,
        f"validation/{mean}f1": 0.7,
        "validation/brier": 0.1,
        "test/accuracy": 0.5,
        "test/accuracy_low": 0.4,
        "test/accuracy_high": 0.6,
    }
    names = run_metrics({**results, "thresholds": {"network": 0.6}}, "network")
    assert sorted(names)[:2] == ["accuracy", f"{mean}f1"]
    assert names["validation/threshold"] == 0.6
