"""Behavioural test of sentiment: does "not" turn a verdict, "It was good" into "It was not good"?

After the directional expectation tests of Ribeiro et al. (2020): negating praise must make
`positive` less probable, negating blame more.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

POSITIVE, NEGATIVE = "positive", "negative"
PRAISE = ("good", "great", "funny", "happy", "interesting", "amazing", "nice", "beautiful")
BLAME = ("bad", "boring", "terrible", "sad", "awful", "stupid", "annoying", "ugly")
TEMPLATES = ("It was {}.", "This is {} at all.", "I thought that was {}, honestly.", "They are {}.")


def has_sentiment(labels: Sequence[str]) -> bool:
    """Whether the labels are ones the pairs speak of."""
    return {POSITIVE, NEGATIVE} <= set(labels)


def pairs() -> list[tuple[str, str, bool]]:
    """Each as it stands, negated, and whether it is praise."""
    return [
        (template.format(word), template.format(f"not {word}"), word in PRAISE)
        for template, word in product(TEMPLATES, (*PRAISE, *BLAME))
    ]


def negation(
    probabilities: Callable[[list[str]], dict[str, np.ndarray]], labels: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """By model, of how many pairs `moved` is the share that "not" moved as it must, for JSON.

    `turned` is the share whose more probable of the two sentiments changed, too.

    Args:
        probabilities: from texts to each model's probabilities, shape (texts, labels).
    """
    plain, negated, praise = zip(*pairs(), strict=True)
    sign = np.where(praise, 1, -1)
    by_model = probabilities([*plain, *negated])
    report = {}
    for model, found in by_model.items():
        positive, negative = (found[:, labels.index(name)] for name in (POSITIVE, NEGATIVE))
        leaning = np.log(positive) - np.log(negative)
        before, after = sign * leaning[: len(plain)], sign * leaning[len(plain) :]
        report[model] = {
            "pairs": len(plain),
            "moved": float((after < before).mean()),
            "turned": float(((before > 0) & (after < 0)).mean()),
        }
    return report
