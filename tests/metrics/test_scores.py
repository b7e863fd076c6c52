import numpy as np
import pandas as pd
import pytest

from rnnops.metrics.scores import Scores

FRAME = pd.DataFrame(
    {
        "label": pd.array(["spam", "ham", "spam"], dtype="str"),
        "p_ham": [0.2, 0.9, 0.6],
        "p_spam": [0.8, 0.1, 0.4],
        "baseline_p_ham": [0.5, 0.5, 0.1],
        "baseline_p_spam": [0.5, 0.5, 0.9],
    }
)


def test_reads_each_models_columns_of_a_predictions_file(tmp_path):
    FRAME.to_parquet(tmp_path / "predictions.parquet")
    predictions = pd.read_parquet(tmp_path / "predictions.parquet")
    network = Scores.from_frame(predictions, ["ham", "spam"], "spam", 0.5)
    baseline = Scores.from_frame(predictions, ["ham", "spam"], "spam", 0.5, "baseline_")
    assert network.names(network.actual).tolist() == ["spam", "ham", "spam"]
    assert network.names(network.decided).tolist() == ["spam", "ham", "ham"]
    assert baseline.names(baseline.decided).tolist() == ["ham", "ham", "spam"]
    assert network.probability_of(network.decided).tolist() == [0.8, 0.9, 0.6]
    part = network.rows(np.array([False, True, True]))
    assert part.actual.tolist() == [0, 1]
    assert part.threshold == 0.5


def test_a_label_it_does_not_know_is_refused():
    with pytest.raises(ValueError, match="none of ham, spam"):
        Scores.from_frame(FRAME.assign(label="egg"), ["ham", "spam"], "spam", 0.5)


def test_of_many_labels_the_most_probable_is_decided():
    probabilities = np.array([[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]])
    assert Scores(("a", "b", "c"), np.array([0, 1]), probabilities).decided.tolist() == [1, 0]


def test_of_two_labels_without_a_positive_one_the_most_probable_is_decided_and_both_count():
    scores = Scores.from_frame(FRAME, ["ham", "spam"])
    assert scores.names(scores.decided).tolist() == ["spam", "ham", "ham"]
    assert scores.ranked == (0, 1)


def test_scores_that_do_not_fit_together_are_refused():
    probabilities = np.full((2, 2), 0.5)
    with pytest.raises(ValueError, match="positive"):
        Scores(("a", "b"), np.array([0, 1]), probabilities, None, 0.5)
    with pytest.raises(ValueError, match="threshold"):
        Scores(("a", "b"), np.array([0, 1]), probabilities, "a", None)
    with pytest.raises(ValueError, match="a is not one of two labels"):
        Scores(("a", "b", "c"), np.array([0]), np.full((1, 3), 1 / 3), "a", 0.5)
    with pytest.raises(ValueError, match="rows"):
        Scores(("a", "b"), np.array([0]), probabilities, "a", 0.5)
