"""Which texts are near-duplicates of one of some others: exact, every pair is compared."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from scipy.sparse import csr_array

from rnnops.split.near_duplicates import word_shingles

ROWS = 500  # texts that are compared at once: bounds the memory


def has_near_duplicate(
    texts: Sequence[str], others: Sequence[str], similarity: float
) -> np.ndarray:
    """For each text, whether the Jaccard similarity to one of `others` is at least `similarity`.

    The similarity is that of the sets of word 3-shingles, as in `earlier_near_duplicates`.

    Returns:
        Shape (texts,), bool.
    """
    if not len(texts) or not len(others):
        return np.zeros(len(texts), dtype=bool)
    columns: dict[str, int] = {}
    rows = [
        [
            [columns.setdefault(shingle, len(columns)) for shingle in word_shingles(text)]
            for text in each
        ]
        for each in (texts, others)
    ]
    ours, theirs = (_incidence(each, len(columns)) for each in rows)
    their_sizes, compared = theirs.sum(axis=1), theirs.T.tocsr()
    found = np.zeros(len(texts), dtype=bool)
    for start in range(0, len(texts), ROWS):
        part = ours[start : start + ROWS]
        shared = (part @ compared).tocoo()
        row, other = shared.coords
        union = part.sum(axis=1)[row] + their_sizes[other] - shared.data
        found[start + row[shared.data / union >= similarity]] = True
    return found


def _incidence(rows: Sequence[Sequence[int]], columns: int) -> csr_array:
    """Ones in the columns that each row lists, shape (rows, columns)."""
    starts = np.cumsum([0, *map(len, rows)])
    indices = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=starts[-1])
    return csr_array((np.ones(len(indices), np.int32), indices, starts), (len(rows), columns))
