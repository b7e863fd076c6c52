"""Interpolated Kneser-Ney: a language model that counts n-grams, to measure networks by.

The modified kind, with three discounts for each order, of Chen and Goodman, "An Empirical Study of
Smoothing Techniques for Language Modeling" (1998), section 4.1.6.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from rnnops.core import files
from rnnops.language_model.model import ROWS_AT_ONCE

DESCRIPTION = "kneser_ney.json"
FALLBACK = np.array([0.0, 0.5, 1.0, 1.5])  # where too few n-grams are rare to estimate discounts


class _Order(NamedTuple):
    """The n-grams of one length: their context is the n-gram without its last word.

    Attributes:
        keys: the context's number, times the size of the alphabet, plus the last word; ascending.
            An n-gram's number is its position here.
        discounted: the count of each above the discount.
        totals: by context, the sum of the counts.
        left: by context, the sum of the discounts: what the shorter n-grams share.
    """

    keys: np.ndarray
    discounted: np.ndarray
    totals: np.ndarray
    left: np.ndarray


class _Seen(NamedTuple):
    """Of some contexts: `shares`, what the words that were seen after them have of probability.

    `rows` and `words` say of which. `left`: by context, what the shorter n-grams share.
    """

    rows: np.ndarray
    words: np.ndarray
    shares: np.ndarray
    left: np.ndarray


class KneserNey:
    """Probabilities of words by n-grams of up to `order` words.

    A document starts with an empty context; nothing of the one before it is seen.
    """

    def __init__(self, orders: Sequence[_Order], size: int) -> None:
        self._orders = orders
        self._size = size
        self._alphabet = size + 1  # the words, and what stands before a document

    @classmethod
    def fit(cls, documents: Sequence[np.ndarray], size: int, order: int) -> Self:
        """Count the n-grams of `documents`, each the ids of its words, all below `size`."""
        tokens = np.concatenate([_pad(document, size, order) for document in documents])
        numbers = [np.zeros(len(tokens), np.int64)]  # of the n-grams that end at each token
        keys, firsts, repeats = [], [], np.zeros(0, np.int64)
        for _ in range(order):
            all_keys = _contexts(numbers[-1], 0) * (size + 1) + tokens
            found, first, number, repeats = np.unique(
                all_keys, return_index=True, return_inverse=True, return_counts=True
            )
            keys.append(found)
            firsts.append(first)
            numbers.append(number)
        counts = [
            # of a shorter n-gram, the words that it has been seen after
            np.bincount(numbers[n][first[tokens[first] < size]], minlength=len(keys[n - 1]))
            for n, first in enumerate(firsts[1:], start=1)
        ]
        counts.append(np.where(tokens[firsts[-1]] < size, repeats, 0))
        contexts = [1, *map(len, keys[:-1])]
        return cls([*map(_discount, keys, counts, contexts, [size + 1] * order)], size)

    def probabilities(self, document: np.ndarray) -> np.ndarray:
        """The probability of each token after those before it, shape (tokens,), float64."""
        found = np.full(len(document) + len(self._orders) - 1, 1 / self._size)
        for order, contexts, numbers in self._look_up(document):
            total = order.totals[contexts]
            count = np.where(numbers >= 0, order.discounted[numbers], 0)
            is_known = (contexts >= 0) & (total > 0)
            shared = order.left[contexts] * found
            found = np.where(is_known, (count + shared) / np.maximum(total, 1), found)
        return found[len(self._orders) - 1 :]

    def distributions(self, document: np.ndarray) -> Iterator[np.ndarray]:
        """The probabilities of all words at each token, in blocks of shape (rows, size)."""
        start = len(self._orders) - 1
        contexts = [contexts[start:] for _, contexts, _ in self._look_up(document)]
        unigram = self._unigram()
        for first in range(0, len(document), ROWS_AT_ONCE):
            rows = [each[first : first + ROWS_AT_ONCE] for each in contexts]
            kept = np.ones(len(rows[0]))  # what longer n-grams leave to shorter ones
            found = []
            for order, each in zip(self._orders[:0:-1], rows[:0:-1], strict=True):
                seen = self._seen(order, each)
                found.append((seen.rows, seen.words, seen.shares * kept[seen.rows]))
                kept *= seen.left
            block = kept[:, None] * unigram
            for places, words, shares in found:
                block[places, words] += shares
            yield block

    def following(self, words: np.ndarray) -> np.ndarray:
        """The probabilities of all words after the document that begins with `words`, (size,)."""
        read = np.asarray(words[-len(self._orders) :], np.int64)  # one more than a context has
        (block,) = self.distributions(np.append(read, 0))
        return block[-1]

    def save(self, folder: Path) -> None:
        """Write the model as JSON and NumPy files into `folder`."""
        files.write_json({"order": len(self._orders), "size": self._size}, folder / DESCRIPTION)
        for length, order in enumerate(self._orders, start=1):
            for name, array in order._asdict().items():
                files.write_array(array, folder / f"{name}_{length}.npy")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model that `save` wrote into `folder`."""
        described = files.read_json(folder / DESCRIPTION)
        orders = [
            _Order(*(files.read_array(folder / f"{name}_{length}.npy") for name in _Order._fields))
            for length in range(1, described["order"] + 1)
        ]
        return cls(orders, described["size"])

    def _unigram(self) -> np.ndarray:
        """The probabilities of all words without a context, shape (size,)."""
        seen = self._seen(self._orders[0], np.zeros(1, np.int64))
        found = np.full(self._size, seen.left[0] / self._size)
        found[seen.words] += seen.shares
        return found

    def _seen(self, order: _Order, contexts: np.ndarray) -> _Seen:
        """What the n-grams of `order` say of the words after contexts of these numbers."""
        rows = np.flatnonzero((contexts >= 0) & (order.totals[contexts] > 0))
        context = contexts[rows]
        total = order.totals[context]
        left = np.ones(len(contexts))
        left[rows] = order.left[context] / total
        start = np.searchsorted(order.keys, context * self._alphabet)
        end = np.searchsorted(order.keys, context * self._alphabet + self._size)
        number = end - start
        ends = np.cumsum(number)
        seen = np.arange(ends[-1] if len(ends) else 0) + np.repeat(start - ends + number, number)
        words = order.keys[seen] % self._alphabet
        shares = order.discounted[seen] / np.repeat(total, number)
        return _Seen(np.repeat(rows, number), words, shares, left)

    def _look_up(self, document: np.ndarray) -> Iterator[tuple[_Order, np.ndarray, np.ndarray]]:
        """By order, the numbers of the contexts and of the n-grams; -1 where there is none."""
        tokens = _pad(document, self._size, len(self._orders))
        numbers = np.zeros(len(tokens), np.int64)
        for order in self._orders:
            contexts = _contexts(numbers, -1) if order is not self._orders[0] else numbers
            keys = contexts * self._alphabet + tokens
            position = np.minimum(np.searchsorted(order.keys, keys), len(order.keys) - 1)
            numbers = np.where((contexts >= 0) & (order.keys[position] == keys), position, -1)
            yield order, contexts, numbers


def _pad(document: np.ndarray, size: int, order: int) -> np.ndarray:
    """A document after as many marks of its start as a context is long."""
    return np.concatenate([np.full(order - 1, size, np.int64), document])


def _contexts(numbers: np.ndarray, before: int) -> np.ndarray:
    """The number at the token before each; `before` at the first, which is no word's context."""
    return np.concatenate([[before], numbers[:-1]])


def _discount(keys: np.ndarray, counts: np.ndarray, contexts: int, alphabet: int) -> _Order:
    discounts = _discounts(counts)[np.minimum(counts, 3)]
    context = keys // alphabet
    return _Order(
        keys,
        counts - discounts,
        np.bincount(context, counts, contexts),
        np.bincount(context, discounts, contexts),
    )


def _discounts(counts: np.ndarray) -> np.ndarray:
    """What is taken from n-grams that were counted 0, 1, 2 and more times (equation 26)."""
    n1, n2, n3, n4 = (np.count_nonzero(counts == n) for n in (1, 2, 3, 4))
    if not all((n1, n2, n3, n4)):
        return FALLBACK
    y = n1 / (n1 + 2 * n2)
    found = np.array([0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
    return found if (found >= 0).all() else FALLBACK
