import numpy as np
import pandas as pd

from rnnops.metrics.scores import Scores
from rnnops.report.mistakes import excerpt, worst_mistakes

MESSAGES = pd.DataFrame(
    {"id": list("abcde"), "source": "s", "text": [f"text {i}" for i in range(5)]}
)


def two_labels(p_spam, actual):
    p_spam = np.array(p_spam)
    return Scores(
        ("ham", "spam"), np.array(actual), np.column_stack([1 - p_spam, p_spam]), "spam", 0.9
    )


def test_the_least_believed_labels_come_first_and_right_ones_not_at_all():
    scores = two_labels([0.95, 0.8, 0.1, 0.99, 0.2], [0, 1, 1, 1, 0])
    worst = worst_mistakes(MESSAGES, scores)
    assert worst["id"].tolist() == ["a", "c", "b"]
    assert worst["label"].tolist() == ["ham", "spam", "spam"]
    assert worst["predicted"].tolist() == ["spam", "ham", "ham"]
    assert worst["probability"].tolist() == [0.95, 0.1, 0.8]  # of spam
    assert worst["excerpt"].tolist() == ["text 0", "text 2", "text 1"]


def test_equal_ones_come_by_id_and_at_most_ten():
    messages = pd.concat([MESSAGES] * 3).assign(id=list("onmlkjihgfedcba"))
    worst = worst_mistakes(messages, two_labels([0.5] * 15, [1] * 15))
    assert worst["id"].tolist() == list("abcdefghij")


def test_of_many_labels_the_probability_is_the_predicted_ones():
    probabilities = np.array([[0.7, 0.2, 0.1]])
    scores = Scores(("a", "b", "c"), np.array([2]), probabilities)
    worst = worst_mistakes(MESSAGES[:1], scores)
    assert worst[["label", "predicted", "probability"]].to_numpy().tolist() == [["c", "a", 0.7]]


def test_no_mistakes_is_an_empty_frame():
    assert worst_mistakes(MESSAGES, two_labels([0] * 5, [0] * 5)).empty


def test_an_excerpt_is_one_printable_line_of_limited_length():
    assert excerpt("a\n\n b\tc\x00\u202ed\ud800") == "a b c d"
    assert excerpt("word " * 1000, characters=9) == "word word…"
