import numpy as np
import pandas as pd
import pytest

from rnnops.core.params import load_params
from rnnops.metrics.params import Evaluate
from rnnops.seeds.summary import summarise_seeds

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


def summarise(seeds, skill, split="test", **changes):
    params = load_params()[Evaluate].model_copy(update={"bootstrap_resamples": 300, **changes})
    frames = [predictions(seed, skill) for seed in seeds]
    return summarise_seeds(frames, LABELS, "spam", "linear_svm", params, split)


def test_mean_and_deviation_are_those_of_the_single_seeds():
    alone = [summarise([seed, seed], 1.5)["roc_auc"]["mean"] for seed in (1, 2, 3)]
    together = summarise([1, 2, 3], 1.5)["roc_auc"]
    assert together["mean"] == pytest.approx(np.mean(alone))
    assert together["standard_deviation"] == pytest.approx(np.std(alone, ddof=1))


def test_a_seed_twice_has_no_spread_but_messages_still_do():
    found = summarise([1, 1], 1.5)["roc_auc"]
    assert found["standard_deviation"] == 0
    assert found["difference"]["low"] < found["difference"]["value"] < found["difference"]["high"]


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
