"""Vectors of messages that sum over their terms: counts, TF-IDF and mean word vectors."""

from collections.abc import Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def count_vectors(sequences: Sequence[np.ndarray], vocabulary_size: int) -> sparse.csr_array:
    """How often each word id occurs, shape (sequences, vocabulary), float32."""
    counted = [np.unique(sequence, return_counts=True) for sequence in sequences]
    offsets = np.cumsum([0, *(len(ids) for ids, _ in counted)])
    ids = np.concatenate([ids for ids, _ in counted])
    counts = np.concatenate([count for _, count in counted]).astype(np.float32)
    return sparse.csr_array((counts, ids, offsets), shape=(len(sequences), vocabulary_size))


def document_frequency(counts: sparse.csr_array[np.float32]) -> NDArray[np.int64]:
    """How many of the documents hold each term, shape (terms,)."""
    return np.bincount(counts.indices, minlength=counts.shape[1])


def inverse_document_frequency(held_by: NDArray[np.int64], documents: int) -> NDArray[np.float32]:
    """ln((1 + n) / (1 + df)) + 1 for each term, shape (terms,).

    The smoothed form of Spärck Jones (1972), as in scikit-learn: as if one more document held every
    term once.

    Args:
        held_by: df, see `document_frequency`.
        documents: n.
    """
    return (np.log((1 + documents) / (1 + held_by)) + 1).astype(np.float32)


def tfidf_vectors(counts: sparse.csr_array, idf: np.ndarray) -> sparse.csr_array:
    """(1 + ln count) · idf, each row scaled to unit length; shape and dtype of `counts`."""
    weights = (1 + np.log(counts.data)) * idf[counts.indices]
    sizes = np.diff(counts.indptr)
    filled = sizes > 0
    lengths = np.sqrt(np.add.reduceat(weights * weights, counts.indptr[:-1][filled]))
    weights /= np.repeat(lengths, sizes[filled])
    vectors = copy(counts)  # shares the indices; SciPy's constructor would check them again
    vectors.data = weights
    return vectors


def tfidf_weights(sequences: Sequence[np.ndarray], tfidf: sparse.csr_array) -> list[np.ndarray]:
    """For each token of each sequence its word's TF-IDF weight in that message, float32.

    Scaled by the square root of the number of distinct words, so that the mean square over a
    message's distinct words is 1 whatever its length.
    """
    weights = []
    for row, sequence in enumerate(sequences):
        held = slice(tfidf.indptr[row], tfidf.indptr[row + 1])
        positions = np.searchsorted(tfidf.indices[held], sequence)
        scale = np.float32(np.sqrt(held.stop - held.start))
        weights.append(tfidf.data[held][positions] * scale)
    return weights


def mean_vectors(counts: sparse.csr_array, word_vectors: np.ndarray) -> sparse.csr_array:
    """The mean of the tokens' word vectors, shape (rows, dimension), float32."""
    means = (counts @ word_vectors) / counts.sum(axis=1)[:, None]
    return sparse.csr_array(means.astype(np.float32))
