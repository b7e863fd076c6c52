"""Where the decision threshold comes from: a cap on the false-positive rate."""

import math

import numpy as np


def threshold_at_false_positive_rate(
    scores: np.ndarray, is_positive: np.ndarray, max_false_positive_rate: float
) -> float:
    """Lowest threshold whose false-positive rate on new messages is expected to be within the cap.

    When k of n negative examples score above the threshold, so does a new one with a probability of
    at most (k + 1) / (n + 1), as it is equally likely to have any rank among them (exchangeability;
    split conformal prediction, Vovk et al. 2005). Where even k = 0 exceeds the cap, the threshold
    is the highest score of a negative example, see `negatives_needed`.

    A message is called positive when its score is *greater* than the threshold, so ties at the
    threshold stay negative. The threshold is the score of a negative example, or 0.0 when all of
    them may be called positive: a number that survives JSON and, in float32 as in float64, compares
    with the scores it came from as it did here.

    Args:
        scores: shape (n,), probability of the positive class in [0, 1].
        is_positive: shape (n,), bool.
        max_false_positive_rate: in [0, 1]; 0.005 blocks 5 of 1,000 good messages.

    Raises:
        ValueError: if there is no negative example to measure the rate on, or a score is not in
            [0, 1].
    """
    if not np.all((scores >= 0) & (scores <= 1)):
        raise ValueError("scores must be in [0, 1]")
    negatives = np.sort(scores[~np.asarray(is_positive, bool)])[::-1]
    if not len(negatives):
        raise ValueError("no negative example to measure the false-positive rate on")
    # Dividing first makes 29 of 100 fit a cap of 0.29, though 0.29 * 100 < 29 in floating point.
    expected_rates = np.arange(1, len(negatives) + 2) / (len(negatives) + 1)
    within = int(np.searchsorted(expected_rates, max_false_positive_rate, side="right"))
    allowed = max(within - 1, 0)
    return float(negatives[allowed]) if allowed < len(negatives) else 0.0


def negatives_needed(max_false_positive_rate: float) -> int:
    """The fewest negative examples with which a threshold keeps the cap, which is above 0."""
    # Rounding makes 1 / (1 / 49) the 49 that floating point misses.
    return math.ceil(round(1 / max_false_positive_rate, 9)) - 1
