"""From probabilities to a label."""

from collections.abc import Sequence

import numpy as np


def decide(
    probabilities: np.ndarray, labels: Sequence[str], positive: str | None, threshold: float | None
) -> np.ndarray:
    """Label indices, shape (n,), for probabilities of shape (n, labels).

    With a threshold a message is `positive` when that label's probability is greater; without one
    the most probable label wins.
    """
    if positive is None or threshold is None:
        return probabilities.argmax(axis=1)
    index = labels.index(positive)
    return np.where(probabilities[:, index] > threshold, index, 1 - index)
