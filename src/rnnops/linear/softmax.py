"""From any numbers to probabilities."""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """exp(z) / Σ exp(z) along the last axis; shape and dtype of `logits`.

    The largest z is taken from all of them first, so that none overflows.
    """
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
