import numpy as np
import pytest

from rnnops.report.negation import (
    NEGATIVE_WORDS,
    POSITIVE_WORDS,
    has_sentiment,
    measure_negation,
    sentence_pairs,
)

LABELS = ["negative", "neutral", "positive"]


def reader(reads_not):
    """Probabilities by the words of a sentence; "not" reverses them, or is not read."""

    def probabilities(texts):
        rows = []
        for text in texts:
            words = set(text.lower().replace(".", "").replace(",", "").split())
            sign = bool(words & set(POSITIVE_WORDS)) - bool(words & set(NEGATIVE_WORDS))
            sign *= -1 if reads_not and "not" in words else 1
            rows.append([0.4 - 0.3 * sign, 0.2, 0.4 + 0.3 * sign])
        return {"network": np.array(rows)}

    return probabilities


def test_a_reader_of_not_moves_and_reverses_every_pair():
    assert measure_negation(reader(True), LABELS)["network"] == {
        "pairs": len(sentence_pairs()), "moved": 1.0, "reversed": 1.0,
    }  # fmt: skip


def test_a_reader_that_overlooks_not_moves_none():
    found = measure_negation(reader(False), LABELS)["network"]
    assert (found["moved"], found["reversed"]) == (0, 0)


def test_each_pair_differs_by_not_alone():
    for plain, negated, is_positive in sentence_pairs():
        assert negated.replace("not ", "", 1) == plain
        assert is_positive == any(word in plain for word in POSITIVE_WORDS)


@pytest.mark.parametrize(("labels", "expected"), [(LABELS, True), (["ham", "spam"], False)])
def test_only_sentiment_has_pairs(labels, expected):
    assert has_sentiment(labels) == expected
