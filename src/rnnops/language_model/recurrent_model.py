"""The trained network of the next word without Keras: NumPy reads the documents.

The equations are those of network.py. x_t·W + b of a word is looked up; documents are read side by
side, longest first, as recurrent/inference.py does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from rnnops.core import files
from rnnops.language_model.model import ROWS_AT_ONCE
from rnnops.linear.softmax import softmax
from rnnops.recurrent.inference import LayerWeights, in_batches, project, recur

STEPS_AT_ONCE = 64_000  # documents times steps of a batch: of 200 units, states of 50 MB
DESCRIPTION = "recurrent_model.json"


class State(NamedTuple):
    """What the network knows of the words that it has read: h of each layer, (layers, units)."""

    layers: np.ndarray

    @property
    def last(self) -> np.ndarray:
        """What the softmax reads, (units,)."""
        return self.layers[-1]


@dataclass(frozen=True)
class RecurrentModel:
    """A trained network over V words with N units; it reads a document from a state of 0.

    The first that it reads is `end`, the id of the end of a sentence.

    Attributes:
        words: x·W + b of each word for the first layer, shape (V, N), float32.
        layers: their weights, of one direction each; see `LayerWeights`.
        vectors: of the words for the softmax, shape (V, N).
        bias: of the softmax, shape (V,).
    """

    words: np.ndarray
    layers: list[LayerWeights]
    vectors: np.ndarray
    bias: np.ndarray
    end: int

    def probabilities(self, document: np.ndarray) -> np.ndarray:
        """The probability of each token after those before it, shape (tokens,), float64."""
        return np.exp(-self.surprises([document])[0])

    def surprises(self, documents: Sequence[np.ndarray]) -> list[np.ndarray]:
        """−log p of each document's tokens, in nats; many documents go faster together."""
        found = [np.empty(0)] * len(documents)
        filled = [place for place, document in enumerate(documents) if len(document)]
        for rows in in_batches([len(documents[place]) for place in filled], STEPS_AT_ONCE):
            places = [filled[row] for row in rows]
            read = self._read([documents[place] for place in places])
            for place, states in zip(places, read, strict=True):
                found[place] = self._surprise(states, documents[place])
        return found

    def distributions(self, document: np.ndarray) -> Iterator[np.ndarray]:
        """The probabilities of all words at each token, in blocks of shape (rows, size)."""
        if not len(document):
            return
        (states,) = self._read([document])
        for first in range(0, len(document), ROWS_AT_ONCE):
            yield self._softmax(states[first : first + ROWS_AT_ONCE])

    def following(self, words: np.ndarray) -> np.ndarray:
        """The probabilities of all words after the document that begins with `words`, (size,)."""
        return self.next_word(self.read(words))

    def read(self, words: np.ndarray, after: State | None = None) -> State:
        """The state after `words`, which follow those of the state `after` or begin a document."""
        if after is None:
            words = np.concatenate([[self.end], words]).astype(int)
            after = State(np.zeros((len(self.layers), self.vectors.shape[1]), np.float32))
        if not len(words):
            return after
        states = self._states([words], after)
        return State(np.stack([layer[-1, 0, 0] for layer in states]))

    def next_word(self, state: State) -> np.ndarray:
        """The probabilities of all words after those of `state`, shape (size,)."""
        return self._softmax(state.last[None])[0]

    def save(self, folder: Path) -> None:
        """Write the model as JSON and NumPy files into `folder`."""
        described = {"layers": len(self.layers), "end": self.end}
        files.write_json(described, folder / DESCRIPTION)
        for name, array in self._arrays().items():
            files.write_array(array, folder / f"{name}.npy")

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The model that `save` wrote into `folder`."""
        folder = Path(folder)
        described = files.read_json(folder / DESCRIPTION)

        def read(name: str) -> np.ndarray:
            return files.read_array(folder / f"{name}.npy")

        layers = [
            LayerWeights(
                read(f"bias_{layer}"),
                read(f"recurrent_kernel_{layer}"),
                read(f"kernel_{layer}") if layer else None,
            )
            for layer in range(described["layers"])
        ]
        return cls(read("words"), layers, read("vectors"), read("bias"), described["end"])

    def _arrays(self) -> dict[str, np.ndarray]:
        return {
            "words": self.words,
            "vectors": self.vectors,
            "bias": self.bias,
            **{
                f"{name}_{number}": array
                for number, layer in enumerate(self.layers)
                for name, array in layer._asdict().items()
                if array is not None
            },
        }

    def _read(self, documents: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The last layer's states before each token, (tokens, N); the longest comes first."""
        shifted = [np.concatenate([[self.end], document[:-1]]) for document in documents]
        states = self._states(shifted, None)[-1]
        return [states[: len(document), 0, row] for row, document in enumerate(documents)]

    def _states(self, sequences: Sequence[np.ndarray], before: State | None) -> list[np.ndarray]:
        """Each layer's states, (T, 1, B, N); the longest sequence comes first."""
        lengths = np.array([len(each) for each in sequences])
        states = np.zeros((lengths[0], 1, len(lengths), self.vectors.shape[1]), np.float32)
        for row, ids in enumerate(sequences):
            states[: len(ids), 0, row] = self.words[ids]
        found: list[np.ndarray] = []
        for number, layer in enumerate(self.layers):
            if found:
                states = project(found[-1], layer, lengths)
            recur(states, layer, lengths, None if before is None else before.layers[[number], None])
            found.append(states)
        return found

    def _logits(self, states: np.ndarray) -> np.ndarray:
        return states @ self.vectors.T + self.bias

    def _softmax(self, states: np.ndarray) -> np.ndarray:
        return softmax(self._logits(states).astype(float))

    def _surprise(self, states: np.ndarray, words: np.ndarray) -> np.ndarray:
        """−log p of `words`, (T,), float64, from the states before them, (T, N)."""
        found = np.empty(len(words))
        for first in range(0, len(words), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            logits = self._logits(states[rows])
            logits -= logits.max(axis=1, keepdims=True)
            taken = np.take_along_axis(logits, words[rows, None], axis=1)[:, 0]
            found[rows] = np.log(np.exp(logits, out=logits).sum(axis=1)) - taken
        return found
