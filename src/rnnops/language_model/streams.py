"""Documents end to end, read side by side: what a network that carries its state over trains on."""

from collections.abc import Iterator, Sequence

import numpy as np


class Streams:
    """`rows` streams of tokens, of which a batch is the next `steps` of each.

    Each epoch puts the documents in another order and cuts them anew, so that what is left over at
    the end is never the same. A network that keeps its state from batch to batch has read all that
    is before in its stream, beyond the steps that backpropagation goes back.

    Args:
        documents: the ids of their tokens; each ends with the end of its last sentence.
        end: the id of that end, which is also read before the first document.
        seed: of the order.
    """

    def __init__(
        self, documents: Sequence[np.ndarray], *, rows: int, steps: int, end: int, seed: int
    ) -> None:
        self._documents = documents
        self._rows, self._steps, self._end = rows, steps, end
        self._random = np.random.default_rng(seed)
        self.length = sum(map(len, documents)) // rows  # of a stream

    def __len__(self) -> int:
        """Batches of an epoch."""
        return self.length // self._steps

    def epoch(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """What is read and what comes next, both of shape (rows, steps), int32."""
        order = self._random.permutation(len(self._documents))
        next_words = np.concatenate([self._documents[place] for place in order], dtype=np.int32)
        read = np.concatenate([[self._end], next_words[:-1]], dtype=np.int32)
        read, next_words = (
            tokens[: self._rows * self.length].reshape(self._rows, self.length)
            for tokens in (read, next_words)
        )
        for batch in range(len(self)):
            part = slice(batch * self._steps, (batch + 1) * self._steps)
            yield read[:, part], next_words[:, part]
