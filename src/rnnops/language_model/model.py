"""What every language model answers, so that one function measures or mixes any of them."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

ROWS_AT_ONCE = 64  # of the distributions, each as long as the vocabulary: they fit a cache


class LanguageModel(Protocol):
    """How probable each word is after those before it in its document.

    Words are ids below the size of the vocabulary. Before a document there is nothing.
    """

    def probabilities(self, document: np.ndarray) -> np.ndarray:
        """The probability of each token after those before it, shape (tokens,), float64."""

    def distributions(self, document: np.ndarray) -> Iterator[np.ndarray]:
        """The probabilities of all words at each token, in blocks of shape (rows, size).

        All models have the same number of rows in a block: `ROWS_AT_ONCE`, in the last the rest.
        """

    def following(self, words: np.ndarray) -> np.ndarray:
        """The probabilities of all words after the document that begins with `words`, (size,)."""
