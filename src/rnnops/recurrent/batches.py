"""Batches of messages of similar length, so that little of the work is padding."""

from collections.abc import Iterator, Sequence

import numpy as np

BATCHES_A_POOL = 20


def cut(tokens: np.ndarray, sequence_length: int, tail_share: float) -> np.ndarray:
    """At most `sequence_length` tokens: the message's start, and for a share of them its end."""
    if len(tokens) <= sequence_length:
        return tokens
    tail = int(sequence_length * tail_share)
    return np.concatenate([tokens[: sequence_length - tail], tokens[len(tokens) - tail :]])


class Batches:
    """Padded batches of sequences, in an order that the seed decides.

    With a seed each epoch shuffles the messages, sorts them by length within pools of 20 batches
    and shuffles the batches; without one they go by length.

    Args:
        sequences: arrays of word ids, cut here to `sequence_length`, see `cut`.
        weights: arrays of the same lengths, or None.
        labels: shape (n,), int, one a sequence.
        length_multiple: pad to a multiple of so many steps; a backend that compiles anew for each
            length wants few of them.
    """

    def __init__(
        self,
        sequences: Sequence[np.ndarray],
        weights: Sequence[np.ndarray] | None,
        labels: np.ndarray,
        *,
        batch_size: int,
        sequence_length: int,
        tail_share: float = 0.0,
        seed: int | None = None,
        length_multiple: int = 1,
    ) -> None:
        self.sequences = [cut(row, sequence_length, tail_share) for row in sequences]
        self.weights = (
            None if weights is None else [cut(row, sequence_length, tail_share) for row in weights]
        )
        self.labels = labels
        self.batch_size = batch_size
        self.lengths = np.array([len(sequence) for sequence in self.sequences])
        self.random = None if seed is None else np.random.default_rng(seed)
        self.length_multiple = length_multiple

    def __len__(self) -> int:
        return -(-len(self.sequences) // self.batch_size)

    @property
    def tokens(self) -> int:
        """Tokens of one epoch, without padding."""
        return int(self.lengths.sum())

    def epoch(self) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
        """Every message once, as ({"tokens": ids[, "weights": weights]}, labels).

        `tokens` has shape (batch, time), int32, padded with 0 to the batch's longest sequence, or
        the next `length_multiple`; `weights` the same shape, float32.
        """
        for rows in (
            self._shuffled(self.random)
            if self.random
            else self._by_length(np.arange(len(self.labels)))
        ):
            yield self._batch(rows)

    def spread(self, count: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """One batch of at most `count` messages, evenly spread over all."""
        rows = np.linspace(0, len(self.labels) - 1, min(count, len(self.labels))).astype(int)
        return self._batch(rows)

    def _batch(self, rows: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        inputs = {"tokens": self._pad(self.sequences, rows, np.int32)}
        if self.weights is not None:
            inputs["weights"] = self._pad(self.weights, rows, np.float32)
        return inputs, self.labels[rows]

    def _shuffled(self, random: np.random.Generator) -> list[np.ndarray]:
        rows = random.permutation(len(self.labels))
        pool = self.batch_size * BATCHES_A_POOL
        batches = [
            batch
            for start in range(0, len(rows), pool)
            for batch in self._by_length(rows[start : start + pool])
        ]
        return [batches[position] for position in random.permutation(len(batches))]

    def _by_length(self, rows: np.ndarray) -> list[np.ndarray]:
        rows = rows[np.argsort(self.lengths[rows], kind="stable")]
        return [
            rows[start : start + self.batch_size] for start in range(0, len(rows), self.batch_size)
        ]

    def _pad(self, arrays: Sequence[np.ndarray], rows: np.ndarray, dtype: type) -> np.ndarray:
        length = -(-self.lengths[rows].max() // self.length_multiple) * self.length_multiple
        padded = np.zeros((len(rows), length, *arrays[0].shape[1:]), dtype)
        for row, position in enumerate(rows):
            padded[row, : self.lengths[position]] = arrays[position]
        return padded
