import numpy as np
import pandas as pd
import pytest
from scipy import stats

from rnnops.core.params import load_params
from rnnops.metrics.params import EvaluateTexts
from rnnops.seeds.summary import resampled_interval, summarise_seeds

LABELS = ["ham", "spam"]


def predictions(seed, skill):
    """The same messages for every seed; `skill` of the network, the baseline's is 1."""
    messages = np.random.default_rng(0)
    label = messages.integers(2, size=600)
    random = np.random.default_rng(seed)
    columns = {}
    for prefix, strength in (("network_", skill), ("linear_svm_", 1.0)):
        logits = strength * (2 * label - 1) + (random if prefix == "network_" else messages).normal(
            size=600
        )
        columns[f"{prefix}p_spam"] = 1 / (1 + np.exp(-2 * logits))
        columns[f"{prefix}p_ham"] = 1 - columns[f"{prefix}p_spam"]
    return pd.DataFrame(
        {
            "split": np.where(np.arange(600) < 300, "validation", "test"),
            "source": "generated",
            "cluster": np.arange(600).astype(str),
            "label": np.array(LABELS)[label],
            **columns,
        }
    )


def summarise(seeds, skill, split="test", ratio=0.2, **changes):
    params = load_params()[EvaluateTexts].model_copy(update=changes)
    frames = [predictions(seed, skill) for seed in seeds]
    baselines = ["linear_svm"] * len(seeds)
    return summarise_seeds(frames, LABELS, "spam", baselines, params, split, ratio)


def test_mean_and_deviation_are_those_of_the_single_seeds():
    alone = [summarise([seed, seed], 1.5)["roc_auc"]["mean"] for seed in (1, 2, 3)]
    together = summarise([1, 2, 3], 1.5)["roc_auc"]
    assert together["mean"] == pytest.approx(np.mean(alone))
    assert together["standard_deviation"] == pytest.approx(np.std(alone, ddof=1))


def test_each_seed_is_compared_with_its_own_baseline():
    frames = [predictions(seed, 1.5) for seed in (1, 2)]
    worse = frames[1].rename(columns=lambda name: name.replace("linear_svm_", "other_"))
    worse[["other_p_ham", "other_p_spam"]] = 0.5
    params = load_params()[EvaluateTexts]
    found = summarise_seeds(
        [frames[0], worse], LABELS, "spam", ["linear_svm", "other"], params, "test", 0.2
    )["roc_auc"]
    alone = summarise([1, 1], 1.5)["roc_auc"]["baseline"]
    assert found["baseline"] == pytest.approx((alone + 0.5) / 2)


def test_the_interval_is_wider_than_that_of_independent_test_splits():
    """With no message in two splits it is Student's, of the mean of the differences."""
    differences = np.array([0.01, 0.03, 0.02, 0.05])
    student = stats.t.interval(0.95, 3, differences.mean(), stats.sem(differences))
    assert resampled_interval(differences, 0) == pytest.approx(student)
    wide = np.diff(resampled_interval(differences, 0.25)) / np.diff(student)
    assert wide == pytest.approx(np.sqrt(1 + 4 * 0.25))


@pytest.mark.parametrize(("mean", "least"), [(0.15, 0.9), (0.5, 0.94)])
def test_the_interval_covers_the_difference_of_methods_on_resampled_splits(mean, least):
    """Five random splits of one sample, 2,000 samples: near 95%, where Student's own covers less.

    Two methods that predict the mean of the training split and 0, by their squared errors.
    """
    random = np.random.default_rng(0)
    trained, tested = 140, 30  # of 200, as by default
    drawn = random.normal(mean, 1, (2000, 200))
    differences = np.empty((2000, 5))
    for seed in range(5):
        shuffled = random.permuted(drawn, axis=1)
        test, train = shuffled[:, :tested], shuffled[:, tested : tested + trained]
        fitted = train.mean(axis=1, keepdims=True)
        differences[:, seed] = ((test - fitted) ** 2 - test**2).mean(axis=1)
    expected = 1 / trained - mean**2

    def coverage(ratio):
        ends = np.array([resampled_interval(each, ratio) for each in differences])
        return np.mean((ends[:, 0] <= expected) & (expected <= ends[:, 1]))

    corrected, plain = coverage(tested / trained), coverage(0)
    assert corrected > least
    assert plain < corrected - 0.05


@pytest.mark.parametrize(("skill", "sign"), [(3.0, 1), (0.2, -1)])
def test_a_clear_lead_has_an_interval_on_its_side_of_zero(skill, sign):
    difference = summarise([1, 2], skill)["roc_auc"]["difference"]
    assert sign * difference["low"] > 0
    assert sign * difference["high"] > 0


@pytest.mark.parametrize("split", ["validation", "test"])
def test_the_split_that_is_asked_for_is_measured_by_the_most_probable_label_without_a_cap(split):
    found = summarise([1, 2], 1.5, split, max_false_positive_rate=None)["accuracy"]["mean"]
    frames = [predictions(seed, 1.5) for seed in (1, 2)]
    of_split = [frame[frame["split"] == split] for frame in frames]
    right = [
        ((rows["network_p_spam"] > 0.5) == (rows["label"] == "spam")).mean() for rows in of_split
    ]
    assert found == pytest.approx(np.mean(right))
