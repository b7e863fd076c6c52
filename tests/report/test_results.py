import pandas as pd
import pytest

from rnnops.core.params import load_params
from rnnops.metrics.evaluation import evaluate_models
from rnnops.metrics.params import Evaluate
from rnnops.report.metric_names import HEADLINES
from rnnops.report.results import SPLITS, all_results, headline_report

LABELS = ["ham", "spam"]
RIGHT = {"network": {"validation": 30, "test": 20}, "": {"validation": 25, "test": 35}}


def predictions(names):
    """40 messages a split; the first `RIGHT` of them get their label."""
    frames = []
    for split in SPLITS:
        label = ["ham", "spam"] * 20
        frame = pd.DataFrame({"split": split, "source": "made", "label": label})
        frame["cluster"] = [f"{split} {place}" for place in range(40)]
        for prefix, name in names.items():
            right = RIGHT.get(name, RIGHT[""])[split]
            is_spam = [(each == "spam") == (place < right) for place, each in enumerate(label)]
            frame[f"{prefix}p_spam"] = [0.75 if each else 0.25 for each in is_spam]
            frame[f"{prefix}p_ham"] = 1 - frame[f"{prefix}p_spam"]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(params=["spam", None])
def results(request):
    changes = {"bootstrap_resamples": 100, "max_false_positive_rate": None}
    params = load_params()[Evaluate].model_copy(update=changes)
    compared, others = (
        {
            split: evaluate_models(
                predictions(names), list(names.values()), LABELS, request.param, params, split
            )
            for split in SPLITS
        }
        for names in (
            {"": "network", "baseline_": "baseline"},
            {"complement_naive_bayes_": "complement_naive_bayes"},
        )
    )
    return all_results("mine", None, compared, others, "linear_svm")


def test_results_are_split_by_model_by_metric_with_intervals(results):
    models = ["network", "baseline", "difference", "linear_svm", "complement_naive_bayes"]
    for split in SPLITS:
        assert list(results[split]) == models
        accuracy = {model: results[split][model]["accuracy"] for model in models}
        assert accuracy["network"]["value"] == RIGHT["network"][split] / 40
        assert accuracy["network"]["low"] < accuracy["network"]["value"]
        assert accuracy["linear_svm"] == accuracy["baseline"]
        lead = accuracy["network"]["value"] - accuracy["baseline"]["value"]
        assert accuracy["difference"]["value"] == pytest.approx(lead)
    assert (results["dataset"], results["max_false_positive_rate"]) == ("mine", None)
    assert results["baseline"] == "linear_svm"
    assert results["threshold"] == results["thresholds"]["network"]
    assert set(results["thresholds"]) == set(models) - {"difference"}


def test_people_choose_by_a_dozen_plain_numbers_of_the_validation_split(results):
    report = headline_report(results)
    assert list(report) == ["network", "baseline"]
    for model, metrics in report.items():
        assert [name.removeprefix("macro_") for name in metrics] == list(HEADLINES)
        assert all(isinstance(value, float) for value in metrics.values())
        assert metrics["accuracy"] == results["validation"][model]["accuracy"]["value"]
