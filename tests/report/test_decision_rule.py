import numpy as np
import pandas as pd
import pytest

from rnnops.metrics.evaluation import (
    NETWORK,
    evaluate_models,
    predictions_frame,
)
from rnnops.metrics.params import EvaluateTexts
from rnnops.report.decision_rule import describe_decision_rule, describe_shortage

PARAMS = EvaluateTexts(
    max_false_positive_rate=0.005,
    bootstrap_resamples=100,
    calibration_bins=10,
    perturbed_messages=1,
    seed=0,
)


@pytest.fixture
def balanced():
    """Validation and test messages of two labels, which the model separates well."""
    random = np.random.default_rng(0)
    is_praise = np.tile([True, False], 188)
    p_praise = np.clip(random.normal(np.where(is_praise, 0.65, 0.35), 0.15), 0.01, 0.99)
    rows = pd.DataFrame(
        {
            "split": np.repeat(["validation", "test"], 188),
            "source": "reviews",
            "cluster": [str(row) for row in range(376)],
            "label": np.where(is_praise, "praise", "blame"),
        }
    )
    return predictions_frame(
        rows, ["blame", "praise"], {NETWORK: np.column_stack([1 - p_praise, p_praise])}
    )


def test_without_a_positive_label_two_labels_count_the_same(balanced):
    evaluation = evaluate_models(balanced, [NETWORK], ["blame", "praise"], None, PARAMS)
    test = balanced[balanced["split"] == "test"]
    right = ((test["network_p_praise"] > 0.5) == (test["label"] == "praise")).mean()
    metrics = evaluation.metrics[NETWORK]
    assert evaluation.thresholds[NETWORK] is None
    assert metrics["accuracy"].point == right > 0.8
    assert "macro_f1" in metrics
    assert "f1" not in metrics


def test_a_positive_label_switches_the_cap_on(balanced):
    evaluation = evaluate_models(balanced, [NETWORK], ["blame", "praise"], "praise", PARAMS)
    assert evaluation.thresholds[NETWORK] > 0.6
    assert evaluation.metrics[NETWORK]["accuracy"].point < 0.8
    assert "f1" in evaluation.metrics[NETWORK]


@pytest.mark.parametrize(
    ("positive", "threshold", "cap", "said"),
    [
        (None, None, None, "most probable label; every label counts the same"),
        ("spam", 0.5, None, "most probable label. The metrics are those of spam"),
        (
            "spam",
            0.62341,
            0.005,
            "spam when its probability of spam is greater than 0.6234",
        ),
        ("spam", 0.62341, 0.005, "an expected false-positive rate on new messages of at most 0.5%"),
    ],
)
def test_the_rule_is_said_in_words(positive, threshold, cap, said):
    assert said in describe_decision_rule(positive, threshold, cap)


@pytest.mark.parametrize(
    ("negatives", "cap", "said"),
    [
        (30, 0.005, "has 30 messages that are not spam, the cap of 0.5% needs 199: with the"),
        (30, 0.005, "strictest threshold an expected false-positive rate of 3.2% remains."),
        (5000, 0, "no number of them keeps a cap of 0"),
    ],
)
def test_too_few_negatives_for_the_cap_are_reported(negatives, cap, said):
    split = {"splits": {"validation": {"labels": {"ham": negatives, "spam": 500}}}}
    assert said in describe_shortage("spam", cap, split)


def test_enough_negatives_or_no_cap_need_no_report():
    split = {"splits": {"validation": {"labels": {"ham": 199, "spam": 5}}}}
    assert not describe_shortage("spam", 0.005, split)
    assert not describe_shortage("spam", None, split)
    assert not describe_shortage(None, None, split)
