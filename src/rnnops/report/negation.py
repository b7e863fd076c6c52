"""A behavioural test of sentiment: does "not" reverse "It was good" into "It was not good"?

After the directional expectation tests of Ribeiro et al. (2020): negating a positive sentence must
make `positive` less probable, negating a negative one more.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

POSITIVE, NEGATIVE = "positive", "negative"
POSITIVE_WORDS = (
    "good", "great", "funny", "happy", "interesting", "amazing", "nice", "beautiful",
)  # fmt: skip
NEGATIVE_WORDS = ("bad", "boring", "terrible", "sad", "awful", "stupid", "annoying", "ugly")
TEMPLATES = ("It was {}.", "This is {} at all.", "I thought that was {}, honestly.", "They are {}.")


def has_sentiment(labels: Sequence[str]) -> bool:
    """Whether the labels are those of the test."""
    return {POSITIVE, NEGATIVE} <= set(labels)


def sentence_pairs() -> list[tuple[str, str, bool]]:
    """A sentence, its negation, and whether the sentence is positive."""
    return [
        (template.format(word), template.format(f"not {word}"), word in POSITIVE_WORDS)
        for template, word in product(TEMPLATES, (*POSITIVE_WORDS, *NEGATIVE_WORDS))
    ]


def measure_negation(
    probabilities: Callable[[list[str]], Mapping[str, np.ndarray]], labels: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """By model `{"pairs", "moved", "reversed"}`, for JSON.

    `moved` is the share of pairs in which the negation shifts the probabilities in the expected
    direction, `reversed` the share in which it also changes the more probable sentiment.

    Args:
        probabilities: from texts to each model's probabilities, shape (texts, labels).
    """
    plain, negated, is_positive = zip(*sentence_pairs(), strict=True)
    sign = np.where(is_positive, 1, -1)
    report = {}
    for model, found in probabilities([*plain, *negated]).items():
        positive, negative = (found[:, labels.index(name)] for name in (POSITIVE, NEGATIVE))
        log_odds = np.log(positive) - np.log(negative)
        before, after = sign * log_odds[: len(plain)], sign * log_odds[len(plain) :]
        report[model] = {
            "pairs": len(plain),
            "moved": float((after < before).mean()),
            "reversed": float(((before > 0) & (after < 0)).mean()),
        }
    return report
