"""Batches of messages of similar length, so that little of the work is padding."""

from collections.abc import Iterator, Sequence

import numpy as np

BATCHES_A_POOL = 20


class Batches:
    """Padded batches of sequences, in an order that the seed decides.

    With a seed each epoch shuffles the messages, sorts them by length within pools of 20 batches
    and shuffles the batches; without one they go by length.

    Args:
        sequences: arrays of word ids, cut here to `sequence_length`.
        weights: arrays of the same lengths, or None.
        labels: shape (n,), int, one a sequence.
    """

    def __init__(
        self,
        sequences: Sequence[np.ndarray],
        weights: Sequence[np.ndarray] | None,
        labels: np.ndarray,
        *,
        batch_size: int,
        sequence_length: int,
        seed: int | None = None,
    ) -> None:
        self.sequences = [sequence[:sequence_length] for sequence in sequences]
        self.weights = None if weights is None else [row[:sequence_length] for row in weights]
        self.labels = labels
        self.batch_size = batch_size
        self.lengths = np.array([len(sequence) for sequence in self.sequences])
        self.random = None if seed is None else np.random.default_rng(seed)

    def __len__(self) -> int:
        return -(-len(self.sequences) // self.batch_size)

    def epoch(self) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
        """Every message once, as ({"tokens": ids[, "weights": weights]}, labels).

        `tokens` has shape (batch, time), int32, padded with 0 to the batch's longest sequence;
        `weights` the same shape, float32.
        """
        for rows in (
            self._shuffled() if self.random else self._by_length(np.arange(len(self.labels)))
        ):
            inputs = {"tokens": self._pad(self.sequences, rows, np.int32)}
            if self.weights is not None:
                inputs["weights"] = self._pad(self.weights, rows, np.float32)
            yield inputs, self.labels[rows]

    def _shuffled(self) -> list[np.ndarray]:
        rows = self.random.permutation(len(self.labels))
        pool = self.batch_size * BATCHES_A_POOL
        batches = [
            batch
            for start in range(0, len(rows), pool)
            for batch in self._by_length(rows[start : start + pool])
        ]
        return [batches[position] for position in self.random.permutation(len(batches))]

    def _by_length(self, rows: np.ndarray) -> list[np.ndarray]:
        rows = rows[np.argsort(self.lengths[rows], kind="stable")]
        return [
            rows[start : start + self.batch_size] for start in range(0, len(rows), self.batch_size)
        ]

    def _pad(self, arrays: Sequence[np.ndarray], rows: np.ndarray, dtype: type) -> np.ndarray:
        padded = np.zeros((len(rows), self.lengths[rows].max()), dtype)
        for row, position in enumerate(rows):
            padded[row, : self.lengths[position]] = arrays[position]
        return padded
