import importlib.util
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def benchmark(name):
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def metric(mean, low, high):
    return {
        "mean": mean,
        "standard_deviation": 0.001,
        "baseline": mean - (low + high) / 2,
        "difference": {"value": (low + high) / 2, "low": low, "high": high},
    }


@pytest.mark.parametrize(
    ("one_minus_auc", "accuracy", "verdicts"),
    [
        (metric(0.045, -0.02, -0.01), metric(0.988, 0.001, 0.01), ["reached, ahead", "reached"]),
        (metric(0.0451, -0.02, 0.01), metric(0.9879, 0, 0.01), ["NOT reached, level", "NOT"]),
        (metric(0.04, 0.01, 0.02), metric(0.99, 0.001, 0.01), ["reached, behind", "reached"]),
    ],
)
def test_a_bar_is_reached_or_not_and_the_first_metric_says_who_is_ahead(
    one_minus_auc, accuracy, verdicts
):
    test = {
        "one_minus_auc_percent": one_minus_auc,
        "recall_at_0_5_percent_fpr": metric(0.98, -0.01, 0.01),
        "accuracy": accuracy,
    }
    lines = benchmark("quality").bars_table({"spam-email": {"test": test}}).splitlines()
    assert lines[2].split(" | ")[-1].startswith(verdicts[0])
    assert lines[4].split(" | ")[-1].startswith(verdicts[1])


def test_worse_is_above_zero_whichever_way_the_metric_goes():
    quality = benchmark("quality")
    change = {"value": 0.5, "low": -0.25, "high": 0.75}
    assert quality.worse_by("accuracy", change) == "-0.5000 [-0.7500, +0.2500]"
    assert quality.worse_by("one_minus_auc_percent", change) == "+0.5000 [-0.2500, +0.7500]"


def test_the_end_to_end_run_costs_what_its_largest_process_did():
    allocates = "b = bytearray(3 * 2**30); b[::4096] = b'x' * len(b[::4096])"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {allocates!r}])"
    cost = benchmark("quality").measured(["python", "-c", nested])
    assert 2.99 < cost["peak_memory_gib"] < 3.2


def test_a_failing_run_stops_the_measurement():
    with pytest.raises(SystemExit, match="failed"):
        benchmark("quality").measured(["python", "-c", "raise SystemExit(3)"])
