"""Metrics of language models against values computed by hand."""

import numpy as np
import pandas as pd
import pytest

from rnnops.next_word.evaluation import Evaluation


def measured(bits, words=100, top_1=None):
    rows = len(bits)
    top_1 = [np.nan] * rows if top_1 is None else top_1
    return pd.DataFrame(
        {
            "words": [words] * rows,
            "unknown_words": [3] * rows,
            "bits": np.array(bits, float) * words,
            "top_1": top_1,
            "top_5": top_1,
        }
    )


@pytest.fixture
def evaluation():
    random = np.random.default_rng(0)
    hard = random.normal(7, 0.5, 40)
    models = {"network": measured(hard - 0.5), "kneser_ney_5": measured(hard)}
    return Evaluation(models, np.arange(40).astype(str), 300, 0)


def test_perplexity_is_two_to_the_power_of_the_bits_a_word(evaluation):
    found = evaluation.metrics("network")
    for end in ("value", "low", "high"):
        assert found["perplexity"][end] == pytest.approx(2 ** found["bits_per_word"][end])
    assert found["perplexity"]["low"] < found["perplexity"]["value"] < found["perplexity"]["high"]
    assert "top_1_accuracy" not in found


def test_half_a_bit_less_is_a_perplexity_lower_by_its_power(evaluation):
    gain = evaluation.gain("network", "kneser_ney_5")
    assert gain["bits_per_word"]["value"] == pytest.approx(-0.5)
    assert gain["perplexity_reduction"]["value"] == pytest.approx(1 - 2**-0.5)
    assert gain["perplexity_reduction"]["low"] <= gain["perplexity_reduction"]["high"]


def test_accuracies_are_of_the_documents_that_were_ranked():
    frame = measured([7, 7, 7, 7], top_1=[20, np.nan, 30, np.nan])
    found = Evaluation({"network": frame}, np.array(list("abcd")), 200, 0).metrics("network")
    assert found["top_1_accuracy"]["value"] == pytest.approx(0.25)


def test_some_rows_are_measured_alone(evaluation):
    rows = np.arange(40) < 10
    alone = evaluation.metrics("network", rows)["bits_per_word"]["value"]
    frame = evaluation.measured["network"][rows]
    assert alone == pytest.approx(frame["bits"].sum() / frame["words"].sum())
