"""Repeated looks at one test split, and how the error is spent over them.

Each challenger that is compared with the champion on the same test messages is one more chance to
win by luck. Look k gets the k-th share of the error: 1/k over the sum of all shares (a harmonic
alpha-spending, as in Lan & DeMets 1983), so that by Bonferroni the whole series errs no more often
than one look at the full error would.
"""

import math

MOST_LOOKS = 50  # at one champion on one test split; then the split is worn out


def confidence_at(look: int, confidence: float) -> float:
    """The confidence of the `look`-th look, which keeps `MOST_LOOKS` of them at `confidence`.

    Args:
        look: from 1 on.
    """
    shares = math.fsum(1 / k for k in range(1, MOST_LOOKS + 1))
    return 1 - (1 - confidence) / (look * shares)
