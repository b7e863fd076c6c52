"""Which unlabelled messages are most worth a label."""

from collections.abc import Sequence

import numpy as np

from rnnops.split.near_duplicates import earlier_near_duplicates
from rnnops.split.shingles import Shingles


def pick(
    known: Sequence[str],
    candidates: Sequence[str],
    probabilities: np.ndarray,
    number: int,
    similarity: float,
) -> np.ndarray:
    """Positions of the candidates to label, at most `number`, the most uncertain first.

    Uncertain is a message whose two most probable labels are close (margin sampling, Scheffer et
    al. 2001). Of near-duplicates the most uncertain is taken alone, and none that is a
    near-duplicate of a known message: their labels would say the same.

    Args:
        known: texts that have a label.
        candidates: texts without one.
        probabilities: of the candidates' labels, shape (candidates, labels).
        similarity: from which on texts are near-duplicates.
    """
    two_highest = np.sort(probabilities, axis=1)[:, -2:]
    margins = two_highest[:, 1] - two_highest[:, 0]
    by_margin = np.argsort(margins, kind="stable")
    ordered = [*known, *(candidates[position] for position in by_margin)]
    neighbours = earlier_near_duplicates(Shingles.of(ordered), similarity)
    alone = [not earlier for earlier in neighbours[len(known) :]]
    return by_margin[alone][:number]
