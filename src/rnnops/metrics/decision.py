"""From probabilities to a label, and where predictions hold them."""

from collections.abc import Sequence

import numpy as np


def probability_column(label: str, prefix: str = "") -> str:
    """The column of predictions with the probability of `label`: <prefix>p_<label>."""
    return f"{prefix}p_{label}"


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
