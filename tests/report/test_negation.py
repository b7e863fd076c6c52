import numpy as np
import pytest

from rnnops.report.negation import BLAME, PRAISE, has_sentiment, negation, pairs

LABELS = ["negative", "neutral", "positive"]


def reader(turned_by_not):
    """Praise is positive, blame negative; "not" turns that, or goes unread."""

    def probabilities(texts):
        rows = []
        for text in texts:
            words = set(text.lower().replace(".", "").replace(",", "").split())
            sign = bool(words & set(PRAISE)) - bool(words & set(BLAME))
            sign *= -1 if turned_by_not and "not" in words else 1
            rows.append([0.4 - 0.3 * sign, 0.2, 0.4 + 0.3 * sign])
        return {"network": np.array(rows)}

    return probabilities


def test_a_reader_of_not_moves_and_turns_every_pair():
    assert negation(reader(True), LABELS)["network"] == {
        "pairs": len(pairs()), "moved": 1.0, "turned": 1.0,
    }  # fmt: skip


def test_a_reader_that_overlooks_not_moves_none():
    found = negation(reader(False), LABELS)["network"]
    assert (found["moved"], found["turned"]) == (0, 0)


def test_each_pair_differs_by_not_alone():
    for plain, negated, praise in pairs():
        assert negated.replace("not ", "", 1) == plain
        assert praise == any(word in plain for word in PRAISE)


@pytest.mark.parametrize(("labels", "told"), [(LABELS, True), (["ham", "spam"], False)])
def test_only_sentiment_has_pairs(labels, told):
    assert has_sentiment(labels) == told
