import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rnnops.core import files, layout
from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.evaluation import Evaluation

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def order(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("order")


def test_words_of_every_split_are_shuffled_and_nothing_else(order, tmp_path):
    text = " ".join(f"word{number}" for number in range(50))
    messages = pd.DataFrame({"id": ["a", "b"], "text": [text, text]})
    for split in layout.SPLIT_NAMES:
        files.write_parquet(messages, tmp_path / layout.split_file(split))
    order.shuffle_splits(tmp_path, seed=0)
    found = [files.read_parquet(tmp_path / layout.split_file(s)) for s in layout.SPLIT_NAMES]
    texts = [text for frame in found for text in frame["text"]]
    assert {" ".join(sorted(shuffled.split())) for shuffled in texts} == {
        " ".join(sorted(text.split()))
    }
    assert len({text, *texts}) == 7
    assert all(list(frame["id"]) == ["a", "b"] for frame in found)


def test_the_difference_is_in_order_less_shuffled_paired_and_a_mean_over_seeds(order, make_scores):
    weights = cluster_weights(np.arange(300), 200, seed=0)
    right, wrong = ([make_scores(seed=seed, threshold=t) for seed in (0, 1)] for t in (0.6, 1.0))
    ordered, shuffled = (
        [{"test": Evaluation({"network": s}, {"network": measure(s, weights)}, weights)} for s in f]
        for f in (right, wrong)
    )
    found = order.compare(ordered, shuffled, "test")["network"]
    assert found["recall"]["shuffled"]["value"] == 0  # with a threshold of 1 nothing is spam
    assert found["recall"]["difference"]["value"] == found["recall"]["ordered"]["value"]
    assert found["roc_auc"]["difference"] == {"value": 0, "low": 0, "high": 0}
    recalls = [each["test"].metrics["network"]["recall"].point for each in ordered]
    assert found["recall"]["ordered"]["value"] == pytest.approx(np.mean(recalls))
