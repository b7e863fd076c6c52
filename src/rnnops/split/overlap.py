"""How much of a message the training split has already: exact, by sparse products of shingles."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from rnnops.core import layout

SIMILARITY, CONTAINMENT = "train_similarity", "train_containment"
MEASURED_AT_MOST = 10_000  # messages of one split; of a larger one a sample is measured
_PAIRS_AT_ONCE = 10_000_000  # bounds memory at some 400 MB


def shingle_matrix(hashes: Sequence[NDArray[np.uint64]]) -> sparse.csr_array:
    """Which text has which shingle: shape (texts, distinct shingles), int32, 1 where it has.

    Args:
        hashes: each text's distinct shingles, see `Shingles`.
    """
    columns, distinct = pd.factorize(np.concatenate(hashes))
    starts = np.cumsum([0, *map(len, hashes)])
    ones = np.ones(len(columns), np.int32)
    return sparse.csr_array((ones, columns, starts), shape=(len(hashes), len(distinct)))


def training_overlap(
    matrix: sparse.csr_array, split: pd.Series, measured: Sequence[str], seed: int
) -> pd.DataFrame:
    """The overlap of each message of the splits `measured` with the training split.

    Args:
        matrix: of all messages, from `shingle_matrix`.
        split: each message's split.
        seed: of the sample of `MEASURED_AT_MOST` messages that stands for a larger split.

    Returns:
        With the index of `split`, float64, NaN where not measured. For A, a message's shingles, and
        B, those of a training message: `train_similarity`, the greatest |A ∩ B| / |A ∪ B|, and
        `train_containment`, the greatest |A ∩ B| / |A| (Broder 1997: resemblance, containment).
    """
    random = np.random.default_rng(seed)
    names = split.to_numpy()
    training = matrix[names == layout.TRAIN]
    values = np.full((len(names), 2), np.nan)
    for name in measured:
        rows = np.flatnonzero(names == name)
        if len(rows) > MEASURED_AT_MOST:
            rows = np.sort(random.choice(rows, MEASURED_AT_MOST, replace=False))
        values[rows] = greatest_overlap(matrix[rows], training)
    return pd.DataFrame(values, index=split.index, columns=[SIMILARITY, CONTAINMENT])


def greatest_overlap(measured: sparse.csr_array, training: sparse.csr_array) -> np.ndarray:
    """Each text's greatest similarity to one of `training`, and containment in one.

    Args:
        measured, training: rows of one `shingle_matrix`.

    Returns:
        Shape (measured, 2), float64, see `training_overlap`; 0 where nothing is shared.
    """
    sizes, training_sizes = (np.diff(each.indptr) for each in (measured, training))
    by_shingle = training.T.tocsr()
    greatest = np.zeros((len(sizes), 2))
    step = max(1, _PAIRS_AT_ONCE // max(1, len(training_sizes)))
    for start in range(0, len(sizes), step):
        shared = (measured[start : start + step] @ by_shingle).tocoo()
        row = start + shared.row
        union = sizes[row] + training_sizes[shared.col] - shared.data
        np.maximum.at(greatest[:, 0], row, shared.data / union)
        np.maximum.at(greatest[:, 1], row, shared.data / sizes[row])
    return greatest
